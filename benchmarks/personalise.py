"""How much better starter-en hears one voice after it was taught that voice, by minutes of speech.

    python -m benchmarks.personalise [--amounts 0 2 5 10 20] [--ways whole lora] [--limit-minutes 25]
    python -m benchmarks.personalise --report

Trains on the `one-voice` pack (never used for the shipped model) and measures on its last eight minutes,
which no training has seen: greedily, by beam search with the shipped language model, and with a personal one
made of the training transcripts and nothing else. Amounts are nested: the five minutes hold the two. Every
training uses `asr-trainer train`'s defaults for its amount and at most --limit-minutes.

Each figure is written down as soon as it is there (docs/personalise.json); the same command goes on with what
is missing, and --report only writes the table and the plot (docs/personalise.md, .svg) anew.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.paths import bundled_models_folder
from benchmarks.line_plot import Line, line_plot
from benchmarks.pack_emissions import REPOSITORY, SCRATCH, SHARED
from trainer.data.splits import write_list
from trainer.dataset import TrainingUtterance, find_packs, read_manifest
from trainer.evaluation.recognise import recognise
from trainer.finetune import FinetuneJob, finetune
from trainer.scoring import score

HELD_OUT_MINUTES = 8.0
SEED = 5
WORK = SCRATCH / "personalise"


@dataclass(frozen=True)
class Figures:
    """One training's result: word and character error rates of the held-out speech, in shares."""

    minutes: float
    way: str
    steps: int
    training_minutes: float
    greedy_wer: float
    greedy_cer: float
    beam_wer: float
    personal_wer: float


def divide(
    utterances: Sequence[TrainingUtterance],
) -> tuple[list[TrainingUtterance], list[TrainingUtterance]]:
    """(to train on, in the order in which amounts take them; held out: the recording's end)."""
    ordered = sorted(utterances, key=lambda utterance: utterance.path.name)
    held_out: list[TrainingUtterance] = []
    while sum(utterance.seconds for utterance in held_out) < 60 * HELD_OUT_MINUTES:
        held_out.insert(0, ordered.pop())
    random.Random(SEED).shuffle(ordered)
    return ordered, held_out


def take(utterances: Sequence[TrainingUtterance], minutes: float) -> list[TrainingUtterance]:
    """The first utterances, until there are so many minutes of them."""
    taken: list[TrainingUtterance] = []
    for utterance in utterances:
        if sum(u.seconds for u in taken) >= 60 * minutes:
            break
        taken.append(utterance)
    return taken


def personal_language_model(start: Path, taken: Sequence[TrainingUtterance], folder: Path) -> Path:
    """The start's language model mixed with one of the transcripts, by the command that users have."""
    texts = folder / "transcripts.txt"
    folder.mkdir(parents=True, exist_ok=True)
    texts.write_text("".join(utterance.transcript + "\n" for utterance in taken), encoding="utf-8")
    output = folder / "language-model"
    command = ["language-model", "build", str(texts), "--model", str(start), "--general", str(start)]
    subprocess.run([sys.executable, "-m", "trainer.cli", *command, "--output", str(output)], check=True)
    return output


def train(
    start: Path,
    taken: Sequence[TrainingUtterance],
    way: str,
    folder: Path,
    limit_minutes: float,
    sets: list[str],
) -> tuple[Path, int, float]:
    """(the model folder, steps, minutes on the clock)."""
    data = folder / "data.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    write_list(data, taken)
    started = time.monotonic()
    result = finetune(
        FinetuneJob(
            data=data,
            start=start,
            output=folder / "model",
            minutes=limit_minutes,
            steps=None,
            overrides=(f"trainable.way={way}", *sets),
        ),
        on_progress=lambda progress: print(f"  {progress}", file=sys.stderr, flush=True),
    )
    return result.folder, result.steps, (time.monotonic() - started) / 60


def measured(
    model: Path, held_out: Sequence[TrainingUtterance], language_model: Path | None
) -> tuple[float, float, float]:
    """(greedy word error rate, greedy character error rate, beam search's word error rate)."""
    heard = recognise(model, held_out, language_model=language_model)
    greedy = score(heard.references, heard.hypotheses["greedy"])
    return greedy.wer, greedy.cer, score(heard.references, heard.hypotheses["beam"]).wer


def report(rows: Sequence[Figures], folder: Path) -> None:
    """The table and the plot."""
    ordered = sorted(rows, key=lambda row: (row.way, row.minutes))
    start = next((row for row in rows if row.minutes == 0), None)
    lines = [
        "| speech | trained | steps | took | greedy WER | greedy CER | WER | WER, own language model "
        "| fewer errors |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in ordered:
        fewer = 1 - row.personal_wer / start.beam_wer if start else 0.0
        lines.append(
            f"| {row.minutes:g} min | {row.way} | {row.steps} | {row.training_minutes:.0f} min | "
            f"{row.greedy_wer:.1%} | {row.greedy_cer:.1%} | {row.beam_wer:.1%} | {row.personal_wer:.1%} | "
            f"{fewer:.0%} |"
        )
    (folder / "personalise.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    drawn = []
    for way in sorted({row.way for row in rows} - {"start"}):
        of_way = [row for row in ordered if row.way in (way, "start")]
        of_way.sort(key=lambda row: row.minutes)
        drawn.append(Line(f"{way}", [(r.minutes, 100 * r.beam_wer) for r in of_way], dashed=True))
        drawn.append(
            Line(f"{way}, personal language model", [(r.minutes, 100 * r.personal_wer) for r in of_way])
        )
    picture = line_plot(
        drawn, title="Words wrong on held-out speech of one voice", x="minutes of that voice", y="% of words"
    )
    (folder / "personalise.svg").write_text(picture, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--amounts", type=float, nargs="+", default=[0, 2, 5, 10, 20], help="minutes of speech"
    )
    parser.add_argument("--ways", nargs="+", default=["whole", "lora"], choices=("whole", "lora", "top"))
    parser.add_argument("--limit-minutes", type=float, default=25.0, help="of each training")
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.add_argument("--model", type=Path, default=bundled_models_folder() / "starter-en")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs")
    parser.add_argument("--report", action="store_true", help="write the table and the plot of what there is")
    options = parser.parse_args()
    results = options.output / "personalise.json"
    rows = [Figures(**row) for row in json.loads(results.read_text())] if results.is_file() else []
    if not options.report:
        (pack,) = find_packs(["one-voice"], [SHARED / "speech", SCRATCH], SCRATCH)
        trainable, held_out = divide(read_manifest(pack))
        for minutes in options.amounts:
            for way in options.ways if minutes else ["start"]:
                if any((row.minutes, row.way) == (minutes, way) for row in rows):
                    continue
                print(f"{minutes:g} min, {way}", file=sys.stderr, flush=True)
                folder = WORK / f"{minutes:g}-{way}"
                taken = take(trainable, minutes)
                model, steps, trained_minutes = options.model, 0, 0.0
                if minutes:
                    model, steps, trained_minutes = train(
                        options.model, taken, way, folder, options.limit_minutes, options.sets
                    )
                greedy_wer, cer, beam_wer = measured(model, held_out, None)
                personal = beam_wer
                if minutes:
                    own = personal_language_model(options.model, taken, folder)
                    personal = measured(model, held_out, own)[2]
                rows.append(
                    Figures(minutes, way, steps, trained_minutes, greedy_wer, cer, beam_wer, personal)
                )
                results.parent.mkdir(parents=True, exist_ok=True)
                results.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    report(rows, options.output)
    print((options.output / "personalise.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
