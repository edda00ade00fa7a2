from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given

from asr_desktop.base.errors import ExportError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import Autosave, Draft, EditableTranscript
from asr_desktop.transcripts.export.json import parse_json
from tests.transcripts.strategies import transcripts

TALK = Transcript("talk.wav", 9.0, "m", (Segment((Word("hello", 0.0, 1.0, 0.5),), "Ada"),))


def wait_until(condition: object, what: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_a_draft_reads_back_and_goes(tmp_path: Path) -> None:
    draft = Draft("library-1", tmp_path / "drafts")
    assert draft.recover() is None
    draft.write(TALK)
    assert Draft("library-1", tmp_path / "drafts").recover() == TALK
    assert Draft("library-2", tmp_path / "drafts").recover() is None
    draft.remove()
    assert draft.recover() is None


@given(transcripts())
def test_every_transcript_reads_back(transcript: Transcript) -> None:
    draft = Draft("any")
    draft.write(transcript)
    draft.write(transcript)  # from what it remembers
    recovered = parse_json(draft.path.read_bytes())
    assert recovered == transcript


def test_a_damaged_draft_is_set_aside_with_a_sentence(tmp_path: Path) -> None:
    draft = Draft("k", tmp_path)
    draft.path.write_text('{"version": 1, "segm')
    with pytest.raises(ExportError, match="was set aside as"):
        draft.recover()
    assert draft.recover() is None
    assert len(list(tmp_path.iterdir())) == 1


def test_only_changes_are_written_and_saving_removes_the_draft(tmp_path: Path) -> None:
    document = EditableTranscript(TALK)
    draft = Draft("k", tmp_path)
    looks: list[int] = []

    def take() -> tuple[Transcript, int]:
        looks.append(document.revision)
        return document.transcript(), document.revision

    autosave = Autosave(draft, take, interval_seconds=0.02)
    wait_until(lambda: len(looks) > 3, "it did not look for changes")
    assert not draft.path.exists()
    document.set_text(0, "hallo")
    wait_until(draft.path.exists, "no draft was written")
    autosave.saved(document.revision)
    assert not draft.path.exists()
    document.set_text(0, "hullo")
    autosave.saved(document.revision - 1)  # older than what is there now
    autosave.close()
    recovered = draft.recover()
    assert recovered is not None
    assert recovered.text == "hullo"


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    document = EditableTranscript(TALK)
    (tmp_path / "file").write_text("no folder")
    told: list[str] = []
    autosave = Autosave(
        Draft("k", tmp_path / "file"),
        lambda: (document.transcript(), document.revision),
        on_failure=told.append,
        interval_seconds=60,
    )
    document.set_text(0, "hallo")
    autosave.write_now()
    autosave.write_now()
    autosave.close()
    assert len(told) == 1
    assert "Corrections cannot be saved" in told[0]


_EDITOR = """
import sys, time
from pathlib import Path
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import Autosave, Draft, EditableTranscript
document = EditableTranscript(Transcript("t.wav", 9.0, "m", (Segment((Word("hello", 0.0, 1.0, 0.5),)),)))
take = lambda: (document.transcript(), document.revision)
save = Autosave(Draft("k", Path(sys.argv[1])), take, interval_seconds=0.05)
number = 0
while True:
    number += 1
    document.set_text(0, f"hello {number}")
    time.sleep(0.001)
"""


def test_kill_9_leaves_a_whole_draft(tmp_path: Path) -> None:
    draft = Draft("k", tmp_path)
    process = subprocess.Popen([sys.executable, "-c", _EDITOR, str(tmp_path)])
    try:
        wait_until(draft.path.exists, "no draft was written")
        first = draft.path.stat().st_mtime_ns
        wait_until(lambda: draft.path.stat().st_mtime_ns != first, "no draft was written again")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    recovered = draft.recover()
    assert recovered is not None
    assert recovered.text.startswith("hello ")
