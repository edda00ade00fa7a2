"""A recogniser that answers at once, for the command line, and files that look like sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

import asr_desktop
from asr_desktop import cli
from asr_desktop.recognition.file_pipeline import Progress
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.document import Segment, Transcript, Word


class FakeTranscriber:
    """Hears a file's stem in it. `made` keeps the settings of every one that was made."""

    made: ClassVar[list[dict[str, Any]]] = []
    heard: ClassVar[list[tuple[Path, int | None]]] = []
    speakers: ClassVar[list[SpeakerCount | None]] = []
    on_file: ClassVar[Callable[[Path], None]] = staticmethod(lambda path: None)
    warnings: ClassVar[list[str]] = []
    file_warnings: ClassVar[list[str]] = []

    def __init__(self, model: str, **settings: Any) -> None:
        self.model = model
        self.made.append({"model": model, **settings})

    def transcribe(
        self,
        path: Path,
        *,
        track: int | None = None,
        speakers: SpeakerCount | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Transcript:
        self.heard.append((path, track))
        self.speakers.append(speakers)
        self.on_file(path)
        word = Word(path.stem, 0.5, 1.0, 0.9)
        segments = () if path.stem == "silence" else (Segment((word,)),)
        return Transcript(str(path), 2.0, self.model, segments)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeTranscriber]:
    class Fake(FakeTranscriber):
        made: ClassVar[list[dict[str, Any]]] = []
        heard: ClassVar[list[tuple[Path, int | None]]] = []
        speakers: ClassVar[list[SpeakerCount | None]] = []

    # Into the dictionary: `setattr` would first look up, and so load, the real one.
    monkeypatch.setitem(vars(asr_desktop), "Transcriber", Fake)
    monkeypatch.delenv("ASR_DESKTOP_DEBUG", raising=False)
    return Fake


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with files that look like sound."""
    for name in ("one.wav", "two.mp3", "deep/three.flac", "notes.txt", ".hidden.wav", ".cache/four.wav"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(name.encode())
    return tmp_path / "in"


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    code = ended.value.code
    return 0 if code is None else int(code)
