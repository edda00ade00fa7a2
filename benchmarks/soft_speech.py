"""Speech that is far too soft: how many words are wrong, as a file and live.

    python -m benchmarks.soft_speech [--pack librispeech-dev] [--utterances 8] [--softer 0 30 40 50]

Utterances from the whole pack follow each other with pauses and the noise of a room 55 dB below them. All of
it is made softer and stored as 16 bits. Printed are the word error rates of `transcribe` and of live
recognition, how far the two texts are apart, and the highest gain in live recognition.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.live_events import Final
from asr_desktop.recognition.live_pipeline import LivePipeline
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import SCRATCH, SHARED
from benchmarks.peers import spoken_form

SAMPLE_RATE = 16_000
NOISE_DBFS = -75.0
BLOCK = SAMPLE_RATE // 20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", default="librispeech-dev", help="pack of ../shared/speech, or folder")
    parser.add_argument("--utterances", type=int, default=8, help="taken evenly from the pack")
    parser.add_argument("--softer", type=float, nargs="+", default=[0.0, 30.0, 40.0, 50.0], help="dB")
    options = parser.parse_args()
    [folder] = find_packs([options.pack], [SHARED / "speech", Path()], SCRATCH / "packs")
    said = read_manifest(folder)
    said = said[:: max(1, len(said) // options.utterances)][: options.utterances]
    pause = np.zeros(round(1.5 * SAMPLE_RATE), np.float32)
    pieces = [piece for utterance in said for piece in (pause, read_all(utterance.path))]
    talk = np.concatenate([*pieces, pause])
    noise = np.random.default_rng(0).standard_normal(len(talk)) * 10 ** (NOISE_DBFS / 20)
    talk += noise.astype(np.float32)
    transcriber = Transcriber("starter-en", providers=["cpu"], threads=1)
    print("softer by   file    live   apart   raised by")
    for db in options.softer:
        of_file, live, gain_db = heard(transcriber, talk * np.float32(10 ** (-db / 20)))
        wanted = spoken_form(" ".join(utterance.text for utterance in said))
        of_file, live = spoken_form(of_file), spoken_form(live)
        rates = [jiwer.wer(wanted, of_file), jiwer.wer(wanted, live), jiwer.wer(of_file, live)]
        print(f"{db:6.0f} dB " + "".join(f"{100 * rate:7.1f}" for rate in rates) + f"{gain_db:9.0f} dB")


def heard_in_file(transcriber: Transcriber, path: Path, talk: NDArray[np.float32]) -> str:
    """The words of `talk`, written to `path` as a WAV file and transcribed as any file is."""
    soundfile.write(path, talk, SAMPLE_RATE, subtype="PCM_16")
    segments = transcriber.transcribe(path).segments
    return " ".join(word.text for segment in segments for word in segment.words)


def heard(transcriber: Transcriber, talk: NDArray[np.float32]) -> tuple[str, str, float]:
    """(the file's text, the live text, the most that live speech was raised in dB)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.wav"
        of_file = heard_in_file(transcriber, path, talk)
        samples = read_all(path)
    pipeline = LivePipeline(transcriber.recogniser)
    events = [
        event for at in range(0, len(samples), BLOCK) for event in pipeline.accept(samples[at : at + BLOCK])
    ]
    finals = [event for event in [*events, *pipeline.finish()] if isinstance(event, Final)]
    live = " ".join(final.text for final in finals if final.words)
    return of_file, live, max((final.gain_db for final in finals), default=0.0)


if __name__ == "__main__":
    main()
