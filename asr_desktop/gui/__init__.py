"""The window. It knows the engine; the engine knows no window."""
