"""The catalogue that ships: complete, sourced, and refused where it is faulty."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asr_desktop.base.errors import ModelStoreError
from asr_desktop.model_store.catalogue import (
    find_entry,
    read_catalogue,
    search_catalogue,
    shipped_catalogue,
)
from asr_desktop.model_store.disk import checked_name

ENTRY = """
[[model]]
name = "m"
title = "M"
repository = "a/m"
languages = ["en"]
licence = "mit"
size_bytes = 5
source = "https://example.invalid"
"""


def test_every_entry_says_what_it_is_and_where_that_is_known_from() -> None:
    entries = shipped_catalogue()
    assert len({entry.name for entry in entries}) == len(entries)
    for entry in entries:
        assert checked_name(entry.name) == entry.name
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
        assert all(re.fullmatch(r"[a-z]{2,3}", language) for language in entry.languages)
        assert entry.source.startswith("https://")
        assert re.fullmatch(r"[0-9a-f]{40}", entry.revision or "")
        assert 10_000_000 < entry.size_bytes < 5_000_000_000
        assert entry.word_error_rates, entry.name
        assert all(0.5 < rate.percent < 50 and rate.test for rate in entry.word_error_rates)
        for file in entry.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256 or "")


def test_the_small_english_model_is_pinned_to_the_byte() -> None:
    entry = find_entry("wav2vec2-base-960h-int8")
    assert entry is not None
    assert entry.repository == "Xenova/wav2vec2-base-960h"
    assert entry.revision == "a19f851b3d42865797e410752b4c570c871e4825"
    [network] = entry.files
    assert network.path == "onnx/model_quantized.onnx"
    assert network.size_bytes == 95_286_046
    assert network.sha256 == "cd5040c147381580ed73258143dd8e0c28e800a09e74ee42ee2b3e8cb4d760a3"
    assert not entry.needs_conversion


def test_it_is_searched_by_words_and_language() -> None:
    assert find_entry("Xenova/wav2vec2-base-960h") == find_entry("wav2vec2-base-960h-int8")
    assert find_entry("nobody") is None
    assert search_catalogue("BASE 960h")
    assert not search_catalogue("base nonsense")
    german = search_catalogue(language="de")
    assert german
    assert all("de" in entry.languages for entry in german)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[model]", "cannot be read"),
        (ENTRY.replace('licence = "mit"', ""), r"invalid entry, m \(licence is missing\)"),
        (ENTRY.replace('["en"]', "[]"), "languages has to be"),
        (ENTRY.replace('"mit"', "7"), "licence is 7; it must be a text"),
        (ENTRY.replace("size_bytes = 5", 'size_bytes = "much"'), "invalid entry"),
    ],
)
def test_a_faulty_catalogue_is_a_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelStoreError, match=reason):
        read_catalogue(path)
    path.write_text(ENTRY, encoding="utf-8")
    read_catalogue.cache_clear()
    [entry] = read_catalogue(path)
    assert (entry.name, entry.language, entry.files) == ("m", "en", ())
