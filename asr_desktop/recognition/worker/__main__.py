"""`python -m asr_desktop.recognition.worker`: the recogniser's process, started by `child.ChildProcess`."""

from asr_desktop.recognition.worker.server import main

main()
