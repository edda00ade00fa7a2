"""Sentences that can be said in another language: they stay text, and reach the window as what they are."""

from __future__ import annotations

import errno
import json
import os
import pickle
import socket
from pathlib import Path

import pytest

from asr_desktop.base.errors import MediaError
from asr_desktop.base.json_messages import Codec, WireError
from asr_desktop.base.sentences import Sentence, spoken
from asr_desktop.base.sentences import reason as reason_of
from asr_desktop.recognition.worker.protocol import Failed, Restarted

GERMAN = {
    "{name} is empty.": "{name} ist leer.",
    "{device} {why}, {seconds:.1f} s are lost.": "{seconds:.1f} s verloren: {device} {why}.",
    "is gone": "ist weg",
}


def test_it_is_text_for_everybody_who_wants_text() -> None:
    sentence = Sentence("{name} is empty.", name='"a{b}.wav"')
    assert sentence == '"a{b}.wav" is empty.'
    assert json.dumps(sentence) == json.dumps('"a{b}.wav" is empty.')
    assert sentence in {'"a{b}.wav" is empty.'}


def test_another_language_has_its_own_order_and_parts_of_its_own() -> None:
    lost = Sentence(
        "{device} {why}, {seconds:.1f} s are lost.", device="Mic", why=Sentence("is gone"), seconds=1.25
    )
    assert lost == "Mic is gone, 1.2 s are lost."
    assert spoken(lost, GERMAN.__getitem__) == "1.2 s verloren: Mic ist weg."
    assert spoken("No template.", GERMAN.__getitem__) == "No template."


def test_a_path_and_an_error_stand_for_their_text() -> None:
    sentence = Sentence("{path}: {reason}", path=Path("a") / "b", reason=OSError("no disk"))
    assert sentence == f"{Path('a') / 'b'}: no disk"
    assert all(isinstance(value, str) for value in sentence.values.values())


def test_errors_copies_and_the_recognisers_process_keep_it() -> None:
    sentence = Sentence("{name} is empty.", name="x")
    error = pickle.loads(pickle.dumps(MediaError(sentence)))
    codec = Codec([Failed])
    arrived = codec.decode(codec.encode(Failed(3, "MediaError", str(error))))
    assert arrived == Failed(3, "MediaError", "x is empty.")
    assert spoken(arrived.message, GERMAN.__getitem__) == "x ist leer."


def test_a_sentence_within_a_sentence_passes_the_wire() -> None:
    codec = Codec([Restarted])
    inner = Sentence(
        "{device} {why}, {seconds:.1f} s are lost.", device="a", why=Sentence("is gone"), seconds=2
    )
    arrived = codec.decode(codec.encode(Restarted(1, inner)))
    assert spoken(arrived.message, GERMAN.__getitem__) == "2.0 s verloren: a ist weg."


@pytest.mark.parametrize(
    "message",
    [
        {"type": "Sentence", "template": "{name} is empty.", "values": {}},
        {"type": "Sentence", "template": "{name", "values": {"name": "x"}},
        {"type": "Sentence", "template": 3, "values": {}},
        {"type": "Sentence", "template": "x", "values": {"y": [1]}},
        {"type": "Other", "template": "x", "values": {}},
        {"type": "Sentence", "template": "x", "values": {}, "more": 1},
    ],
)
def test_a_torn_sentence_is_refused(message: dict[str, object]) -> None:
    line = json.dumps({"type": "Restarted", "job": 1, "message": message}).encode()
    with pytest.raises(WireError):
        Codec([Restarted]).decode(line)


def test_what_the_system_gives_as_a_reason_can_be_said_in_another_language() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a.wav")
    german = {"No space left on device": "kein Platz mehr", "{file}: {reason}": "{file}: {reason}!"}
    for reason in (full, full.strerror, "No space left on device"):
        sentence = Sentence("{file}: {reason}", file="a.wav", reason=reason)
        assert sentence == "a.wav: No space left on device"
        assert spoken(sentence, german.__getitem__) == "a.wav: kein Platz mehr!"
    assert spoken(reason_of(full), german.__getitem__) == "kein Platz mehr"
    assert reason_of(OSError(errno.EDOM, "Out of domain")) == "Out of domain", "the system's own words"
    assert reason_of(OSError("no disk")) == "no disk"


@pytest.mark.parametrize(
    "name",
    [
        *("ENOSPC", "EACCES", "EPERM", "ENOENT", "EROFS", "EIO", "EBUSY", "EMFILE"),
        *("EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "ECONNREFUSED"),
    ],
)
def test_common_reasons_are_known(name: str) -> None:
    number = getattr(errno, name)
    assert isinstance(reason_of(OSError(number, os.strerror(number))), Sentence)


@pytest.mark.parametrize("code", [-9999, -9998, -9997, -9996, -9994, -9985])
def test_reasons_for_a_sound_card_that_cannot_be_opened_are_known(code: int) -> None:
    sounddevice = pytest.importorskip("sounddevice", exc_type=OSError)  # PortAudio itself is missing
    text = sounddevice._ffi.string(sounddevice._lib.Pa_GetErrorText(code)).decode()
    assert isinstance(Sentence("{reason}", reason=text).values["reason"], Sentence)


def test_a_reason_in_the_words_of_the_locale_is_known_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "strerror", lambda number: "Plus de place" if number == errno.ENOSPC else "Autre chose"
    )
    assert Sentence("{reason}", reason="Plus de place") == "No space left on device"


def test_reasons_of_windows_sockets_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(errno.errorcode, 10048, "WSAEADDRINUSE")
    taken = reason_of(OSError(10048, "Normalerweise darf jede Socketadresse nur einmal verwendet werden"))
    assert taken == "Address already in use"


def test_numbers_are_written_as_people_there_write_them() -> None:
    sentence = Sentence("{size:,} bytes, {share:.1f} %, {count}, v1.2", size=12_345, share=0.5, count=3)
    assert sentence == "12,345 bytes, 0.5 %, 3, v1.2"
    said = spoken(sentence, str, lambda number: number.translate({ord("."): ",", ord(","): "."}))
    assert said == "12.345 bytes, 0,5 %, 3, v1.2"


def test_a_reason_has_no_number_of_python_s() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    for value in (unknown, str(unknown)):
        sentence = Sentence("It cannot be fetched ({reason}).", reason=value)
        assert sentence == "It cannot be fetched (Name or service not known)."
        assert isinstance(sentence.values["reason"], Sentence), "to be said in the window's language"
    missing = Sentence("{reason}", reason="[Errno 2] No such file or directory: 'talk.mp3'")
    assert missing == "No such file or directory: 'talk.mp3'"
    assert Sentence("{name}", name="[Errno 7]") == "[Errno 7]"
