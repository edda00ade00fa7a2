"""Reads and checks the fields of a transcription request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath

from starlette.datastructures import FormData, UploadFile

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.hotwords import Hotword, parse_hotwords
from asr_desktop.server.refusal import Refusal

FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
GRANULARITIES = ("segment", "word")
OTHERS_MODELS = ("whisper-", "gpt-4o", "gpt-realtime")
"""Prefixes of the model names that OpenAI's clients send by default; accepted as names of this model."""

MOST_HOTWORDS = 1000
_NUDGE = 2.0
_LONGEST_PHRASE_WORDS = 4
_SHORTEST_NUDGED = 4
_TRUE = ("true", "1", "yes", "on")


@dataclass(frozen=True, slots=True)
class TranscriptionFields:
    """The parsed fields of a request."""

    file: UploadFile
    name: str
    format: str
    granularities: tuple[str, ...]
    hotwords: tuple[Hotword, ...]
    is_streamed: bool


def read_fields(form: FormData, model: str, languages: tuple[str, ...]) -> TranscriptionFields:
    """The fields of a form. model, languages: of this server (no languages: not stated).

    Fields for features that this recogniser does not have, such as chunking_strategy, are ignored. Raises
    Refusal.
    """
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refusal(400, "The field file is missing; send the recording in it.", parameter="file")
    format = _text(form, "response_format") or "json"
    if format not in FORMATS:
        raise Refusal(
            400, f"response_format has to be one of {', '.join(FORMATS)}.", parameter="response_format"
        )
    check_model(_text(form, "model"), model)
    check_language(_text(form, "language"), languages)
    _check_temperature(_text(form, "temperature"))
    return TranscriptionFields(
        file=file,
        name=_safe_name((file.filename or "").replace("\\", "/").rpartition("/")[2]),
        format=format,
        granularities=_granularities(form, format),
        hotwords=_hotwords(form),
        is_streamed=_text(form, "stream").lower() in _TRUE,
    )


def hotwords_of_prompt(prompt: str) -> list[Hotword]:
    """Hotwords from an OpenAI prompt, which is a list of names or preceding text.

    A short part between punctuation marks counts as a name. In longer parts, longer words get a small weight.
    """
    hotwords: dict[str, Hotword] = {}
    for sign in ";\n\r.:!?":
        prompt = prompt.replace(sign, ",")
    for part in prompt.split(","):
        words = [word.strip("\"'“”„«»()[]…–-") for word in part.split()]
        words = [word for word in words if word]
        if 0 < len(words) <= _LONGEST_PHRASE_WORDS:
            hotwords.setdefault(" ".join(words), Hotword(" ".join(words)))
        else:
            for word in words:
                if len(word) >= _SHORTEST_NUDGED:
                    hotwords.setdefault(word, Hotword(word, _NUDGE))
    return list(hotwords.values())


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    if isinstance(value, UploadFile):
        raise Refusal(400, f"{name} has to be a text, not a file.", parameter=name)
    return (value or "").strip()


def _texts(form: FormData, name: str) -> list[str]:
    return [value for key in (name, f"{name}[]") for value in form.getlist(key) if isinstance(value, str)]


def check_model(asked: str, model: str) -> None:
    """Raises Refusal if the requested model is neither this model nor one of OpenAI's names."""
    if asked and asked != model and not asked.startswith(OTHERS_MODELS):
        raise Refusal(404, f"There is no model “{asked[:100]}” here; there is {model}.", parameter="model")


def check_language(asked: str, languages: tuple[str, ...]) -> None:
    """Raises Refusal if a language is requested that is not among the model's known languages."""
    code = asked.lower().partition("-")[0]
    if code and languages and code not in languages:
        known = ", ".join(languages)
        raise Refusal(
            400,
            f"The model does not know the language “{asked[:20]}”; it knows {known}.",
            parameter="language",
        )


def _check_temperature(asked: str) -> None:
    try:
        is_right = not asked or math.isfinite(float(asked))
    except ValueError:
        is_right = False
    if not is_right:
        raise Refusal(400, "temperature has to be a number.", parameter="temperature")


def _granularities(form: FormData, format: str) -> tuple[str, ...]:
    asked = _texts(form, "timestamp_granularities")
    if any(name not in GRANULARITIES for name in asked):
        raise Refusal(
            400,
            f"timestamp_granularities has to be {' or '.join(GRANULARITIES)}.",
            parameter="timestamp_granularities",
        )
    if asked and format != "verbose_json":
        raise Refusal(
            400,
            "timestamp_granularities needs the response_format verbose_json.",
            parameter="timestamp_granularities",
        )
    return tuple(dict.fromkeys(asked)) or ("segment",)


def _hotwords(form: FormData) -> tuple[Hotword, ...]:
    entries = [
        entry for text in _texts(form, "hotwords") for line in text.splitlines() for entry in line.split(",")
    ]
    try:
        given = parse_hotwords(entries)
    except DecoderError as error:
        raise Refusal(400, str(error), parameter="hotwords") from None
    known = {hotword.text for hotword in given}
    given += [hotword for hotword in hotwords_of_prompt(_text(form, "prompt")) if hotword.text not in known]
    if len(given) > MOST_HOTWORDS:
        raise Refusal(400, f"There are more than {MOST_HOTWORDS} hotwords; send fewer.", parameter="prompt")
    return tuple(given)


def _safe_name(name: str) -> str:
    """A file name without characters that are special in file systems or confusing in messages. The suffix is
    kept, because some formats are recognised only by it."""
    path = PurePath("".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in name[-200:]))
    stem, suffix = path.stem.strip(" ._-")[:60], path.suffix[:9]
    return (stem or "recording") + suffix
