"""Languages of audio tracks in words; films and recordings state them by the codes of ISO 639."""

from __future__ import annotations

from asr_desktop.base.sentences import Sentence

# The codes of two letters, and both sets of codes of three.
_NAMES = {
    "ar ara": Sentence("Arabic"),
    "cs ces cze": Sentence("Czech"),
    "da dan": Sentence("Danish"),
    "de deu ger": Sentence("German"),
    "el ell gre": Sentence("Greek"),
    "en eng": Sentence("English"),
    "es spa": Sentence("Spanish"),
    "fi fin": Sentence("Finnish"),
    "fr fra fre": Sentence("French"),
    "he heb": Sentence("Hebrew"),
    "hi hin": Sentence("Hindi"),
    "hu hun": Sentence("Hungarian"),
    "it ita": Sentence("Italian"),
    "ja jpn": Sentence("Japanese"),
    "ko kor": Sentence("Korean"),
    "nl nld dut": Sentence("Dutch"),
    "no nb nor nob": Sentence("Norwegian"),
    "pl pol": Sentence("Polish"),
    "pt por": Sentence("Portuguese"),
    "ro ron rum": Sentence("Romanian"),
    "ru rus": Sentence("Russian"),
    "sv swe": Sentence("Swedish"),
    "tr tur": Sentence("Turkish"),
    "uk ukr": Sentence("Ukrainian"),
    "zh zho chi": Sentence("Chinese"),
}
_BY_CODE = {code: name for codes, name in _NAMES.items() for code in codes.split()}


def language_of(code: str | None) -> str | None:
    """The language's name; the code itself, where it is none of the common ones."""
    return None if code is None else _BY_CODE.get(code.lower().split("-")[0], code)
