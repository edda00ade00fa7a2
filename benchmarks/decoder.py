"""Our beam search beside pyctcdecode and ctc-beam-decoder, on the same emissions in one run.

    python -m benchmarks.decoder [--model starter-en] [--every 4] [--weight 8] [--emissions FOLDER]

Without hotwords, with a hundred that are said (the rarest words of the utterances), and with a hundred that
are not (the rarest of the development packs' other words):

WER     of all utterances, in percent
heard   how many of the hotwords' occurrences are recognised
false   hotwords that are recognised where they were not said
cpu     processor seconds for a second of speech, a decoder's first minutes included: it has to meet the
        words before it knows their scores

The other two decoders take part where they are installed (pip install --no-deps pyctcdecode==0.5.0
ctc-beam-decoder==0.2.0), with the hotword weight that their documentation gives. --emissions takes
log-probabilities kept by another network, PACK/NAME.npy, of blank, space, apostrophe, a to z.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import BeamSearchDecoder
from asr_desktop.recognition.confidence import ALTERNATIVES
from asr_desktop.recognition.hotwords import DEFAULT_WEIGHT, Hotword
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import (
    LanguageModel,
    LanguageModelWeights,
    load_language_model,
    stated_weights,
)
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder, find_model
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import DEV_PACKS, SCRATCH, SHARED, PackUtterance, pack_emissions

HOTWORDS = 100
FRAMES_A_SECOND = 50
KEPT_LABELS = Labels(("<pad>", "|", "'", *"abcdefghijklmnopqrstuvwxyz"), 0, "|", frozenset({0}))

Search = Callable[[NDArray[Any]], str]


@dataclass(frozen=True)
class Speech:
    """Emissions with their texts, the hotwords that are said in them, and as many that are not."""

    labels: Labels
    utterances: Sequence[PackUtterance]
    files: LanguageModelFiles
    weights: LanguageModelWeights
    said: Sequence[str]
    unsaid: Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en", help="name or folder of the model (starter-en)")
    parser.add_argument("--every", type=int, default=4, help="one of so many utterances (4)")
    parser.add_argument("--weight", type=float, default=DEFAULT_WEIGHT, help="of our hotwords")
    parser.add_argument("--emissions", type=Path, help="PACK/NAME.npy, in place of the model's own")
    parser.add_argument("--alpha", type=float, help="weight of the language model (the model folder's)")
    parser.add_argument("--beta", type=float, help="bonus for each word (the model folder's)")
    options = parser.parse_args()
    folder = find_model(options.model)
    if folder.language_model is None:
        parser.error(f"{folder.path} has no language model.")
    weights = stated_weights(folder.language_model, options)
    labels = KEPT_LABELS if options.emissions else folder.labels
    utterances = kept_emissions(options.emissions) if options.emissions else pack_emissions(folder)
    speech = chosen_speech(folder, labels, weights, utterances, options.every)
    seconds = sum(len(utterance.log_probs) for utterance in speech.utterances) / FRAMES_A_SECOND
    print(f"{len(speech.utterances)} utterances, {seconds:.0f} s; {weights}")
    print(f"{'':18}{'hotwords':10}{'WER':>7}{'heard':>10}{'false':>7}{'cpu':>9}")
    for name, searches in decoders(speech, options.weight).items():
        for kind, hotwords in (("none", []), ("said", speech.said), ("not said", speech.unsaid)):
            search = searches(hotwords)
            started = time.process_time()
            texts = [search(utterance.log_probs) for utterance in speech.utterances]
            took = (time.process_time() - started) / seconds
            print(f"{name:18}{kind:10}{measures(speech, texts, hotwords)}{took:9.5f}", flush=True)


def measures(speech: Speech, texts: Sequence[str], hotwords: Sequence[str]) -> str:
    spelling = Spelling(speech.labels)
    references = [spelling.spell(utterance.text) for utterance in speech.utterances]
    heard = said = false = 0
    for reference, text in zip(references, texts, strict=True):
        in_reference, in_text = Counter(reference.split()), Counter(text.split())
        for word in hotwords:
            said += in_reference[word]
            heard += min(in_reference[word], in_text[word])
            false += max(in_text[word] - in_reference[word], 0)
    of_all = f"{heard}/{said}" if said else "-"
    return f"{100 * jiwer.wer(references, list(texts)):7.2f}{of_all:>10}{false:7}"


def decoders(speech: Speech, weight: float) -> dict[str, Callable[[Sequence[str]], Search]]:
    """Each decoder that there is: from hotwords to a search with them."""
    model, _ = load_language_model(speech.files, Spelling(speech.labels), speech.weights)

    def ours(hotwords: Sequence[str]) -> Search:
        entries = [Hotword(hotword, weight) for hotword in hotwords]
        decoder = BeamSearchDecoder(speech.labels, model, hotwords=entries)
        return lambda log_probs: decoder.decode_alternatives(log_probs, ALTERNATIVES)[0].text

    found = {"ours": ours}
    logging.getLogger("pyctcdecode").setLevel(logging.ERROR)
    try:
        import pyctcdecode

        found["pyctcdecode"] = foreign(speech, pyctcdecode.build_ctcdecoder)
    except ImportError:
        print("pyctcdecode is not installed")
    try:
        import ctc_beam_decoder

        found["ctc-beam-decoder"] = foreign(speech, ctc_beam_decoder.build_ctcdecoder)
    except ImportError:
        print("ctc-beam-decoder is not installed")
    return found


def foreign(speech: Speech, build: Callable[..., Any]) -> Callable[[Sequence[str]], Search]:
    """A decoder of pyctcdecode's interface, as its documentation uses it; special tokens left out."""
    labels = speech.labels
    columns = [i for i in range(len(labels)) if i == labels.blank_id or i not in labels.special_ids]
    shown = {labels.tokens[labels.blank_id]: "", labels.word_delimiter: " "}
    assert speech.files.unigrams_path is not None
    decoder = build(
        [shown.get(labels.tokens[i], labels.tokens[i]) for i in columns],
        str(speech.files.model_path),
        speech.files.unigrams_path.read_text(encoding="utf-8").split(),
        alpha=speech.weights.alpha,
        beta=speech.weights.beta,
        unk_score_offset=speech.weights.unk_score_offset,
        lm_score_boundary=speech.weights.score_boundary,
    )

    def search_with(hotwords: Sequence[str]) -> Search:
        arguments = {"hotwords": list(hotwords), "hotword_weight": 10.0} if hotwords else {}
        return lambda log_probs: decoder.decode_beams(log_probs[:, columns], beam_width=100, **arguments)[0][
            0
        ]

    return search_with


