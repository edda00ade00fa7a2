"""What the trainer finds in recordings and texts, in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from asr_desktop.gui.translations import number_text

if TYPE_CHECKING:
    from trainer.language_model.personal import TextGain
    from trainer.personalise.history import Gain


def take_problem(name: str, sentence: str) -> str:
    """What is wrong with a take and what to do; `sentence` is the trainer's own."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    known = {
        "too-short": tr("The recording is too short for the sentence: read all of it."),
        "silent": tr("Nothing was heard: check that the microphone is on and chosen."),
        "clipped": tr("It is too loud: turn the microphone down or sit further away."),
        "quiet": tr("It is very quiet: sit nearer to the microphone or turn it up."),
        "noisy": tr("There is much noise: close the window, or sit nearer to the microphone."),
        "cut-start": tr("The beginning is cut off: wait a moment before you read."),
        "cut-end": tr("The end is cut off: wait a moment before you stop."),
        "other-words": tr("That did not sound like the sentence: read it once more, as it stands."),
    }
    return known.get(name, sentence)


def finding_words(name: str, title: str, advice: str) -> tuple[str, str]:
    """A sort of finding and what to do about it; `title` and `advice` are the trainer's own."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    known = {
        "unusable": (tr("Cannot be used"), tr("Mend or delete them.")),
        "unreadable": (tr("Cannot be read as sound"), tr("Record them again.")),
        "silent": (tr("No speech"), tr("Record them again, and check that the microphone is on.")),
        "too-short": (tr("Too short"), tr("Read the whole sentence.")),
        "too-long": (tr("Too long"), tr("Read one sentence at a time.")),
        "too-much-text": (
            tr("More text than can be said in the time"),
            tr("Listen whether the sound is cut off, or the text is that of another recording."),
        ),
        "wrong-text": (
            tr("Probably something else is said than is written"),
            tr("Listen to them, and delete those that are wrong."),
        ),
        "same-sound": (tr("The same sound twice"), tr("Delete one of them.")),
        "two-texts": (tr("One sound with two texts"), tr("Keep the right one.")),
        "clipped": (tr("Too loud"), tr("Turn the microphone down, and read them again.")),
        "quiet": (tr("Very quiet"), tr("Sit nearer to the microphone, or turn it up.")),
        "noisy": (tr("Much noise behind the voice"), tr("Record in a quieter room, or nearer.")),
        "little-text": (tr("Little text for so much speech"), tr("See whether words are missing.")),
        "missing-letters": (
            tr("Signs that the model cannot write"),
            tr("Write them as they are spoken; they are passed over."),
        ),
    }
    return known.get(name, (title, advice))


def verdict_words(gain: Gain) -> str:
    """What a training came to, in plain words and with its figures."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    parts = [
        tr("Of a hundred words that you say it gets {after} wrong; the model in use {before}.").format(
            after=number_text(100 * gain.own_after), before=number_text(100 * gain.own_before)
        )
    ]
    if gain.general_before is not None and gain.general_after is not None:
        parts.append(
            tr("Of other people's words it gets {after} wrong; the model in use {before}.").format(
                after=number_text(100 * gain.general_after), before=number_text(100 * gain.general_before)
            )
        )
    if gain.offered:
        return " ".join(parts)
    if gain.own_after >= gain.own_before:
        parts.append(tr("It is no better. Read some more sentences, and teach it again."))
    elif gain.general_after is not None and gain.general_after > (gain.general_before or 0.0):
        parts.append(
            tr("It has forgotten too much of how others speak. More and other sentences of yours help.")
        )
    else:
        parts.append(tr("That may be chance. Read some more sentences, and teach it again."))
    return " ".join(parts)


def gain_words(gain: TextGain) -> str:
    """What a person's texts have gained, in a sentence or two."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    percent = round(100 * gain.better)
    parts = [
        tr("It expects your words {percent} % better than before, on a part of your texts kept apart.")
        if percent
        else tr("It expects the words that it knew as well as before.")
    ]
    if gain.new_words:
        parts.append(tr("It knows {count} words of yours that it did not know.").format(count=gain.new_words))
    return " ".join(parts).replace("{percent}", str(percent))
