"""The pages of the window, one module each; `main_window` imports a page when it is first shown."""
