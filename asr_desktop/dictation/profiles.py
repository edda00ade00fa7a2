"""Profiles: the model, insertion, writing options and hotwords for dictation into certain programs."""

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
"""Presets in the settings: code has no sentences, so punctuation and capitals are off; mails are long, so
text is pasted; chats often treat pasted text as an attachment, so it is typed. The window names them."""


def profile_for(target: Target | None, profiles: Sequence[DictationProfile]) -> DictationProfile:
    """The first profile for the program in front; an empty profile if there is none."""
    program = target.program.lower() if target is not None else ""
    if not program:
        return DictationProfile()
    return next((profile for profile in profiles if program in profile.programs), DictationProfile())


def program_names(text: str) -> tuple[str, ...]:
    """Parse program names from a comma-separated text, in lower case and without duplicates."""
    return tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
