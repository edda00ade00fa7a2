"""`asr-desktop library …`, as somebody at a terminal uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr_desktop import cli
from asr_desktop.transcripts.export import write
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import recorded, said


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["library", *arguments])
    code = ended.value.code
    assert isinstance(code, int | None)
    return code or 0


@pytest.fixture
def library(home: Path) -> Library:
    """The program's own, with two entries."""
    library = Library()
    library.add(said("the boat came back", "in the evening"), Path("/talks/harbour.mp3"), tags=["sea"])
    library.add(said("nothing was said"), Path("/talks/silence.mp3"))
    return library


def test_list_shows_entries_and_finds_some(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert "harbour  #sea" in lines[1]
    assert run("list", "boat", "--json") == 0
    (entry,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (entry["entry"], entry["title"], entry["tags"]) == (1, "harbour", ["sea"])
    assert entry["source"] == "/talks/harbour.mp3"
    assert run("list", "--tag", "absent") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "No matches" in captured.err


def test_list_takes_in_recordings(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(home / "sessions", "words of a recording")
    assert run("list", "--json") == 0
    entry = json.loads(capsys.readouterr().out)
    assert (entry["kind"], entry["first_words"]) == ("session", "words of a recording")


def test_search_prints_places(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("search", "even*") == 0
    assert capsys.readouterr().out == "    1      0:06  harbour: in the evening\n"
    assert run("search", "came back", "--json") == 0
    hit = json.loads(capsys.readouterr().out)
    assert hit["start"] == 2.5
    (start, stop), *_ = hit["marks"]
    assert hit["snippet"][start:stop] == "came back"
    assert run("search", "back came") == 1, "an argument with a space is a phrase"
    assert run("search", "never") == 1
    assert "No matches" in capsys.readouterr().err


def test_show_prints_the_text(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "1", "--times") == 0
    captured = capsys.readouterr()
    assert captured.out == "0:00  the boat came back\n0:04  in the evening\n"
    assert "harbour" in captured.err
    assert "sound file missing" in captured.err
    assert run("show", "77") == 1
    assert "no entry 77" in capsys.readouterr().err


def test_export_writes_files_and_prints_one(
    library: Library, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    library.rename(1, "The harbour: part 1/2")
    assert run("export", "1", "--format", "srt") == 0
    assert b"-->" in capsysbinary.readouterr().out
    out = tmp_path / "out"
    for _ in range(2):
        assert run("export", "1", "2", "--format", "txt", "--format", "json", "--output-dir", str(out)) == 0
    names = sorted(path.name for path in out.iterdir())
    assert names[:2] == ["The harbour_ part 1_2-2.json", "The harbour_ part 1_2-2.txt"]
    assert len(names) == 8, "nothing is replaced"
    assert run("export", "2", "--overwrite", "--output-dir", str(out)) == 0
    assert len(list(out.iterdir())) == 8
    assert run("export", "1", "2") == 2
    assert run("export", "77", "--output-dir", str(out)) == 1


def test_entries_are_renamed_tagged_binned_and_restored(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rename", "1", "The harbour") == 0
    assert run("tag", "1", "work", "two words") == 0
    assert run("tag", "1", "--remove", "SEA") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["two words", "work"]
    assert library.entry(1).title == "The harbour"
    assert library.entry(1).tags == ("two words", "work")
    assert run("delete", "1", "2") == 0
    assert library.entries() == []
    assert run("restore", "2") == 0
    capsys.readouterr()
    assert run("list", "--bin") == 0
    assert "The harbour" in capsys.readouterr().out
    assert run("empty-bin", "--yes") == 0
    assert [entry.id for entry in library.entries()] == [2]
    assert run("empty-bin") == 0
    assert "The bin is empty" in capsys.readouterr().err


def test_emptying_asks_first(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    library.delete(1)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("empty-bin") == 1
    assert len(library.entries(deleted=True)) == 1


def test_exported_transcripts_come_back(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "talk.json"
    write(said("brought from elsewhere", source="talk.wav"), path)
    (tmp_path / "broken.json").write_text("{")
    assert run("add", str(path), str(tmp_path / "broken.json")) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("    3  ")
    assert "broken.json" in captured.err
    assert library.entry(3).source == tmp_path / "talk.wav", "beside the transcript, as its name says"


def test_repair_tells_what_it_did(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    library.close()
    library.path.write_bytes(b"no database")
    assert run("repair") == 0
    captured = capsys.readouterr().err
    assert "from 2 transcripts" in captured
    assert "set-aside" in captured
    (library.folder(2) / "transcript.json").write_text("{")
    assert run("repair") == 1
    assert "transcript.json" in capsys.readouterr().err


def test_a_mended_library_is_told_of(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    library.close()
    library.path.write_bytes(b"no database " * 100)
    assert run("list") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert "was damaged" in captured.err


def test_of_several_entries_those_that_are_there_are_done(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("delete", "77", "1") == 1
    assert "no entry 77" in capsys.readouterr().err
    assert [entry.id for entry in library.entries()] == [2]
    assert run("show", str(10**30)) == 2


def test_the_window_finds_the_same_as_the_command_line(
    library: Library, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from asr_desktop.gui.widgets.library_list import look
    from asr_desktop.transcripts.library import Hit, add_new_sessions

    for number in range(120):
        library.add(said("the lighthouse", "a light", "the lights"), Path(f"/talks/{number}.mp3"))
    recorded(home / "sessions", "light words of a recording")
    queries = ("light", '"light"', "lig", "ligh* the", "evening", '"came back"', "never said")
    for query in queries:
        run("search", *([query] if '"' in query else query.split()), "--json")
        printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        add_new_sessions(library, folder=home / "sessions")
        shown = [row for row in look(library, query, None, False).rows if isinstance(row, Hit)]
        assert [(hit["entry"], hit["start"]) for hit in printed] == [
            (hit.entry_id, hit.start_seconds) for hit in shown
        ], query


def test_more_places_than_are_shown_are_told_of(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(151):
        library.add(said("light", "light"), Path(f"/talks/{number}.mp3"))
    assert run("search", "light") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 300
    assert "the newest 300 matches; use --limit to show more" in captured.err
    assert run("search", "light", "--limit", "500") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 302
    assert captured.err == ""
