"""A library that mends itself: whoever calls it never meets a damaged database, only a sentence about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from asr_desktop.base.errors import LibraryError
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.library import repair
from asr_desktop.transcripts.library.database import DamagedDatabaseError, Database

P = ParamSpec("P")
R = TypeVar("R")


class Mender:
    """Looks after one database, which is only an index of the entries' folders."""

    def __init__(self, path: Path, entries_folder: Path, database: Database) -> None:
        self.path = path
        self.notices: list[str] = []
        """Sentences about what was mended, for whoever shows them."""
        self._entries_folder = entries_folder
        self._database = database
        self._knows_strays = False

    def take_in_strays(self) -> None:
        """Once: folders that a killed program left without a row in the database get one."""
        if self._knows_strays:
            return
        self._knows_strays = True
        with self._database.reading() as db:
            has_strays = bool(repair.strays(db, self._entries_folder))
        if has_strays:
            # Where the disk is full or may not be written, what the database knows can still be read.
            with suppress(LibraryError), self._database.changing() as db:
                self.notices.extend(repair.take_in(db, self._entries_folder).problems)

    def mend(self, damage: DamagedDatabaseError) -> None:
        """Set the damaged file aside and make another one from the folders."""
        self._database.close()
        report = repair.rebuild(self.path, self._entries_folder, damage=damage)
        if report.set_aside is not None:
            self.notices.append(
                Sentence(
                    "The library index was damaged ({damage}) and was rebuilt from {entries} "
                    "transcripts; the damaged file is now {set_aside}.",
                    damage=damage,
                    entries=report.entries,
                    set_aside=report.set_aside,
                )
            )
        self.notices.extend(report.problems)

    def repair(self, progress: Callable[[int, int], None] | None = None) -> repair.Report:
        """Make the database again, whatever state it is in."""
        self._database.close()
        report = repair.rebuild(self.path, self._entries_folder, progress)
        self._knows_strays = True
        return report


class Mendable(Protocol):
    """What has somebody who looks after its database."""

    mender: Mender


M = TypeVar("M", bound=Mendable)


def mended(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """A method that finds the database damaged is called again when that is mended."""

    @wraps(method)
    def call(self: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            self.mender.take_in_strays()
            return method(self, *args, **kwargs)
        except DamagedDatabaseError as damage:
            self.mender.mend(damage)
        try:
            return method(self, *args, **kwargs)
        except DamagedDatabaseError as damage:
            raise LibraryError(
                Sentence(
                    "The library {path} was repaired but is damaged again ({damage}): check its disk.",
                    path=self.mender.path,
                    damage=damage,
                )
            ) from damage

    return call
