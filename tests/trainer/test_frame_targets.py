from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from trainer.frame_targets import read_alignments
from trainer.pronunciation import PHONES
from trainer.text import ENGLISH_VOCABULARY

STRIDE, KERNEL = 4, 6


def written(tmp_path: Path, words: list) -> Path:
    path = tmp_path / "alignments.jsonl"
    path.write_text(json.dumps({"file": "pack/a.opus", "words": words}) + '\n{"file": "pack/cut')
    return path


SEED = [
    ["<sil>", 0, 20, [["SIL", 0, 20]]],
    ["see", 20, 40, [["S", 20, 16], ["IY", 36, 24]]],
    ["[NOISE]", 60, 8, [["+NSN+", 60, 8]]],
    ["add(2)", 68, 32, [["AE", 68, 16], ["D", 84, 16]]],
    ["<sil>", 100, 20, [["SIL", 100, 20]]],
]


def test_letters_stand_in_order_where_their_word_is(tmp_path: Path) -> None:
    alignment = read_alignments(written(tmp_path, SEED))["pack/a.opus"]
    letters = alignment.letter_frames(29, STRIDE, KERNEL, 1.0)
    assert letters is not None
    frames = np.flatnonzero(letters)
    assert "".join(ENGLISH_VOCABULARY[letters[frame]] for frame in frames) == "see|add"
    times = frames * STRIDE + KERNEL / 2
    assert ((times[:3] > 18) & (times[:3] < 62)).all()
    assert ((times[4:] > 66) & (times[4:] < 104)).all()


def test_equal_neighbours_keep_a_blank_between_them(tmp_path: Path) -> None:
    quick = [["add", 10, 12, [["AE", 10, 6], ["D", 16, 6]]]]
    letters = read_alignments(written(tmp_path, quick))["pack/a.opus"].letter_frames(12, STRIDE, KERNEL, 1.0)
    assert letters is not None
    label = ENGLISH_VOCABULARY.index("d")
    first, second = np.flatnonzero(letters == label)
    assert second - first >= 2


def test_letters_without_room_give_nothing(tmp_path: Path) -> None:
    alignment = read_alignments(written(tmp_path, SEED))["pack/a.opus"]
    assert alignment.letter_frames(20, STRIDE, KERNEL, 1.0) is None


def test_phones_cover_their_frames_and_silence_is_the_rest(tmp_path: Path) -> None:
    phones = read_alignments(written(tmp_path, SEED))["pack/a.opus"].phone_frames(29, STRIDE, KERNEL, 1.0)
    names = [PHONES[label] for label in phones]
    assert names[:4] == ["<pad>"] * 4
    assert names.count("IY") == 6
    assert [name for number, name in enumerate(names) if number == 0 or name != names[number - 1]] == [
        "<pad>", "S", "IY", "<pad>", "AE", "D", "<pad>",
    ]  # fmt: skip


def test_a_quicker_variant_has_its_targets_earlier(tmp_path: Path) -> None:
    alignment = read_alignments(written(tmp_path, SEED))["pack/a.opus"]
    usual = alignment.letter_frames(29, STRIDE, KERNEL, 1.0)
    quick = alignment.letter_frames(25, STRIDE, KERNEL, 1.25)
    assert usual is not None
    assert quick is not None
    last, last_quick = np.flatnonzero(usual)[-1], np.flatnonzero(quick)[-1]
    assert abs(last_quick - last / 1.25) <= 1
