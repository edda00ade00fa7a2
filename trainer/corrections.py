"""From a corrected transcript to training pairs: what somebody mended is what the recogniser has to learn.

    transcript + sound → regions of about 15 s → words aligned anew → pieces of 2–15 s cut at pauses
                       → each piece heard once more → pairs, and a list of what stayed out

The times of a corrected transcript are those of the words that it had before, so they are only used to find
the right neighbourhood. A pair is kept where the model, hearing the piece alone, finds each of its words: a
sentence that was summarised, a word that was left away, or laughter over it would teach mistakes.

    pairs/manifest.tsv      file, speaker, session, seconds, transcript: a data set as any other
    pairs/left-out.tsv      source, start, end, reason, transcript: for a person to look at
    pairs/NAME-0001.flac    16 kHz mono
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.media import is_media_name
from asr_desktop.audio.session import Session
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.library.sessions import transcript_of_session
from asr_desktop.transcripts.phrases import join_words
from trainer.check.findings import wrong_text_limit
from trainer.check.sound_measures import measure
from trainer.data.reading import DIGITS, NO_WORDS
from trainer.dataset import SAMPLE_RATE, DataError
from trainer.listening import Heard, Listener
from trainer.pieces import CutOptions, Piece, cut_at_pauses
from trainer.recorded_sound import RecordedSound, sound_of_transcript
from trainer.rough_times import place_words
from trainer.spoken_numbers import spell_numbers
from trainer.text import has_digits

Report = Callable[[str], None]

MANIFEST = "manifest.tsv"
LEFT_OUT = "left-out.tsv"
_MANIFEST_COLUMNS = ("file", "speaker", "session", "seconds", "transcript", "source", "at")
_LEFT_OUT_COLUMNS = ("source", "start", "end", "reason", "transcript")

# Regions only bring words and sound together; they may be longer than what is trained on.
_REGIONS = CutOptions(
    least_seconds=3.0,
    most_seconds=25.0,
    ideal_seconds=15.0,
    least_pause_seconds=0.25,
    split_pause_seconds=3.0,
    margin_seconds=0.75,
)
_LONGEST_REGION_SECONDS = 40.0
_LONGEST_WORD_SHORTFALL = 8.0
"""Nats a letter from which a word was not said at all; in true transcripts one word in a hundred."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected text and its sound: words with times that are about right, and who says them."""

    name: str
    sound: RecordedSound
    words: Sequence[Word]
    speakers: Sequence[str | None]

    @property
    def borders(self) -> list[int]:
        """Words before which the speaker changes."""
        return [i for i, (left, right) in enumerate(pairwise(self.speakers), start=1) if left != right]


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch of the sound and what is said in it; `reason` says why it stays out, "" where it does not."""

    start_seconds: float
    end_seconds: float
    transcript: str
    speaker: str | None
    shortfall: float = 0.0
    reason: str = ""


@dataclass
class Pairs:
    """What came of one correction."""

    name: str
    kept: list[Pair] = field(default_factory=list)
    left_out: list[Pair] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Of what is kept."""
        return sum(pair.end_seconds - pair.start_seconds for pair in self.kept)

    def sentences(self) -> list[str]:
        """For a person."""
        said = [f"{self.name}: {len(self.kept)} pairs, {self.seconds / 60:.1f} min"]
        if self.left_out:
            seconds = sum(pair.end_seconds - pair.start_seconds for pair in self.left_out)
            said.append(f"{len(self.left_out)} stretches stay out ({seconds:.0f} s), see {LEFT_OUT}")
        return said


def read_correction(
    source: Path, *, text: str | None = None, speaker: str | None = None, model: str | Path | None = None
) -> Correction:
    """What was corrected: a transcript's JSON (or a folder with one), a session and its corrected `text`, or
    a sound file and its `text`, which `model` recognises first to find its way.

    :raises DataError: not one of these, no text, or no sound.
    """
    if source.is_dir() and (source / "transcript.json").is_file():
        source = source / "transcript.json"
    if source.is_file() and source.suffix.lower() == ".json":
        transcript = read_json(source)
        sound = sound_of_transcript(source, transcript)
        if text is None:
            speakers = [segment.speaker or speaker for segment in transcript.segments for _ in segment.words]
            return Correction(sound.name, sound, transcript.words, speakers)
        recognised: Sequence[Word] = transcript.words
    elif source.is_dir():
        session = Session(source)
        sound = RecordedSound.of_session(session)
        if text is None:
            raise DataError(f"The session {source} has not been corrected; name its text with --text.")
        recognised = transcript_of_session(session).words
    elif source.is_file() and is_media_name(source):
        if text is None:
            raise DataError(f"{source} is sound without words; name its text with --text.")
        sound = RecordedSound.of_file(source)
        recognised = Transcriber(*([] if model is None else [model])).transcribe(source).words
    else:
        raise DataError(f"{source} is no transcript, session or sound file; name one.")
    if not recognised:
        raise DataError(
            f"Nothing was recognised in {source}, so its text finds no place; recognise it first."
        )
    words = place_words(text, recognised, sound.duration_seconds)
    return Correction(sound.name, sound, words, [speaker] * len(words))


