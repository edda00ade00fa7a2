"""X11: windows, keyboard and clipboard through python-xlib. XWayland's programs are reached by it as well."""
