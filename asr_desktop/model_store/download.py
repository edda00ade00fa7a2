"""Downloads a model: the result is a complete, verified and installed folder, or nothing.

    download = Download(Wanted("wav2vec2-base-960h", "facebook/wav2vec2-base-960h"), Hub())
    folder = download.run()      # blocks; raises; run again to go on
    download.cancel()            # from another thread

Until then, downloaded files are in `disk.staging_folder()`. They stay there if the connection breaks, the
program ends or the disk is full.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.errors import CancelledError, DownloadError, ModelStoreError, VerificationError
from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store import convert, disk
from asr_desktop.model_store.disk import PLAN_FILE, alone, clear, present_bytes, read_plan
from asr_desktop.model_store.hub import Hub, HubFile, Repository
from asr_desktop.model_store.selection import Selection, complete, select_files
from asr_desktop.model_store.transfer import Transfer, check_file, part_of
from asr_desktop.recognition.model_folder import SOURCE_FILE, ModelFolder

# Progress of a download: state, bytes and speed

_SECONDS_BETWEEN_REPORTS = 0.1
_SPEED_WINDOW_SECONDS = 5.0


class DownloadState(StrEnum):
    """State of a download."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    CONVERTING = "converting"
    INSTALLED = "installed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class DownloadProgress:
    """Progress. total_bytes: None until the hub has stated it; the last two: None while unknown."""

    state: DownloadState
    done_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    remaining_seconds: float | None = None


