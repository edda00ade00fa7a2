"""Telephone sound: G.711 in μ-law and A-law as linear PCM (ITU-T G.711, as in its G.191 reference code)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 8_000


def decode_ulaw(data: bytes) -> NDArray[np.int16]:
    """A sample of 16 bits for each byte."""
    return _ULAW[np.frombuffer(data, np.uint8)]


def decode_alaw(data: bytes) -> NDArray[np.int16]:
    """A sample of 16 bits for each byte."""
    return _ALAW[np.frombuffer(data, np.uint8)]


def _ulaw_table() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    segment = code >> 4 & 7
    magnitude = ((code & 0x0F) << 4) + 8 + np.where(segment > 0, 0x100, 0)
    magnitude = magnitude << np.maximum(segment - 1, 0)
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_ULAW = _ulaw_table()
_ALAW = _alaw_table()
