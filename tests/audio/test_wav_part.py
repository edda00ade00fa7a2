from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.read import read_all
from asr_desktop.audio.wav_part import HEADER_BYTES, WavPart, WavWriter
from tests.audio.fake_sound import ramp


def test_the_file_is_a_whole_wav_after_every_refresh(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "sound.wav", 16_000, 1)
    for second in range(1, 4):
        writer.append(ramp((second - 1) * 16_000, 16_000).tobytes())
        writer.refresh_header()
        samples, rate = soundfile.read(tmp_path / "sound.wav", dtype="int16")
        assert rate == 16_000
        assert np.array_equal(samples, ramp(0, second * 16_000))
    writer.close()


def test_what_no_header_mentions_yet_is_read_too(tmp_path: Path) -> None:
    """As a killed recorder leaves it: a second more than the header says."""
    writer = WavWriter(tmp_path / "sound.wav", 16_000, 2)
    writer.append(ramp(0, 32_000).tobytes())
    writer.refresh_header()
    writer.append(ramp(32_000, 32_000).tobytes() + b"\x01")
    part = WavPart.open(tmp_path / "sound.wav")
    assert part is not None
    assert (part.sample_rate, part.channels, part.frames(), part.seconds()) == (16_000, 2, 32_000, 2.0)
    assert read_all(tmp_path / "sound.wav").size == 32_000


def test_repair_makes_header_and_sound_agree(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "sound.wav", 8_000, 2)
    writer.append(ramp(0, 16_000).tobytes() + b"\x01\x02\x03")
    writer.close()
    part = WavPart.open(tmp_path / "sound.wav")
    assert part is not None
    part.repair()
    assert (tmp_path / "sound.wav").stat().st_size == HEADER_BYTES + 32_000
    samples, _ = soundfile.read(tmp_path / "sound.wav", dtype="int16")
    assert np.array_equal(samples.reshape(-1), ramp(0, 16_000))


def test_a_part_whose_header_is_not_there_yet(tmp_path: Path) -> None:
    for content in (b"", b"RIFF", bytes(HEADER_BYTES)):
        (tmp_path / "sound.wav").write_bytes(content)
        assert WavPart.open(tmp_path / "sound.wav") is None


def test_no_file_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        WavWriter(tmp_path / "sound.wav", 16_000, 1)
    assert (tmp_path / "sound.wav").read_bytes() == b"precious"
