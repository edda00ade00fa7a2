"""Sentences for the person that remember what they are made of, so that the window can say them in another
language.

    raise MediaError(Sentence("{name} is empty (0 bytes): copy or record it again.", name=name))

A Sentence is text like any other: the command line prints it, logs keep it. Its template is what
scripts/translations.py collects, under the context CONTEXT, and what asr_desktop.gui.translations looks up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

CONTEXT = "Engine"

Value = str | int | float


class Sentence(str):
    """A template in the notation of `str.format`, filled in. A value may be a Sentence itself; a path, an
    error and the like stand for their text."""

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        said: dict[str, Value] = {
            name: value if isinstance(value, str | int | float) else str(value)
            for name, value in values.items()
        }
        made = super().__new__(cls, template.format(**said))
        made.template = template
        made.values = MappingProxyType(said)
        return made

    def __str__(self) -> str:
        """Itself, so that `str(error)` of an error with this message is still a Sentence."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Sentence], tuple[str, dict[str, Value]]]:
        return _again, (self.template, dict(self.values))


def spoken(sentence: str, translate: Callable[[str], str]) -> str:
    """In another language: `translate` gives a template's words in it. Plain text stays as it is."""
    if not isinstance(sentence, Sentence):
        return sentence
    values = {
        name: spoken(value, translate) if isinstance(value, str) else value
        for name, value in sentence.values.items()
    }
    return translate(sentence.template).format(**values)


def _again(template: str, values: dict[str, Value]) -> Sentence:
    return Sentence(template, **values)
