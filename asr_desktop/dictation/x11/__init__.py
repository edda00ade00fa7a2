"""X11: windows, keyboard and clipboard through python-xlib. Also what Wayland gives to X11 programs (XWayland)."""
