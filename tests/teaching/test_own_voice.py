from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.own_voice import (
    HELD_OUT_SHARE,
    HISTORY_FILE,
    Gain,
    Material,
    append_gain,
    gather,
    own_folders,
    read_gains,
    recordings_folder,
)

RATE = 16_000
SECONDS = 4.0
SPELLED = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


def record(folder: Path, sittings: int, takes: int, first_sitting: int = 0) -> Path:
    """Sittings with takes of noise; more of them may be added to a folder later."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.tsv"
    if not manifest.exists():
        manifest.write_text("file\tspeaker\tsession\tseconds\ttranscript\n")
    generator = np.random.default_rng(first_sitting)
    with manifest.open("a") as rows:
        for sitting in range(first_sitting, first_sitting + sittings):
            for take in range(takes):
                name = f"{sitting}-{take}.flac"
                samples = 0.1 * generator.standard_normal(round(SECONDS * RATE))
                soundfile.write(folder / name, samples, RATE)
                text = f"the words of {SPELLED[sitting]} and {SPELLED[take]}"
                rows.write(f"{name}\tme\tday-{sitting}\t{SECONDS}\t{text}\n")
    return folder


def names(utterances: list) -> set[str]:
    return {utterance.path.name for utterance in utterances}


def test_some_sittings_are_never_learnt_from(tmp_path: Path) -> None:
    material = gather([record(tmp_path / "voice", sittings=8, takes=4)], tmp_path / "home")
    assert not names(material.train) & names(material.held_out)
    assert len(material.train) + len(material.held_out) == 32
    heard = {utterance.session for utterance in material.train}
    assert not heard & {utterance.session for utterance in material.held_out}
    share = material.held_out_seconds / (material.held_out_seconds + material.train_seconds)
    assert share == pytest.approx(HELD_OUT_SHARE, abs=0.1)


def test_what_was_held_out_stays_so_and_what_was_learnt_is_never_measured_with(tmp_path: Path) -> None:
    voice, home = tmp_path / "voice", tmp_path / "home"
    first = gather([record(voice, sittings=6, takes=4)], home)
    record(voice, sittings=6, takes=4, first_sitting=6)
    second = gather([voice], home)
    assert names(first.held_out) < names(second.held_out)
    assert names(first.train) < names(second.train)
    assert len(second.train) + len(second.held_out) == 48


def test_the_same_speech_again_gives_the_same_two_sides(tmp_path: Path) -> None:
    voice, home = record(tmp_path / "voice", sittings=6, takes=4), tmp_path / "home"

    def sides(material: Material) -> tuple[set[str], set[str]]:
        return names(material.train), names(material.held_out)

    assert sides(gather([voice], home)) == sides(gather([voice], home))


def test_too_little_speech_is_said_in_seconds(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There are only 16 seconds of your speech"):
        gather([record(tmp_path / "voice", sittings=2, takes=2)], tmp_path / "home")


def test_the_programs_own_collections_are_found_once_there_is_something_in_them(home: Path) -> None:
    assert own_folders() == []
    record(recordings_folder(), sittings=1, takes=1)
    assert own_folders() == [home / "training" / "recordings"]


GAIN = Gain("2026-01-02T03:04:05+00:00", "starter-en", 9.5, 1.5, 0.5, 0.3, 0.4, 0.41, True, "It is better.")


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    assert read_gains(tmp_path) == []
    append_gain(tmp_path / "new", GAIN)
    append_gain(tmp_path / "new", GAIN)
    assert read_gains(tmp_path / "new") == [GAIN, GAIN]


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    append_gain(tmp_path, GAIN)
    path = tmp_path / HISTORY_FILE
    path.write_text(path.read_text() + path.read_text()[:50])
    assert read_gains(tmp_path) == [GAIN]
