from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.base.errors import CancelledError
from asr_desktop.teaching.check import Report, check_dataset
from asr_desktop.teaching.check.findings import HIGHEST_LIMIT, LOWEST_LIMIT, wrong_text_limit
from asr_desktop.teaching.check.report import lines
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import RATE, sung, write_sung

WORDS = ("abba", "cab", "bead", "dace", "face", "egg", "hag", "fed", "deaf", "cage")


def sentences(count: int) -> list[str]:
    generator = np.random.default_rng(5)
    return [" ".join(generator.choice(WORDS, size=4)) for _ in range(count)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Of 24 recordings: 14 good ones, and one of each trouble."""
    folder = tmp_path_factory.mktemp("data")
    texts = sentences(24)
    rows = []
    for number, text in enumerate(texts):
        write_sung(folder / f"{number:02d}.wav", text, number)
        rows.append([f"{number:02d}.wav", "anna" if number % 2 else "ben", text])

    def spoil(number: int, samples: np.ndarray) -> None:
        soundfile.write(folder / rows[number][0], samples, RATE)

    rows[14][2] = "gee haffe cada bebe"  # says something else
    spoil(15, np.clip(8 * sung(texts[15]), -1, 1))
    spoil(16, 0.02 * sung(texts[16]))
    spoil(17, sung(texts[17]) + 0.03 * np.random.default_rng(0).standard_normal(sung(texts[17]).size))
    spoil(18, np.zeros(2 * RATE))
    shutil.copy(folder / rows[0][0], folder / "copy.wav")
    rows[19] = ["copy.wav", *rows[0][1:]]
    rows[20][2] = "abba 東 " + rows[20][2]
    write_sung(folder / "20.wav", "abba b " + texts[20], 20)
    (folder / rows[21][0]).write_bytes(b"RIFF nothing")
    rows[22][2] = "in 1998"
    rows[23][2] = "abba cab bead dace face egg hag fed deaf cage " * 4
    table = ["file\tspeaker\ttranscript", *("\t".join(row) for row in rows)]
    (folder / "manifest.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
    return check_dataset(folder, listener=chord_listener())


def items(report: Report, kind: str) -> list[str]:
    return [finding.item for finding in report.findings if finding.kind.name == kind]


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("wrong-text", "14.wav"),
        ("clipped", "15.wav"),
        ("quiet", "16.wav"),
        ("noisy", "17.wav"),
        ("silent", "18.wav"),
        ("same-sound", "copy.wav"),
        ("missing-letters", "20.wav"),
        ("unusable", "21.wav"),
        ("unusable", "22.wav"),
        ("too-much-text", "23.wav"),
    ],
)
def test_each_trouble_is_found_in_its_recording(report: Report, kind: str, item: str) -> None:
    assert item in items(report, kind)


def test_good_recordings_have_no_findings_and_bad_ones_are_left_out(report: Report) -> None:
    good = {utterance.path.name for utterance in report.good}
    assert {f"{number:02d}.wav" for number in range(14)} <= good
    bad = {f.item for f in report.findings if f.kind.leaves_out}
    assert bad == {"14.wav", "18.wav", "copy.wav", "21.wav", "22.wav", "23.wav"}
    assert good.isdisjoint(bad)
    assert report.utterances == 24
    assert report.left_out == 6
    assert not [f for f in report.findings if f.item in {f"{n:02d}.wav" for n in range(14)}]


def test_figures_are_those_of_what_is_left(report: Report) -> None:
    assert report.seconds == pytest.approx(sum(u.seconds for u in report.good))
    assert {speaker.name for speaker in report.speakers} == {"anna", "ben"}
    assert sum(speaker.utterances for speaker in report.speakers) == len(report.good)
    assert all(speaker.cer is not None and speaker.cer < 0.2 for speaker in report.speakers)
    assert report.missing_characters == {"東": 1}
    assert report.sample_rates == {RATE: 22}


def test_the_report_tells_a_person_what_to_do(report: Report) -> None:
    text = "\n".join(lines(report))
    for said in (
        "2 voices",
        "Left out of training: 6 of 24",
        "listen to them",
        "turn the microphone down",
        "“東”",
    ):
        assert said in text
    assert "14.wav: sounds like “" in text


def test_the_report_as_json_holds_every_finding(report: Report) -> None:
    entry = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    assert len(entry["findings"]) == len(report.findings)
    assert entry["left_out"] == 6
    assert entry["hours"] == pytest.approx(report.seconds / 3600, abs=1e-3)


def test_without_a_model_the_sound_is_still_checked(tmp_path: Path) -> None:
    write_sung(tmp_path / "a.wav", "abba cab")
    (tmp_path / "a.txt").write_text("face egg")
    report = check_dataset(tmp_path)
    assert report.model is None
    assert report.findings == []
    assert "are not much" in "\n".join(lines(report))


def test_two_transcripts_of_one_sound_leave_both_out(tmp_path: Path) -> None:
    for name, text in (("a", "abba cab"), ("b", "face egg")):
        write_sung(tmp_path / f"{name}.wav", "abba cab", seed=1)
        (tmp_path / f"{name}.txt").write_text(text)
    report = check_dataset(tmp_path)
    assert sorted(items(report, "two-texts")) == ["a.wav", "b.wav"]
    assert report.good == []
    assert "No recordings are left" in "\n".join(lines(report))


def test_texts_that_are_shifted_are_one_cause(tmp_path: Path) -> None:
    texts = sentences(13)
    for number, text in enumerate(texts[:-1]):
        write_sung(tmp_path / f"{number:02d}.wav", text, number)
        (tmp_path / f"{number:02d}.txt").write_text(texts[number + 1])
    report = check_dataset(tmp_path, listener=chord_listener())
    assert len(items(report, "wrong-text")) >= 6
    assert any("most transcripts do not match" in note for note in report.notes)


def test_it_can_be_stopped(tmp_path: Path) -> None:
    write_sung(tmp_path / "a.wav", "abba cab")
    (tmp_path / "a.txt").write_text("abba cab")
    with pytest.raises(CancelledError):
        check_dataset(tmp_path, cancelled=lambda: True)


def test_the_limit_follows_the_voice_within_bounds() -> None:
    assert wrong_text_limit([0.05] * 20 + [4.0]) == LOWEST_LIMIT
    assert LOWEST_LIMIT < wrong_text_limit([0.6, 0.9, 1.0, 1.2, 1.6]) < HIGHEST_LIMIT
    assert wrong_text_limit([4.0, 4.5, 5.0, 5.5]) == HIGHEST_LIMIT
    assert wrong_text_limit([]) == HIGHEST_LIMIT