def align_correction(
    correction: Correction,
    listener: Listener,
    *,
    options: CutOptions | None = None,
    report: Report | None = None,
) -> Pairs:
    """Cut a correction into pairs; writes nothing."""
    options = options or CutOptions()
    pairs = Pairs(correction.name)
    words, speakers = _align(correction, listener, pairs, report)
    borders = [i for i, (left, right) in enumerate(pairwise(speakers), start=1) if left != right]
    duration = correction.sound.duration_seconds
    candidates: list[tuple[Pair, Heard]] = []
    for piece in cut_at_pauses(words, borders, duration, options):
        pair = _pair(piece, words, speakers, listener)
        reason = _unfit(pair, options)
        if reason:
            pairs.left_out.append(_with_reason(pair, reason))
            continue
        samples = correction.sound.samples(pair.start_seconds, pair.end_seconds)
        if _speech_goes_on(pair, samples, duration):
            reason = "it cannot be cut out cleanly: speech goes on at its edge, which the transcript may lack"
            pairs.left_out.append(_with_reason(pair, reason))
            continue
        candidates.append((pair, listener.hear(samples, pair.transcript)))
    limit = wrong_text_limit([heard.shortfall for _, heard in candidates])
    for pair, heard in candidates:
        reason = _doubt(heard, limit)
        if reason:
            pairs.left_out.append(_with_reason(pair, reason))
        else:
            pairs.kept.append(
                Pair(pair.start_seconds, pair.end_seconds, pair.transcript, pair.speaker, heard.shortfall)
            )
    pairs.left_out.sort(key=lambda pair: pair.start_seconds)
    return pairs


def _align(
    correction: Correction, listener: Listener, pairs: Pairs, report: Report | None
) -> tuple[list[Word], list[str | None]]:
    """The words at the times at which they are heard; what cannot be is put down in `pairs.left_out`."""
    words: list[Word] = []
    speakers: list[str | None] = []
    sound = correction.sound
    regions = list(_regions(correction))
    for number, region in enumerate(regions, start=1):
        here = correction.words[region.first : region.end]
        heard = listener.hear(
            sound.samples(region.start_seconds, region.end_seconds), " ".join(word.text for word in here)
        )
        if not heard.fits:
            text = join_words(word.text for word in here)
            reason = "it has more text than can be said in its time"
            pairs.left_out.append(
                Pair(region.start_seconds, region.end_seconds, text, None, heard.shortfall, reason)
            )
            continue
        for index, found in enumerate(heard.words, start=region.first):
            start = region.start_seconds + found.start_seconds
            start = max(start, words[-1].start_seconds if words else 0.0)
            end = max(start, region.start_seconds + found.end_seconds)
            words.append(Word(correction.words[index].text, start, end, 1.0))
            speakers.append(correction.speakers[index])
        if report is not None and number % 20 == 0:
            report(f"{correction.name}: {number} of {len(regions)} stretches aligned")
    return words, speakers


def _regions(correction: Correction) -> list[Piece]:
    """Stretches to align. Text whose times leave no pause is divided by force; its edges then fit badly, and
    are found out when the pieces are heard.
    """
    regions = []
    words = correction.words
    for region in cut_at_pauses(words, correction.borders, correction.sound.duration_seconds, _REGIONS):
        if region.seconds <= _LONGEST_REGION_SECONDS:
            regions.append(region)
            continue
        first, start = region.first, region.start_seconds
        for index in range(region.first + 1, region.end):
            border = words[index].start_seconds
            if border - start >= _REGIONS.most_seconds:
                regions.append(Piece(first, index, start, border))
                first, start = index, border
        regions.append(Piece(first, region.end, start, region.end_seconds))
    return regions


