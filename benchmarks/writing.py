"""How right marks and capitals are: on books that the network never read, and on recognised speech with its
pauses.

    python -m benchmarks.writing [--writing models/writing-en] [--model starter-en] [--words-a-book 20000]
    [--only books|speech|numbers]

Books: the titles that trainer/recipes/writing-en.toml holds out, and interviews-dev, each as one text, with
no pauses known and with pauses drawn as the recipe has them. Speech: the packs whose transcripts are cased
and punctuated, from the words of the transcript (aligned to the sound, so with real pauses) and from
recognised words. Beside it the baseline: a full stop and a capital at pauses over 0.7 s, no commas, "I" as a
capital.

Numbers: the phrases of benchmarks/phrases/numbers-en.tsv, of which a third has to stay in words, and what the
whole written form takes a word, without the network for marks and with it.

stop: full stops and exclamation marks; comma: also colons, semicolons, dashes; a mark counts as right where
it stands behind the same word. capital: words that begin with one, among the words that were recognised
right; name: those of them with which no sentence begins in print, without "I" and its short forms, each as
it is written where no sentence begins. Every figure is precision / recall / F1 in per cent.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import find_packs
from asr_desktop.teaching.scoring import align_words
from asr_desktop.transcripts.document import Word
from asr_desktop.writing.english import written_english
from asr_desktop.writing.punctuation import GAP_LIMITS_SECONDS, GAP_UNKNOWN, MARKS, Punctuator
from asr_desktop.writing.writer import Writer
from benchmarks.pack_emissions import REPOSITORY, SCRATCH, SHARED
from trainer.writing.corpus import read_held_out
from trainer.writing.marked_text import COMMA, NOT_TAUGHT, QUESTION, STOP, MarkedWord, marked_words
from trainer.writing.training import LIKE_COMMA, LIKE_STOP, read_recipe

RECIPE = REPOSITORY / "trainer" / "recipes" / "writing-en.toml"
SPEECH = ("commonvoice-dev", "one-voice", "longform")
# The cased chapter of the pack "longform" is these recordings of "one-voice", with this much silence between.
LONGFORM, LONGFORM_SILENCE_SECONDS = "LJ001-", 0.35
PAUSE_SECONDS = 0.7
MEASURES = ("stop", "comma", "question", "capital", "name")
_LIKE = {**dict.fromkeys(LIKE_STOP, STOP), **dict.fromkeys(LIKE_COMMA, COMMA), QUESTION: QUESTION}
_NUMBER = re.compile(r"(.*?)(\d+)$")


@dataclass
class Text:
    """Words as they are printed and marked, and what there is to write: spoken words and the silence behind
    each."""

    printed: list[MarkedWord]
    spoken: list[str]
    gaps_seconds: list[float | None]


@dataclass
class Counts:
    """right, written, printed: of each of MEASURES."""

    table: dict[str, list[int]] = field(default_factory=lambda: {name: [0, 0, 0] for name in MEASURES})

    def add(self, name: str, written: bool, printed: bool) -> None:
        row = self.table[name]
        row[0] += written and printed
        row[1] += written
        row[2] += printed

    def __str__(self) -> str:
        cells = []
        for name, (right, written, printed) in self.table.items():
            precision, recall = right / max(1, written), right / max(1, printed)
            f1 = 2 * right / max(1, written + printed)
            cells.append(f"{name} {100 * precision:.1f} / {100 * recall:.1f} / {100 * f1:.1f}")
        return "   ".join(cells)


Written = tuple[str, int, str]
"""A word with its capitals, the index in MARKS of the mark behind it, the word as it is inside a sentence."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--writing", type=Path, default=bundled_models_folder() / "writing-en")
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--words-a-book", type=int, default=20_000, help="0 for whole books")
    parser.add_argument("--only", choices=("books", "speech", "numbers"))
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"There is no {SHARED}; name the folder of the shared data in ASR_SHARED.")
    if options.only in (None, "numbers"):
        measure_numbers(options.writing)
    if options.only == "numbers":
        return
    punctuator = Punctuator(options.writing)
    if options.only != "speech":
        measure_books(punctuator, options.words_a_book)
    if options.only != "books":
        measure_speech(punctuator, options.model)


