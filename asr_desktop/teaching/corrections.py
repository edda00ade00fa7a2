"""From a corrected transcript to training pairs.

    transcript + sound → regions of about 15 s → words aligned anew → pieces of 2–15 s cut at pauses
                       → each piece recognised again → pairs, and a list of rejected ones

Only segments that a person changed or confirmed are used: others contain the recogniser's own errors. The
times of a corrected transcript are those of the original words, so they are only used as a rough position.
A pair is kept if the model finds each of its words in the piece: a summarised sentence, an omitted word, or
laughter over speech would teach mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import is_media_name
from asr_desktop.audio.session import Session
from asr_desktop.base.sentences import Sentence
from asr_desktop.language_model.english import has_digits, spell_numbers
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.teaching.check.findings import wrong_text_limit
from asr_desktop.teaching.check.sound_measures import measure
from asr_desktop.teaching.data.reading import DIGITS, NO_WORDS
from asr_desktop.teaching.data.recordings import RecordedSound, sound_of_transcript
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.listening import Listener
from asr_desktop.teaching.pair_folder import Pair, Pairs
from asr_desktop.teaching.pieces import CutOptions, SpeechPiece, cut_at_pauses, place_words
from asr_desktop.transcripts.document import Transcript, Word
from asr_desktop.transcripts.editing.retiming import in_order
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.library.sessions import transcript_of_session
from asr_desktop.transcripts.phrases import join_words

Report = Callable[[str], None]

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
_LONGEST_WORD_SHORTFALL = 5.0
"""Shortfall in nats per letter above which a word was not said. True of 0.3 % of the words in correct
transcripts (librispeech-dev, voices that the model does not know), and of 95 % of words that were put into
them; with 8, of 0.1 % and 73 % (`python -m benchmarks.check_limits --words --packs librispeech-dev`)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected text and its sound: words with times that are about right, and who says them.

    vouched: for each word, whether a person changed or confirmed it; the others only tell where speech is.
    """

    name: str
    sound: RecordedSound
    words: Sequence[Word]
    speakers: Sequence[str | None]
    vouched: Sequence[bool]

    @classmethod
    def of_transcript(
        cls,
        sound: RecordedSound,
        transcript: Transcript,
        *,
        speaker: str | None = None,
        said_by: str | None = None,
        all_segments: bool = False,
    ) -> Correction:
        """What a person changed or confirmed in a transcript; all_segments: what nobody looked at too.

        speaker: who speaks where the transcript does not say. said_by: only what this speaker says.

        :raises UnconfirmedError: nobody changed or confirmed anything.
        :raises DataError: nothing of it is said by that speaker.
        """
        taken = [all_segments or segment.is_confirmed for segment in transcript.segments]
        speakers = [segment.speaker or speaker for segment in transcript.segments]
        if any(taken) and said_by is not None:
            taken = [is_taken and name == said_by for is_taken, name in zip(taken, speakers, strict=True)]
            if not any(taken):
                raise DataError(
                    Sentence(
                        "Nothing that {speaker} says in {name} is corrected or confirmed; correct or confirm "
                        "some of it, or choose another speaker.",
                        speaker=said_by,
                        name=sound.name,
                    )
                )
        if not any(taken):
            raise UnconfirmedError(
                Sentence(
                    "Nobody has corrected or confirmed anything in {name}, so the model would only learn its "
                    "own errors; correct it in the editor, or confirm the segments that are right.",
                    name=sound.name,
                )
            )
        # Training uses the spoken form, not the written one.
        lengths = [len(segment.spoken_words) for segment in transcript.segments]
        return cls(
            sound.name,
            sound,
            list(transcript.spoken_words),
            [name for name, count in zip(speakers, lengths, strict=True) for _ in range(count)],
            [is_taken for is_taken, count in zip(taken, lengths, strict=True) for _ in range(count)],
        )

    @property
    def borders(self) -> list[int]:
        """Indices of words that must begin a piece: where the speaker or the confirmation by a person
        changes."""
        return _borders(self.speakers, self.vouched)


class UnconfirmedError(DataError):
    """Nothing in a transcript was changed or confirmed by a person."""


def read_correction(
    source: Path,
    *,
    text: str | None = None,
    speaker: str | None = None,
    said_by: str | None = None,
    model: str | Path | None = None,
    all_segments: bool = False,
) -> Correction:
    """What was corrected: a transcript's JSON (or a folder with one), a session and its corrected `text`, or
    a sound file and its `text`, which `model` recognises first to find its way. A person wrote that text, so
    all of it counts; of a transcript only what somebody changed or confirmed, unless all_segments. said_by:
    and only what this speaker says.

    :raises DataError: not one of these, no text, no sound, or nothing that a person changed or confirmed.
    """
    if source.is_dir() and (source / "transcript.json").is_file():
        source = source / "transcript.json"
    if source.is_file() and source.suffix.lower() == ".json":
        transcript = read_json(source)
        sound = sound_of_transcript(source, transcript)
        if text is None:
            return Correction.of_transcript(
                sound, transcript, speaker=speaker, said_by=said_by, all_segments=all_segments
            )
        recognised: Sequence[Word] = transcript.spoken_words
    elif source.is_dir():
        session = Session(source)
        sound = RecordedSound.of_session(session)
        if text is None:
            raise DataError(
                Sentence(
                    "The session {source} has not been corrected; give its text with --text.", source=source
                )
            )
        recognised = transcript_of_session(session).spoken_words
    elif source.is_file() and is_media_name(source):
        if text is None:
            raise DataError(
                Sentence("{source} is a recording without words; give its text with --text.", source=source)
            )
        sound = RecordedSound.of_file(source)
        recognised = Transcriber(*([] if model is None else [model])).transcribe(source).spoken_words
    else:
        raise DataError(
            Sentence("{source} is not a transcript, session or sound file; choose one.", source=source)
        )
    if not recognised:
        raise DataError(
            Sentence(
                "Nothing was recognised in {source}, so its text cannot be aligned; transcribe it first.",
                source=source,
            )
        )
    words = place_words(text, recognised, sound.duration_seconds)
    return Correction(sound.name, sound, words, [speaker] * len(words), [True] * len(words))


def align_correction(
    correction: Correction,
    listener: Listener,
    *,
    options: CutOptions | None = None,
    report: Report | None = None,
) -> Pairs:
    """Cut a correction into pairs; writes nothing.

    A piece that does not fit its sound is cut into smaller ones, so that one wrong sentence costs no others.
    """
    options = options or CutOptions()
    pairs = Pairs(correction.name)
    words, speakers, vouched = _align(correction, listener, pairs, report)
    borders = _borders(speakers, vouched)
    duration = correction.sound.duration_seconds

    def hear(piece: SpeechPiece) -> Pair:
        return _hear(_pair(piece, words, speakers, listener), correction, listener, options)

    pieces = [p for p in cut_at_pauses(words, borders, duration, options) if vouched[p.first]]
    heard = [hear(piece) for piece in pieces]
    limit = wrong_text_limit([pair.shortfall for pair in heard if not pair.reason])
    doubtful = [piece for piece, pair in zip(pieces, heard, strict=True) if not pair.is_sure(limit)]
    borders = sorted({*borders, *(place for piece in doubtful for place in (piece.first, piece.end))})
    small = replace(options, ideal_seconds=options.least_seconds, most_seconds=3 * options.least_seconds)
    smaller = cut_at_pauses(words, borders, duration, small) if doubtful else []
    for piece, pair in zip(pieces, heard, strict=True):
        parts = [part for part in smaller if piece.first <= part.first < piece.end]
        for tried in map(hear, parts) if piece in doubtful and len(parts) > 1 else [pair]:
            (pairs.kept if tried.is_sure(limit) else pairs.left_out).append(tried.explained(limit))
    pairs.kept.sort(key=lambda pair: pair.start_seconds)
    pairs.left_out.sort(key=lambda pair: pair.start_seconds)
    return pairs


def _hear(pair: Pair, correction: Correction, listener: Listener, options: CutOptions) -> Pair:
    """The pair with its match to the sound, or with the reason why it is rejected."""
    reason = _unfit(pair, options)
    if reason:
        return replace(pair, reason=reason)
    samples = correction.sound.samples(pair.start_seconds, pair.end_seconds)
    if _speech_goes_on(pair, samples, correction.sound.duration_seconds):
        reason = (
            "it cannot be cut out cleanly: there is speech at its edge that the transcript may not contain"
        )
        return replace(pair, reason=reason)
    heard = listener.hear(samples, pair.transcript)
    missing = [word.text for word in heard.words if word.shortfall > _LONGEST_WORD_SHORTFALL]
    reason = f"the model does not hear “{missing[0]}”" if missing else ""
    return replace(pair, reason=reason, shortfall=heard.shortfall, recognised=heard.recognised)


def _align(
    correction: Correction, listener: Listener, pairs: Pairs, report: Report | None
) -> tuple[list[Word], list[str | None], list[bool]]:
    """The words at the times at which they are heard, who says them, and whether a person vouches for them;
    what cannot be heard is put down in `pairs.left_out`. Words that nobody vouches for keep their times."""
    words: list[Word] = []
    speakers: list[str | None] = []
    vouched: list[bool] = []
    sound = correction.sound
    regions = list(_regions(correction))
    for number, region in enumerate(regions, start=1):
        here = correction.words[region.first : region.end]
        if not correction.vouched[region.first]:
            words = list(in_order([*words, *here]))
            speakers += correction.speakers[region.first : region.end]
            vouched += [False] * len(here)
            continue
        heard = listener.hear(
            sound.samples(region.start_seconds, region.end_seconds), " ".join(word.text for word in here)
        )
        if not heard.fits:
            text = join_words(word.text for word in here)
            reason = "it has more text than can be spoken in its time"
            pairs.left_out.append(
                Pair(region.start_seconds, region.end_seconds, text, None, heard.shortfall, "", reason)
            )
            continue
        for index, found in enumerate(heard.words, start=region.first):
            start = region.start_seconds + found.start_seconds
            start = max(start, words[-1].start_seconds if words else 0.0)
            end = max(start, region.start_seconds + found.end_seconds)
            words.append(Word(correction.words[index].text, start, end, 1.0))
            speakers.append(correction.speakers[index])
            vouched.append(True)
        if report is not None and number % 20 == 0:
            report(
                Sentence(
                    "{correction}: {number} of {count} passages aligned",
                    correction=correction.name,
                    number=number,
                    count=len(regions),
                )
            )
    return words, speakers, vouched


def _regions(correction: Correction) -> list[SpeechPiece]:
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
                regions.append(SpeechPiece(first, index, start, border))
                first, start = index, border
        regions.append(SpeechPiece(first, region.end, start, region.end_seconds))
    return regions


def _borders(speakers: Sequence[str | None], vouched: Sequence[bool]) -> list[int]:
    kinds = list(zip(speakers, vouched, strict=True))
    return [i for i, (left, right) in enumerate(pairwise(kinds), start=1) if left != right]


def _pair(
    piece: SpeechPiece, words: Sequence[Word], speakers: Sequence[str | None], listener: Listener
) -> Pair:
    text = join_words(word.text for word in words[piece.first : piece.end])
    if has_digits(text) and (listener.emissions.folder.language or "en").startswith("en"):
        # A guess at how the number was read; whether it was is heard afterwards.
        text = spell_numbers(text)
    return Pair(piece.start_seconds, piece.end_seconds, text, speakers[piece.first])


def _unfit(pair: Pair, options: CutOptions) -> str:
    seconds = pair.end_seconds - pair.start_seconds
    if seconds > options.most_seconds + 1e-6:
        return f"it has no pause to cut at within {options.most_seconds:g} s"
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
