"""Remembered voices: kept only when asked for, private, deletable, and known again."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.paths import HOME_VARIABLE, voices_file
from asr_desktop.speakers.voices import LENGTH, SAME_VOICE, VoiceStore, confidence_of, recognised


def voice(seed: int, like: tuple[float, ...] | None = None, noise: float = 0.0) -> tuple[float, ...]:
    made = np.random.default_rng(seed).standard_normal(LENGTH)
    made /= np.linalg.norm(made)
    if like is not None:
        made = np.asarray(like) + noise * made
        made /= np.linalg.norm(made)
    return tuple(made.tolist())


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VoiceStore:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return VoiceStore()


def test_nothing_is_kept_before_somebody_asks(store: VoiceStore) -> None:
    assert store.voices() == ()
    assert not voices_file().parent.exists()


def test_a_voice_is_remembered_under_its_name_in_a_file_of_ones_own(store: VoiceStore) -> None:
    store.remember("Anna", voice(1), 12.0)
    (kept,) = store.voices()
    assert (kept.name, kept.heard_seconds) == ("Anna", 12.0)
    assert np.dot(kept.voiceprint, voice(1)) > 0.999
    if os.name != "nt":
        assert stat.S_IMODE(voices_file().stat().st_mode) == 0o600


def test_the_same_name_is_one_voice_that_gets_surer(store: VoiceStore) -> None:
    store.remember("Anna", voice(2, voice(1), 0.8), 10.0)
    store.remember("Anna", voice(3, voice(1), 0.8), 10.0)
    (kept,) = store.voices()
    assert kept.heard_seconds == 20.0
    assert np.dot(kept.voiceprint, voice(1)) > np.dot(voice(2, voice(1), 0.8), voice(1))


def test_renamed_and_forgotten(store: VoiceStore) -> None:
    store.remember("Anna", voice(1), 5.0)
    store.remember("Bert", voice(2), 5.0)
    store.rename("Anna", "Anna K.")
    assert [kept.name for kept in store.voices()] == ["Anna K.", "Bert"]
    store.forget("Bert")
    assert [kept.name for kept in store.voices()] == ["Anna K."]
    store.forget("Anna K.")
    assert not voices_file().exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"version": 1, "voices": []}', '{"version": 2, "voices": [{"name": "A"}]}',
     json.dumps({"version": 2, "voices": [
         {"name": "A", "voiceprint": [1.0], "heard_seconds": 1.0, "remembered_at": ""}]})],
)  # fmt: skip
def test_a_damaged_file_is_a_sentence_and_can_be_deleted(store: VoiceStore, content: str) -> None:
    store.remember("Anna", voice(1), 5.0)
    voices_file().write_text(content)
    with pytest.raises(SpeakersError, match="cannot be read"):
        store.voices()
    store.forget_all()
    assert store.voices() == ()


def test_known_voices_get_their_names_and_nobody_gets_two(store: VoiceStore) -> None:
    anna, bert = voice(1), voice(2)
    store.remember("Anna", anna, 30.0)
    store.remember("Bert", bert, 30.0)
    again = [voice(5), voice(6, bert, 0.4), voice(7, anna, 0.4), voice(8, anna, 0.9)]
    known = recognised(again, store.voices())
    assert {speaker.speaker: speaker.name for speaker in known} == {2: "Bert", 3: "Anna"}
    assert all(speaker.confidence > 0.5 for speaker in known)


def test_who_is_like_nobody_takes_nobodys_name(store: VoiceStore) -> None:
    axes = np.eye(192)
    store.remember("Anna", axes[0], 30.0)
    store.remember("Yves", axes[1], 30.0)
    hers = 0.85 * axes[0] + 0.52 * axes[1]
    another = 0.60 * axes[0] + 0.80 * axes[2]
    assert [(k.speaker, k.name) for k in recognised([hers, another], store.voices())] == [(1, "Anna")]


def test_confidence_is_even_where_the_line_is_drawn_and_grows() -> None:
    assert confidence_of(SAME_VOICE) == pytest.approx(0.5)
    assert confidence_of(SAME_VOICE + 0.2) > 0.95
    assert confidence_of(SAME_VOICE - 0.2) < 0.05
