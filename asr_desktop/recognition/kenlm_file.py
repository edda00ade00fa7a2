"""Checks that a KenLM file is safe to open.

KenLM maps a binary into memory and follows its offsets without bounds checks; a few flipped bytes crash the
process that queries it. So everything that KenLM uses as an index or offset is checked here first: the
header, the sizes, the word ids of the vocabulary, and the pointers from each n-gram to its continuations,
which must be ascending and within the next order. The remaining values (hashes, probabilities) may be wrong,
but cannot lead out of bounds.

The layout follows KenLM's source (lm/binary_format.cc, vocab.cc, search_hashed.hh, search_trie.hh, trie.cc,
bhiksha.cc, quantize.hh). A file is checked once; the result is stored with its size and time.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import re
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.kept_facts import read_facts, write_facts
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, open_regular, read_json
from asr_desktop.recognition.model_folder import SOURCE_FILE

# Files that passed the check, stored in the data folder so that large ones are not checked at every start.
#
# An entry is valid while the file is unchanged (size, inode and both time stamps). If the list cannot be read
# or written, files are checked again.

FILE_NAME = "checked-files.json"
_OF_THESE_CHECKS = "1"
"""Where the list stands in the file; a change of the checks takes the next number, which invalidates all
entries."""
_Lists = dict[str, dict[str, tuple[int, ...]]]
_MOST_NOTES = 200
_SMALL_BYTES = 1_000_000  # checked faster than an entry is written

_known: dict[str, tuple[int, ...]] = {}


def is_checked(path: Path) -> bool:
    """Whether this file, unchanged, has passed the check before."""
    stamp, name = _stamp(path), str(path.absolute())
    return _known.get(name) == stamp or _read().get(name) == stamp


def note_checked(path: Path) -> None:
    """Remember that the file passed, for `is_checked` in this and other processes."""
    stamp, name = _stamp(path), str(path.absolute())
    _known[name] = stamp
    if stamp[0] < _SMALL_BYTES:
        return
    notes = {**_read(), name: stamp}
    kept = dict(list(notes.items())[-_MOST_NOTES:])
    with suppress(OSError):
        write_facts(FILE_NAME, {_OF_THESE_CHECKS: kept})


def _stamp(path: Path) -> tuple[int, ...]:
    status = os.stat(path)
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _read() -> Mapping[str, tuple[int, ...]]:
    # Without a dataclass, for which every start would import cattrs.
    nothing: _Lists = {}
    return read_facts(FILE_NAME, _Lists, nothing).get(_OF_THESE_CHECKS, {})


MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
_BEFORE_VERSION = b"mmap lm http://kheafield.com/code"
_SANITY_BYTES = 88  # what precedes the parameters; KenLM itself checks it
_FIXED = struct.Struct("<B3xfI?3xI")  # order, probing multiplier, type, has vocabulary, version of the search
_MOST_ORDER = 6  # of the packages of kenlm
_PROBING, _REST_PROBING = 0, 1
_TRIES = {2: (False, False), 3: (True, False), 4: (False, True), 5: (True, True)}  # quantised, array pointers
_BLOCK = 1_000_000
_ARPA_COUNT = re.compile(rb"^ngram\s+(\d+)\s*=\s*(\d+)\s*$")
_LEAST_NGRAM_BYTES = 4  # in an ARPA file: a digit, a tab, a word, a line end
_MOST_DEFLATED = 1100  # gzip's best ratio

DAMAGED = Sentence("it is damaged or incomplete")


def check_kenlm(path: Path) -> None:
    """Raise SmallFileError or OSError where KenLM must not be given this file."""
    if is_checked(path):
        return
    with open_regular(path) as file:
        start = file.read(_SANITY_BYTES)
    _check_sum(path)
    if start.startswith(_BEFORE_VERSION):
        if not start.startswith(MAGIC) or sys.byteorder != "little":
            raise SmallFileError(
                Sentence("it was built by another version of KenLM or the build did not finish")
            )
        _Binary(path).check()
    else:
        _check_arpa(path)
    note_checked(path)


def _check_sum(path: Path) -> None:
    """Compare with the checksum that the folder states, if there is one."""
    for folder in (path.parent, path.parent.parent):
        try:
            files = read_json(folder / SOURCE_FILE)["files"]
            stated = {file["path"]: file["sha256"] for file in files}.get(path.relative_to(folder).as_posix())
        except (*READ_ERRORS, KeyError, TypeError):
            continue
        if isinstance(stated, str) and sum_of(path) != stated.lower():
            raise SmallFileError(Sentence("it is damaged: its checksum is not the one that it came with"))


def sum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class _Binary:
    """A memory-mapped binary: only what is checked is read into memory."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, "r")
        if len(self._bytes) < _SANITY_BYTES + _FIXED.size + 64:
            raise SmallFileError(DAMAGED)
        order, self._multiplier, self._kind, _, _ = _FIXED.unpack(
            self._bytes[_SANITY_BYTES : _SANITY_BYTES + _FIXED.size].tobytes()
        )
        if not 2 <= order <= _MOST_ORDER:
            raise SmallFileError(DAMAGED)
        self._counts = self._numbers(_SANITY_BYTES + _FIXED.size, order)
        # Each n-gram takes at least a byte; this also prevents overflows below.
        if not 1 < self._counts[0] < 2**32 - 1 or sum(self._counts) > 8 * len(self._bytes):
            raise SmallFileError(DAMAGED)
        self._at = _align8(_SANITY_BYTES + _FIXED.size + 8 * order)

    def check(self) -> None:
        if self._kind in (_PROBING, _REST_PROBING):
            self._check_hash_tables(12 if self._kind == _REST_PROBING else 8)
        elif self._kind in _TRIES:
            self._check_trie(*_TRIES[self._kind])
        else:
            raise SmallFileError(DAMAGED)

    # Probing: hash tables

    def _check_hash_tables(self, weights_bytes: int) -> None:
        if not (math.isfinite(self._multiplier) and 1.0 < self._multiplier <= 100.0):
            raise SmallFileError(DAMAGED)
        (bound,) = struct.unpack("<4xI", self._take(8).tobytes())
        if bound > self._counts[0] + 1:
            raise SmallFileError(DAMAGED)
        words = self._hash_table(self._counts[0], 12)
        _require(int(words["rest"][:, :4].copy().view("<u4").max()) <= self._counts[0])
        self._take(weights_bytes * (self._counts[0] + 1))
        for count in self._counts[1:-1]:
            self._hash_table(count, 8 + weights_bytes)
        self._hash_table(self._counts[-1], 12)

    def _hash_table(self, entries: int, entry_bytes: int) -> NDArray[np.void]:
        buckets = max(entries + 1, int(np.float32(self._multiplier) * np.float32(entries)))
        kind = np.dtype([("key", "<u8"), ("rest", "u1", (entry_bytes - 8,))])
        table = self._take(buckets * entry_bytes).view(kind)
        # A lookup stops at an empty bucket; without one it would never stop.
        _require(any((table["key"][at : at + _BLOCK] == 0).any() for at in range(0, buckets, _BLOCK)))
        return table

    # Tries

    def _check_trie(self, quantised: bool, array_pointers: bool) -> None:
        counts, order = self._counts, len(self._counts)
        (words,) = self._numbers(self._at, 1)
        _require(words <= counts[0])
        self._take(8 + 8 * counts[0])
        middle_bits, longest_bits = 63, 31
        if quantised:
            probability_bits, backoff_bits = int(self._bytes[self._at + 1]), int(self._bytes[self._at + 2])
            _require(0 < probability_bits <= 25 and 0 < backoff_bits <= 25)
            self._take(8 + 4 * ((order - 1 << probability_bits) + (order - 2 << backoff_bits)))
            middle_bits, longest_bits = probability_bits + backoff_bits, probability_bits
        following = self._take(16 * (counts[0] + 2)).view("<u8")[1::2]
        _require_growing(following[: words + 2], counts[1])
        word_bits = counts[0].bit_length()
        for length in range(2, order):
            self._check_middle(counts[length - 1], counts[length], word_bits + middle_bits, array_pointers)
        self._take(((1 + counts[-1]) * (word_bits + longest_bits) + 7) // 8 + 8)

    def _check_middle(self, records: int, longer: int, weight_bits: int, array_pointers: bool) -> None:
        inline_bits, high_from = longer.bit_length(), None
        if array_pointers:
            inline_bits, high_from = self._array_pointers(records, longer)
        record_bits = weight_bits + inline_bits
        data = self._take(((1 + records) * record_bits + 7) // 8 + 8)
        everywhere: NDArray[np.uint64] = np.ndarray((len(data) - 7,), "<u8", buffer=data, strides=(1,))
        last = 0
        for first in range(0, records + 1, _BLOCK):
            index = np.arange(first, min(first + _BLOCK, records + 1), dtype=np.uint64)
            bit = index * np.uint64(record_bits) + np.uint64(weight_bits)
            pointers = everywhere[(bit >> np.uint64(3)).astype(np.int64)] >> (bit & np.uint64(7))
            pointers &= np.uint64((1 << inline_bits) - 1)
            if high_from is not None:
                high = np.searchsorted(high_from, index, side="right") - 1
                pointers |= high.astype(np.uint64) << np.uint64(inline_bits)
            _require(int(pointers[0]) >= last)
            _require_growing(pointers, longer)
            last = int(pointers[-1])

    def _array_pointers(self, records: int, longer: int) -> tuple[int, NDArray[np.uint64]]:
        """(bits of a pointer that stand in its record, first record of each value of the others)."""
        required = longer.bit_length()
        # KenLM takes as many upper bits out of the records as makes the whole smallest.
        cost = {
            chop: (longer >> required - chop) * 64 - (records + 1) * chop
            for chop in range(min(required, int(self._bytes[self._at + 1])) + 1)
        }
        chop = min(cost, key=lambda bits: (cost[bits], bits))
        entries = (longer >> required - chop) + 1
        begin = _align8(self._at) + 8
        self._take(8 * (1 + entries) + 7)
        high_from = self._bytes[begin : begin + 8 * entries].view("<u8")
        _require(int(high_from[0]) == 0)
        _require_growing(high_from, records + 1)
        return required - chop, high_from

    def _numbers(self, at: int, count: int) -> list[int]:
        return list(struct.unpack(f"<{count}Q", self._bytes[at : at + 8 * count].tobytes()))

    def _take(self, size: int) -> NDArray[np.uint8]:
        """The next `size` bytes, which must be in the file, because KenLM maps all of them."""
        _require(size <= len(self._bytes) - self._at)
        self._at += size
        return self._bytes[self._at - size : self._at]


def _require(is_so: bool) -> None:
    if not is_so:
        raise SmallFileError(DAMAGED)


def _require_growing(pointers: NDArray[np.uint64], most: int) -> None:
    _require(bool((pointers[1:] >= pointers[:-1]).all()) and int(pointers[-1]) <= most)


def _check_arpa(path: Path) -> None:
    """KenLM parses ARPA text safely, but allocates memory by the counts in its header."""
    with open_regular(path) as file:
        size = path.stat().st_size
        if file.read(2) == b"\x1f\x8b":
            size *= _MOST_DEFLATED
            is_packed = True
        else:
            is_packed = False
    counts: list[int] = []
    with _unpacked(path) if is_packed else open_regular(path) as file:
        for _ in range(1000):
            line = file.readline(10_000).strip()
            if found := _ARPA_COUNT.match(line):
                counts.append(int(found[2]))
            elif line.startswith(b"\\") and counts:
                break
    if not counts:
        raise SmallFileError(Sentence("it is not a KenLM file (binary or ARPA)"))
    if sum(counts) * _LEAST_NGRAM_BYTES > size:
        raise SmallFileError(DAMAGED)


def _unpacked(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(open_regular(path)))


def _align8(offset: int) -> int:
    return (offset + 7) // 8 * 8
