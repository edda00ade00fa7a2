"""Finds alpha, beta and the unknown words' offset of a model's language model on the development packs.

    python -m benchmarks.tune_decoder [--model starter-en] [--language-model FOLDER] [--limit 50] [--write]

Pattern search from the present settings: steps along each setting while the word error rate over all words of
the packs falls, then half the step. Each line printed is one pass over the packs. At the end the best
settings' errors by pack, and the beam width's effect on errors and time. --write puts the best settings into
the language model's attrs.json.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.language_model import stated_weights
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder, find_model
from asr_desktop.teaching.scoring import comparable, score
from benchmarks.pack_emissions import DEV_PACKS, PackUtterance, pack_emissions
from trainer.evaluation.decoder_weights import (
    HeardUtterance,
    WeightSearch,
    described,
    searched,
    write_weights,
)

BEAM_WIDTHS = (10, 25, 50, 100, 200)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en", help="name or folder of the model (starter-en)")
    parser.add_argument("--language-model", type=Path, help="a language_model/ folder (the model's own)")
    parser.add_argument("--packs", default=",".join(DEV_PACKS))
    parser.add_argument("--limit", type=int, help="only the first so many utterances of each pack")
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
    search = WeightSearch(
        folder,
        [HeardUtterance(utterance.log_probs, utterance.text) for utterance in utterances],
        report=lambda weights, found: print(f"{described(weights):48}  {found}", flush=True),
    )
    best = search.run(stated_weights(folder.language_model))
    print(f"\nbest  {described(best)}")
    for beam_width in BEAM_WIDTHS:
        options_found = BeamSearchOptions(beam_width=beam_width, **searched(best))
        print(f"beam width {beam_width:4}  {by_pack(folder, utterances, options_found)}")
    if options.write:
        print(f"written: {write_weights(folder.language_model.model_path.parent, best)}")


def by_pack(folder: ModelFolder, utterances: Sequence[PackUtterance], options: BeamSearchOptions) -> str:
    """Word error rates by pack and of all, and how long decoding took."""
    started = time.perf_counter()
    decoder, _ = make_decoder(folder, "beam", options=options)
    pairs = [
        (utterance.pack, utterance.text, comparable(decoder.decode(utterance.log_probs), folder.labels))
        for utterance in utterances
    ]
    seconds = time.perf_counter() - started
    rates = []
    for pack in [*dict.fromkeys(pack for pack, *_ in pairs), "all"]:
        of_pack = [pair for name, *pair in pairs if pack in ("all", name)]
        rates.append(f"{pack} {score(*zip(*of_pack, strict=True)).wer:.2%}")
    return f"{'  '.join(rates)}  ({seconds:.0f} s)"


if __name__ == "__main__":
    main()
