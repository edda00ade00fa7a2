"""How long a two-hour transcript takes to export, in every format.

    python -m benchmarks.export_speed [--words 20000] [--repeat 3]

Prints the best of a few runs for each format, from the document to the finished bytes. Beside srt and vtt
stands pysubs2 writing ready-made cues: it lays nothing out, so the difference is what line breaking and
timing cost.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from functools import partial

from asr_desktop.transcripts.document import Transcript, Word, segments_for_reading
from asr_desktop.transcripts.export import FORMATS, ExportOptions
from asr_desktop.transcripts.export.json import parse_json
from asr_desktop.transcripts.export.subtitles import subtitle_cues

_VOCABULARY = """
    the and of to a in that was his he it with is for as had you not be her on at by which have or from this
    him but house morning remember window question together nobody afternoon Jimmie Dale London Margaret
"""
_PUNCTUATION = ("", "", "", "", "", "", "", "", ",", ".")


def conversation(words: int, seed: int = 1) -> Transcript:
    """Speech at about 165 words a minute, in utterances of 3 to 15 s with pauses between them."""
    rng = random.Random(seed)
    vocabulary = _VOCABULARY.split()
    utterances: list[list[Word]] = []
    seconds = 0.0
    while words > 0:
        utterance: list[Word] = []
        for _ in range(min(words, rng.randint(8, 40))):
            text = rng.choice(vocabulary) + rng.choice(_PUNCTUATION)
            length = 0.09 + 0.05 * len(text)
            utterance.append(Word(text, seconds, seconds + 0.95 * length, rng.random()))
            seconds += length + (rng.random() < 0.05) * rng.uniform(0.1, 0.5)
        utterances.append(utterance)
        words -= len(utterance)
        seconds += rng.uniform(0.3, 1.5)
    return Transcript("two-hours.mp3", seconds, "starter-en", segments_for_reading(utterances))


def best_of(repeat: int, action: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest run, which other programs on the machine do not lengthen."""
    times = []
    for _ in range(repeat):
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return min(times)


def pysubs2_seconds(transcript: Transcript, file_format: str, repeat: int) -> float:
    import pysubs2

    cues = subtitle_cues(transcript.segments)

    def write() -> str:
        file = pysubs2.SSAFile()
        for cue in cues:
            event = pysubs2.SSAEvent(start=cue.start_ms, end=cue.end_ms)
            event.plaintext = cue.text
            file.append(event)
        return file.to_string(file_format)

    return best_of(repeat, write)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()

    transcript = conversation(arguments.words)
    print(
        f"{len(transcript.words)} words, {len(transcript.segments)} segments, "
        f"{transcript.duration_seconds / 3600:.1f} hours; best of {arguments.repeat}, processor seconds"
    )
    print("| format | export | size | pysubs2, cues given |")
    print("|---|---|---|---|")
    options = ExportOptions(word_times=True)
    for name, exporter in FORMATS.items():
        seconds = best_of(arguments.repeat, partial(exporter.render, transcript, options))
        size = len(exporter.render(transcript, options))
        peer = (
            f"{pysubs2_seconds(transcript, name, arguments.repeat):.2f} s" if name in ("srt", "vtt") else "–"
        )
        print(f"| {name} | {seconds:.2f} s | {size / 1e6:.2f} MB | {peer} |")
    data = FORMATS["json"].render(transcript, options)
    print(f"\nreading the JSON back: {best_of(arguments.repeat, lambda: parse_json(data)):.2f} s")


if __name__ == "__main__":
    main()
