from __future__ import annotations

import os
import subprocess
import sys

_SCRIPT = """
import asr_desktop.gui
from PySide6.QtCore import QObject, QTimer
thing, timer = QObject(), QTimer()
for _ in range(20_000):
    thing.setObjectName("x")
    timer.timeout.connect(thing.deleteLater)
    timer.timeout.disconnect(thing.deleteLater)
print("alive")
"""


def test_many_calls_do_not_wear_out_pythons_constants() -> None:
    """PySide6 6.12.0 on Python 3.11 ends with "none_dealloc" after some thousand."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.stdout == "alive\n", ran.stderr[-500:]
