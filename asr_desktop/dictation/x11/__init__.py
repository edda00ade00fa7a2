"""X11: windows, keyboard and clipboard through python-xlib; this includes programs on XWayland."""
