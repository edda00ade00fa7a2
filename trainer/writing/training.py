"""The punctuation network: layers, training (constant learning rate, then decay to zero), model folder."""

from __future__ import annotations

import json
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.writing.punctuation import (
    CASES,
    GAP_KINDS,
    GAP_LIMITS_SECONDS,
    GAP_UNKNOWN,
    MARKS,
    MODEL_TYPE,
    PADDING,
    PIECES_A_WORD,
    WordPieces,
)
from trainer.recipe import build, read_tables
from trainer.training import load_checkpoint, save_atomically
from trainer.writing.corpus import Corpus, build_corpus
from trainer.writing.marked_text import COLON, COMMA, DASH, EXCLAMATION, QUESTION, SEMICOLON, STOP
from trainer.writing.pauses import Pauses
from trainer.writing.windows import IGNORED, Windowing, Windows, WordBatch


class MarksNetwork(nn.Module):
    """Pieces int [windows, words, PIECES_A_WORD] and gap kinds int [windows, words] → logits of the mark
    after each word [windows, words, MARKS] and of its case [windows, words, CASES].
    """

    def __init__(self, table_rows: int, width: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.table = nn.Embedding(table_rows, width, padding_idx=PADDING)
        self.gaps = nn.Embedding(GAP_KINDS, width)
        self.lstm = nn.LSTM(
            width,
            hidden,
            layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(dropout)
        self.mark = nn.Linear(2 * hidden, len(MARKS))
        self.case = nn.Linear(2 * hidden, len(CASES))
        nn.init.normal_(self.table.weight, std=0.3)
        nn.init.normal_(self.gaps.weight, std=0.3)
        with torch.no_grad():
            self.table.weight[PADDING] = 0

    def forward(self, pieces: Tensor, gaps: Tensor) -> tuple[Tensor, Tensor]:
        if self.training:
            # One lookup in the table instead of eight: most words have one piece.
            flat = pieces.reshape(-1, pieces.shape[-1])
            words = functional.embedding_bag(flat, self.table.weight, mode="sum", padding_idx=PADDING)
            words = words.view(*pieces.shape[:2], -1)
        else:
            words = self.table(pieces).sum(dim=2)
        heard, _ = self.lstm(self.dropout(words + self.gaps(gaps)))
        heard = self.dropout(heard)
        return self.mark(heard), self.case(heard)


CHECKPOINT = "checkpoint.pt"
LIKE_COMMA = (COMMA, COLON, SEMICOLON, DASH)
LIKE_STOP = (STOP, EXCLAMATION)


@dataclass
class Data:
    """texts: file patterns in the folder of texts; validation: likewise, never used for training. held_out:
    titles in books.tsv that are held out for measuring. pronunciations: CMUdict in the folder, or "" for
    none.
    """

    texts: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    held_out: tuple[str, ...] = ()
    pronunciations: str = ""


@dataclass
class Network:
    """words: number of words with their own row. buckets: rows for hashed parts of all others."""

    words: int = 24_000
    buckets: int = 12_000
    width: int = 128
    hidden: int = 128
    layers: int = 2
    dropout: float = 0.1


@dataclass
class Schedule:
    """passes: over the texts. decay: final share of the training, in which the learning rate falls to zero.
    half_precision: bfloat16 inside the network, 1.5 times as fast on processors that support it.
    """

    passes: float = 1.0
    learning_rate: float = 2e-3
    warmup_steps: int = 200
    decay: float = 0.3
    case_weight: float = 1.0
    seed: int = 1
    threads: int = 1
    half_precision: bool = True
    validate_every: int = 30
    save_every_seconds: float = 120.0


@dataclass
class Model:
    """Descriptive entries of the model folder."""

    languages: tuple[str, ...] = ("en",)


@dataclass
class WritingRecipe:
    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    windows: Windowing = field(default_factory=Windowing)
    pauses: Pauses = field(default_factory=Pauses)
    schedule: Schedule = field(default_factory=Schedule)
    model: Model = field(default_factory=Model)


def read_recipe(path: Path | None, overrides: Sequence[str] = ()) -> WritingRecipe:
    """:raises RecipeError: it cannot be read, or has an unknown setting."""
    recipe: WritingRecipe = build(WritingRecipe, read_tables(path, overrides))
    return recipe


def corpus_of(
    recipe: WritingRecipe, texts: Path, folder: Path, report: Callable[[str], None], workers: int
) -> Corpus:
    """The texts that a recipe names in the folder `texts`, read into `folder`/corpus."""
    return build_corpus(
        _files(texts, recipe.data.texts), recipe.data.held_out, folder / "corpus", report, workers
    )


def vocabulary_of(recipe: WritingRecipe, corpus: Corpus) -> WordPieces:
    """The most frequent words of a corpus."""
    return WordPieces(corpus.types[: recipe.network.words], recipe.network.buckets)


def new_network(recipe: WritingRecipe, vocabulary: WordPieces) -> MarksNetwork:
    shape = recipe.network
    return MarksNetwork(len(vocabulary), shape.width, shape.hidden, shape.layers, shape.dropout)


def train(
    recipe: WritingRecipe, texts: Path, folder: Path, report: Callable[[str], None], *, workers: int = 1
) -> MarksNetwork:
    """Train in `folder`, resuming from its checkpoint if there is one. Returns the network, ready for export.

    texts: the folder of the recipe's file names. :raises AsrDesktopError: there are no such texts, the recipe
    does not fit the checkpoint, or the disk is full.
    """
    schedule = recipe.schedule
    torch.set_num_threads(schedule.threads)
    torch.manual_seed(schedule.seed)
    corpus = corpus_of(recipe, texts, folder, report, workers)
    validation = build_corpus(
        _files(texts, recipe.data.validation), (), folder / "validation", report, workers
    )
    vocabulary = vocabulary_of(recipe, corpus)
    network = new_network(recipe, vocabulary)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=schedule.learning_rate, weight_decay=0.0, fused=True
    )
    pronunciations = texts / recipe.data.pronunciations if recipe.data.pronunciations else None
    windows = Windows(corpus, vocabulary, recipe.windows, recipe.pauses, pronunciations, schedule.seed)
    judged = _validation_batches(recipe, validation, vocabulary)
    pools = max(1, round(schedule.passes * windows.pools_a_pass))

    pool = step = seen = 0
    checkpoint = folder / CHECKPOINT
    if checkpoint.is_file():
        state = load_checkpoint(checkpoint)
        try:
            network.load_state_dict(state["network"])
            optimiser.load_state_dict(state["optimiser"])
        except (KeyError, RuntimeError, ValueError):
            raise AsrDesktopError(
                Sentence(
                    "{path} is of another network; name another folder, or remove it to start anew.",
                    path=checkpoint,
                )
            ) from None
        pool, step, seen = state["pool"], state["step"], state["seen"]
        report(f"going on at {pool} of {pools} pools")
    saved = begun = time.monotonic()
    seen_before, losses = seen, []
    network.train()
    while pool < pools:
        for batch in windows.batches(pool):
            rate = _rate(schedule, step, pool / pools)
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=schedule.half_precision):
                loss = _loss(network, batch, schedule.case_weight)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
            step += 1
            seen += int((batch.marks != IGNORED).sum())
        pool += 1
        if pool % 5 == 0 or pool == pools:
            speed = (seen - seen_before) / (time.monotonic() - begun)
            now = f"loss {np.mean(losses):.4f}  {speed:.0f} words/s  rate {rate:.2g}"
            report(f"pool {pool}/{pools}  words {seen}  {now}")
            losses = []
        if pool % schedule.validate_every == 0 or pool == pools:
            report("  ".join(f"{name} {value:.3f}" for name, value in judge(network, judged).items()))
        if time.monotonic() - saved > schedule.save_every_seconds or pool == pools:
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
            save_atomically(
                {**state, "pool": pool, "step": step, "seen": seen, "recipe": asdict(recipe)}, checkpoint
            )
            saved = time.monotonic()
    return network.eval()


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    if not found:
        raise AsrDesktopError(
            Sentence("There are no texts like {names} in {folder}; check the recipe and the folder.",
                     names=", ".join(patterns), folder=folder)
        )  # fmt: skip
    return found


