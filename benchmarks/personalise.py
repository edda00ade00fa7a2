"""How much better starter-en hears one voice after it was taught that voice, by minutes of speech.

    python -m benchmarks.personalise [--amounts 0 2 5 10 20] [--ways top whole lora]
    python -m benchmarks.personalise --dev [--set TABLE.KEY=VALUE]…
    python -m benchmarks.personalise --amounts --whisper base=whisper-base
    python -m benchmarks.personalise --report

Trains on the `one-voice` pack (never used for the shipped model) and measures on its last eight minutes,
which no training has seen: greedily, by beam search with the shipped language model, and with a personal one
made of the training transcripts and nothing else. Amounts are nested: the five minutes hold the two. Every
training uses `asr-trainer train`'s defaults for its amount, so that the result is the same on a busy machine.

Each row is a file of its own (in the scratch folder) as soon as it is there, and docs/personalise.json is
gathered from them: several of these commands may run side by side, the same command goes on with what is
missing, and --report only writes the table and the plot anew (docs/personalise.md and
docs/pictures/personalise.svg). Rows of other weights than the model's present ones are left out.

--whisper measures faster-whisper on the same held-out speech, as a line to beat (benchmarks/peers.py says
where it comes from).

--dev is for finding good defaults: it measures on speech of that voice that is in none of the amounts and not
in the held-out part, and writes nothing into docs/.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from asr_desktop.audio.read import read_all
from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.teaching.data.splits import write_list
from asr_desktop.teaching.dataset import TrainingUtterance, find_packs, read_manifest
from asr_desktop.teaching.scoring import score
from asr_desktop.transcripts.export.files import write_whole
from benchmarks.line_plot import Line, line_plot
from benchmarks.pack_emissions import REPOSITORY, SCRATCH, SHARED
from benchmarks.peers import spoken_form, whisper
from trainer.evaluation.recognise import recognise
from trainer.finetune import FinetuneJob, finetune

HELD_OUT_MINUTES = 8.0
MOST_MINUTES = 20.0  # the largest amount; the rest of what is not held out is there to find defaults with
DEV_MINUTES = 8.0
SEED = 5
WORK = SCRATCH / "personalise"
ROWS = WORK / "rows"
START = "start"
PICTURE = "pictures/personalise.svg"
NAMES = {"whole": "whole network taught", "top": "upper layers taught", "lora": "LoRA taught"}
PEER = "Whisper "  # the rest of its row's way is the name


@dataclass(frozen=True)
class Figures:
    """One training's result: word and character error rates of the held-out speech, in shares.

    training_minutes, core_minutes: on the clock, and of processor time, which other work on the machine does
    not lengthen; both with the reading of the sound and the writing of the model. weights: the first digits
    of the start's SHA-256. remark: on a row that was not made as the others were.
    """

    minutes: float
    way: str
    steps: int
    training_minutes: float
    core_minutes: float
    greedy_wer: float
    greedy_cer: float
    beam_wer: float
    personal_wer: float
    weights: str
    date: str
    machine: str
    remark: str = ""


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
    """The start's language model mixed with one of the transcripts, by the command that users have; every way
    of training shares it. How much it counts is left to each taught model, as it is where the window learns
    texts (asr_desktop/language_model/personal.py).
    """
    if folder.is_dir():
        return folder
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    aside.mkdir(parents=True, exist_ok=True)
    texts = aside / "transcripts.txt"
    texts.write_text("".join(utterance.transcript + "\n" for utterance in taken), encoding="utf-8")
    command = ["language-model", "build", str(texts), "--model", str(start), "--general", str(start)]
    subprocess.run([sys.executable, "-m", "trainer.cli", *command, "--output", str(aside)], check=True)
    (aside / "language_model" / "attrs.json").write_text('{"score_boundary": true}', encoding="utf-8")
    # Another process may have made it meanwhile, of the same texts.
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)
    return folder


def train(
    start: Path,
    taken: Sequence[TrainingUtterance],
    way: str,
    folder: Path,
    limit_minutes: float | None,
    sets: list[str],
) -> tuple[Path, int, float, float]:
    """(the model folder, steps, minutes on the clock, minutes of processor time). The minutes are 0 where a
    training that had been broken off was gone on with: nobody knows what its beginning took."""
    data = folder / "data.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    write_list(data, taken)
    goes_on = (folder / "model").exists()
    started, busy = time.monotonic(), processor_seconds()
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
    print(f"  {result.sentence}", file=sys.stderr, flush=True)
    clock, core = time.monotonic() - started, processor_seconds() - busy
    return result.folder, result.steps, 0.0 if goes_on else clock / 60, 0.0 if goes_on else core / 60


def processor_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    return sum(os.times()[:4])


def measured(
    model: Path, held_out: Sequence[TrainingUtterance], language_model: Path | None
) -> tuple[float, float, float]:
    """(greedy word error rate, greedy character error rate, beam search's word error rate)."""
    heard = recognise(model, held_out, language_model=language_model)
    greedy = score(heard.references, heard.hypotheses["greedy"])
    return greedy.wer, greedy.cer, score(heard.references, heard.hypotheses["beam"]).wer


def rows_of(weights: str, output: Path) -> list[Figures]:
    """All rows of these weights: of earlier runs (in `output`) and of this machine (scratch)."""
    rows: dict[tuple[float, str], Figures] = {}
    gathered = output / "personalise.json"
    entries = json.loads(gathered.read_text(encoding="utf-8")) if gathered.is_file() else []
    for path in sorted(ROWS.glob("*.json")):
        entries.append(json.loads(path.read_text(encoding="utf-8")))
    for entry in entries:
        if entry.get("weights") == weights:
            rows[entry["minutes"], entry["way"]] = Figures(**entry)
    return sorted(
        rows.values(), key=lambda row: (row.way.startswith(PEER), row.way != START, row.way, row.minutes)
    )


def report(rows: Sequence[Figures], output: Path, held_out: str) -> None:
    """The figures, the table and the plot."""
    output.mkdir(parents=True, exist_ok=True)
    figures = json.dumps([asdict(row) for row in rows], indent=1) + "\n"
    write_whole(output / "personalise.json", figures.encode())
    start = next((row for row in rows if row.way == START), None)
    lines = [
        "# What a voice's own speech gains",
        "",
        f"`python -m benchmarks.personalise`: {held_out}.",
        "Every training starts from `models/starter-en` and uses `asr-trainer train`'s defaults for its",
        "amount of speech. Greedy: no language model at all; then beam search, first with the language model",
        "that is shipped, then with one mixed of that and the same training transcripts (the weight is found",
        "on a tenth of those). How much the language model counts is found on the training speech, before it",
        "is trained on. Fewer errors: these two against beam search before any training.",
        "",
        "| speech | trained | steps | clock | core-minutes | CER greedy | WER greedy | WER | WER, personal "
        "language model | fewer errors |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        if row.way.startswith(PEER):
            lines.append(f"| – | {row.way}, as it is | – | – | – | – | – | {row.beam_wer:.1%} | – | – |")
            continue
        fewer = "–"
        if start is not None and row is not start:
            shares = [1 - rate / start.beam_wer for rate in (row.beam_wer, row.personal_wer)]
            fewer = " / ".join(f"{share:.0%}" for share in shares)
        personal = f"{row.personal_wer:.1%}" if row.minutes else "–"
        spent = f"{row.training_minutes:.0f} min | {row.core_minutes:.1f}" if row.core_minutes else "– | –"
        way = "–" if row.way == START else row.way + ("\\*" if row.remark else "")
        lines.append(
            f"| {row.minutes:g} min | {way} | {row.steps} | {spent} | "
            f"{row.greedy_cer:.1%} | {row.greedy_wer:.1%} | {row.beam_wer:.1%} | {personal} | {fewer} |"
        )
    remarks = sorted({row.remark for row in rows if row.remark})
    lines += [line for remark in remarks for line in ("", f"\\* {remark}")]
    lines += ["", f"![The table as a plot]({PICTURE})"]
    if rows:
        newest = max(rows, key=lambda row: (row.date, row.minutes))
        lines += [
            "",
            f"Weights: `models/starter-en/model.safetensors`, SHA-256 {newest.weights}…; measured",
            f"{newest.date} on {newest.machine}. Clock: on that machine",
            "with whatever else it did; core-minutes: processor time of the training alone.",
        ]
    write_whole(output / "personalise.md", ("\n".join(lines) + "\n").encode())
    picture = line_plot(
        lines_of(rows),
        title="Words wrong on held-out speech of one voice",
        x="minutes of that voice",
        y="% of words",
    )
    (output / "pictures").mkdir(exist_ok=True)
    write_whole(output / PICTURE, picture.encode())


def lines_of(rows: Sequence[Figures]) -> list[Line]:
    """A pair of lines for each way of training, and a level one for each other recogniser."""
    most = max((row.minutes for row in rows), default=0.0)
    ours = [row for row in rows if not row.way.startswith(PEER)]
    lines = []
    for colour, way in enumerate(sorted({row.way for row in ours} - {START}, reverse=True)):
        of_way = sorted((row for row in ours if row.way in (way, START)), key=lambda row: row.minutes)
        name = NAMES.get(way, way)
        lines.append(Line(name, [(r.minutes, 100 * r.beam_wer) for r in of_way], colour, dashed=True))
        lines.append(
            Line(f"{name}, and its texts", [(r.minutes, 100 * r.personal_wer) for r in of_way], colour)
        )
    for row in rows:
        if row.way.startswith(PEER):
            level = 100 * row.beam_wer
            lines.append(Line(f"{row.way}, as it is", [(0.0, level), (most, level)], 1))
    return lines


def machine_here() -> str:
    """The processor's name, as far as the system tells it, and how many cores there are."""
    told = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (told.read_text(encoding="utf-8").splitlines() if told.is_file() else ())
        if line.startswith("model name")
    ]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores of {name}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--amounts", type=float, nargs="*", default=[0, 2, 5, 10, 20], help="minutes of speech"
    )
    parser.add_argument("--ways", nargs="+", default=["top"], choices=("whole", "lora", "top"))
    parser.add_argument(
        "--limit-minutes", type=float, help="end each training by the clock (default: by the defaults' steps)"
    )
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.add_argument("--model", type=Path, default=bundled_models_folder() / "starter-en")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs")
    parser.add_argument("--machine", default=machine_here(), help="for the table (%(default)s)")
    parser.add_argument(
        "--whisper", action="append", default=[], metavar="NAME=FOLDER", help="a model of faster-whisper"
    )
    parser.add_argument("--dev", action="store_true", help="measure on other speech than the table's")
    parser.add_argument("--report", action="store_true", help="write the table and the plot of what there is")
    options = parser.parse_args()
    if max(options.amounts, default=0.0) > MOST_MINUTES:
        parser.error(f"there are {MOST_MINUTES:g} minutes to train on")
    (pack,) = find_packs(["one-voice"], [SHARED / "speech", SCRATCH], SCRATCH)
    trainable, held_out = divide(read_manifest(pack))
    output, described = options.output, described_held_out(held_out)
    if options.dev:
        # Not the held-out part, and nothing that any amount trains on.
        held_out = take(trainable[len(take(trainable, MOST_MINUTES)) :], DEV_MINUTES)
    weights = hashlib.sha256((options.model / "model.safetensors").read_bytes()).hexdigest()[:12]
    for minutes in () if options.report else options.amounts:
        for way in options.ways if minutes else [START]:
            if not options.dev and any(
                (row.minutes, row.way) == (minutes, way) for row in rows_of(weights, output)
            ):
                continue
            print(f"{minutes:g} min, {way}", file=sys.stderr, flush=True)
            folder = WORK / f"{'dev-' if options.dev else ''}{minutes:g}-{way}"
            taken = take(trainable, minutes)
            model, steps, clock, core = options.model, 0, 0.0, 0.0
            if minutes:
                model, steps, clock, core = train(
                    options.model, taken, way, folder, options.limit_minutes, options.sets
                )
            greedy_wer, greedy_cer, beam_wer = measured(model, held_out, None)
            personal_wer = beam_wer
            if minutes:
                own = personal_language_model(
                    options.model, taken, WORK / f"language-model-{weights}-{minutes:g}"
                )
                personal_wer = measured(model, held_out, own)[2]
            row = Figures(
                minutes=minutes,
                way=way,
                steps=steps,
                training_minutes=clock,
                core_minutes=core,
                greedy_wer=greedy_wer,
                greedy_cer=greedy_cer,
                beam_wer=beam_wer,
                personal_wer=personal_wer,
                weights=weights,
                date=today(),
                machine=options.machine,
            )
            if options.dev:
                print(json.dumps({**asdict(row), "sets": options.sets}), flush=True)
                continue
            ROWS.mkdir(parents=True, exist_ok=True)
            write_whole(ROWS / f"{minutes:g}-{way}.json", (json.dumps(asdict(row)) + "\n").encode())
            report(rows_of(weights, output), output, described)
    for named in options.whisper:
        name, _, place = named.partition("=")
        wer = whisper_wer(Path(place), held_out)
        row = Figures(0.0, PEER + name, 0, 0.0, 0.0, wer, wer, wer, wer, weights, today(), options.machine)
        ROWS.mkdir(parents=True, exist_ok=True)
        write_whole(ROWS / f"whisper-{name}.json", (json.dumps(asdict(row)) + "\n").encode())
    if not options.dev:
        report(rows_of(weights, output), output, described)
        print((output / "personalise.md").read_text(encoding="utf-8"))


def whisper_wer(folder: Path, held_out: Sequence[TrainingUtterance]) -> float:
    """Whisper's word error rate on the held-out speech, both texts in their spoken form."""
    recognise_samples = whisper(folder, threads=1)
    said = [spoken_form(utterance.transcript) for utterance in held_out]
    return score(
        said, [spoken_form(recognise_samples(read_all(utterance.path))) for utterance in held_out]
    ).wer


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def described_held_out(held_out: Sequence[TrainingUtterance]) -> str:
    """What the figures are of."""
    words = sum(len(utterance.transcript.split()) for utterance in held_out)
    minutes = sum(utterance.seconds for utterance in held_out) / 60
    return (
        f"errors on the last {minutes:.0f} minutes of one voice ({len(held_out)} sentences, {words} words, "
        "LJ Speech), which no training has heard"
    )


if __name__ == "__main__":
    main()
