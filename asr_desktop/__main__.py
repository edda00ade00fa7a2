"""`python -m asr_desktop` is the command `asr-desktop`."""

from __future__ import annotations

from asr_desktop.cli import main

if __name__ == "__main__":
    main()
