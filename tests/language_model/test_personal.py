"""A person's texts: collected, learnt, measured on a part that was kept apart, used, and taken back."""

from __future__ import annotations

import json
import os
import random
import zipfile
from pathlib import Path

import docx
import pytest

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import settings
from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model.kneser_ney import estimate
from asr_desktop.language_model.ngram_counts import count_ngrams
from asr_desktop.language_model.own_texts import add_pasted, add_text, list_texts, paragraphs_of, remove_text
from asr_desktop.language_model.personal import common_perplexities, last_gain, learn_texts, personal_folder
from asr_desktop.language_model.pipeline import write_language_model
from tests.fixtures.make_models import model_folder
from tests.language_model.texts import WORDS, sentences
from trainer.cli import main

LETTERS = "etaoinshrdlucmfwgypbvk"
NAMES = {word: f"{LETTERS[number % 22]}o{LETTERS[(7 * number) % 22]}a" for number, word in enumerate(WORDS)}
"""Words of letters only, which an acoustic model can spell."""


def speech(count: int, seed: int, *, shuffled: bool = False) -> list[str]:
    lines = [" ".join(NAMES[word] for word in line.split()) for line in sentences(count, seed)]
    if shuffled:
        draw = random.Random(seed)
        lines = [" ".join(draw.sample(line.split(), len(line.split()))) for line in lines]
    return lines


