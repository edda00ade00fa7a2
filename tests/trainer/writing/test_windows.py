"""What the punctuation network is shown: words, pauses, errors, and that it is the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.writing.punctuation import GAP_CLOSED, GAP_EDGE, GAP_UNKNOWN, PADDING, WordPieces
from trainer.writing.corpus import Corpus, build_corpus, read_held_out
from trainer.writing.marked_text import COMMA, STOP
from trainer.writing.pauses import Pauses
from trainer.writing.windows import IGNORED, Misheard, Windowing, Windows, sounding_alike

SENTENCES = (
    "When the sun came up over London, the farmer went out to the field. "
    "He saw MacDonald there, and they talked.\n"
)
WHOLE = Windowing(misheard=0.0, unseen=0.0, whole_sentences=1.0, closed=1.0, batch_words=512)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    text = tmp_path / "text.txt"
    text.write_text(SENTENCES * 60, encoding="utf-8")
    return build_corpus([text], (), tmp_path / "corpus", lambda line: None)


def windows(corpus: Corpus, windowing: Windowing, pauses: Pauses | None = None) -> Windows:
    vocabulary = WordPieces(corpus.types[:10], 50)
    return Windows(corpus, vocabulary, windowing, pauses or Pauses(), None, seed=3)


def test_a_corpus_is_the_text_word_by_word(corpus: Corpus) -> None:
    first = [corpus.types[number] for number in corpus.words[:12]]

    assert first == [
        "when",
        "the",
        "sun",
        "came",
        "up",
        "over",
        "london",
        "the",
        "farmer",
        "went",
        "out",
        "to",
    ]
    assert corpus.marks[6] == COMMA
    assert corpus.types[0] == "the"
    assert corpus.spellings == {"macdonald": "MacDonald"}
    assert list(corpus.paragraphs[:2]) == [0, 21]


def test_a_corpus_is_read_once(tmp_path: Path, corpus: Corpus) -> None:
    said: list[str] = []
    again = build_corpus([tmp_path / "text.txt"], (), tmp_path / "corpus", said.append)

    assert said == []
    assert np.array_equal(again.words, corpus.words)


def test_books_that_are_held_out_are_not_in_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "books-00.txt").write_text(
        "One two three.\nFour five.\nSix seven eight nine.\n", encoding="utf-8"
    )
    (tmp_path / "books.tsv").write_text(
        "title\twords\tpart\nA/First\t5\t00\nB/Second\t4\t00\n", encoding="utf-8"
    )
    texts = [tmp_path / "books-00.txt"]
    corpus = build_corpus(texts, ["A/First"], tmp_path / "corpus", lambda line: None)

    assert sorted(corpus.types) == ["eight", "nine", "seven", "six"]
    assert read_held_out(texts, ["A/First"]) == {"A/First": ["One two three.\n", "Four five.\n"]}


def test_windows_that_end_with_sentences_say_so(corpus: Corpus) -> None:
    for batch in windows(corpus, WHOLE, Pauses(unknown=0.0)).batches(0):
        for gaps, marks in zip(batch.gaps, batch.marks, strict=True):
            (there,) = np.nonzero(marks != IGNORED)
            assert gaps[0] == gaps[there[-1] + 1] == GAP_EDGE
            if gaps[there[-1]] == GAP_CLOSED:
                assert marks[there[-1]] == STOP
            assert GAP_CLOSED not in gaps[there[:-1]]


def test_the_same_pool_is_the_same_batches(corpus: Corpus) -> None:
    one, other = (list(windows(corpus, Windowing()).batches(2)) for _ in range(2))

    assert all(np.array_equal(left.pieces, right.pieces) for left, right in zip(one, other, strict=True))
    assert all(np.array_equal(left.gaps, right.gaps) for left, right in zip(one, other, strict=True))


def test_every_word_is_shown_once_a_pass(corpus: Corpus) -> None:
    drawn = windows(corpus, WHOLE)
    shown = sum(
        int((batch.marks != IGNORED).sum())
        for pool in range(drawn.pools_a_pass)
        for batch in drawn.batches(pool)
    )

    assert shown == len(corpus.words)


def test_lost_words_leave_their_marks_behind(corpus: Corpus) -> None:
    clean = sum(int(np.isin(batch.marks, (COMMA, STOP)).sum()) for batch in windows(corpus, WHOLE).batches(0))
    spoilt = Windowing(misheard=1.0, most_errors=0.5, whole_sentences=1.0, batch_words=512)
    batches = list(windows(corpus, spoilt).batches(0))
    marks = sum(int(np.isin(batch.marks, (COMMA, STOP)).sum()) for batch in batches)
    words = sum(int((batch.marks != IGNORED).sum()) for batch in batches)

    assert words < len(corpus.words)
    assert marks > 0.95 * clean


def test_pauses_follow_the_marks() -> None:
    marks = np.array([0, COMMA, STOP] * 4000)
    kinds = Pauses(unknown=0.0, scattered=0.0, hesitating=0.0).draw(
        marks, np.arange(len(marks)) // 60, np.random.default_rng(1)
    )
    nothing, comma, stop = (kinds[marks == mark].mean() for mark in (0, COMMA, STOP))

    assert nothing < 0.5 < comma < stop
    unknown = Pauses(unknown=1.0).draw(marks, np.arange(len(marks)) // 60, np.random.default_rng(1))
    assert set(unknown) == {GAP_UNKNOWN}


def test_words_that_sound_alike_stand_for_each_other(tmp_path: Path) -> None:
    dictionary = tmp_path / "said.dict"
    dictionary.write_text("see S IY1\nsea S IY1\nshe SH IY1\ndog D AO1 G\n", encoding="utf-8")
    words = ["see", "dog", "sea", "she"]
    alike = sounding_alike(words, dictionary, len(words))

    assert [words[number] for number in alike[0] if number >= 0] == ["sea", "she"]
    assert set(alike[1]) == {-1}
    misheard = Misheard(alike, np.arange(4, dtype=np.int32), 4)
    same, times = misheard.spoil(np.zeros(500, np.int32), np.zeros(500), np.random.default_rng(1))
    assert set(same) == {0}
    assert set(times) == {1}
    changed, _ = misheard.spoil(np.zeros(500, np.int32), np.ones(500), np.random.default_rng(1))
    assert {2, 3} <= set(changed)


def test_unknown_words_are_read_by_their_parts() -> None:
    vocabulary = WordPieces(["the", "london"], 100)

    assert vocabulary.pieces("london") == (2, *(PADDING,) * 7)
    bulstrode, ulstrode = vocabulary.pieces("bulstrode"), vocabulary.pieces("ulstrode")
    assert all(3 <= piece < len(vocabulary) for piece in bulstrode)
    assert set(bulstrode) & set(ulstrode)  # their ends
    assert vocabulary.pieces("bulstrode") == bulstrode