def _rate(schedule: Schedule, step: int, done: float) -> float:
    """Learning rate: warm-up, constant, then decay to zero in the last share, so the length can be changed
    during a training."""
    down = min(1.0, (1.0 - done) / schedule.decay) if schedule.decay > 0 else 1.0
    return schedule.learning_rate * min(1.0, (step + 1) / schedule.warmup_steps) * max(down, 0.01)


def _loss(network: MarksNetwork, batch: WordBatch, case_weight: float) -> torch.Tensor:
    marks, cases = network(torch.from_numpy(batch.pieces), torch.from_numpy(batch.gaps))
    mark_loss = functional.cross_entropy(
        marks.flatten(0, 1).float(), torch.from_numpy(batch.marks).flatten(), ignore_index=IGNORED
    )
    case_loss = functional.cross_entropy(
        cases.flatten(0, 1).float(), torch.from_numpy(batch.cases).flatten(), ignore_index=IGNORED
    )
    return mark_loss + case_weight * case_loss


def _validation_batches(recipe: WritingRecipe, validation: Corpus, vocabulary: WordPieces) -> list[WordBatch]:
    """Batches of the whole validation text without errors, with the vocabulary of the training texts."""
    windowing = Windowing(longest=recipe.windows.longest, misheard=0.0, unseen=0.0, whole_sentences=0.0)
    windows = Windows(validation, vocabulary, windowing, recipe.pauses, None, recipe.schedule.seed)
    return list(windows.batches(0))


