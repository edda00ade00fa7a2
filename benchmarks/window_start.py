"""How long it takes from the command to a window that can be used, and to a model that is ready behind it.

    python -m benchmarks.window_start [--runs 5]

Every run is a new process with an empty data folder. "Usable" is when the window has been drawn and its event
loop answers: a key pressed then does something. The disk's cache is dropped before each run where that is
allowed (root on Linux); the output says whether it was. On a machine that has other work to do,
`nice -n -20 python -m benchmarks.window_start` gives the figure of one that has not.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PROGRAM = """
import sys, time
from asr_desktop.gui import app
from asr_desktop.gui.main_window import MainWindow

show = MainWindow.show
def shown(window):
    from PySide6.QtCore import QTimer
    context = window.context
    context.change_settings(has_been_welcomed=True)
    show(window)
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, usable))
    def usable():
        window.grab()
        print("usable", time.time(), flush=True)
        QTimer.singleShot(0, lambda: context.run(ready).on_success(done))
    def ready():
        context.live_engine.load(context.model_choice()).wait()
    def done(_):
        print("ready", time.time(), flush=True)
        window.quit()
MainWindow.show = shown
sys.exit(app.main())
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    seconds: dict[str, list[float]] = {"usable": [], "ready": []}
    is_cold = False
    for _ in range(runs):
        is_cold = drop_caches()
        for name, value in one_run().items():
            seconds[name].append(value)
    print(f"{runs} runs, disk cache {'dropped before each' if is_cold else 'not dropped (needs root)'}")
    for name, values in seconds.items():
        print(
            f"{name:8} median {statistics.median(values):.2f} s, "
            f"fastest {min(values):.2f} s, slowest {max(values):.2f} s"
        )


def one_run() -> dict[str, float]:
    """Seconds from the start of the process until each of its two lines."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ASR_DESKTOP_HOME": home}
        if not environment.get("DISPLAY"):
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    lines = [line.split() for line in done.stdout.splitlines()]
    return {line[0]: float(line[1]) - began for line in lines if line and line[0] in ("usable", "ready")}


def drop_caches() -> bool:
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
