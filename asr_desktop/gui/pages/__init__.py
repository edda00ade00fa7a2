"""One module a page of the window; `main_window` imports each when it is first shown."""
