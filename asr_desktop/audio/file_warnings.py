"""What somebody should be told of a file that could be read: losses, and tracks that were not heard."""

from __future__ import annotations

from collections.abc import Iterator

from av.audio.stream import AudioStream
from av.container import InputContainer

from asr_desktop.audio.completeness import is_cut_off
from asr_desktop.audio.media import AudioTrack
from asr_desktop.audio.timeline import DecodingReport
from asr_desktop.audio.watched_file import WatchedFile
from asr_desktop.base.sentences import Sentence

PLACES_NAMED = 3
SAME_PLACE_SECONDS = 1.0
ENDS_EARLY_SECONDS = 0.5
# Shorter than a word; encoders put some milliseconds in front.
NOTICED_SECONDS = 0.2


def clock(seconds: float) -> str:
    """A place in a file as people write it: 0:03:07."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def losses(
    name: str,
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    report: DecodingReport,
    read_seconds: float,
) -> Iterator[Sentence]:
    """A sentence on each kind of loss, once the file was read to its end."""
    damaged = _places(report.damaged_at_seconds)
    if is_cut_off(file) or _is_shorter_than_stated(container, stream, read_seconds):
        yield Sentence(
            "{name} is cut off at {time}: everything up to there was read; copy it again if it should "
            "be longer.",
            name=name,
            time=clock(read_seconds),
        )
        # The torn last packet is the cut itself.
        damaged = [seconds for seconds in damaged if seconds < read_seconds - SAME_PLACE_SECONDS]
    if damaged:
        yield Sentence(
            "{name} is damaged at {places}: these parts were replaced by silence, and words may be missing.",
            name=name,
            places=_listed(damaged),
        )
    if report.holes:
        yield Sentence(
            "{name} has no audio at {places} ({seconds:.1f} s in total), because recording was paused "
            "or the file is damaged: these parts were replaced by silence.",
            name=name,
            places=_listed([start for start, _ in report.holes]),
            seconds=sum(seconds for _, seconds in report.holes),
        )
    if report.before_zero_seconds >= NOTICED_SECONDS:
        yield Sentence(
            "The first {seconds:.1f} s of audio in {name} lie before time 0:00, where players skip "
            "them: they were left out; export the recording again if they matter.",
            name=name,
            seconds=report.before_zero_seconds,
        )
    if report.clock_resets_at_seconds:
        yield Sentence(
            "The timestamps of {name} jump at {time}: later times may differ from those shown by a player.",
            name=name,
            time=clock(report.clock_resets_at_seconds[0]),
        )


def other_tracks(
    name: str, tracks: tuple[AudioTrack, ...], heard: int, *, is_chosen: bool, is_silent: bool
) -> Sentence | None:
    """Which track of several was heard and which were not, unless somebody chose it and it holds sound."""
    others = [track.called for track in tracks if track.number != heard]
    if not others or (is_chosen and not is_silent):
        return None
    values = {"name": name, "track": tracks[heard - 1].called, "others": _joined(others)}
    if is_silent:
        return Sentence(
            "Audio track {track} of {name} is silent: choose another of its tracks, {others}.", **values
        )
    return Sentence(
        "Only audio track {track} of {name} was transcribed: choose another track for {others}.",
        **values,
    )


def _joined(names: list[str]) -> str:
    joined = names[0]
    for name in names[1:]:
        joined = Sentence("{first}, {second}", first=joined, second=name)
    return joined


def _places(seconds: list[float]) -> list[float]:
    """Damage seldom comes alone: packets lost within a second of one another are one place."""
    places: list[float] = []
    last = -SAME_PLACE_SECONDS
    for place in sorted(seconds):
        if place - last >= SAME_PLACE_SECONDS:
            places.append(place)
        last = place
    return places


def _listed(places: list[float]) -> str:
    named = ", ".join(clock(seconds) for seconds in places[:PLACES_NAMED])
    more = len(places) - PLACES_NAMED
    return Sentence("{places} and {count} other places", places=named, count=more) if more > 0 else named


def _is_shorter_than_stated(container: InputContainer, stream: AudioStream, read_seconds: float) -> bool:
    """FLAC states its number of samples in the header, where `is_cut_off` does not look."""
    if container.format.name != "flac" or not stream.duration or not stream.time_base:
        return False
    return read_seconds < float(stream.duration * stream.time_base) - ENDS_EARLY_SECONDS