def measure_numbers(folder: Path) -> None:
    lines = (Path(__file__).parent / "phrases" / "numbers-en.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.partition("\t") for line in lines if line and not line.startswith("#")]
    phrases = [(spoken, form or spoken) for spoken, _, form in rows]
    wrong = []
    for spoken, form in phrases:
        got = " ".join(piece.text for piece in written_english(spoken.split()))
        if got != form:
            wrong.append(f"  {spoken!r} is written {got!r}, not {form!r}")
    stay = sum(spoken == form for spoken, form in phrases)
    right = len(phrases) - len(wrong)
    print(f"numbers, {len(phrases)} phrases ({stay} stay in words): {right / len(phrases):.1%} right")
    print("\n".join(wrong), end="\n" if wrong else "")
    words = [
        word.printed.lower()
        for line in list(_lines(SHARED / "text" / "interviews-dev.txt.xz"))
        for word in marked_words(line)
    ][:20_000]
    # Utterances of twenty words, a third of a second each.
    utterances = [
        [
            Word(text, 10.0 * n + 0.3 * k, 10.0 * n + 0.3 * k + 0.3, 0.5)
            for k, text in enumerate(words[at : at + 20])
        ]
        for n, at in enumerate(range(0, len(words), 20))
    ]
    networks = {"without the network for marks": None}
    if folder.is_dir():
        networks["with the network for marks"] = Punctuator(folder)
    for name, network in networks.items():
        writer = Writer(marks=network, hotwords=("Kubernetes", "New York City"))
        begun = time.process_time()
        for utterance in utterances:
            writer.write(utterance)
        took = time.process_time() - begun
        print(
            f"written in utterances of 20 words, {name}: {1000 * took / len(words):.3f} ms a word", flush=True
        )


def measure_books(punctuator: Punctuator, most_words: int) -> None:
    recipe = read_recipe(RECIPE)
    texts = sorted((SHARED / "text").glob("books-[0-9]*.txt.xz"))
    books = read_held_out(texts, recipe.data.held_out)
    books["interviews-dev"] = list(_lines(SHARED / "text" / "interviews-dev.txt.xz"))
    draw = np.random.default_rng(1)
    for kind in ("books", "interviews"):
        known, unknown, baseline, words, seconds = Counts(), Counts(), Counts(), 0, 0.0
        for title, lines in books.items():
            if (title == "interviews-dev") != (kind == "interviews"):
                continue
            printed = [word for line in lines for word in marked_words(line)][: most_words or None]
            spoken = [word.printed.lower() for word in printed]
            marks = np.array([word.mark for word in printed])
            kinds = recipe.pauses.draw(marks, np.arange(len(marks)) // 200, draw)
            gaps = [_seconds(int(number)) for number in kinds]
            begun = time.process_time()
            compare(Text(printed, spoken, [None] * len(spoken)), written(punctuator, spoken, None), unknown)
            seconds += time.process_time() - begun
            words += len(spoken)
            compare(Text(printed, spoken, gaps), written(punctuator, spoken, gaps), known)
            compare(Text(printed, spoken, gaps), by_pauses(spoken, gaps), baseline)
        print(f"{kind}, {words} words, {1000 * seconds / words:.3f} ms of processor time a word")
        print(
            f"  words alone     {unknown}\n  drawn pauses    {known}\n  baseline        {baseline}",
            flush=True,
        )


def measure_speech(punctuator: Punctuator, model: str) -> None:
    for name in SPEECH:
        for source in ("reference", "recognised"):
            ours, baseline, words = Counts(), Counts(), 0
            for text in speech(name, model, source == "recognised"):
                words += len(text.printed)
                compare(text, written(punctuator, text.spoken, text.gaps_seconds), ours)
                compare(text, by_pauses(text.spoken, text.gaps_seconds), baseline)
            print(f"{name}, {source} words, {words} words")
            print(f"  network         {ours}\n  baseline        {baseline}", flush=True)


def written(
    punctuator: Punctuator, spoken: Sequence[str], gaps: Sequence[float | None] | None
) -> list[Written]:
    found = punctuator.marks(spoken, gaps, closed=True)
    return [(word.written, MARKS.index(word.mark_after), word.inner) for word in found]


def by_pauses(spoken: Sequence[str], gaps: Sequence[float | None]) -> list[Written]:
    """The baseline."""
    result: list[Written] = []
    begins = True
    for number, (word, gap) in enumerate(zip(spoken, gaps, strict=True)):
        ends = number == len(spoken) - 1 or (gap is not None and gap > PAUSE_SECONDS)
        inner = word.capitalize() if re.match(r"i('|$)", word) else word
        result.append((word.capitalize() if begins else inner, STOP if ends else 0, inner))
        begins = ends
    return result


def compare(text: Text, result: Sequence[Written], counts: Counts) -> None:
    """Count the marks and capitals of `result`, one for each of text.spoken, against print."""
    pairs = (
        align_words([word.printed.lower() for word in text.printed], text.spoken) if _differs(text) else None
    )
    places = [(i, i) for i in range(len(text.spoken))] if pairs is None else _places(pairs)
    # What print has behind each written word: the marks of words that were lost go to the word before them.
    printed_marks = [0] * len(text.spoken)
    last = -1
    for here, there in places:
        if there is not None:
            last = there
        if here is not None and last >= 0 and text.printed[here].mark:
            printed_marks[last] = printed_marks[last] or _LIKE[text.printed[here].mark]
    for (_, mark, _), printed in zip(result, printed_marks, strict=True):
        for name, kind in (("stop", STOP), ("comma", COMMA), ("question", QUESTION)):
            counts.add(name, _LIKE.get(mark) == kind, printed == kind)
    for here, there in places:
        if here is None or there is None or text.printed[here].printed.lower() != text.spoken[there]:
            continue
        word = text.printed[here]
        has, should = result[there][0][:1].isupper(), word.printed[:1].isupper()
        counts.add("capital", has, should)
        begins = here == 0 or text.printed[here - 1].mark in (STOP, QUESTION) or word.case == NOT_TAUGHT
        if not begins and not re.match(r"i('|$)", text.spoken[there]):
            counts.add("name", result[there][2][:1].isupper(), should)


def _differs(text: Text) -> bool:
    return [word.printed.lower() for word in text.printed] != text.spoken


def _places(pairs: Iterable[tuple[str | None, str | None]]) -> list[tuple[int | None, int | None]]:
    places: list[tuple[int | None, int | None]] = []
    here = there = 0
    for left, right in pairs:
        places.append((here if left is not None else None, there if right is not None else None))
        here += left is not None
        there += right is not None
    return places


def speech(pack: str, model: str, recognised: bool) -> list[Text]:
    """The texts of a pack; files that are numbered on are one text, as a reader has read them."""
    texts: list[Text] = []
    before, behind = "", 0.0
    is_longform = pack == "longform"
    between = LONGFORM_SILENCE_SECONDS if is_longform else 0.0
    for name, printed_text, said in _timed("one-voice" if is_longform else pack, model, recognised):
        if is_longform and not name.startswith(LONGFORM):
            continue
        words, times, seconds = said
        printed = marked_words(printed_text)
        if not printed or not words:
            continue
        gaps: list[float | None] = [max(0.0, following[0] - end) for (_, end), following in pairwise(times)]
        if texts and _follows(name, before):
            # The recordings of one-voice were cut close to the words: how long she paused is not known.
            texts[-1].gaps_seconds[-1] = behind + between + times[0][0] if between else None
            texts[-1].printed.extend(_going_on(texts[-1].printed, printed))
            texts[-1].spoken.extend(words)
            texts[-1].gaps_seconds.extend([*gaps, None])
        else:
            texts.append(Text(printed, list(words), [*gaps, None]))
        before, behind = name, seconds - times[-1][1]
    return texts


def _going_on(before: Sequence[MarkedWord], words: list[MarkedWord]) -> list[MarkedWord]:
    """Words that follow in the same sentence: the first one's case counts."""
    first = words[0]
    if before[-1].mark not in (STOP, QUESTION) and first.case == NOT_TAUGHT:
        return [first._replace(case=int(first.printed[:1].isupper())), *words[1:]]
    return words


Timed = tuple[list[str], list[tuple[float, float]], float]
"""Words, their starts and ends, and how long the recording is."""


def _timed(pack: str, model_name: str, recognised: bool) -> list[tuple[str, str, Timed]]:
    """Each recording's name, transcript, and timed words; kept, for recognising takes longer than all
    else."""
    folder = find_model(model_name)
    network = folder.onnx_path
    kept = SCRATCH / f"timed-{folder.name}-{network.stat().st_size}-{pack}-{recognised}.json"
    if kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))
    model = load_emissions(folder)
    decoder, _ = make_decoder(folder)
    (place,) = find_packs([pack], [SHARED / "speech"], SCRATCH / "packs")
    result: list[tuple[str, str, Timed]] = []
    for line in (place / "manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        file, _, _, transcript, *_ = line.split("\t")
        samples = read_all(place / file)
        log_probs = model(samples)
        text = " ".join(word.printed for word in marked_words(transcript)).lower()
        if recognised:
            text = decoder.decode(log_probs).lower()
        words = align(log_probs, text, folder.labels)
        times = word_times(words, folder.frame_timing, len(samples) / SAMPLE_RATE)
        result.append(
            (Path(file).stem, transcript, ([word.text for word in words], times, len(samples) / SAMPLE_RATE))
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result), encoding="utf-8")
    return result


def _follows(name: str, before: str) -> bool:
    """LJ001-0002 follows LJ001-0001; Common Voice's clips are one sentence each."""
    this, last = _NUMBER.match(name), _NUMBER.match(before)
    return bool(this and last and this[1] == last[1] and int(this[2]) == int(last[2]) + 1)


def _seconds(kind: int) -> float | None:
    """A pause of this kind."""
    if kind == GAP_UNKNOWN:
        return None
    limits = (0.0, *GAP_LIMITS_SECONDS, 2 * GAP_LIMITS_SECONDS[-1])
    return (limits[kind] + limits[kind + 1]) / 2


def _lines(path: Path) -> Iterable[str]:
    from asr_desktop.language_model.corpus import read_lines

    return read_lines(path)


if __name__ == "__main__":
    main()