@torch.inference_mode()
def judge(network: MarksNetwork, batches: Iterable[WordBatch]) -> dict[str, float]:
    """Loss, and F1 of stops, commas, question marks and capitals inside sentences."""
    trained = network.training
    network.eval()
    totals = {name: np.zeros(3) for name in ("stop", "comma", "question", "capital")}
    losses = []
    for batch in batches:
        marks, cases = network(torch.from_numpy(batch.pieces), torch.from_numpy(batch.gaps))
        meant = batch.marks
        flat = torch.from_numpy(meant).flatten()
        losses.append(float(functional.cross_entropy(marks.flatten(0, 1), flat, ignore_index=IGNORED)))
        said = marks.argmax(-1).numpy()
        for name, kinds in (("stop", LIKE_STOP), ("comma", LIKE_COMMA), ("question", (QUESTION,))):
            totals[name] += _counts(np.isin(said, kinds), np.isin(meant, kinds), meant != IGNORED)
        totals["capital"] += _counts(cases.argmax(-1).numpy() > 0, batch.cases > 0, batch.cases != IGNORED)
    network.train(trained)
    return {"loss": float(np.mean(losses)), **{name: _f1(counts) for name, counts in totals.items()}}


def _counts(said: np.ndarray, meant: np.ndarray, valid: np.ndarray) -> np.ndarray:
    return np.array([(said & meant & valid).sum(), (said & valid).sum(), (meant & valid).sum()])


def _f1(counts: np.ndarray) -> float:
    right, said, meant = counts
    return float(2 * right / (said + meant)) if said + meant else 0.0


# The network as a model folder


def export(
    network: MarksNetwork, vocabulary: WordPieces, spellings: dict[str, str], model: Model, folder: Path
) -> None:
    """Write the model folder without a model card."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in vocabulary.words), encoding="utf-8")
    (folder / "spellings.tsv").write_text(
        "".join(f"{word}\t{spelling}\n" for word, spelling in sorted(spellings.items())), encoding="utf-8"
    )
    config = {
        "model_type": MODEL_TYPE,
        "languages": list(model.languages),
        "buckets": vocabulary.buckets,
        "marks": list(MARKS),
        "cases": list(CASES),
        "gap_limits_seconds": list(GAP_LIMITS_SECONDS),
    }
    (folder / "config.json").write_text(
        json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    with tempfile.TemporaryDirectory(prefix="asr-writing-") as scratch:
        exact = Path(scratch) / "model.onnx"
        write_onnx(network, exact)
        quantize_dynamic(
            exact,
            folder / "model.int8.onnx",
            op_types_to_quantize=["MatMul", "Gemm", "Gather", "LSTM"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )


def write_onnx(network: MarksNetwork, path: Path) -> None:
    """The network with 32-bit weights."""
    network.eval()
    pieces = torch.zeros(1, 12, PIECES_A_WORD, dtype=torch.int64)
    gaps = torch.full((1, 12), GAP_UNKNOWN, dtype=torch.int64)
    with warnings.catch_warnings():
        # Ignore the exporter's deprecation notice and its warning about batches, which the program does not
        # use.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (pieces, gaps),
            str(path),
            input_names=["pieces", "gaps"],
            output_names=["marks", "cases"],
            dynamic_axes={name: {1: "places"} for name in ("pieces", "gaps", "marks", "cases")},
            dynamo=False,
            opset_version=17,
        )
