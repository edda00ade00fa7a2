from __future__ import annotations

from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling
from tests.recognition.synthetic_emissions import english_labels

GERMAN = Labels(("<pad>", "|", *"abcdefghijklmnopqrstuvwxyzäöüß"), 0, "|", frozenset({0}))
PIECES = Labels(("<blank>", "▁the", "▁c", "at", "s", "▁"), 0, None, frozenset({0}))
PIECES_WITHOUT_LONE_SPACE = Labels(("<blank>", "▁the", "▁c", "at", "s"), 0, None, frozenset({0}))


def test_case_is_folded_to_the_vocabulary() -> None:
    assert Spelling(english_labels()).spell("Ronicky drew") == "RONICKY DREW"
    assert Spelling(GERMAN).spell("STRASSE Straße") == "strasse straße"


def test_accents_go_where_the_vocabulary_has_none() -> None:
    assert Spelling(english_labels()).spell("Dvořák naïve ﬁne") == "DVORAK NAIVE FINE"
    assert Spelling(GERMAN).spell("Café über") == "cafe über"


def test_signs_nobody_says_go_and_hyphens_part_words() -> None:
    spelling = Spelling(english_labels())
    assert spelling.spell("“Don’t!” he said — well-known.") == "DON'T HE SAID WELL KNOWN"


def test_what_cannot_be_written_is_marked_and_named() -> None:
    spelling = Spelling(english_labels())
    assert spelling.spell("R2D2") == f"R{UNSPELLABLE}D{UNSPELLABLE}"
    assert spelling.unspellable_characters("R2D2 4 €2, 中") == ["2", "4", "€", "中"]
    assert spelling.unspellable_characters("plain words, naïve") == []


def test_decomposed_and_composed_letters_are_the_same() -> None:
    assert Spelling(GERMAN).spell("u\u0308ber") == "über"


def test_some_labels_have_to_print_the_word() -> None:
    spelling = Spelling(PIECES)
    assert spelling.can_write("cats")
    assert spelling.can_write("at")
    assert not spelling.can_write("ca")
    assert not Spelling(PIECES_WITHOUT_LONE_SPACE).can_write("at")
