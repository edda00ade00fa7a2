"""From the measurements of a recording to its problems and what to do about them.

Limits were measured by benchmarks/check_limits.py on 440 recordings of three training packs (LibriSpeech,
speechocean762, Common Voice), with the model that ships, which was trained on them. As they are, 3 of the
440 are flagged and 1 is left out. Of the same ones spoilt, all are found that have white noise 10 dB below
the voice, are clipped by 12 dB (by 6 dB 94 of 100, by 3 dB 70), are at -45 or -65 dB, or have another's
transcript; white noise 15 dB below goes unnoticed.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.sentences import Sentence
from asr_desktop.teaching.check.sound_measures import SoundMeasures


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of finding. leaves_out: such recordings are not trained on. title, advice: for the person."""

    name: str
    leaves_out: bool
    title: str
    advice: str


UNUSABLE = Kind("unusable", True, "Cannot be used", "fix or delete them")
UNREADABLE = Kind("unreadable", True, "Cannot be read as audio", "copy or export them again")
SILENT = Kind("silent", True, "No speech", "record them again, and check that the microphone is on")
TOO_SHORT = Kind("too-short", True, "Too short", "cut off less, or say a whole phrase")
TOO_LONG = Kind("too-long", True, "Too long", "cut them at pauses (`asr-trainer pairs` does it)")
TOO_MUCH_TEXT = Kind(
    "too-much-text",
    True,
    "More text than can be spoken in the time",
    "check whether the audio is cut off, or the text belongs to another recording",
)
WRONG_TEXT = Kind(
    "wrong-text",
    True,
    "The transcript probably does not match what is said",
    "listen to them, and fix the transcript or delete the recording",
)
SAME_SOUND = Kind("same-sound", True, "Exact copy of another recording", "delete the second copy")
TWO_TEXTS = Kind("two-texts", True, "Same audio with two transcripts", "keep the correct one")
CLIPPED = Kind(
    "clipped", False, "Clipped: too loud, peaks are cut off", "turn the microphone down and record again"
)
QUIET = Kind("quiet", False, "Very quiet", "move closer to the microphone or turn it up")
NOISY = Kind("noisy", False, "Loud background noise", "record in a quieter room or closer to the microphone")
LITTLE_TEXT = Kind(
    "little-text",
    False,
    "Too little text for the amount of speech",
    "check whether words are missing in the transcript",
)
MISSING_LETTERS = Kind(
    "missing-letters",
    False,
    "Characters that the model cannot write",
    "spell them out, or let the training add them",
)

KINDS: tuple[Kind, ...] = (
    UNUSABLE,
    UNREADABLE,
    SILENT,
    TOO_SHORT,
    TOO_LONG,
    TOO_MUCH_TEXT,
    WRONG_TEXT,
    SAME_SOUND,
    TWO_TEXTS,
    CLIPPED,
    QUIET,
    NOISY,
    LITTLE_TEXT,
    MISSING_LETTERS,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one recording: `item` names it, `detail` quantifies it, `score` sorts the worst first."""

    kind: Kind
    item: str
    path: Path | None
    detail: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Thresholds for findings. Levels in dB, shares and rates as named."""

    least_seconds: float = 0.4
    most_seconds: float = 30.0
    silent_dbfs: float = -60.0
    quiet_dbfs: float = -40.0
    least_signal_to_noise_db: float = 15.0
    most_letters_per_second: float = 25.0
    least_letters_per_second: float = 2.5


def sound_findings(item: str, path: Path, measures: SoundMeasures, limits: CheckLimits) -> Iterator[Finding]:
    """What the sound alone shows."""
    if measures.seconds < limits.least_seconds:
        yield Finding(TOO_SHORT, item, path, Sentence("{seconds:.2f} s", seconds=measures.seconds))
    elif measures.seconds > limits.most_seconds:
        yield Finding(
            TOO_LONG, item, path, Sentence("{seconds:.0f} s", seconds=measures.seconds), measures.seconds
        )
    if measures.speech_dbfs < limits.silent_dbfs:
        yield Finding(
            SILENT, item, path, Sentence("{speech_dbfs:.0f} dB at most", speech_dbfs=measures.speech_dbfs)
        )
        return
    if measures.speech_dbfs < limits.quiet_dbfs:
        yield Finding(
            QUIET,
            item,
            path,
            Sentence("speech at {speech_dbfs:.0f} dB", speech_dbfs=measures.speech_dbfs),
            -measures.speech_dbfs,
        )
    if measures.clipped_share > 0:
        share = measures.clipped_share
        yield Finding(
            CLIPPED, item, path, Sentence("{percent:.1f} % of the audio", percent=100 * share), share
        )
    if measures.signal_to_noise_db < limits.least_signal_to_noise_db:
        ratio = measures.signal_to_noise_db
        yield Finding(
            NOISY, item, path, Sentence("voice only {ratio:.0f} dB above the noise", ratio=ratio), -ratio
        )


def rate_findings(
    item: str, path: Path, letters: int, measures: SoundMeasures, limits: CheckLimits
) -> Iterator[Finding]:
    """Whether so many letters go into the recording, and whether there are enough for its speech."""
    if measures.speech_dbfs < limits.silent_dbfs or measures.seconds <= 0:
        return
    rate = letters / measures.seconds
    if rate > limits.most_letters_per_second:
        yield Finding(TOO_MUCH_TEXT, item, path, Sentence("{rate:.0f} letters a second", rate=rate), rate)
    spoken_seconds = measures.seconds * measures.speech_share
    if spoken_seconds > 1.0 and letters / spoken_seconds < limits.least_letters_per_second:
        spoken = letters / spoken_seconds
        yield Finding(
            LITTLE_TEXT,
            item,
            path,
            Sentence(
                "{letters} letters in {spoken_seconds:.1f} s of speech",
                letters=letters,
                spoken_seconds=spoken_seconds,
            ),
            -spoken,
        )


LOWEST_LIMIT, HIGHEST_LIMIT = 1.8, 3.0


def wrong_text_limit(shortfalls: Sequence[float]) -> float:
    """The shortfall (nats a letter, see `listening`) from which a transcript is probably another's.

    A voice that the model hardly knows raises it: median + 6 median deviations. By the same benchmark, on
    speech that the model was trained on, 1 of 440 true transcripts was above it; it and the rate of letters
    found all of 440 swapped ones, 431 that lacked their second half, and 437 whose sound did. On voices that
    the model does not know it finds fewer, and a single missing word does not show.
    """
    if not shortfalls:
        return HIGHEST_LIMIT
    middle = statistics.median(shortfalls)
    deviation = statistics.median(abs(value - middle) for value in shortfalls)
    return min(HIGHEST_LIMIT, max(LOWEST_LIMIT, middle + 6 * deviation))
