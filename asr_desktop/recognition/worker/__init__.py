"""The recogniser in a separate process, so that a crash in native code affects neither the window nor the
text.

`client` is what a program uses; `protocol` what the two processes say; `server` and `jobs` the other side.
"""
