"""Telephone sound, held against libsndfile's."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.g711 import SAMPLE_RATE, decode_alaw, decode_ulaw


@pytest.mark.parametrize(("decode", "subtype"), [(decode_ulaw, "ULAW"), (decode_alaw, "ALAW")])
def test_every_code_is_what_libsndfile_makes_of_it(decode, subtype: str) -> None:  # type: ignore[no-untyped-def]
    codes = bytes(range(256))
    wanted, _ = soundfile.read(
        io.BytesIO(codes), format="RAW", subtype=subtype, channels=1, samplerate=SAMPLE_RATE, dtype="int16"
    )
    assert np.array_equal(decode(codes), wanted)
    assert decode(b"").size == 0
