"""The commands of `asr-desktop`, one module each."""
