"""Where each word and phone of transcribed speech is, from PocketSphinx's forced alignment.

Used once, before a training from scratch, to make the alignments of :mod:`trainer.frame_targets`.
PocketSphinx (BSD licence) and its bundled English model come with ``pip install pocketsphinx``; nothing of it
is in the trained network but the times. About 0.04 s of processor time per second of sound; one utterance in
ten has a word that its dictionary lacks and stays without an alignment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from asr_desktop.base.small_file import read_json_lines
from asr_desktop.process_pool import end_with_parent, kill_pool
from trainer.dataset import DataError, find_packs, read_manifest, read_speech
from trainer.worker_pool import results_in_order

Words = list[tuple[str, int, int, list[tuple[str, int, int]]]]

JOBS_A_CHUNK = 4

_decoder: Any = None


def align_packs(
    packs: Sequence[Path], output: Path, workers: int | None, report: Callable[[str], None]
) -> int:
    """Align every utterance of folders with ``manifest.tsv`` (or ``.tar`` packs of them); return how many
    could be.

    Lines are appended as they come, and utterances that ``output`` holds already are passed over: a killed
    run goes on.

    :raises DataError: PocketSphinx is not installed, a pack cannot be read, or a process was lost.
    """
    try:
        import pocketsphinx  # noqa: F401 (looked for before any work is done)
    except ImportError:
        raise DataError("PocketSphinx is not installed; install it with: pip install pocketsphinx") from None
    known = {entry["file"] for entry in _entries(output)} if output.is_file() else set()
    jobs = []
    for pack in packs:
        (folder,) = find_packs([pack.name.removesuffix(".tar")], [pack.parent], output.parent / "packs")
        for utterance in read_manifest(folder):
            name = f"{folder.name}/{utterance.path.name}"
            if name not in known:
                jobs.append((name, str(utterance.path), utterance.text))
    aligned = len(known)
    pool = ProcessPoolExecutor(workers or os.cpu_count(), initializer=end_with_parent)
    try:
        with output.open("a", encoding="utf-8") as lines:
            results = results_in_order(pool, _align, jobs, JOBS_A_CHUNK)
            for number, (name, words) in enumerate(results, start=1):
                if words is not None:
                    lines.write(json.dumps({"file": name, "words": words}) + "\n")
                    aligned += 1
                if number % 200 == 0:
                    report(f"{number} of {len(jobs)} utterances, {aligned} aligned")
    except BrokenExecutor:
        # Not done here in its place: PocketSphinx is C, and what ended that process would end this one too.
        kill_pool(pool)
        raise DataError(
            "A process that aligns was lost, perhaps for want of memory; start the same command again, with "
            "fewer --workers: it goes on from what is aligned."
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return aligned


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    return read_json_lines(path)  # without the line that a kill cut off


def _align(job: tuple[str, str, str]) -> tuple[str, Words | None]:
    """Two passes: words first, then the phones within them."""
    global _decoder
    name, path, text = job
    from pocketsphinx import Config, Decoder

    if _decoder is None:
        _decoder = Decoder(Config(lm=None, loglevel="FATAL", bestpath=False))
    sound = (read_speech(Path(path)) * 32767).astype(np.int16).tobytes()
    try:
        _decoder.set_align_text(text)
        for prepare in (None, _decoder.set_alignment):
            if prepare is not None:
                prepare()
            _decoder.start_utt()
            _decoder.process_raw(sound, full_utt=True)
            _decoder.end_utt()
        words = [
            (
                word.name,
                word.start,
                word.duration,
                [(phone.name, phone.start, phone.duration) for phone in word],
            )
            for word in _decoder.get_alignment()
        ]
    except (RuntimeError, ValueError):
        _decoder = None  # a decoder that failed in the middle is not to be trusted with the next utterance
        return name, None
    return name, words
