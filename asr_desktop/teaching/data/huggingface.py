"""Hugging Face data sets on disk: `save_to_disk` folders, folders of parquet files, and "audiofolder"s.

An audiofolder is sound with a `metadata.csv` or `metadata.jsonl` that has a column `file_name`. The other two
hold the sound inside their tables; it is written out once as files, into the program's data folder, as it
is stored there. Naming the folder of a set with splits reads `train`; a split's own folder can be named too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asr_desktop.teaching.data import manifest
from asr_desktop.teaching.data.reading import Reading, pick, unpacking_folder
from asr_desktop.teaching.dataset import DataError

NAME = "huggingface"
DESCRIPTION = "a Hugging Face data set on disk (save_to_disk, parquet or audiofolder)"

_METADATA = ("metadata.csv", "metadata.jsonl")
_SPLITS = ("train", "validated", "validation", "dev", "test")
_SOUND_COLUMNS = ("audio", "speech", "file", "path")


def recognises(place: Path) -> bool:
    """Any of the three kinds."""
    return _metadata(place) is not None or _saved(place) is not None or bool(_parquet(place))


def read(place: Path) -> Reading:
    """:raises DataError: none of the three, no column with text or sound, or a damaged file."""
    metadata = _metadata(place)
    if metadata is not None:
        found = manifest.read(metadata)
        found.place, found.format = place, f"{NAME} audiofolder"
        return found
    saved = _saved(place)
    if saved is not None:
        return _read_rows(place, saved, _rows_of_saved(saved), f"{NAME} on disk")
    parquet = _parquet(place)
    if parquet:
        return _read_rows(place, parquet[0], _rows_of_parquet(parquet), f"{NAME} parquet")
    raise DataError(f"{place} contains no Hugging Face data set; choose the folder that save_to_disk wrote.")


def _metadata(place: Path) -> Path | None:
    folders = [place, *(place / split for split in _SPLITS)] if place.is_dir() else [place.parent]
    for folder in folders:
        for name in _METADATA:
            path = folder / name
            if (place.is_dir() or place == path) and path.is_file() and _names_files(path):
                return path
    return None


def _names_files(path: Path) -> bool:
    return "file_name" in manifest.columns_of(path) and manifest.recognises(path)


def _saved(place: Path) -> Path | None:
    """The folder of the one split to read."""
    if (place / "state.json").is_file() and (place / "dataset_info.json").is_file():
        return place
    if (place / "dataset_dict.json").is_file():
        splits = [place / name for name in _SPLITS if (place / name / "state.json").is_file()]
        splits += sorted(path.parent for path in place.glob("*/state.json"))
        return splits[0] if splits else None
    return None


def _parquet(place: Path) -> list[Path]:
    if place.is_file():
        return [place] if place.suffix == ".parquet" else []
    for folder in (place, place / "data"):
        files = sorted(folder.glob("*.parquet"))
        for split in _SPLITS:
            chosen = [path for path in files if path.name.startswith(split)]
            if chosen:
                return chosen
        if files:
            return files
    return []


def _rows_of_saved(folder: Path) -> Iterator[dict[str, Any]]:
    try:
        from datasets import Audio, load_from_disk
    except ImportError:
        raise DataError(
            f"{folder} can only be read with the package datasets; install the trainer's packages."
        ) from None
    try:
        rows = load_from_disk(str(folder))
        for name, feature in rows.features.items():
            if isinstance(feature, Audio):
                rows = rows.cast_column(name, Audio(decode=False))
        yield from rows
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{folder} is a damaged data set ({error}); save it again.") from error


def _rows_of_parquet(files: list[Path]) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise DataError(
            f"{files[0]} can only be read with the package pyarrow; install the trainer's packages."
        ) from None
    for path in files:
        try:
            with pyarrow.parquet.ParquetFile(path) as table:
                for batch in table.iter_batches(batch_size=32):
                    yield from batch.to_pylist()
        except (OSError, pyarrow.ArrowException) as error:
            raise DataError(f"{path} is damaged ({error}); download it again.") from error


def _read_rows(place: Path, source: Path, rows: Iterator[dict[str, Any]], layout: str) -> Reading:
    reading = Reading(place, layout)
    folder = unpacking_folder(source)
    for number, row in enumerate(rows):
        sound_column = pick(list(row), _SOUND_COLUMNS)
        text_column = pick(list(row), manifest.TRANSCRIPT)
        if sound_column is None or text_column is None:
            raise DataError(
                f"{place} has the columns {', '.join(row)}; it needs one with audio (audio) and one with "
                "text (transcript, text or sentence)."
            )
        item = f"row {number}"
        path = _sound_of(row[sound_column], folder, number, place)
        if path is None:
            reading.leave_out(item, "it contains no audio")
            continue
        reading.add(
            path,
            row[text_column],
            speaker=manifest.text_of(row, manifest.SPEAKER),
            session=manifest.text_of(row, manifest.SESSION),
            item=item,
        )
    return reading


def _sound_of(value: object, folder: Path, number: int, place: Path) -> Path | None:
    """The row's sound as a file: written out where the table holds its bytes."""
    if isinstance(value, str):
        return Path(value) if Path(value).is_absolute() else place / value
    if not isinstance(value, dict):
        return None
    stored, name = value.get("bytes"), value.get("path")
    if isinstance(stored, bytes) and stored:
        suffix = Path(str(name)).suffix.lower() if name else ""
        path = folder / f"{number:06d}{suffix or '.wav'}"
        if not path.is_file() or path.stat().st_size != len(stored):
            folder.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            part.write_bytes(stored)
            os.replace(part, path)
        return path
    return Path(str(name)) if name else None
