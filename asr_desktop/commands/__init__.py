"""One module for each command of `asr-desktop`."""
