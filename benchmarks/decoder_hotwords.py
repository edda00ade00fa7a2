"""What hotwords cost and what they do, beside pyctcdecode's own, on the same emissions in one run.

    python -m benchmarks.decoder_hotwords [--model starter-en] [--utterances 60]

time         decoding, and how much longer with 100 hotwords than without; the goal is at most 1.5 times
found        rare words and names that are said and given as hotwords: how many are recognised, and
             how many without hotwords
over-firing  words that change when all of the hotwords are words that nobody says (word error rate
             against the text without hotwords)

Without a model or without ../shared the emissions are synthetic, and it says so.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jiwer
import numpy as np
from numpy.typing import NDArray
from pyctcdecode.alphabet import Alphabet
from pyctcdecode.decoder import BeamSearchDecoderCTC
from pyctcdecode.language_model import LanguageModel as PyctcdecodeLanguageModel

from asr_desktop.errors import AsrDesktopError
from asr_desktop.recognition.beam_search import BeamSearchDecoder, make_decoder
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModel
from asr_desktop.recognition.model_folder import LanguageModelFiles, find_model
from asr_desktop.recognition.spelling import Spelling
from benchmarks.pack_emissions import pack_emissions
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

HOTWORDS = 100
REPEATS = 3
FRAMES_A_SECOND = 50
SYNTHETIC_TEXTS = (
    "RONICKY DREW STOOD ALONE AND WATCHED THE HORSES GO DOWN THE VALLEY WITH CAPTAIN MERRIWETHER",
    "IT WAS DOWN IN THE CELLAR THAT WE FOUND THE FIRST TRACKS OF JERRY SMITH AND CAROLINE MONTGOMERY",
    "DOCTOR FERNANDO LOOKED AT THE DOOR AND SAID NOTHING ABOUT VERONIKA FOR QUITE A LONG TIME",
)

Search = Callable[[NDArray[Any]], str]


@dataclass(frozen=True)
class Speech:
    """Emissions with their texts, the hotwords that are said in them, and as many that are not."""

    labels: Labels
    emissions: Sequence[NDArray[Any]]
    texts: Sequence[str]
    said: Sequence[str]
    unsaid: Sequence[str]
    files: LanguageModelFiles | None = None
    model: LanguageModel | None = None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--utterances", type=int, default=60, help="how many of librispeech-dev (60)")
    options = parser.parse_args()
    try:
        speech = real_speech(options.model, options.utterances)
    except AsrDesktopError as error:
        print(f"Synthetic emissions, because: {error}")
        speech = synthetic_speech()
    seconds = sum(len(log_probs) for log_probs in speech.emissions) / FRAMES_A_SECOND
    print(f"{len(speech.texts)} utterances, {seconds:.0f} s, {len(speech.said)} hotwords")
    for model in dict.fromkeys([None, speech.model]):
        print(f"\n{'with' if model else 'without'} language model")
        ours = BeamSearchDecoder(speech.labels, model)

        def our_search(hotwords: Sequence[str], ours: BeamSearchDecoder = ours) -> Search:
            ours_with_hotwords = BeamSearchDecoder(speech.labels, ours.language_model, hotwords=hotwords)
            return ours_with_hotwords.decode

        compare("ours", speech, our_search)
        compare("pyctcdecode", speech, pyctcdecode_searches(speech, with_model=model is not None))


def compare(name: str, speech: Speech, search_with: Callable[[Sequence[str]], Search]) -> None:
    plain, said, unsaid = search_with([]), search_with(speech.said), search_with(speech.unsaid)
    seconds = dict.fromkeys(("plain", "said", "unsaid"), np.inf)
    texts: dict[str, list[str]] = {}
    for _ in range(REPEATS):
        for kind, search in (("plain", plain), ("said", said), ("unsaid", unsaid)):
            start = time.perf_counter()
            texts[kind] = [search(log_probs) for log_probs in speech.emissions]
            seconds[kind] = min(seconds[kind], time.perf_counter() - start)
    slower = max(seconds["said"], seconds["unsaid"]) / seconds["plain"]
    print(
        f"{name:12} {seconds['plain']:6.2f} s, with hotwords {slower:5.2f} × as long;"
        f" found {found(speech, texts['said']):.0%} (without {found(speech, texts['plain']):.0%});"
        f" WER {jiwer.wer(list(speech.texts), texts['said']):.2%}"
        f" (without {jiwer.wer(list(speech.texts), texts['plain']):.2%});"
        f" over-firing {jiwer.wer(texts['plain'], texts['unsaid']):.2%}"
    )


def found(speech: Speech, recognised: Sequence[str]) -> float:
    """The share of the hotwords in the texts that were recognised, each as often as it is said."""
    spelling = Spelling(speech.labels)
    phrases = [f" {' '.join(spelling.words(hotword))} " for hotword in speech.said]
    hits = total = 0
    for text, heard in zip(speech.texts, recognised, strict=True):
        for phrase in phrases:
            count = f" {text} ".count(phrase)
            total += count
            hits += min(count, f" {heard} ".count(phrase))
    return hits / total


def pyctcdecode_searches(speech: Speech, *, with_model: bool) -> Callable[[Sequence[str]], Search]:
    """pyctcdecode as its documentation uses it, the special tokens' columns left out."""
    labels = speech.labels
    columns = [i for i in range(len(labels)) if i == labels.blank_id or i not in labels.special_ids]
    shown = {labels.tokens[labels.blank_id]: "", labels.word_delimiter: " "}
    alphabet = Alphabet([shown.get(labels.tokens[i], labels.tokens[i]) for i in columns], False)
    model = None
    if with_model:
        import kenlm

        assert speech.files is not None
        assert speech.files.unigrams_path is not None
        assert speech.model is not None
        weights = speech.model.weights
        model = PyctcdecodeLanguageModel(
            kenlm.Model(str(speech.files.model_path)),
            speech.files.unigrams_path.read_text(encoding="utf-8").split(),
            alpha=weights.alpha,
            beta=weights.beta,
            unk_score_offset=weights.unk_score_offset,
            score_boundary=weights.score_boundary,
        )
    decoder = BeamSearchDecoderCTC(alphabet, model)
    spelling = Spelling(labels)

    def search_with(hotwords: Sequence[str]) -> Search:
        spelled = [" ".join(spelling.words(hotword)) for hotword in hotwords]
        return lambda log_probs: decoder.decode(log_probs[:, columns], hotwords=spelled)

    return search_with


