"""Dictation into any program: recognised text is inserted at the cursor.

`insertion` decides whether and how text is inserted into the program in front; `x11`, `wayland` and
`pynput_keys` implement typing and pasting on each system. Nothing here depends on this program's window;
`gui/dictation_controller` connects the two.
"""
