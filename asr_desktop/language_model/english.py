"""Transcripts as a recogniser is taught them, and the vocabulary that spells them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

# The layout of the published English wav2vec2 checkpoints, in lower case: every tool that reads those reads
# ours.
ENGLISH_VOCABULARY: tuple[str, ...] = (
    "<pad>",
    "<s>",
    "</s>",
    "<unk>",
    "|",
    "'",
    *"abcdefghijklmnopqrstuvwxyz",
)

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_NOT_SPELLED = re.compile(r"[^a-z' ]+")
_STRAY_APOSTROPHE = re.compile(r"(?<![a-z])'+|'+(?![a-z])")
_PLURAL_POSSESSIVE = re.compile(r"(?<=s)'(?= |$)")


def normalise_text(text: str) -> str:
    """Lower-case English letters, apostrophes inside words, single spaces; accents are dropped, hyphens
    become spaces.

    Digits are removed like any other sign: a transcript with digits does not say how they were read, see
    :func:`has_digits`.

    >>> normalise_text("“Well—it’s   the dogs' café,” he said.")
    "well it's the dogs cafe he said"
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _NOT_SPELLED.sub(" ", text)
    text = _PLURAL_POSSESSIVE.sub("", text)
    text = _STRAY_APOSTROPHE.sub(" ", text)
    return " ".join(text.split())


def has_digits(text: str) -> bool:
    """Whether a transcript leaves open how it was spoken ("1984")."""
    return any(character.isdigit() for character in text)


def encode(text: str, vocabulary: Sequence[str] = ENGLISH_VOCABULARY) -> list[int]:
    """Label indices of a normalised text, spaces as the word delimiter ``|``.

    :raises ValueError: names the characters that the vocabulary lacks.
    """
    index = {token: number for number, token in enumerate(vocabulary)}
    spelled = text.replace(" ", "|")
    missing = sorted(set(spelled) - index.keys())
    if missing:
        raise ValueError(f"The vocabulary has no label for {' '.join(map(repr, missing))}.")
    return [index[character] for character in spelled]


def write_vocabulary(folder: Path, vocabulary: Sequence[str] = ENGLISH_VOCABULARY) -> None:
    """Write ``vocab.json`` and ``tokenizer_config.json`` in the Hugging Face layout."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = {
        "tokenizer_class": "Wav2Vec2CTCTokenizer",
        "processor_class": "Wav2Vec2Processor",
        "pad_token": "<pad>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "word_delimiter_token": "|",
        "do_lower_case": False,
        "replace_word_delimiter_char": " ",
    }
    (folder / "vocab.json").write_text(
        json.dumps(labels, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=1) + "\n", encoding="utf-8")
