"""The window's process runs no network: takes, recordings and corrections are heard in the recogniser's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from PySide6.QtWidgets import QApplication
from asr_desktop.gui import dictation_correction, voice_reading
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_thread import LastUtterance
from asr_desktop.gui.editor import teaching
from asr_desktop.gui.widgets import voice_material
from asr_desktop.recognition.live_events import Final
from asr_desktop.transcripts.document import Segment, Transcript, Word

application = QApplication([])
context = AppContext()
model = context.settings.model
samples = (0.1 * np.sin(np.arange(48_000) / 20) * (np.arange(48_000) % 8_000 > 2_000)).astype(np.float32)

wizard, _ = voice_reading._make_wizard(lambda: context.emissions(model), "", 1)
check = wizard.check(samples)
wizard.keep(samples, check)
[report] = voice_material._check(context.emissions(model), print, lambda: False).reports
words = tuple(Word(text, 0.2 + place / 4, 0.3 + place / 4, 1.0) for place, text in enumerate("abcdef"))
transcript = Transcript("talk.wav", 3.0, "m", (Segment(words, is_confirmed=True),))
sound = next(Path(sys.argv[1]).rglob("take-*.flac"))
try:
    teaching.teach(transcript, sound, context.emissions(model))
except teaching.TeachingError:
    pass  # a tone has no words
entry = context.library.add(transcript, sound)
final = Final(1, words, 0.0, 3.0)
context.second_look(model).readings(sound, 0.0, 3.0)
try:
    dictation_correction._learn(context, LastUtterance(final, entry_id=entry, model=model), "a b c d e g")
except teaching.TeachingError:
    pass
has_learned = context.library.transcript(entry).segments[0].words[-1].text == "g"
libraries = Path("/proc/self/maps")
mapped = libraries.read_text() if libraries.exists() else ""
print(
    check.heard is not None,
    report.model,
    context.teaching_engine.process_id is not None,
    "onnxruntime" in sys.modules,
    "onnxruntime" in mapped,
    has_learned,
)
context.close()
"""


@pytest.mark.slow
def test_takes_recordings_and_corrections_load_no_onnx_runtime_here(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.splitlines()[-1:] == ["True starter-en True False False True"], done.stderr
