"""Dictating into any program: what was said, put where the cursor is.

`insertion` decides whether and how text goes into the program in front; `x11`, `wayland` and `pynput_keys`
are the ways in on each system. Nothing here knows the window of this program; `gui/dictation_controller`
joins the two.
"""
