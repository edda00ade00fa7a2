"""Kaldi's data folder: `wav.scp` and `text`, with `segments` and `utt2spk` where there are any.

    wav.scp   RECORDING  a/recording.flac            text      UTTERANCE  the boat came back
    segments  UTTERANCE  RECORDING  12.30  15.42     utt2spk   UTTERANCE  anna

https://kaldi-asr.org/doc/data_prep.html. `wav.scp` may hold command lines (`sox a.mp3 -t wav - |`). None is
ever run: the file that such a line converts is read itself, whatever its format.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from asr_desktop.teaching.data.reading import SOUND_SUFFIXES, Reading, read_lines
from asr_desktop.teaching.dataset import DataError

NAME = "kaldi"
DESCRIPTION = "a Kaldi data folder (wav.scp and text)"


def recognises(place: Path) -> bool:
    """The two files that every such folder has."""
    return (place / "wav.scp").is_file() and (place / "text").is_file()


def read(place: Path) -> Reading:
    """:raises DataError: `wav.scp` or `text` is absent, or a line of `segments` is damaged."""
    if not recognises(place):
        raise DataError(f"{place} has no wav.scp with a text next to it; choose a Kaldi data folder.")
    reading = Reading(place, NAME)
    recordings = _table(place / "wav.scp")
    speakers = _table(place / "utt2spk") if (place / "utt2spk").is_file() else {}
    segments = _segments(place / "segments") if (place / "segments").is_file() else None
    for utterance, text in _table(place / "text").items():
        recording, start, end = utterance, 0.0, None
        if segments is not None:
            if utterance not in segments:
                reading.leave_out(utterance, "it is in text, but not in segments")
                continue
            recording, start, end = segments[utterance]
        if recording not in recordings:
            reading.leave_out(utterance, f"its recording {recording} is not in wav.scp")
            continue
        sound = _sound(recordings[recording], place)
        if sound is None:
            reading.leave_out(
                utterance,
                "its line in wav.scp is a command, not a sound file: convert it to a file "
                "(commands are not run)",
            )
            continue
        reading.add(
            sound,
            text,
            speaker=speakers.get(utterance),
            session=recording if segments is not None else None,
            start_seconds=start,
            end_seconds=end,
            item=utterance,
        )
    return reading


def _table(path: Path) -> dict[str, str]:
    """First word of each line → the rest of it."""
    entries = (line.strip().partition(" ") for line in map(_with_spaces, read_lines(path)))
    return {name: rest.strip() for name, _, rest in entries if name}


def _with_spaces(line: str) -> str:
    return line.replace("\t", " ")


def _segments(path: Path) -> dict[str, tuple[str, float, float | None]]:
    segments: dict[str, tuple[str, float, float | None]] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            utterance, recording, start, end = line.split()[:4]
            # An end of -1 is Kaldi's way of saying "to the end of the recording".
            segments[utterance] = (recording, float(start), float(end) if float(end) >= 0 else None)
        except ValueError:
            raise DataError(
                f"{path}, line {number} is not “utterance recording start end”; fix it."
            ) from None
    return segments


def _sound(entry: str, place: Path) -> Path | None:
    """The file that a line of wav.scp is about. Kaldi's paths start from where its scripts ran, some folders
    above the data.
    """
    names = [entry]
    if entry.endswith("|"):
        try:
            words = shlex.split(entry.rstrip("| "))
        except ValueError:
            return None
        names = [word for word in words if word.lower().endswith(SOUND_SUFFIXES)]
        if len(names) != 1:
            return None
    if not names[0].lower().endswith(SOUND_SUFFIXES):
        return None
    path = Path(names[0])
    if path.is_absolute():
        return path
    resolved = place.resolve()
    candidates = [folder / path for folder in (resolved, *list(resolved.parents)[:4])]
    return next((candidate for candidate in candidates if candidate.is_file()), candidates[0])
