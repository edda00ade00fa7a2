from __future__ import annotations

from asr_desktop.language_model.english import ENGLISH_VOCABULARY
from asr_desktop.recognition.labels import Labels
from trainer.finetune.speech import TranscriptSpelling, extended, labels_of_texts

ENGLISH = Labels(ENGLISH_VOCABULARY, 0, "|", frozenset({0, 1, 2, 3}))
CAPITALS = Labels(
    tuple(t.upper() if len(t) == 1 else t for t in ENGLISH_VOCABULARY), 0, "|", frozenset({0, 1, 2, 3})
)
GERMAN = ["Die Übung macht den Meister, schön und süß."] * 5


def test_a_transcript_takes_the_labels_letters() -> None:
    text = "“Well—it’s THE café,” he said."
    assert TranscriptSpelling(ENGLISH).spell(text) == "well it's the cafe he said"
    assert TranscriptSpelling(CAPITALS).spell(text) == "WELL IT'S THE CAFE HE SAID"


def test_labels_spell_the_text_again() -> None:
    spelling = TranscriptSpelling(ENGLISH)
    ids = spelling.encode("it's the")
    assert "".join(ENGLISH.tokens[label] for label in ids) == "it's|the"


def test_without_a_word_delimiter_spaces_are_left_out() -> None:
    labels = Labels(("<pad>", "a", "b"), 0, None, frozenset({0}))
    assert TranscriptSpelling(labels).encode("ab ba") == [1, 2, 2, 1]


def test_pieces_are_taken_whole() -> None:
    labels = Labels(("<pad>", "▁the", "▁", "c", "at"), 0, None, frozenset({0}))
    assert TranscriptSpelling(labels).encode("the cat") == [1, 2, 3, 4]


def test_letters_of_another_language_are_found() -> None:
    assert TranscriptSpelling(ENGLISH).lacks(GERMAN, 5) == ["ß", "ö", "ü"]
    assert TranscriptSpelling(CAPITALS).lacks(GERMAN, 5) == ["Ö", "Ü"]


def test_a_rare_accent_does_not_grow_the_alphabet() -> None:
    texts = ["an ordinary english sentence"] * 300 + ["a café"] * 3
    assert TranscriptSpelling(ENGLISH).lacks(texts, 2) == []


def test_new_letters_come_behind_the_old_ones() -> None:
    labels = extended(ENGLISH, ["ß", "ü"])
    assert labels.tokens[: len(ENGLISH)] == ENGLISH.tokens
    assert TranscriptSpelling(labels).encode("süß")[1:] == [len(ENGLISH) + 1, len(ENGLISH)]


def test_a_new_head_gets_the_transcripts_letters() -> None:
    labels = labels_of_texts(["Что это?", "это дом, друг"] * 5, 2)
    assert labels.tokens[:5] == ("<pad>", "<s>", "</s>", "<unk>", "|")
    assert set(labels.tokens[5:]) == set("чтоэдмруг")
    spelling = TranscriptSpelling(labels)
    assert spelling.spell("ЭТО дом!") == "это дом"
