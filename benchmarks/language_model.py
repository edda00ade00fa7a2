"""A language model of 30 million words, and whether it says what KenLM's lmplz says of the same text.

    python -m benchmarks.language_model [TEXT …] [--agreement-words 1000000] [--order 4] [--skip-agreement]
                                        [--parts 4 2 1] [--memory 1G …]

TEXT are books, a paragraph a line (../shared/text). Two parts:

build        `asr-trainer language-model build` of a quarter, half and all of the text: seconds, processor
             seconds and peak memory, which more text must not raise by much.
agreement    of the first so many words, our interpolated modified Kneser-Ney against lmplz's: both
             perplexities of the words that follow in the text. The goal is 1 %. lmplz comes from
             scripts/build_kenlm_tools.sh.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from asr_desktop.language_model.corpus import read_lines, read_paragraphs, utterance_lines
from asr_desktop.language_model.pipeline import choose_vocabulary, learn, read_language_model

ROOT = Path(__file__).resolve().parent.parent
TEXTS = Path(os.environ.get("ASR_SHARED", ROOT.parent / "shared")) / "text"
HELD_OUT_WORDS = 100_000
AGREEMENT_GOAL = 0.01


def first_words(texts: list[Path], words: int) -> Iterator[str]:
    """Lines of the texts, as a language model learns them, until there are so many words."""
    left = words
    for line in utterance_lines(read_paragraphs(texts)):
        yield line
        left -= len(line.split())
        if left <= 0:
            return


def lmplz() -> Path | None:
    built = ROOT / "build" / "kenlm-tools" / "bin" / "lmplz"
    found = str(built) if built.is_file() else shutil.which("lmplz")
    return Path(found) if found else None


def measure_agreement(texts: list[Path], words: int, order: int, tool: Path) -> None:
    lines = list(first_words(texts, words + HELD_OUT_WORDS))
    reached = itertools.accumulate(len(line.split()) for line in lines)
    cut = next((number for number, total in enumerate(reached, start=1) if total >= words), len(lines))
    learnt, held_out = lines[:cut], lines[cut:]
    counts = Counter(word for line in learnt for word in line.split())
    begin = time.process_time()
    ours = learn(learnt, choose_vocabulary(counts), order=order)
    seconds = time.process_time() - begin
    with tempfile.TemporaryDirectory() as scratch:
        text, arpa = Path(scratch) / "text", Path(scratch) / "lmplz.arpa"
        text.write_text("".join(f"{line}\n" for line in learnt), encoding="utf-8")
        command = [tool, "-o", order, "-S", "1G", "-T", scratch, "--text", text, "--arpa", arpa]
        subprocess.run([*map(str, command)], check=True, capture_output=True)
        theirs = read_language_model(arpa)
    print(
        f"{sum(counts.values()):,} words, {len(counts):,} different; order {order}; "
        f"{seconds:.0f} s of processor time"
    )
    for name, model in (("ours", ours), ("lmplz", theirs)):
        perplexity, unknown = model.perplexity(held_out)
        sizes = " + ".join(f"{size:,}" for size in model.sizes)
        print(f"{name:<6} perplexity {perplexity:.3f}, {unknown:.2%} unknown words; {sizes} n-grams")
    difference = ours.perplexity(held_out)[0] / theirs.perplexity(held_out)[0] - 1
    verdict = "reached" if abs(difference) <= AGREEMENT_GOAL else "missed"
    print(f"ours against lmplz: {difference:+.4%}; goal {AGREEMENT_GOAL:.0%}: {verdict}")


def measure_build(texts: list[Path], part: int, order: int, memory: str) -> None:
    """Build one of every so many-th paragraph, pruned of what occurs once from three words on, and print what
    it took: the seconds of the process and of build_binary, and the peak memory of the larger of both.
    """
    with tempfile.TemporaryDirectory() as scratch:
        if part > 1:
            lines = itertools.chain.from_iterable(map(read_lines, texts))
            texts = [Path(scratch) / "part.txt"]
            with texts[0].open("w", encoding="utf-8") as file:
                file.writelines(itertools.islice(lines, 0, None, part))
        output = Path(scratch) / "output"
        command = [sys.executable, "-m", "trainer.cli", "language-model", "build", *texts]
        options = ["--output", output, "--order", order, "--prune", 0, 0, 1, "--least", 3, "--memory", memory]
        begin = time.perf_counter()
        with (Path(scratch) / "said").open("w+", encoding="utf-8") as said:
            process = subprocess.Popen([*map(str, command), *map(str, options)], cwd=ROOT, stdout=said)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begin
            said.seek(0)
            words = said.readline().strip()
        size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
    if status:
        raise SystemExit("the build failed")
    print(
        f"{words}, --memory {memory}: {wall:.0f} s by the clock, {usage.ru_utime + usage.ru_stime:.0f} s of "
        f"processor time, peak {usage.ru_maxrss * 1024 / 1e6:.0f} MB; the folder has {size / 1e6:.0f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path, nargs="*", default=sorted(TEXTS.glob("*.txt.xz")))
    parser.add_argument("--agreement-words", type=int, default=1_000_000)
    parser.add_argument("--order", type=int, default=4)
    parser.add_argument("--skip-agreement", action="store_true")
    parser.add_argument(
        "--parts", type=int, nargs="*", default=[4, 2, 1], help="build of every 4th, 2nd, 1st paragraph"
    )
    parser.add_argument("--memory", nargs="+", default=["1G"], help="for each of which to build (1G)")
    options = parser.parse_args()
    if not options.texts:
        parser.error(f"there are no texts in {TEXTS}; name some")
    tool = lmplz()
    # First, while this process is small: a new one's peak begins with that of the one that starts it.
    for memory, part in itertools.product(options.memory, options.parts):
        measure_build(options.texts, part, options.order, memory)
    if tool is None:
        print("lmplz is not here (scripts/build_kenlm_tools.sh makes it), so nothing is compared")
    elif not options.skip_agreement:
        measure_agreement(options.texts, options.agreement_words, options.order, tool)


if __name__ == "__main__":
    main()
