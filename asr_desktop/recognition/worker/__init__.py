"""The recogniser in a process of its own: so that a crash in native code costs neither the window nor text.

`client` is what a program uses; `protocol` what the two processes say; `server` and `jobs` the other side.
"""
