"""Languages of the window: English is built in, others are in resources/translations."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from asr_desktop.base.paths import resources_folder
from asr_desktop.base.sentences import CONTEXT, Sentence, reason, spoken

LANGUAGES = ("en", "de")

_installed: list[QTranslator] = []


def install(wanted: str) -> str:
    """Set the language of the window and of Qt's own dialogs, "" for the system's; returns the language set.

    Widgets that exist already keep their texts.
    """
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    language = wanted if wanted in LANGUAGES else _language_of_system()
    QLocale.setDefault(QLocale(language) if wanted else QLocale.system())
    own = resources_folder() / "translations" / f"asr-desktop_{language}.qm"
    of_qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{language}.qm"
    for words in (of_qt, own):  # the translator installed last has priority
        translator = QTranslator()
        if translator.load(str(words)):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
    return language


def said(sentence: str) -> str:
    """A sentence of the engine in the window's language if it is a Sentence; other text unchanged."""
    return spoken(sentence, partial(QCoreApplication.translate, CONTEXT), _as_people_write_it)


def said_reason(error: OSError) -> str:
    """The system's reason for an error, in the window's language if it is a common one."""
    return said(reason(error))


_FOUND_SPEAKER = re.compile(r"Speaker ([1-9]\d*)")


def is_unnamed_speaker(name: str) -> bool:
    """Whether the name is just the number of a detected speaker."""
    return _FOUND_SPEAKER.fullmatch(name) is not None


def said_speaker(name: str) -> str:
    """A speaker's name; for a detected, unnamed speaker the number in the window's language."""
    found = _FOUND_SPEAKER.fullmatch(name)
    return said(Sentence("Speaker {number}", number=found[1])) if found else name


def number_text(number: float, digits: int = 1) -> str:
    """A number with this many decimals, in the format of the window's language."""
    return _as_people_write_it(f"{number:,.{digits}f}")


def _as_people_write_it(number: str) -> str:
    """A number in Python's notation, with the separators of the window's language."""
    here = QLocale()
    return number.translate({ord("."): here.decimalPoint(), ord(","): here.groupSeparator()})


def _language_of_system() -> str:
    for name in QLocale.system().uiLanguages():
        code = name.replace("_", "-").partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"
