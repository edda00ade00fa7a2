"""Findings of the trainer in recordings and texts, in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from asr_desktop.gui.translations import number_text

if TYPE_CHECKING:
    from asr_desktop.language_model.personal import TextGain
    from asr_desktop.teaching.own_voice import Gain


def take_problem(name: str, sentence: str) -> str:
    """What is wrong with a take and what to do; `sentence` is the trainer's English one."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    known = {
        "too-short": tr("The recording is too short for the sentence: read all of it."),
        "silent": tr("Nothing was heard: check that the microphone is on and selected."),
        "clipped": tr("Too loud: turn the microphone down or sit further away."),
        "quiet": tr("Too quiet: sit closer to the microphone or turn it up."),
        "noisy": tr("Too much background noise: close the window or sit closer to the microphone."),
        "cut-start": tr("The beginning is cut off: wait a moment before you read."),
        "cut-end": tr("The end is cut off: wait a moment before you stop."),
        "other-words": tr("That did not match the sentence: read it again exactly as written."),
    }
    return known.get(name, sentence)


def finding_words(name: str, title: str, advice: str) -> tuple[str, str]:
    """The title of a kind of finding and advice; `title` and `advice` are the trainer's English ones."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    known = {
        "unusable": (tr("Not usable"), tr("Fix or delete them.")),
        "unreadable": (tr("Cannot be read as audio"), tr("Record them again.")),
        "silent": (tr("No speech"), tr("Record them again, and check that the microphone is on.")),
        "too-short": (tr("Too short"), tr("Read the whole sentence.")),
        "too-long": (tr("Too long"), tr("Read one sentence at a time.")),
        "too-much-text": (
            tr("More text than can be spoken in the time"),
            tr("Check whether the audio is cut off, or the text belongs to another recording."),
        ),
        "wrong-text": (
            tr("Speech and text probably do not match"),
            tr("Listen to them, and delete those that are wrong."),
        ),
        "same-sound": (tr("Duplicate audio"), tr("Delete one of them.")),
        "two-texts": (tr("One recording with two texts"), tr("Keep the right one.")),
        "clipped": (tr("Too loud"), tr("Turn the microphone down, and read them again.")),
        "quiet": (tr("Very quiet"), tr("Sit closer to the microphone, or turn it up.")),
        "noisy": (
            tr("Too much background noise"),
            tr("Record in a quieter room, or closer to the microphone."),
        ),
        "little-text": (
            tr("Too little text for the amount of speech"),
            tr("Check whether words are missing."),
        ),
        "missing-letters": (
            tr("Characters the model cannot write"),
            tr("Write them as they are spoken; otherwise they are ignored."),
        ),
    }
    return known.get(name, (title, advice))


def verdict_words(gain: Gain) -> str:
    """The result of a training in plain words, with its figures."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    parts = [
        tr("Word error rate on your speech: {after}% (current model: {before}%).").format(
            after=number_text(100 * gain.own_after), before=number_text(100 * gain.own_before)
        )
    ]
    if gain.general_before is not None and gain.general_after is not None:
        parts.append(
            tr("Word error rate on other people's speech: {after}% (current model: {before}%).").format(
                after=number_text(100 * gain.general_after), before=number_text(100 * gain.general_before)
            )
        )
    if gain.offered:
        return " ".join(parts)
    if gain.own_after >= gain.own_before:
        parts.append(tr("It is not better. Read some more sentences and train it again."))
    elif gain.general_after is not None and gain.general_after > (gain.general_before or 0.0):
        parts.append(
            tr("It has forgotten too much of how others speak. More and different sentences of yours help.")
        )
    else:
        parts.append(tr("That may be chance. Read some more sentences and train it again."))
    return " ".join(parts)


def gain_words(gain: TextGain) -> str:
    """The gain from the user's texts, in a sentence or two."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("VoiceWords", text)

    percent = round(100 * gain.better)
    parts = [
        tr("It predicts your words {percent}% better than before, measured on texts that were set aside.")
        if percent
        else tr("It predicts the words it already knew as well as before.")
    ]
    if gain.new_words:
        parts.append(tr("New words of yours that it knows: {count}.").format(count=gain.new_words))
    return " ".join(parts).replace("{percent}", str(percent))