def chosen_speech(
    folder: ModelFolder,
    labels: Labels,
    weights: LanguageModelWeights,
    utterances: Sequence[PackUtterance],
    every: int,
) -> Speech:
    """One of `every` utterances, the rarest words in them, and the rarest of the others."""
    assert folder.language_model is not None
    spelling = Spelling(labels)
    model, _ = load_language_model(folder.language_model, spelling, weights)
    chosen = utterances[::every]
    said = {word for utterance in chosen for word in spelling.spell(utterance.text).split()}
    every_word = {word for utterance in utterances for word in spelling.spell(utterance.text).split()}
    return Speech(
        labels, chosen, folder.language_model, weights, rarest(said, model), rarest(every_word - said, model)
    )


def rarest(words: set[str], model: LanguageModel) -> list[str]:
    """The hundred words of five letters and more that the language model finds least probable."""

    def commonness(word: str) -> tuple[float, str]:
        return model.score(model.start(), word)[0], word

    return sorted((word for word in words if len(word) >= 5), key=commonness)[:HOTWORDS]


def kept_emissions(folder: Path) -> list[PackUtterance]:
    found = []
    for pack in find_packs(DEV_PACKS, [SHARED / "speech"], SCRATCH / "packs"):
        for utterance in read_manifest(pack):
            log_probs = np.load(folder / pack.name / f"{utterance.path.stem}.npy", allow_pickle=False)
            name, speaker = utterance.path.stem, utterance.speaker
            found.append(PackUtterance(pack.name, name, speaker, utterance.text, log_probs))
    return found


if __name__ == "__main__":
    main()