def real_speech(model_name: str, count: int) -> Speech:
    """Utterances of librispeech-dev, the rarest words in them, and the rarest of the utterances after
    them.
    """
    folder = find_model(model_name)
    decoder, warnings = make_decoder(folder)
    print(*warnings, sep="\n")
    assert isinstance(decoder, BeamSearchDecoder)
    model = decoder.language_model
    spelling = Spelling(folder.labels)
    utterances = pack_emissions(folder, ["librispeech-dev"])
    texts = [spelling.spell(utterance.text) for utterance in utterances]
    said = Counter(word for text in texts[:count] for word in text.split())
    unsaid = Counter(word for text in texts[count:] for word in text.split() if word not in said)
    print(f"{folder.name} on librispeech-dev")
    return Speech(
        labels=folder.labels,
        emissions=[utterance.log_probs for utterance in utterances[:count]],
        texts=texts[:count],
        said=rarest(said, model),
        unsaid=rarest(unsaid, model),
        files=folder.language_model,
        model=model,
    )


def rarest(words: Counter[str], model: LanguageModel | None) -> list[str]:
    """The hundred rarest words of five letters and more, by the language model, or among `words`."""

    def commonness(word: str) -> float:
        return words[word] if model is None else model.score(model.start(), word)[0]

    return sorted((word for word in words if len(word) >= 5), key=lambda word: (commonness(word), word))[
        :HOTWORDS
    ]


def synthetic_speech() -> Speech:
    labels = english_labels()
    texts = [text for text in SYNTHETIC_TEXTS for _ in range(4)]
    random = np.random.default_rng(0)
    syllables = ["BAR", "DO", "KER", "MIN", "SOL", "TAN", "VI", "WAL", "RO", "HO", "STO", "VAL", "ME", "NA"]
    said = ["Ronicky Drew", "Merriwether", "Jerry Smith", "Caroline Montgomery", "Fernando", "Veronika"]
    unsaid = ["".join(random.choice(syllables, 3)) for _ in range(HOTWORDS)]
    emissions = [
        emissions_from_text(text, labels, unclear=0.25, seed=seed).log_probs
        for seed, text in enumerate(texts)
    ]
    return Speech(labels, emissions, texts, [*said, *unsaid[len(said) :]], unsaid)


if __name__ == "__main__":
    main()