class Meter:
    """Counts bytes and measures the speed."""

    def __init__(self, total: int | None = None, done: int = 0) -> None:
        self._total = total
        self._done = done
        self._lately: deque[tuple[float, int]] = deque([(time.monotonic(), done)])
        self._reported = 0.0

    def add(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        self._lately.append((now, self._done))
        while now - self._lately[0][0] > _SPEED_WINDOW_SECONDS and len(self._lately) > 2:
            self._lately.popleft()

    def is_time_to_report(self) -> bool:
        return time.monotonic() - self._reported >= _SECONDS_BETWEEN_REPORTS

    def progress(self, state: DownloadState) -> DownloadProgress:
        self._reported = time.monotonic()
        (began, first), (ended, last) = self._lately[0], self._lately[-1]
        speed = (last - first) / (ended - began) if ended - began > 0.2 and last > first else None
        is_moving = state is DownloadState.DOWNLOADING
        left = None if self._total is None or speed is None else (self._total - self._done) / speed
        return DownloadProgress(
            state,
            self._done,
            self._total,
            speed if is_moving else None,
            left if is_moving else None,
        )


__all__ = ["Download", "DownloadProgress", "DownloadState", "Wanted"]

# A conversion writes the network in floating point twice and in 8 bits once.
_CONVERSION_ROOM = 2.3


@dataclass(frozen=True)
class Wanted:
    """What to download.

    name: of the model's folder. repository: "owner/name" on the hub. revision: branch, tag or commit.
    files: the network's files with their sums, where they are chosen and known beforehand.
    weights: the PyTorch weights too, to go on training from.
    licence, languages: as the catalogue has them; the repository's card fills in what is left out.
    """

    name: str
    repository: str
    revision: str | None = None
    files: tuple[HubFile, ...] = ()
    weights: bool = False
    with_language_model: bool = True
    licence: str | None = None
    languages: tuple[str, ...] = ()


class Download:
    """The download of one model; see the module.

    on_progress: called in the thread that runs it, at every change of state and some times a second.
    """

    def __init__(
        self,
        wanted: Wanted,
        hub: Hub | None = None,
        *,
        on_progress: Callable[[DownloadProgress], None] | None = None,
        first_wait_seconds: float = 1.0,
    ) -> None:
        self.wanted = replace(wanted, name=disk.checked_name(wanted.name))
        self.progress = DownloadProgress(DownloadState.WAITING)
        self.warnings: list[str] = []
        self._hub = hub or Hub()
        self.on_progress = on_progress
        self._first_wait_seconds = first_wait_seconds
        self._cancelled = threading.Event()
        self._meter = Meter()

    @property
    def staged(self) -> Path:
        """Where its files are until it is installed."""
        return disk.staging_folder() / self.wanted.name

    def cancel(self) -> None:
        """Stop at the next block; downloaded files are kept, and `run` resumes from them."""
        self._cancelled.set()

    def discard(self) -> None:
        """Delete downloaded files; for a download that is not running."""
        shutil.rmtree(self.staged, ignore_errors=True)

    def run(self) -> ModelFolder:
        """Do everything that remains; returns the installed model.

        Raises CancelledError after `cancel`, or ModelStoreError (among them DownloadError, VerificationError,
        NoSpaceError, ConversionError) or ModelFolderError. May be called again after any of them.
        """
        self._cancelled.clear()
        self.warnings = []
        try:
            with alone(self.wanted.name):
                return self._run()
        except CancelledError:
            self._report(DownloadState.CANCELLED)
            raise
        except BaseException:
            self._report(DownloadState.FAILED)
            raise

    def _run(self) -> ModelFolder:
        if (paths.models_folder() / self.wanted.name).exists():
            raise ModelStoreError(
                Sentence(
                    "The model {name} is already installed; remove it first, or choose another name.",
                    name=self.wanted.name,
                )
            )
        self._report(DownloadState.DOWNLOADING)
        # A download that was broken off goes on with the version it began with, whatever came out since.
        begun = read_plan(self.staged)
        revision = begun.get("commit") if begun.get("repository") == self.wanted.repository else None
        repository = self._hub.repository(self.wanted.repository, revision or self.wanted.revision)
        selection, files = self._choose(repository)
        self._stop_if_cancelled()
        self._prepare(repository, selection, files, begun)
        self._fetch_and_verify(repository, files)
        complete(self.staged)
        if selection.needs_conversion:
            self._report(DownloadState.CONVERTING)
            self.warnings += convert.convert_in_own_process(self.staged, self._cancelled)
        self._stop_if_cancelled()
        self._write_source(repository, files)
        (self.staged / PLAN_FILE).unlink()
        folder = disk.install(self.staged, self.wanted.name)
        self._report(DownloadState.INSTALLED)
        return folder

    def _choose(self, repository: Repository) -> tuple[Selection, list[HubFile]]:
        wanted = self.wanted
        selection = select_files(
            repository.name,
            [file.path for file in repository.files],
            network=[file.path for file in wanted.files],
            weights=wanted.weights,
            with_language_model=wanted.with_language_model,
        )
        if selection.needs_conversion:
            convert.check_tools()  # rather now than after a gigabyte
        stated = {file.path: file for file in wanted.files}
        files = []
        for file in self._hub.described(repository, selection.paths):
            known = stated.get(file.path)
            if known is not None and file.size_bytes not in (None, known.size_bytes):
                raise VerificationError(
                    Sentence(
                        "{file} of {repository} has {size_bytes:,} bytes on the hub, but "
                        "{known_bytes:,} in the catalogue; it was changed, so it is not downloaded.",
                        file=file.path,
                        repository=repository.name,
                        size_bytes=file.size_bytes,
                        known_bytes=known.size_bytes,
                    )
                )
            files.append(known or file)
        if any(file.size_bytes is None for file in files):
            raise DownloadError(
                Sentence(
                    "The hub did not report the size of {repository}; use another mirror.",
                    repository=repository.name,
                )
            )
        return selection, files

    def _prepare(
        self, repository: Repository, selection: Selection, files: Sequence[HubFile], begun: dict[str, Any]
    ) -> None:
        """Check the free space, and remove files of other versions from the staging folder."""
        plan = {
            "repository": repository.name,
            "commit": repository.commit,
            "files": [asdict(file) for file in files],
        }
        if self.staged.exists() and begun != plan:
            same_version = begun.get("commit") == repository.commit
            # Of the same version, what lies there is as good as ever, only the choice of files has changed.
            kept = {file.path for file in files} if same_version else set()
            clear(self.staged, kept)
        total = sum(file.size_bytes or 0 for file in files)
        there = sum(present_bytes(self.staged / file.path) for file in files)
        network = sum(file.size_bytes or 0 for file in files if file.path in selection.network)
        scratch = round(network * _CONVERSION_ROOM) if selection.needs_conversion else 0
        disk.check_space(total - there + scratch, Sentence("The model {name}", name=self.wanted.name))
        self.staged.mkdir(parents=True, exist_ok=True)
        (self.staged / PLAN_FILE).write_text(json.dumps(plan, indent=1), encoding="utf-8")
        self._meter = Meter(total, there)

    def _fetch_and_verify(self, repository: Repository, files: Sequence[HubFile]) -> None:
        missing = [file for file in files if not (self.staged / file.path).is_file()]
        transfer = Transfer(
            self._hub,
            repository,
            cancelled=self._cancelled,
            on_bytes=self._count,
            first_wait_seconds=self._first_wait_seconds,
        )
        while missing:
            resumed = {file for file in missing if part_of(self.staged / file.path).is_file()}
            self._report(DownloadState.DOWNLOADING)
            for file in missing:
                transfer.fetch(file, self.staged / file.path)
            self._report(DownloadState.VERIFYING)
            # Where a part of an earlier run may be to blame, the file is fetched once more from the
            # beginning.
            missing = [file for file in missing if not self._verify(file, final=file not in resumed)]

    def _verify(self, file: HubFile, *, final: bool) -> bool:
        """Move a correct part to its place; a wrong one is deleted, and raises if it cannot be fetched
        again."""
        target = self.staged / file.path
        part = part_of(target)
        try:
            check_file(part, file, lambda count: self._stop_if_cancelled())
        except VerificationError:
            self._count(-part.stat().st_size)
            part.unlink()
            if final:
                raise
            return False
        part.replace(target)
        return True

    def _write_source(self, repository: Repository, files: Sequence[HubFile]) -> None:
        source = {
            "repository": repository.name,
            "commit": repository.commit,
            "licence": self.wanted.licence or repository.licence,
            "languages": list(self.wanted.languages or repository.languages),
            "installed": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": [asdict(file) for file in files],
        }
        text = json.dumps(source, ensure_ascii=False, indent=1)
        (self.staged / SOURCE_FILE).write_text(text + "\n", encoding="utf-8")

    def _count(self, count: int) -> None:
        self._meter.add(count)
        if self._meter.is_time_to_report():
            self._report(self.progress.state)

    def _report(self, state: DownloadState) -> None:
        self.progress = self._meter.progress(state)
        if self.on_progress:
            self.on_progress(self.progress)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError(Sentence("The download was stopped."))
