"""Cache of measured or checked facts in JSON files of the data folder.

    facts = read_facts("speeds.json", dict[str, Speed], {})
    write_facts("speeds.json", {**facts, name: speed})

A file that cannot be read, or has other content, counts as missing.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.base.typed_data import TypedData

Facts = TypeVar("Facts")

_DATA = TypedData(passes_over_unknown=True)


def read_facts(file_name: str, kind: Any, default: Facts) -> Facts:
    """What the file holds, as a `kind` (see `typed_data`)."""
    try:
        facts: Facts = _DATA.read(read_json(paths.data_folder() / file_name), kind)
    except READ_ERRORS:
        return default
    return facts


def write_facts(file_name: str, facts: object) -> None:
    """Replace the file, whole or not at all. Raises OSError."""
    file = paths.data_folder() / file_name
    make_folder(file.parent)
    write_text(file, json.dumps(_DATA.write(facts), indent=1))
