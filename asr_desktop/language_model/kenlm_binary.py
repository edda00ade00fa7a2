"""KenLM's binary files: written by its build_binary, read without it.

They are read so that a general model in binary form can be mixed with a personal one. Only tries are
supported (with or without quantisation and compressed pointers): the hash tables of the probing format
contain no words.

The layout follows KenLM's source (lm/binary_format.cc, vocab.cc, trie.cc, bhiksha.cc, quantize.hh): a header;
the hashes of the words; quantisation tables; the unigrams; an array of bit-packed records for each longer
order, `first word | back-off | probability | pointer to its first extension`; the words. The trie is keyed
from the last word backwards, so a record's parent is its suffix.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, open_regular
from asr_desktop.language_model.arpa import LOG10
from asr_desktop.language_model.backoff_model import BackoffModel, assemble
from asr_desktop.language_model.columns import DEFAULT_MEMORY
from asr_desktop.language_model.ngram_counts import Rows
from asr_desktop.recognition.kenlm_file import MAGIC, check_kenlm

_FIXED = struct.Struct("<B3xfI?3xI")  # order, probing multiplier, type, has vocabulary, version of the search
_FIXED_AT = 88
_TRIES = {2: (False, False), 3: (True, False), 4: (False, True), 5: (True, True)}  # quantised, array pointers

Bits = NDArray[np.uint64]


def find_build_binary() -> Path | None:
    """The program named by ASR_BUILD_BINARY, else the one made by scripts/build_kenlm_tools.sh, else from the
    PATH."""
    named = os.environ.get("ASR_BUILD_BINARY")
    built = Path(__file__).resolve().parents[2] / "build" / "kenlm-tools" / "bin" / "build_binary"
    for candidate in (named, str(built), "build_binary"):
        if candidate and (found := shutil.which(candidate)):
            return Path(found)
    return None


def build_binary(
    arpa: Path,
    binary: Path,
    *,
    tool: Path,
    probability_bits: int = 8,
    backoff_bits: int = 8,
    memory: int = DEFAULT_MEMORY,
) -> None:
    """Make a quantised trie with compressed pointers from an ARPA file, with this many bytes of memory for
    sorting.

    Raises LanguageModelError with the last lines of the tool's output.
    """
    bits = ["-q", probability_bits, "-b", backoff_bits, "-a", 22]
    command = [tool, *bits, "-S", f"{memory}b", "trie", arpa, binary]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise LanguageModelError(f"KenLM's build_binary could not create {binary} ({said[0]}).")


def read_binary(path: Path) -> BackoffModel:
    """The model in a KenLM trie.

    Raises LanguageModelError where it is of another type, truncated, or was built without its vocabulary.
    """
    if sys.byteorder != "little":
        raise LanguageModelError("KenLM binaries are read on little-endian machines only; use the ARPA file.")
    try:
        with open_regular(path) as file:
            start = file.read(_FIXED_AT + _FIXED.size)
        if not start.startswith(MAGIC) or len(start) < _FIXED_AT + _FIXED.size:
            raise LanguageModelError(f"{path} is not a KenLM binary of version 5.")
        check_kenlm(path)
        data = path.read_bytes()
    except READ_ERRORS as error:
        raise LanguageModelError(
            Sentence("{path} cannot be read ({reason}); copy or build it again.", path=path, reason=error)
        ) from error
    order, _, kind, has_words, _ = _FIXED.unpack_from(data, _FIXED_AT)
    if kind not in _TRIES or not has_words:
        raise LanguageModelError(
            f"{path} is a KenLM binary of a type that cannot be read here; use its ARPA file, or convert "
            "that to a trie with KenLM's build_binary."
        )
    try:
        return _read_trie(data, order, *_TRIES[kind])
    except (ValueError, IndexError, struct.error):
        raise LanguageModelError(f"{path} is damaged or incomplete; copy or build it again.") from None


def _read_trie(data: bytes, order: int, quantised: bool, array_pointers: bool) -> BackoffModel:
    counts = [int(n) for n in struct.unpack_from(f"<{order}Q", data, _FIXED_AT + _FIXED.size)]
    at = _align8(_FIXED_AT + _FIXED.size + 8 * order)
    at += 8 + 8 * counts[0]
    quantisation = _Quantisation.read(data, at, order) if quantised else None
    at += quantisation.size if quantisation else 0
    unigrams = np.frombuffer(
        data, dtype=[("prob", "<f4"), ("backoff", "<f4"), ("next", "<u8")], count=counts[0] + 1, offset=at
    )
    at += 16 * (counts[0] + 2)

    ngrams: list[Rows] = [np.arange(counts[0], dtype=np.int32)[:, None]]
    log_probs = [-np.abs(unigrams["prob"][:-1])]
    log_backoffs = [unigrams["backoff"][:-1]]
    following = unigrams["next"].astype(np.int64)
    for length in range(2, order + 1):
        is_longest = length == order
        pointers = None
        if not is_longest:
            pointers = _Pointers.read(data, at, counts[length - 1], counts[length], array_pointers)
            at += pointers.size
        weight_bits = quantisation.weight_bits(is_longest) if quantisation else (31 if is_longest else 63)
        word_bits = counts[0].bit_length()
        record_bits = word_bits + weight_bits + (pointers.inline_bits if pointers else 0)
        # One more record than n-grams, for the last pointer.
        start = np.arange(counts[length - 1] + 1, dtype=np.uint64) * np.uint64(record_bits) + np.uint64(
            8 * at
        )
        word = _bits(data, start[:-1], word_bits).astype(np.int32)
        prob, backoff = (
            quantisation.weights(data, start[:-1] + np.uint64(word_bits), length, is_longest)
            if quantisation
            else _plain_weights(data, start[:-1] + np.uint64(word_bits), is_longest)
        )
        suffix = np.repeat(np.arange(len(following) - 1), np.diff(following))
        ngrams.append(np.column_stack([word, ngrams[-1][suffix]]))
        log_probs.append(prob)
        log_backoffs.append(backoff)
        if pointers:
            low = _bits(data, start + np.uint64(word_bits + weight_bits), pointers.inline_bits)
            following = pointers.complete(low)
        at += ((1 + counts[length - 1]) * record_bits + 7) // 8 + 8
    words = data[at:].decode().split("\0")[: counts[0]]
    if len(words) < counts[0] or words[0] != "<unk>":
        raise ValueError("words missing")
    return assemble(words, ngrams, [log * LOG10 for log in log_probs], [log * LOG10 for log in log_backoffs])


@dataclass(frozen=True)
class _Quantisation:
    """Quantisation tables for probabilities and back-offs."""

    probability_bits: int
    backoff_bits: int
    tables: NDArray[np.float32]
    size: int

    @classmethod
    def read(cls, data: bytes, at: int, order: int) -> _Quantisation:
        probability_bits, backoff_bits = data[at + 1], data[at + 2]
        values = (order - 1 << probability_bits) + (order - 2 << backoff_bits)
        tables = np.frombuffer(data, dtype="<f4", count=values, offset=at + 8)
        return cls(probability_bits, backoff_bits, tables, 8 + 4 * values)

    def weight_bits(self, is_longest: bool) -> int:
        return self.probability_bits + (0 if is_longest else self.backoff_bits)

    def weights(
        self, data: bytes, start: Bits, length: int, is_longest: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        table = self.tables[(length - 2) * ((1 << self.probability_bits) + (1 << self.backoff_bits)) :]
        if is_longest:
            return table[_bits(data, start, self.probability_bits)], np.zeros(len(start), dtype=np.float32)
        backoff = table[1 << self.probability_bits :][_bits(data, start, self.backoff_bits)]
        probability = table[_bits(data, start + np.uint64(self.backoff_bits), self.probability_bits)]
        return probability, backoff


def _plain_weights(
    data: bytes, start: Bits, is_longest: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Probabilities without their sign (always negative), then back-offs with sign."""
    probability = -_bits(data, start, 31).astype(np.uint32).view(np.float32)
    if is_longest:
        return probability, np.zeros(len(start), dtype=np.float32)
    return probability, _bits(data, start + np.uint64(31), 32).astype(np.uint32).view(np.float32)


