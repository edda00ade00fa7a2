"""The sound and video files to transcribe: found in folders, their transcripts named, and their stamps (size
and time of the last change when they were transcribed), which show that one has changed."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from asr_desktop.base.sentences import Sentence


@dataclass(frozen=True)
class Input:
    """A file to transcribe. `output` names its transcript below the output folder, without an ending."""

    path: Path
    output: PurePath


def find_inputs(
    arguments: Sequence[Path],
    *,
    former_output: Callable[[Path], PurePath | None] = lambda path: None,
    may_have: Callable[[Path, PurePath], bool] = lambda path, output: True,
) -> tuple[list[Input], list[str]]:
    """The files that the arguments mean, each once, and a sentence for each folder that holds none
    or may not be read.

    A file is taken whatever it is called. A folder stands for all sound and video files below it, hidden ones
    left out, and its sub-folders come back below the output folder. former_output: the name that a file's
    transcript has already, which it keeps. may_have: whether a file may have a name.
    """
    found: list[tuple[Path, PurePath]] = []
    problems: list[str] = []
    for argument in arguments:
        if not argument.is_dir():
            found.append((argument, PurePath(argument.name)))
            continue
        files, unreadable = _media_files(argument)
        found += [(path, path.relative_to(argument)) for path in files]
        problems += unreadable
        if not files and not unreadable:
            problems.append(
                Sentence("The folder {argument} contains no audio or video files.", argument=argument)
            )
    once = {os.path.realpath(path): (path, name) for path, name in reversed(found)}
    kept = list(reversed(once.values()))
    outputs = _output_names(kept, former_output, may_have)
    return [Input(path, output) for (path, _), output in zip(kept, outputs, strict=True)], problems


def _media_files(folder: Path) -> tuple[list[Path], list[str]]:
    """Those below a folder, and a sentence for each sub-folder that cannot be looked into."""
    from asr_desktop.audio.media import is_media_name

    files: list[Path] = []
    unreadable: list[str] = []

    def tell(error: OSError) -> None:
        unreadable.append(
            Sentence(
                "You do not have permission to read the folder {folder} ({reason}); change its permissions.",
                folder=error.filename,
                reason=error.strerror or error,
            )
        )

    for place, folders, names in os.walk(folder, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [
            Path(place, name) for name in sorted(names) if is_media_name(name) and not name.startswith(".")
        ]
    return files, unreadable


def _output_names(
    files: Sequence[tuple[Path, PurePath]],
    former_output: Callable[[Path], PurePath | None],
    may_have: Callable[[Path, PurePath], bool],
) -> list[PurePath]:
    """A name of its own for each transcript: `talk` for talk.mp3, `talk.mp3` if there is a talk.wav too.

    Two files of the same full name from different folders get a number: `talk.mp3-2`. Capitals make no
    difference between names, because on many disks they make none.
    """
    stems = Counter(_key(name.with_name(name.stem)) for _, name in files)
    former = [former_output(path) for path, _ in files]
    taken = {_key(output) for output in former if output is not None}
    outputs = []
    for (path, name), output in zip(files, former, strict=True):
        if output is None:
            is_alone = stems[_key(name.with_name(name.stem))] == 1
            output = next(
                output
                for output in _candidates(name, is_alone=is_alone)
                if _key(output) not in taken and may_have(path, output)
            )
            taken.add(_key(output))
        outputs.append(output)
    return outputs


def _candidates(name: PurePath, *, is_alone: bool) -> Iterator[PurePath]:
    if is_alone:
        yield name.with_name(name.stem)
    yield name
    yield from (name.with_name(f"{name.name}-{number}") for number in itertools.count(2))


def _key(name: PurePath) -> str:
    return str(name).casefold()


class SourceStamp(NamedTuple):
    """Size and modification time. The time alone is not reliable: it may lie in the future."""

    size: int
    mtime_ns: int


def stamp_of(source: Path) -> SourceStamp | None:
    """The stamp of a file; None where there is no such file."""
    try:
        status = source.stat()
    except OSError:
        return None
    return SourceStamp(status.st_size, status.st_mtime_ns)


def parsed_stamp(said: object) -> SourceStamp | None:
    """The stamp from its stored list; None where it is not valid."""
    match said:
        case [int(size), int(mtime_ns)]:
            return SourceStamp(size, mtime_ns)
    return None
