"""The languages that the window speaks: English is in the program, others lie in resources/translations."""

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
    """Have the window and Qt's own dialogs speak this language, or the system's for ""; the language that
    it is then.

    What is drawn already keeps its words.
    """
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    language = wanted if wanted in LANGUAGES else _language_of_system()
    QLocale.setDefault(QLocale(language) if wanted else QLocale.system())
    own = resources_folder() / "translations" / f"asr-desktop_{language}.qm"
    of_qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{language}.qm"
    for words in (of_qt, own):  # what was installed last is asked first
        translator = QTranslator()
        if translator.load(str(words)):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
    return language


def said(sentence: str) -> str:
    """What the engine tells, in the window's language where it is a Sentence; anything else as it is."""
    return spoken(sentence, partial(QCoreApplication.translate, CONTEXT), _as_people_write_it)


def said_reason(error: OSError) -> str:
    """What the system gives as the reason, in the window's language where it is a common one."""
    return said(reason(error))


_FOUND_SPEAKER = re.compile(r"Speaker ([1-9]\d*)")


def is_unnamed_speaker(name: str) -> bool:
    """Whether it is only the number of a speaker who was found."""
    return _FOUND_SPEAKER.fullmatch(name) is not None


def said_speaker(name: str) -> str:
    """A speaker's name; one that was only found and has a number, in the window's language."""
    found = _FOUND_SPEAKER.fullmatch(name)
    return said(Sentence("Speaker {number}", number=found[1])) if found else name


def number_text(number: float, digits: int = 1) -> str:
    """With so many digits behind the point, as people here write it."""
    return _as_people_write_it(f"{number:,.{digits}f}")


def _as_people_write_it(number: str) -> str:
    """A number as Python writes it, with the points and commas of the window's language."""
    here = QLocale()
    return number.translate({ord("."): here.decimalPoint(), ord(","): here.groupSeparator()})


def _language_of_system() -> str:
    for name in QLocale.system().uiLanguages():
        code = name.replace("_", "-").partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"