@dataclass(frozen=True)
class _Pointers:
    """How many bits of a pointer are in its record, and where the others are.

    high_from: the first record whose pointer's upper part is 0, 1, 2, …
    """

    inline_bits: int
    high_from: NDArray[np.uint64] | None
    size: int

    @classmethod
    def read(cls, data: bytes, at: int, records: int, longer: int, array_pointers: bool) -> _Pointers:
        required = longer.bit_length()
        if not array_pointers:
            return cls(required, None, 0)
        # KenLM moves as many upper bits out of the records as minimises the total size.
        cost = {
            chop: (longer >> required - chop) * 64 - (records + 1) * chop
            for chop in range(min(required, data[at + 1]) + 1)
        }
        chop = min(cost, key=lambda bits: (cost[bits], bits))
        entries = (longer >> required - chop) + 1
        high_from = np.frombuffer(data, dtype="<u8", count=entries, offset=_align8(at) + 8)
        return cls(required - chop, high_from, 8 * (1 + entries) + 7)

    def complete(self, low: Bits) -> NDArray[np.int64]:
        if self.high_from is None:
            return low.astype(np.int64)
        high = np.searchsorted(self.high_from, np.arange(len(low), dtype=np.uint64), side="right") - 1
        return (high << self.inline_bits) | low.astype(np.int64)


def _bits(data: bytes, start: Bits, length: int) -> Bits:
    """Unsigned integers of `length` ≤ 57 bits that start at these bits of the data."""
    everywhere: Bits = np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    eight_bytes = everywhere[(start >> np.uint64(3)).astype(np.int64)]
    return (eight_bytes >> (start & np.uint64(7))) & np.uint64((1 << length) - 1)


def _align8(offset: int) -> int:
    return (offset + 7) // 8 * 8