def prose(lines: list[str]) -> str:
    return "\n".join(f"{line.capitalize()}." for line in lines)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model whose language model has seen the words, and none of their habits."""
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    lines = speech(300, 1, shuffled=True)
    counts = count_ngrams(lines, {word for line in lines for word in line.split()}, 3, tmp_path)
    write_language_model(estimate(counts), folder)
    return folder


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    file = tmp_path / "My letters.txt"
    file.write_text(prose(speech(400, 2)) + "\nMarchetti saw the moon.\n", encoding="utf-8")
    return file


def test_texts_are_copied_counted_replaced_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "A note.md"
    file.write_text(
        "The first words\nthat were broken\nto fit a page.\n\nAnother paragraph.", encoding="utf-8"
    )
    added = add_text(file)
    assert (added.name, added.words) == ("A note", 12)
    assert added.path.read_text(encoding="utf-8") == (
        "The first words that were broken to fit a page.\nAnother paragraph.\n"
    )
    file.write_text("Shorter.", encoding="utf-8")
    add_text(file)
    add_pasted("What I wrote / to you: a long letter indeed.")
    assert [(text.name, text.words) for text in list_texts()] == [("A note", 1), ("What I wrote to", 10)]
    remove_text("A note")
    assert [text.name for text in list_texts()] == ["What I wrote to"]
    assert file.exists()


def test_word_documents_and_other_encodings_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("A letter in Word.")
    document.save(str(tmp_path / "letter.docx"))
    (tmp_path / "old.txt").write_bytes("Grüße aus Köln.".encode("cp1252"))
    (tmp_path / "notepad.txt").write_bytes("Grüße aus Köln.".encode("utf-16"))
    texts = [add_text(tmp_path / name).path.read_text(encoding="utf-8") for name in
             ("letter.docx", "old.txt", "notepad.txt")]  # fmt: skip
    assert texts == ["A letter in Word.\n", "Grüße aus Köln.\n", "Grüße aus Köln.\n"]


@pytest.mark.parametrize("name", ["gone.txt", "picture.txt", "broken.docx", "empty.txt"])
def test_what_is_no_text_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "broken.docx").write_bytes(b"no archive")
    (tmp_path / "empty.txt").write_text(" \n")
    with pytest.raises(LanguageModelError) as caught:
        add_text(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert list_texts() == []


def test_a_word_document_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("A letter in Word.")
    document.save(str(tmp_path / "letter.docx"))
    with zipfile.ZipFile(tmp_path / "letter.docx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", bytes(300_000_000))  # beside the text: never unpacked
    assert add_text(tmp_path / "letter.docx").words == 4
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(201_000_000))
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(LanguageModelError, match="unpacks to more than 200 MB of text"):
        add_text(bomb)


def test_entities_that_grow_without_end_are_not_followed(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE d [<!ENTITY e0 "ha">{levels}]><d><p>&e9;</p></d>'
    with zipfile.ZipFile(tmp_path / "laughs.docx", "w") as archive:
        archive.writestr("word/document.xml", xml)
    with pytest.raises(LanguageModelError):
        add_text(tmp_path / "laughs.docx")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("name", ["pipe.txt", "pipe.docx"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(LanguageModelError, match="pipe"):
        add_text(tmp_path / name)
    with pytest.raises(LanguageModelError, match="pipe"):
        learn_texts([tmp_path / name], DEFAULT_MODEL)


def test_lines_that_begin_with_capitals_stay_paragraphs() -> None:
    assert paragraphs_of("Dear Ada\nI came home\nlate.\r\nYours") == [
        "Dear Ada",
        "I came home late.",
        "Yours",
    ]


def test_what_the_person_writes_is_expected_and_their_words_are_known(model: Path, letters: Path) -> None:
    told: list[float] = []
    gain = learn_texts([letters], model, tell=lambda _stage, done: told.append(done))
    assert gain.after < 0.8 * gain.before
    assert gain.new_words == 4, "Marchetti, saw, the, moon"
    assert gain.sentence.startswith(f"It predicts your words {100 * gain.better:.0f} % better than before")
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert last_gain() == gain
    assert (personal_folder() / "alphabet.json").is_file()
    # How much it counts is the acoustic model's affair: a voice taught later changes it.
    attributes = json.loads((personal_folder() / "language_model" / "attrs.json").read_text())
    assert attributes == {"score_boundary": True}
    assert "marchetti" in (personal_folder() / "language_model" / "unigrams.txt").read_text()


def test_the_part_that_is_measured_with_was_not_learnt(model: Path, tmp_path: Path) -> None:
    """Sentences of chance have no habits, so a model that had read them would be the only one to gain."""
    draw = random.Random(3)
    lines = [" ".join(draw.choices(list(NAMES.values()), k=8)) for _ in range(200)]
    file = tmp_path / "chance.txt"
    file.write_text(prose(lines), encoding="utf-8")
    assert learn_texts([file], model).better < 0.15


def test_texts_that_say_nothing_new_leave_everything_as_it_is(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "same.txt"
    file.write_text(prose(speech(300, 1, shuffled=True)), encoding="utf-8")  # what it has learnt already
    gain = learn_texts([file], model)
    assert not gain.is_better
    assert gain.sentence.startswith("Your texts add nothing")
    assert not personal_folder().exists()


def test_the_same_paragraph_twice_does_not_count_as_expected(model: Path, tmp_path: Path) -> None:
    lines = prose(speech(60, 4))
    once, twice = tmp_path / "once.txt", tmp_path / "twice.txt"
    once.write_text(lines, encoding="utf-8")
    twice.write_text(f"{lines}\n{lines}", encoding="utf-8")
    assert learn_texts([twice], model) == learn_texts([once], model)


def test_both_are_measured_on_the_words_that_both_know(tmp_path: Path) -> None:
    from tests.language_model.texts import model_of

    small = model_of(["a b a b"], tmp_path / "small")
    large = model_of(["a b a b", "a c a c"], tmp_path / "large")
    first, second = common_perplexities(small, large, ["a b"])
    third, fourth = common_perplexities(small, large, ["a b", "c c"])
    assert first < second
    assert third > first, "the end of the other line counts, its words do not"
    assert fourth > 0
    with pytest.raises(LanguageModelError):
        common_perplexities(small, large, ["x y"])


def test_the_command_collects_learns_uses_and_takes_back(
    model: Path, letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["language-model", "personal", "--model", str(model)]
    assert main([*command]) == 1
    assert "choose some files that you wrote" in capsys.readouterr().err
    few = tmp_path / "few.txt"
    few.write_text("Only four words here.")
    assert main([*command, str(few)]) == 1
    assert "There are only 4 words in your texts" in capsys.readouterr().err
    assert main([*command, str(letters), "--json", "--use"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"type": "progress", "stage": "reading", "done": 0.0}
    assert lines[-1]["offered"] is True
    assert lines[-1]["sentence"].startswith("It predicts your words")
    assert settings.load()[0].language_model == str(personal_folder())
    assert main(["language-model", "personal", "--take-back"]) == 0
    assert settings.load()[0].language_model == ""
    assert len(list_texts()) == 2


def test_what_was_learnt_before_stays_until_the_new_is_whole(
    model: Path, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asr_desktop.language_model import personal

    learn_texts([letters], model)
    before = sorted(path.name for path in personal_folder().rglob("*"))

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(personal, "write_language_model", stops)
    with pytest.raises(KeyboardInterrupt):
        learn_texts([letters], model)
    assert sorted(path.name for path in personal_folder().rglob("*")) == before
    assert list(personal_folder().parent.glob(".language-model-*")) == []