def _pair(piece: Piece, words: Sequence[Word], speakers: Sequence[str | None], listener: Listener) -> Pair:
    text = join_words(word.text for word in words[piece.first : piece.end])
    if has_digits(text) and (listener.emissions.folder.language or "en").startswith("en"):
        # A guess at how the number was read; whether it was is heard afterwards.
        text = spell_numbers(text)
    return Pair(piece.start_seconds, piece.end_seconds, text, speakers[piece.first])


def _unfit(pair: Pair, options: CutOptions) -> str:
    seconds = pair.end_seconds - pair.start_seconds
    if seconds > options.most_seconds + 1e-6:
        return f"it has no pause to be cut at within {options.most_seconds:g} s"
    if seconds < options.least_seconds - 1e-6:
        return f"it is shorter than {options.least_seconds:g} s, with other speech close by"
    if has_digits(pair.transcript):
        return DIGITS
    if not any(character.isalpha() for character in pair.transcript):
        return NO_WORDS
    return ""


def _speech_goes_on(pair: Pair, samples: NDArray[np.float32], duration_seconds: float) -> bool:
    """Pieces are cut where the words leave a pause: with speech there, the transcript lacks what is said."""
    measures = measure(samples)
    at_start = measures.is_cut_at_start and pair.start_seconds > 0.0
    return at_start or (measures.is_cut_at_end and pair.end_seconds < duration_seconds)


def _doubt(heard: Heard, limit: float) -> str:
    if heard.shortfall > limit:
        return f"the model hears something else: “{heard.recognised}”"
    missing = [word.text for word in heard.words if word.shortfall > _LONGEST_WORD_SHORTFALL]
    if missing:
        return f"the model does not hear “{missing[0]}”"
    return ""


def _with_reason(pair: Pair, reason: str) -> Pair:
    return Pair(pair.start_seconds, pair.end_seconds, pair.transcript, pair.speaker, pair.shortfall, reason)


def write_pairs(correction: Correction, pairs: Pairs, output: Path) -> None:
    """Put pairs into the data set in `output`; those of the same sound that lie there are replaced.

    The sound comes first and the table last, so that a run that is stopped leaves a whole data set.

    :raises DataError: it cannot be written.
    """
    mark = hashlib.sha256(str(correction.sound.parts[0][0].absolute()).encode()).hexdigest()[:6]
    stem = re.sub(r"[^\w.-]+", "_", correction.name) + f"-{mark}"
    source = str(correction.sound.parts[0][0])
    try:
        output.mkdir(parents=True, exist_ok=True)
        rows = [row for row in _read_table(output / MANIFEST) if row.get("session") != stem]
        old = [row["file"] for row in _read_table(output / MANIFEST) if row.get("session") == stem]
        for pair in pairs.kept:
            # Named after its place: what has not changed keeps its name.
            name = f"{stem}-{round(pair.start_seconds * 1000):08d}.flac"
            samples = correction.sound.samples(pair.start_seconds, pair.end_seconds)
            part = output / f"{name}.part"
            soundfile.write(part, samples, SAMPLE_RATE, subtype="PCM_16", format="FLAC")
            os.replace(part, output / name)
            rows.append(
                {
                    "file": name,
                    "speaker": pair.speaker or "",
                    "session": stem,
                    "seconds": f"{len(samples) / SAMPLE_RATE:.3f}",
                    "transcript": pair.transcript,
                    "source": source,
                    "at": f"{pair.start_seconds:.2f}",
                }
            )
        _write_table(output / MANIFEST, _MANIFEST_COLUMNS, rows)
        kept = {row["file"] for row in rows}
        for name in old:
            if name not in kept:
                (output / name).unlink(missing_ok=True)
        left_out = [row for row in _read_table(output / LEFT_OUT) if row.get("source") != source]
        left_out += [
            {
                "source": source,
                "start": f"{pair.start_seconds:.2f}",
                "end": f"{pair.end_seconds:.2f}",
                "reason": pair.reason,
                "transcript": pair.transcript,
            }
            for pair in pairs.left_out
        ]
        _write_table(output / LEFT_OUT, _LEFT_OUT_COLUMNS, left_out)
    except (OSError, soundfile.LibsndfileError) as error:
        raise DataError(
            f"The pairs cannot be written to {output} ({error}); free space or choose another folder."
        ) from error


def _read_table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    text = io.StringIO()
    for row in ({column: column for column in columns}, *rows):
        text.write("\t".join(" ".join((row.get(column) or "").split()) for column in columns) + "\n")
    part = path.with_name(path.name + ".part")
    part.write_text(text.getvalue(), encoding="utf-8")
    os.replace(part, path)
