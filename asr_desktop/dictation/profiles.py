"""Profiles: which model, language, writing and hotwords hold for the program that is dictated into."""

from __future__ import annotations

from collections.abc import Sequence

from asr_desktop.base.settings import DictationProfile
from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.insertion import PASTE, TYPE
from asr_desktop.writing.options import CAPITALS, MARKS

CODE, MAIL, CHAT = "code", "mail", "chat"
PRESETS = {
    CODE: DictationProfile(
        programs=(
            "code", "vscodium", "jetbrains-idea", "jetbrains-pycharm", "jetbrains-clion", "sublime_text",
            "emacs", "gvim", "kate", "qtcreator", "geany", "zed",
        ),
        writing_off=(MARKS, CAPITALS),
    ),
    MAIL: DictationProfile(
        programs=("thunderbird", "evolution", "geary", "kmail", "claws-mail", "betterbird"), way=PASTE
    ),
    CHAT: DictationProfile(
        programs=("signal", "telegram-desktop", "element", "slack", "discord", "whatsapp", "zoom"), way=TYPE
    ),
}  # fmt: skip
"""What the settings offer: in code nothing is a sentence; mails may be long and keep their formatting, so
they are pasted; chats often treat what is pasted as an attachment. They get their names in the window."""


def profile_for(target: Target | None, profiles: Sequence[DictationProfile]) -> DictationProfile:
    """The first that has the program in front; an empty one where none has."""
    program = target.program.lower() if target is not None else ""
    if not program:
        return DictationProfile()
    return next((profile for profile in profiles if program in profile.programs), DictationProfile())


def program_names(text: str) -> tuple[str, ...]:
    """The programs that a user has typed, in any case, apart by commas."""
    return tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
