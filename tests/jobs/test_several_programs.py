"""Several programs at once over the same files: one entry a file, and nobody does another's work."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from asr_desktop.jobs.folder_watcher import claimed
from asr_desktop.jobs.job import JobOptions
from asr_desktop.transcripts.library import Library
from tests.jobs.scripted_recogniser import ScriptedRecogniser, watch_once
from tests.transcripts.libraries import said

_PUTS = """
import sys
from pathlib import Path
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import said

library = Library(Path(sys.argv[1]))
for number in range(6):
    library.put(said(f"what {sys.argv[2]} heard", source="talk.wav"), Path(f"/talks/{number}.wav"))
"""


def test_several_programs_make_one_entry_a_file(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    programs = [
        subprocess.Popen([sys.executable, "-c", _PUTS, str(path), name], cwd=Path(__file__).parents[2])
        for name in ("one", "two", "three")
    ]
    assert [program.wait(300) for program in programs] == [0, 0, 0]
    library = Library(path)
    assert sorted(entry.source.name for entry in library.entries()) == [f"{n}.wav" for n in range(6)]
    library.repair()
    assert len(library.entries()) == 6


def test_what_somebody_corrected_is_never_replaced(tmp_path: Path) -> None:
    library = Library(tmp_path / "library.sqlite3")
    source = tmp_path / "talk.wav"
    first = library.put(said("what was heard"), source)
    assert library.put(said("what was heard"), source) == first, "the same text is the same entry"
    library.save_transcript(first, said("what was said"))
    second = library.put(said("what was heard"), source)
    third = library.put(said("what another model heard"), source)
    assert {entry.id for entry in library.entries()} == {first, third}
    assert [entry.id for entry in library.entries(deleted=True)] == [second]


def test_two_that_watch_one_folder_share_the_work(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(5):
        (inbox / f"{number}.wav").write_bytes(b"sound")
    recogniser = ScriptedRecogniser(tmp_path / "asked")
    options = JobOptions(("txt",), tmp_path / "out")

    def watch() -> None:
        watch_once(recogniser, Library(tmp_path / "library.sqlite3"), inbox, options)

    threads = [threading.Thread(target=watch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recogniser.asked == 5
    assert len(Library(tmp_path / "library.sqlite3").entries()) == 5
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{n}.txt" for n in range(5)]
    assert list((tmp_path / "claims").iterdir()) == [], "nothing is left of the claims"


def test_a_claim_that_is_waited_for_can_be_given_up(tmp_path: Path) -> None:
    import pytest

    from asr_desktop.base.errors import CancelledError

    library = Library(tmp_path / "library.sqlite3")
    with (
        claimed(library, tmp_path / "talk.wav", lambda: False),
        pytest.raises(CancelledError),
        claimed(library, tmp_path / "talk.wav", lambda: True),
    ):
        raise AssertionError("it is another's")
