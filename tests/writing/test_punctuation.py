"""Marks and capitals of recognised words: what becomes of a network's answers, and what the one that ships
knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.writing.punctuation import (
    CASES,
    GAP_CLOSED,
    GAP_KINDS,
    GAP_LIMITS_SECONDS,
    GAP_UNKNOWN,
    MARKS,
    MODEL_TYPE,
    Punctuator,
    WordPieces,
    capitalised,
)

WORDS = ("well", "london", "nasa", "macdonald", "what", "and")
BUCKETS = 8
SHIPPED = bundled_models_folder() / "writing-en"


def write_network(folder: Path) -> None:
    """A network that looks at one word and the pause behind it: a comma behind "well", a question mark behind
    "what", a full stop at a pause of a second or more, and the cases of WORDS.
    """
    rows = len(WordPieces(WORDS, BUCKETS))
    marks = np.zeros((rows, len(MARKS)), np.float32)
    marks[:, 0] = 5
    marks[1, 1] = marks[5, 3] = 9
    by_gap = np.zeros((GAP_KINDS, len(MARKS)), np.float32)
    by_gap[8:GAP_UNKNOWN, 2] = 7
    by_gap[GAP_CLOSED, 2] = 1
    cases = np.zeros((rows, len(CASES)), np.float32)
    cases[:, 0] = 3
    for piece, case in ((2, 1), (3, 2), (4, 3)):
        cases[piece, case] = 6
    nodes = [
        helper.make_node("Gather", ["pieces", "nought"], ["first"], axis=2),
        helper.make_node("Gather", ["mark_table", "first"], ["word_marks"]),
        helper.make_node("Gather", ["gap_table", "gaps"], ["gap_marks"]),
        helper.make_node("Add", ["word_marks", "gap_marks"], ["marks"]),
        helper.make_node("Gather", ["case_table", "first"], ["cases"]),
    ]
    tables = {"mark_table": marks, "gap_table": by_gap, "case_table": cases, "nought": np.array(0, np.int64)}
    graph = helper.make_graph(
        nodes,
        "marks",
        [
            helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "places", 8]),
            helper.make_tensor_value_info("gaps", TensorProto.INT64, [1, "places"]),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("marks", "cases")],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.int8.onnx"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_network(tmp_path)
    (tmp_path / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS), encoding="utf-8")
    (tmp_path / "spellings.tsv").write_text("macdonald\tMacDonald\n", encoding="utf-8")
    config = {
        "model_type": MODEL_TYPE,
        "languages": ["en"],
        "buckets": BUCKETS,
        "marks": MARKS,
        "cases": CASES,
        "gap_limits_seconds": GAP_LIMITS_SECONDS,
    }
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return tmp_path


def text(
    punctuator: Punctuator,
    words: str,
    gaps: Sequence[float | None] | None = None,
    *,
    closed: bool = True,
    first: int = 0,
) -> str:
    return " ".join(
        word.written + word.mark_after
        for word in punctuator.marks(words.split(), gaps, closed=closed, first=first)
    )


def test_words_get_their_marks_and_capitals(folder: Path) -> None:
    punctuator = Punctuator(folder)

    assert (
        text(punctuator, "well she saw london and nasa's macdonald")
        == "Well, she saw London and nasa's MacDonald."
    )
    assert text(punctuator, "nasa") == "NASA."
    assert punctuator.languages == ("en",)


def test_i_is_a_capital_whatever_the_network_says(folder: Path) -> None:
    assert text(Punctuator(folder), "and i think I'm in it") == "And I think I'm in it."


def test_a_long_pause_ends_a_sentence_and_a_capital_follows(folder: Path) -> None:
    words = ["she", "came", "and", "he", "went"]
    gaps = [0.0, 1.2, 0.0, 0.02, None]
    found = Punctuator(folder).marks(words, gaps, closed=False)

    assert " ".join(word.written + word.mark_after for word in found) == "She came. And he went"
    assert [word.sentence_start for word in found] == [True, False, True, False, False]
    assert found[2].inner == "and"
    assert found[1].stop_probability > 0.8 > 0.2 > found[0].stop_probability


def test_only_the_end_of_everything_closes_an_open_sentence(folder: Path) -> None:
    punctuator = Punctuator(folder)

    assert text(punctuator, "it was in london", closed=False) == "It was in London"
    assert text(punctuator, "it was in london", closed=True) == "It was in London."
    assert text(punctuator, "in london what", closed=True) == "In London what?"


def test_context_says_whether_a_sentence_begins(folder: Path) -> None:
    punctuator = Punctuator(folder)
    words = "she came he went"

    assert text(punctuator, words, [0.0, 1.2, 0.0, 0.0], closed=False, first=2) == "He went"
    assert text(punctuator, words, [0.0, 0.0, 0.0, 0.0], closed=False, first=2) == "he went"
    assert text(punctuator, words, first=4) == ""
    assert text(punctuator, "") == ""


def test_long_texts_are_read_in_windows_that_agree(folder: Path) -> None:
    punctuator = Punctuator(folder)
    words = ["well", "she", "went", "to", "london", "today", "what"] * 100
    found = punctuator.marks(words, closed=True)

    assert [word.spoken for word in found] == words
    assert [word.mark_after for word in found[:-1]] == ([",", "", "", "", "", "", "?"] * 100)[:-1]
    whole = punctuator.marks(words, closed=False)
    assert punctuator.marks(words, closed=False, first=333) == whole[333:]


def test_gaps_have_to_fit_the_words(folder: Path) -> None:
    with pytest.raises(ValueError, match="2 words with 1 gaps"):
        Punctuator(folder).marks(["one", "two"], [0.0], closed=True)


@pytest.mark.parametrize(
    ("word", "with_capital"),
    [("london", "London"), ("'tis", "'Tis"), ("NASA", "NASA"), ("", ""), ("25", "25")],
)
def test_capitals(word: str, with_capital: str) -> None:
    assert capitalised(word) == with_capital


def test_a_folder_without_its_parts_is_told_of(folder: Path) -> None:
    (folder / "vocab.txt").unlink()
    with pytest.raises(ModelFolderError, match=r"vocab\.txt"):
        Punctuator(folder)


def test_another_kind_of_model_is_told_of(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "marks": [".", ","]}))
    with pytest.raises(ModelFolderError, match="marks and capitals"):
        Punctuator(folder)


def test_a_damaged_network_is_told_of(folder: Path) -> None:
    (folder / "model.int8.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelFolderError, match="cannot be loaded"):
        Punctuator(folder)


@pytest.fixture(scope="module")
def shipped() -> Punctuator:
    return Punctuator(SHIPPED)


@pytest.mark.parametrize(
    "written",
    [
        "How are you?",
        "Do you know where the station is?",
        "When the rain was over, we went home.",
        "The president of the United States spoke to Congress on Monday.",
        "Well, I don't know what to say.",
        "Please send the report to Anna by Friday.",
        "What time is it in New York?",
    ],
)
def test_the_network_that_ships_writes_plain_sentences(shipped: Punctuator, written: str) -> None:
    spoken = "".join(character for character in written.lower() if character not in ",.?")

    assert text(shipped, spoken) == written


def test_the_network_that_ships_hears_pauses(shipped: Punctuator) -> None:
    words = "thank you for your letter i am writing to tell you that the goods have arrived"
    gaps: list[float | None] = [0.02] * len(words.split())
    gaps[4] = 0.9

    assert text(shipped, words, gaps).startswith("Thank you for your letter. I am writing")


def test_the_network_that_ships_is_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 6 * 2**20
