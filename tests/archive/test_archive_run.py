"""An archive's folders, ledger, references and report: each recording once, and nobody's text lost."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from asr_desktop.archive import references
from asr_desktop.archive import run as archive_run
from asr_desktop.archive.ledger import LEDGER, REPORT, Ledger
from asr_desktop.archive.outcome import ArchiveError, ArchiveOptions, Outcome
from asr_desktop.archive.recordings import make_plan
from asr_desktop.archive.references import References
from asr_desktop.archive.run import ArchiveRun, write_report
from asr_desktop.base import private_files
from asr_desktop.base.errors import ExportError
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.teaching.dataset import DataError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import write
from tests.archive.scripted_archive import ENGLISH, OPTIONS, ScriptedArchive, outcome_of


@pytest.fixture
def archive(tmp_path: Path) -> ScriptedArchive:
    made = ScriptedArchive(tmp_path)
    made.put("one.wav", "the boat came back")
    made.put("below/two.mp3", "in the evening")
    return made


# Once, and after everything that may happen


def test_each_recording_is_transcribed_once(archive: ScriptedArchive) -> None:
    first = archive.run()
    second = archive.run()

    assert archive.written() == {
        "below/two.srt": "srt: in the evening",
        "below/two.txt": "txt: in the evening",
        "one.srt": "srt: the boat came back",
        "one.txt": "txt: the boat came back",
    }
    assert sorted(archive.asked) == ["one.wav", "two.mp3"]
    assert (first.done, first.done_before, first.is_complete) == (2, 0, True)
    assert (second.done, second.done_before, second.seconds) == (2, 2, first.seconds)


def test_a_changed_recording_is_done_again(archive: ScriptedArchive) -> None:
    archive.run()
    archive.put("one.wav", "the boats came back")
    archive.run()

    assert archive.asked.count("one.wav") == 2
    assert archive.asked.count("two.mp3") == 1
    assert archive.written()["one.txt"] == "txt: the boats came back"


def test_a_new_format_and_lost_transcripts_are_made(archive: ScriptedArchive) -> None:
    archive.run()
    (archive.out / "below" / "two.srt").unlink()
    archive.run()
    assert archive.asked.count("one.wav") == 1
    assert archive.asked.count("two.mp3") == 2

    archive.run(replace(OPTIONS, formats=("txt", "vtt")))
    assert archive.written()["one.vtt"] == "vtt: the boat came back"
    asked = len(archive.asked)
    archive.run()
    archive.run(replace(OPTIONS, formats=("srt", "vtt")))
    assert len(archive.asked) == asked, "no format is forgotten for another one"
    (archive.out / "one.vtt").unlink()
    archive.run()
    assert len(archive.asked) == asked, "a format that is not asked for may be gone"


def test_other_settings_are_told_and_not_taken_for_a_reason(archive: ScriptedArchive) -> None:
    archive.run()
    other = replace(OPTIONS, choice=ModelChoice("another"))
    archive.run(other)
    assert (archive.plan.done, archive.plan.otherwise, len(archive.asked)) == (2, 2, 2)

    archive.run(replace(OPTIONS, choice=ModelChoice(threads=3, providers=("cpu",))))
    assert archive.plan.otherwise == 0, "another processor writes the same"

    archive.run(other, again=True)
    assert len(archive.asked) == 4


def stopped_after(archive: ScriptedArchive, count: int, options: ArchiveOptions, **more: bool) -> None:
    """A run that Ctrl-C ends when so many recordings are written."""
    with Ledger(archive.out) as ledger:
        plan = make_plan([archive.inbox], ledger, options, **more)
        run = ArchiveRun(ledger, options, plan, References(), ENGLISH)
        run.take_all(archive.outcomes(plan.waiting[:count], options))


def test_doing_all_again_is_gone_on_with(archive: ScriptedArchive) -> None:
    archive.put("three.wav", "at night")
    archive.run()
    other = replace(OPTIONS, choice=ModelChoice("another"))
    stopped_after(archive, 1, other, again=True)
    stopped_after(archive, 1, other, again=True)
    assert len(archive.asked) == 3 + 2

    report = archive.run(other, again=True)
    assert (len(archive.asked), report.done, report.is_complete) == (3 + 3, 3, True), "each once"
    archive.run(other, again=True)
    assert len(archive.asked) == 3 + 3 + 3, "what has ended begins anew"

    stopped_after(archive, 1, OPTIONS, again=True)
    archive.run(other, again=True)
    assert len(archive.asked) == 3 + 3 + 3 + 1 + 3, "other settings begin anew"
    stopped_after(archive, 1, OPTIONS, again=True)
    archive.run()
    assert len(archive.asked) == 3 + 3 + 3 + 1 + 3 + 3, "also without saying so again"


def test_what_was_not_asked_for_to_the_end_is_not_asked_for(archive: ScriptedArchive) -> None:
    archive.run()
    stopped_after(archive, 0, OPTIONS, again=True)
    lines = (archive.out / LEDGER).read_bytes().splitlines(keepends=True)
    assert json.loads(lines[-1])["recordings"] == 2
    (archive.out / LEDGER).write_bytes(b"".join(lines[:-2]) + lines[-2][:9])

    assert archive.run().is_complete
    assert len(archive.asked) == 2
    stopped_after(archive, 1, OPTIONS, again=True)
    archive.run(again=True)
    assert len(archive.asked) == 2 + 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork")
def test_a_kill_at_any_step_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.archive.kill_everywhere", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) > 30, "each file and each half of a line is a step"
    assert runs[-1]["codes"] == [0, 0]
    wanted = {
        "one.srt": "srt: the boat came back",
        "one.txt": "txt: the boat came back",
        "two.srt": "srt: in the evening",
        "two.txt": "txt: in the evening",
    }
    for run in runs:
        assert run["written"] == wanted, run
        twice = set(run["asked"]) & set(run["asked again"])
        assert len(twice) <= 1, f"only what was under way: {run}"
        assert set(run["asked"]) | set(run["asked again"]) == {"one.wav", "two.wav"}, run
    assert any(run["asked"] and not run["asked again"] for run in runs[:-1])


def test_half_a_transcript_does_not_count(archive: ScriptedArchive) -> None:
    archive.run()
    lines = (archive.out / LEDGER).read_bytes().splitlines(keepends=True)
    assert json.loads(lines[-1])["state"] == "done"
    (archive.out / LEDGER).write_bytes(b"".join(lines[:-1]) + lines[-1][:10])  # killed in the last line
    last = Path(json.loads(lines[-1])["source"])
    (archive.out / "below" / "two.txt").write_text("txt: in the")
    (archive.out / "one.txt").write_text("txt: the boat")

    report = archive.run()

    assert report.failures.keys() == {str(last)}, "a file that nobody knows is not replaced"
    (archive.out / last.relative_to(archive.inbox).with_suffix(".txt")).unlink()
    assert archive.run().done == 2
    assert archive.asked.count(last.name) == 2


def test_two_programs_do_not_write_one_archive(archive: ScriptedArchive) -> None:
    with Ledger(archive.out), pytest.raises(ArchiveError, match="Another program"):
        archive.run()
    assert archive.run().is_complete


# Nobody's text is lost


def test_texts_of_others_are_not_replaced(archive: ScriptedArchive) -> None:
    archive.out.mkdir()
    (archive.out / "one.txt").write_text("mine")

    report = archive.run()

    assert archive.written()["one.txt"] == "mine"
    assert archive.asked == ["two.mp3"], "and no hour is spent on it"
    assert "already exists" in report.failures[str(archive.inbox / "one.wav")]
    archive.run(overwrite=True)
    assert archive.written()["one.txt"] == "txt: the boat came back"


def test_what_was_corrected_by_hand_stays(archive: ScriptedArchive) -> None:
    archive.run()
    (archive.out / "one.txt").write_text("The boat came back!")
    assert archive.run().is_complete
    archive.put("one.wav", "the boats came back")

    report = archive.run()

    assert archive.written()["one.txt"] == "The boat came back!"
    assert list(report.failures) == [str(archive.inbox / "one.wav")]


def test_a_correction_during_the_run_stays(archive: ScriptedArchive) -> None:
    archive.run()
    for overwrite in (False, True):
        with Ledger(archive.out) as ledger:
            plan = make_plan([archive.inbox], ledger, OPTIONS, again=True, overwrite=overwrite)
            (archive.out / "one.txt").write_text("The boat came back!")
            run = ArchiveRun(ledger, OPTIONS, plan, References(), ENGLISH)
            run.take_all(archive.outcomes(plan.waiting, OPTIONS))
        kept = archive.written()["one.txt"]
        if overwrite:
            assert kept == "txt: the boat came back"
        else:
            assert kept == "The boat came back!"
            assert "already exists" in run.report().failures[str(archive.inbox / "one.wav")]
            assert archive.run().is_complete, "it is done, by hand"


def test_recordings_of_the_same_name_have_transcripts_of_their_own(
    archive: ScriptedArchive, tmp_path: Path
) -> None:
    archive.run()
    others = [ScriptedArchive(tmp_path / name) for name in ("second", "third")]
    for other in others:
        other.out = archive.out
        other.put("one.wav", f"of {other.inbox.parent.name}")
        other.put("below/TWO.mp3", "capitals")
        assert other.run().is_complete

    written = archive.written()
    assert written["one.txt"] == "txt: the boat came back"
    assert (written["one.wav.txt"], written["one.wav-2.txt"]) == ("txt: of second", "txt: of third")
    assert (written["below/two.txt"], written["below/TWO.mp3.txt"]) == (
        "txt: in the evening",
        "txt: capitals",
    )
    assert archive.run(again=True).is_complete
    for other in others:
        other.run(again=True)
    archive.put("one.mp3", "another format of sound")
    archive.put("one.wav", "and it has changed")
    archive.run()
    assert archive.written() == written | {
        "one.txt": "txt: and it has changed",
        "one.srt": "srt: and it has changed",
        "one.mp3.txt": "txt: another format of sound",
        "one.mp3.srt": "srt: another format of sound",
    }, "a transcript keeps its name"


def test_what_is_moved_keeps_its_name(archive: ScriptedArchive) -> None:
    archive.run()
    written = archive.written()
    archive.inbox = archive.inbox.rename(archive.inbox.with_name("moved"))
    assert archive.run().is_complete
    assert archive.written() == written
    link = archive.inbox.with_name("link")
    link.symlink_to(archive.inbox)
    archive.inbox = link
    assert archive.run().is_complete
    assert archive.written() == written


def test_the_report_replaces_no_transcript(archive: ScriptedArchive) -> None:
    archive.put("Archive-Report.mp3", "about the archive")
    options = replace(OPTIONS, formats=("json",))
    write_report(archive.run(options), archive.out)
    assert archive.written()["Archive-Report.mp3.json"] == "json: about the archive"
    assert json.loads((archive.out / REPORT).read_text())["done"] == 3


# What goes wrong


def test_a_name_cannot_pass_for_a_line_of_the_report(archive: ScriptedArchive) -> None:
    name = "bad\n3 of 3 recordings\x1b[2J\u202e.wav"
    archive.put(name, "bad")
    (line,) = [line for line in archive.run().lines() if "is bad" in line]
    assert line.isprintable()
    assert r"bad 3 of 3 recordings\x1b[2J\u202e.wav" in line


def test_a_repeated_task_changes_nothing(archive: ScriptedArchive) -> None:
    """As of a machine that is lost just after it has handed a recording over."""
    with Ledger(archive.out) as ledger:
        plan = make_plan([archive.inbox], ledger, OPTIONS)
        good = [outcome_of(recording) for recording in plan.waiting]
        failures = [Outcome(outcome.recording, outcome.stamp, failure="It failed.") for outcome in good]
        run = ArchiveRun(ledger, OPTIONS, plan, References(), ENGLISH)
        run.take_all([failures[0], *good, *failures])
        report = run.report()
    assert (report.failures, report.done, report.is_complete) == ({}, 2, True)
    assert archive.run().is_complete
    assert archive.asked == []


def test_a_bad_recording_is_a_sentence_and_tried_again(archive: ScriptedArchive) -> None:
    archive.put("three.wav", "bad")
    report = archive.run()
    assert report.failures == {str(archive.inbox / "three.wav"): "three.wav is bad: record it again."}
    assert (report.done, report.recordings, report.is_complete) == (2, 3, False)
    assert any("three.wav is bad" in line for line in report.lines())

    archive.put("three.wav", "good")
    assert archive.run().is_complete


def test_an_output_that_cannot_be_written_costs_itself(
    archive: ScriptedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole = archive_run.write_whole

    def refused(path: Path, data: bytes) -> None:
        if path.name == "one.srt":
            raise ExportError("one.srt cannot be written.")
        write_whole(path, data)

    monkeypatch.setattr(archive_run, "write_whole", refused)
    report = archive.run()
    assert list(report.failures) == [str(archive.inbox / "one.wav")]
    monkeypatch.undo()

    assert archive.run().is_complete
    assert archive.written()["one.srt"] == "srt: the boat came back"


def test_a_ledger_on_a_full_disk_is_told_and_the_lock_let_go(archive: ScriptedArchive) -> None:
    class Full(io.BytesIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def close(self) -> None:
            self.flush()

    def on_full_disk() -> None:
        with Ledger(archive.out) as ledger:
            ledger._file = Full()
            ledger.end("one.wav")

    with pytest.raises(ArchiveError, match=r"archive\.jsonl cannot be written \(No space"):
        on_full_disk()
    assert archive.run().is_complete
    assert not [name for name in archive.written() if "lock" in name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_whoever_may_write_in_the_folder_may_go_on(
    archive: ScriptedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_files, "_usual_umask", 0o002)
    with Ledger(archive.out):
        modes = {path.name: path.stat().st_mode & 0o777 for path in archive.out.iterdir()}
    assert modes == {LEDGER: 0o664, ".archive.lock": 0o664}
    (archive.out / LEDGER).chmod(0o640)
    archive.run()
    assert (archive.out / LEDGER).stat().st_mode & 0o777 == 0o640, "somebody wanted it so"


def test_a_full_disk_ends_the_run(archive: ScriptedArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise ExportError("The disk is full.") from OSError(28, "No space left on device")

    monkeypatch.setattr(archive_run, "write_whole", full)
    with pytest.raises(ExportError, match="full"):
        archive.run()
    assert len(archive.asked) == 1


# References


def test_word_error_rates_of_references_beside(archive: ScriptedArchive, tmp_path: Path) -> None:
    archive.put("one.txt", "The boat came back.")
    archive.put("below/two.srt", "1\n00:00:00,000 --> 00:00:01,000\nIn that\nevening\n")
    archive.put("three.wav", "twenty five boats")
    archive.put("three.json", json.dumps({"text": "25 boats"}))
    archive.put("four.wav", "harbour")
    word = Word("harbor", 0.0, 1.0, 0.9)
    write(Transcript("four", 1.0, "m", (Segment((word,)),)), archive.inbox / "four.json")
    archive.put("five.wav", "no reference at all")

    report = archive.run()

    assert (report.scored, report.reference_words, report.word_errors) == (4, 4 + 3 + 3 + 1, 2)
    assert report.as_json()["references"]["wer"] == round(2 / 11, 4)
    assert report.worst[0] == (str(archive.inbox / "four.wav"), 1, 1)
    assert any("18.2 %" in line for line in report.lines())
    assert archive.run().word_errors == 2, "also where nothing is left to do"


def test_references_in_tables(archive: ScriptedArchive, tmp_path: Path) -> None:
    archive.put("manifest.tsv", "file\ttranscript\none.wav\tThe boat\none.wav\tcame home\n")
    table = tmp_path / "more.csv"
    table.write_text(f"audio,text\n{archive.inbox / 'below' / 'two.mp3'},in the evening\n")

    report = archive.run(tables=[table])

    assert (report.scored, report.reference_words, report.word_errors) == (2, 7, 1)
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="no column"):
        References.of([], [bad], [])


def test_own_transcripts_beside_the_recordings_are_no_references(archive: ScriptedArchive) -> None:
    archive.out = archive.inbox
    archive.run()
    assert archive.run(again=True).scored == 0
    assert sorted(archive.asked) == ["one.wav", "one.wav", "two.mp3", "two.mp3"]


def test_a_damaged_reference_is_a_note(archive: ScriptedArchive) -> None:
    archive.put("one.json", "{")
    report = archive.run()
    assert report.is_complete
    assert "one.json" in report.notes[str(archive.inbox / "one.wav")][0]


def test_a_reference_that_cannot_be_compared_is_a_note(
    archive: ScriptedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impossible(text: str) -> str:
        raise OverflowError("too large")

    monkeypatch.setattr(references, "normalise_sentence", impossible)
    archive.put("one.txt", "the boat")
    report = archive.run()
    assert (report.is_complete, report.scored) == (True, 0)
    assert "too large" in report.notes[str(archive.inbox / "one.wav")][0]


def test_the_report_as_json(archive: ScriptedArchive) -> None:
    archive.put("bad.wav", "bad")
    path = write_report(archive.run(), archive.out)
    said = json.loads(path.read_text())
    assert (said["recordings"], said["done"], said["hours"], said["complete"]) == (3, 2, 2.0, False)
    assert said["failures"][0]["file"].endswith("bad.wav")
