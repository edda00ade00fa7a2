"""Finds alpha, beta and the unknown words' offset of a model's language model on the development packs.

    python -m benchmarks.tune_decoder [--model starter-en] [--language-model FOLDER] [--limit 50] [--write]

Pattern search from the present settings: steps along each setting while the word error rate over all words of
the packs falls, then half the step. Each line printed is one pass over the packs. At the end the beam width's
effect on errors and time. --write puts the best settings into the language model's attrs.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import jiwer

from asr_desktop.errors import AsrDesktopError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.language_model import LanguageModelWeights
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder, find_model
from benchmarks.pack_emissions import DEV_PACKS, PackUtterance, pack_emissions
from trainer.text import normalise_text

HALVINGS = 2
BEAM_WIDTHS = (10, 25, 50, 100, 200)


class Settings(NamedTuple):
    alpha: float
    beta: float
    unk_score_offset: float

    def options(self, beam_width: int) -> BeamSearchOptions:
        return BeamSearchOptions(
            beam_width=beam_width, alpha=self.alpha, beta=self.beta, unk_score_offset=self.unk_score_offset
        )

    def __str__(self) -> str:
        return "  ".join(f"{name} {value:g}" for name, value in self._asdict().items())


STEPS = Settings(alpha=0.2, beta=0.6, unk_score_offset=3.0)


@dataclass
class Tuner:
    """Word error rates by settings, each computed once."""

    folder: ModelFolder
    utterances: Sequence[PackUtterance]
    beam_width: int
    known: dict[Settings, float] = field(default_factory=dict)

    def word_error_rate(self, settings: Settings) -> float:
        if settings not in self.known:
            rates, seconds = decode(self.folder, self.utterances, settings.options(self.beam_width))
            self.known[settings] = rates["all"]
            print(line(settings, rates, seconds), flush=True)
        return self.known[settings]

    def search(self, settings: Settings) -> Settings:
        for halving in range(HALVINGS + 1):
            moved = True
            while moved:
                moved = False
                for name, direction in product(Settings._fields, (1, -1)):
                    step = direction * getattr(STEPS, name) / 2**halving
                    tried = settings._replace(**{name: round(getattr(settings, name) + step, 4)})
                    if tried.alpha <= 0 or tried.unk_score_offset > 0:
                        continue
                    if self.word_error_rate(tried) < self.word_error_rate(settings):
                        settings, moved = tried, True
        return settings


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en", help="name or folder of the model (starter-en)")
    parser.add_argument("--language-model", type=Path, help="a language_model/ folder (the model's own)")
    parser.add_argument("--packs", default=",".join(DEV_PACKS))
    parser.add_argument("--limit", type=int, help="only the first so many utterances of each pack")
    parser.add_argument("--beam-width", type=int, default=50, help="while searching (50)")
    parser.add_argument("--write", action="store_true", help="write the best settings into attrs.json")
    options = parser.parse_args()
    try:
        folder = find_model(options.model)
        if options.language_model:
            folder = replace(folder, language_model=LanguageModelFiles.load(options.language_model))
        if folder.language_model is None:
            sys.exit(f"{folder.path} has no language model to tune; name one with --language-model.")
        utterances = pack_emissions(folder, options.packs.split(","), options.limit)
    except AsrDesktopError as error:
        sys.exit(str(error))
    tuner = Tuner(folder, utterances, options.beam_width)
    best = tuner.search(present_settings(folder.language_model))
    print(f"\nbest  {best}")
    beam_widths(folder, utterances, best)
    if options.write:
        print(f"written: {write(folder.language_model, best)}")


def present_settings(files: LanguageModelFiles) -> Settings:
    defaults = LanguageModelWeights()
    stated = {name: getattr(files, name) for name in Settings._fields}
    return Settings(*(getattr(defaults, name) if value is None else value for name, value in stated.items()))


def decode(
    folder: ModelFolder, utterances: Sequence[PackUtterance], options: BeamSearchOptions
) -> tuple[dict[str, float], float]:
    """(word error rate by pack and of "all" words, seconds that decoding took)."""
    decoder, _ = make_decoder(folder, "beam", options=options)
    start = time.perf_counter()
    texts = [normalise_text(decoder.decode(utterance.log_probs)) for utterance in utterances]
    seconds = time.perf_counter() - start
    rates = {}
    for pack in [*dict.fromkeys(utterance.pack for utterance in utterances), "all"]:
        pairs = [
            (utterance.text, text)
            for utterance, text in zip(utterances, texts, strict=True)
            if pack in ("all", utterance.pack)
        ]
        wanted, got = map(list, zip(*pairs, strict=True))
        rates[pack] = jiwer.wer(wanted, got)
    return rates, seconds


def beam_widths(folder: ModelFolder, utterances: Sequence[PackUtterance], best: Settings) -> None:
    for beam_width in BEAM_WIDTHS:
        rates, seconds = decode(folder, utterances, best.options(beam_width))
        print(f"beam width {beam_width:4}  WER {rates['all']:.2%}  {seconds:.1f} s")


def line(settings: Settings, rates: dict[str, float], seconds: float) -> str:
    rated = "  ".join(f"{pack} {rate:.2%}" for pack, rate in rates.items())
    return f"{settings!s:48}  {rated}  ({seconds:.0f} s)"


def write(files: LanguageModelFiles, settings: Settings) -> Path:
    path = files.model_path.parent / "attrs.json"
    attributes = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"score_boundary": True}
    attributes |= settings._asdict()
    path.write_text(json.dumps(attributes, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
