from __future__ import annotations

import json
from pathlib import Path

import jiwer
import numpy as np
import pytest

from asr_desktop.base.errors import DecoderError, ModelFolderError
from asr_desktop.recognition import beam_search
from asr_desktop.recognition.beam_search import (
    BeamSearchDecoder,
    BeamSearchOptions,
    GreedyDecoder,
    Hypothesis,
    make_decoder,
)
from asr_desktop.recognition.hotwords import MAXIMUM_WEIGHT, Hotword
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import (
    LanguageModel,
    LanguageModelWeights,
    kenlm_is_installed,
    load_language_model,
)
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.recognition.text_scores import HEAVIEST
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

SENTENCES = (
    "THE OLD MAN RODE DOWN THE VALLEY WITH HIS MEN AND A HORSE",
    "RONICKY DREW STOOD ALONE AND WATCHED THE HORSE GO DOWN",
    "ALL THE MEN OF THE VALLEY KNEW THAT HE STOOD ALONE",
)
LABELS = english_labels()
CHINESE = Labels(("<pad>", "<unk>", *"你好世界是"), 0, None, frozenset({0, 1}))
PIECES = Labels(("<unk>", "▁the", "▁c", "at", "s", "▁", "<blank>"), 6, None, frozenset({0, 6}))

needs_kenlm = pytest.mark.skipif(not kenlm_is_installed(), reason="kenlm is not installed")


def peaks(*frames: dict[int, float], labels: Labels) -> np.ndarray:
    """Log-probabilities from the labels that are probable in each frame; the others share what is left."""
    probabilities = np.full((len(frames), len(labels)), 1e-6)
    for row, frame in zip(probabilities, frames, strict=True):
        for label, probability in frame.items():
            row[label] = probability
    return np.log(probabilities / probabilities.sum(axis=1, keepdims=True))


def write_language_model(folder: Path, attributes: dict[str, object] | None = None) -> LanguageModelFiles:
    """The words of the sentences above, but for the name in them."""
    words = sorted({word for text in SENTENCES for word in text.split()} - {"RONICKY", "DREW"})
    unigrams = ["-9\t<s>\t0", "-1.5\t</s>\t0", "-5\t<unk>\t0", *(f"-1.5\t{word}\t0" for word in words)]
    bigrams = ["-0.7\t<s> THE"]
    header = ["\\data\\", f"ngram 1={len(unigrams)}", f"ngram 2={len(bigrams)}", ""]
    lines = [*header, "\\1-grams:", *unigrams, "", "\\2-grams:", *bigrams, "", "\\end\\", ""]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lm.arpa").write_text("\n".join(lines), encoding="utf-8")
    (folder / "unigrams.txt").write_text("\n".join(words), encoding="utf-8")
    if attributes is not None:
        (folder / "attrs.json").write_text(json.dumps(attributes), encoding="utf-8")
    return LanguageModelFiles.load(folder)


@pytest.fixture
def language_model(tmp_path: Path) -> LanguageModel:
    pytest.importorskip("kenlm", reason="kenlm is not installed")
    model, _ = load_language_model(write_language_model(tmp_path), Spelling(LABELS), LanguageModelWeights())
    return model


@pytest.fixture(params=["without language model", "with language model"])
def optional_language_model(request: pytest.FixtureRequest) -> LanguageModel | None:
    if request.param == "without language model":
        return None
    model: LanguageModel = request.getfixturevalue("language_model")
    return model


def model_folder(path: Path, language_model: LanguageModelFiles | None = None) -> ModelFolder:
    return ModelFolder(
        path=path,
        name="test",
        labels=LABELS,
        sample_rate=16_000,
        do_normalize=True,
        return_attention_mask=False,
        frame_stride_samples=320,
        receptive_field_samples=400,
        emission_delay_seconds=0.0,
        onnx_path=path / "model.onnx",
        float_onnx_path=None,
        language_model=language_model,
        config={},
        language="en",
    )


# --- plain search
# ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sentence", SENTENCES)
def test_clear_emissions_give_their_text(
    sentence: str, optional_language_model: LanguageModel | None
) -> None:
    log_probs = emissions_from_text(sentence, LABELS).log_probs
    assert BeamSearchDecoder(LABELS, optional_language_model).decode(log_probs) == sentence
    assert GreedyDecoder(LABELS).decode(log_probs) == sentence


def test_no_frames_are_no_text(optional_language_model: LanguageModel | None) -> None:
    empty = np.zeros((0, len(LABELS)), dtype=np.float32)
    decoder = BeamSearchDecoder(LABELS, optional_language_model, hotwords=["Drew"])
    assert decoder.decode(empty) == ""
    assert decoder.decode_alternatives(empty, 3) == [Hypothesis("", 0.0)]
    assert GreedyDecoder(LABELS).decode_alternatives(empty, 3) == [Hypothesis("", 0.0)]


def test_silence_is_no_text(optional_language_model: LanguageModel | None) -> None:
    silence = peaks(*[{0: 1.0}] * 20, labels=LABELS)
    assert BeamSearchDecoder(LABELS, optional_language_model).decode(silence) == ""


def test_special_tokens_are_never_text() -> None:
    log_probs = emissions_from_text("HELLO", LABELS).log_probs.copy()
    log_probs[:, [1, 2, 3]] = 0.0
    assert BeamSearchDecoder(LABELS).decode(log_probs) == "HELLO"


def test_paths_of_one_text_add_up() -> None:
    # The textbook case (Hannun 2017): the best path is blank, blank, but "a" has more probability in all.
    labels = Labels(("<pad>", "|", "A"), 0, "|", frozenset({0}))
    log_probs = peaks({0: 0.6, 2: 0.4}, {0: 0.6, 2: 0.4}, labels=labels)
    assert GreedyDecoder(labels).decode(log_probs) == ""
    assert BeamSearchDecoder(labels).decode(log_probs) == "A"


def test_alternatives_are_different_texts_best_first(optional_language_model: LanguageModel | None) -> None:
    log_probs = emissions_from_text(SENTENCES[0], LABELS, unclear=0.2).log_probs
    decoder = BeamSearchDecoder(LABELS, optional_language_model)
    alternatives = decoder.decode_alternatives(log_probs, 5)
    texts = [alternative.text for alternative in alternatives]
    scores = [alternative.score for alternative in alternatives]
    assert len(texts) == len(set(texts)) == 5
    assert scores == sorted(scores, reverse=True)
    assert texts[0] == decoder.decode(log_probs)


def test_emissions_of_another_vocabulary_are_refused() -> None:
    with pytest.raises(DecoderError, match="does not match its vocabulary"):
        BeamSearchDecoder(LABELS).decode(np.zeros((5, 40)))


def test_characters_without_a_delimiter() -> None:
    log_probs = peaks({0: 1}, {2: 1}, {3: 1}, {0: 1}, {3: 1}, {4: 1}, {5: 0.6, 6: 0.4}, labels=CHINESE)
    decoder = BeamSearchDecoder(CHINESE)
    assert decoder.decode(log_probs) == "你好好世界"
    assert decoder.set_hotwords(["世是"]) == []
    assert decoder.decode(log_probs) == "你好好世是"


def test_word_pieces() -> None:
    log_probs = peaks({1: 1}, {6: 1}, {2: 1}, {3: 1}, {4: 0.5, 6: 0.5}, {5: 1}, {3: 1}, labels=PIECES)
    decoder = BeamSearchDecoder(PIECES)
    assert decoder.decode(log_probs) in ("the cat at", "the cats at")
    assert decoder.set_hotwords(["cats at"]) == []
    assert decoder.decode(log_probs) == "the cats at"


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(DecoderError, match="beam width is 0"):
        BeamSearchOptions(beam_width=0)
    with pytest.raises(DecoderError, match="have to be negative"):
        BeamSearchOptions(beam_prune_logp=3.0)
    with pytest.raises(DecoderError, match="alpha is -1"):
        BeamSearchOptions(alpha=-1.0)


# --- language model
# -------------------------------------------------------------------------------------------------


def test_the_language_model_mends_unclear_letters(language_model: LanguageModel) -> None:
    errors = {"greedy": 0.0, "beam": 0.0, "language model": 0.0}
    decoders = {
        "greedy": GreedyDecoder(LABELS),
        "beam": BeamSearchDecoder(LABELS),
        "language model": BeamSearchDecoder(LABELS, language_model),
    }
    for seed in range(4):
        log_probs = emissions_from_text(SENTENCES[0], LABELS, unclear=0.25, seed=seed).log_probs
        for name, decoder in decoders.items():
            errors[name] += jiwer.wer(SENTENCES[0], decoder.decode(log_probs))
    assert errors["language model"] < 0.3 * errors["beam"]
    assert errors["beam"] <= errors["greedy"]


def test_a_delimiter_at_the_end_is_no_unknown_word(language_model: LanguageModel) -> None:
    log_probs = emissions_from_text(SENTENCES[0], LABELS).log_probs
    delimiter = peaks({4: 1.0}, {0: 1.0}, labels=LABELS)
    decoder = BeamSearchDecoder(LABELS, language_model)
    (plain,) = decoder.decode_alternatives(log_probs, 1)
    (delimited,) = decoder.decode_alternatives(np.concatenate([log_probs, delimiter]), 1)
    assert delimited.text == plain.text
    assert delimited.score == pytest.approx(plain.score, abs=0.01)


# --- hotwords
# -------------------------------------------------------------------------------------------------------


def heard_as_other_words() -> np.ndarray:
    """RONICKY DREW, with three letters heard as others more clearly."""
    said = emissions_from_text("OLD RONICKY DREW STOOD ALONE", LABELS)
    log_probs = said.log_probs.astype(np.float64)
    for word, letter, right, wrong in ((1, 1, "O", "U"), (1, 5, "K", "G"), (2, 2, "E", "A")):
        label, rival = LABELS.tokens.index(right), LABELS.tokens.index(wrong)
        start, end = said.word_frames[word]
        runs = [f for f in range(start, end) if log_probs[f].argmax() == label]
        frames = [f for f in runs if sum(g < f - 1 for g in runs) == 0] if letter else runs
        log_probs[frames, rival] = log_probs[frames, label]
        log_probs[frames, label] -= 1.5
    return log_probs


@pytest.mark.parametrize("hotword", ["Ronicky Drew", Hotword("ronicky drew", 8.0)])
def test_a_phrase_is_found(hotword: str | Hotword, optional_language_model: LanguageModel | None) -> None:
    log_probs = heard_as_other_words()
    decoder = BeamSearchDecoder(LABELS, optional_language_model)
    assert "RONICKY DREW" not in decoder.decode(log_probs)
    assert decoder.set_hotwords([hotword]) == []
    assert decoder.decode(log_probs) == "OLD RONICKY DREW STOOD ALONE"
    decoder.set_hotwords([])
    assert "RONICKY DREW" not in decoder.decode(log_probs)


def heard_badly(text: str, word: int, loss: float) -> np.ndarray:
    """`text`, every second letter of one word heard as Q, and as itself by `loss` (logarithm) less."""
    said = emissions_from_text(text, LABELS)
    log_probs = said.log_probs.astype(np.float64)
    rival = LABELS.tokens.index("Q")
    letters = text.split()[word]
    position, before = -1, 0
    for frame in range(*said.word_frames[word]):
        label = int(log_probs[frame].argmax())
        if label not in (before, 0):
            position += 1
        before = label
        if label and position % 2 and LABELS.tokens[label] == letters[position]:
            log_probs[frame, rival] = log_probs[frame, label]
            log_probs[frame, label] -= loss
    return log_probs


@pytest.mark.parametrize("hotword", ["bargain", "strange bargain", "the strange bargain he"])
def test_a_hotword_that_was_said_wins_by_its_weight(
    hotword: str, optional_language_model: LanguageModel | None
) -> None:
    text = "THE OLD MAN KNEW THE STRANGE BARGAIN HE RODE ALONE"
    # Three letters of BARGAIN, heard so badly that beam search gives the word up.
    log_probs = heard_badly(text, 6, loss=5.5)
    decoder = BeamSearchDecoder(LABELS, optional_language_model)
    assert "BARGAIN" not in decoder.decode(log_probs)
    decoder.set_hotwords([Hotword(hotword, 1.0)])
    assert "BARGAIN" not in decoder.decode(log_probs)
    for weight in (15.0, 50.0):
        decoder.set_hotwords([Hotword(hotword, weight)])
        assert decoder.decode(log_probs) == text
    decoder.set_hotwords([])
    assert "BARGAIN" not in decoder.decode(log_probs)


@pytest.mark.parametrize("weight", [8.0, 50.0])
def test_unfinished_hotwords_drive_nothing_else_out(
    weight: float, optional_language_model: LanguageModel | None
) -> None:
    log_probs = emissions_from_text(SENTENCES[0], LABELS).log_probs
    unfinished = ["THE OLDEST", "MANOR", "RODEO", "DOWN THE VALLEYS", "WITH HIS MENU", "HORSESHOE", "ANDANTE"]
    decoder = BeamSearchDecoder(LABELS, optional_language_model)
    decoder.set_hotwords([Hotword(text, weight) for text in unfinished])
    assert decoder.decode(log_probs) == SENTENCES[0]


def test_weights_are_each_hotwords_own() -> None:
    log_probs = heard_as_other_words()
    decoder = BeamSearchDecoder(LABELS, hotwords=["ronicky:8", "drew:0.01"])
    assert decoder.decode(log_probs) == "OLD RONICKY DRAW STOOD ALONE"
    decoder.set_hotwords(["ronicky:0.01", "drew:8"])
    assert decoder.decode(log_probs) == "OLD RUNICGY DREW STOOD ALONE"


def test_a_phrase_that_is_not_said_whole_changes_nothing() -> None:
    log_probs = heard_as_other_words()
    decoder = BeamSearchDecoder(LABELS)
    before = decoder.decode(log_probs)
    decoder.set_hotwords(["Ronicky Brewster:20", "Drew Barrymore:20"])
    assert decoder.decode(log_probs) == before


def test_an_unknown_hotword_is_not_punished_by_the_language_model(language_model: LanguageModel) -> None:
    text = "THE OLD MAN RONICKY RODE DOWN THE VALLEY"
    log_probs = emissions_from_text(text, LABELS).log_probs
    decoder = BeamSearchDecoder(LABELS, language_model)
    (before,) = decoder.decode_alternatives(log_probs, 1)
    decoder.set_hotwords(["Ronicky:0.001"])
    (after,) = decoder.decode_alternatives(log_probs, 1)
    assert before.text == after.text == text
    # It is spared the offset of -10 in the base-10 logarithm, which counts with alpha 0.5.
    assert after.score - before.score == pytest.approx(0.5 * 10 * np.log(10), abs=0.01)


def test_letters_that_were_hardly_heard_are_tried_with_hotwords_and_without(
    language_model: LanguageModel,
) -> None:
    text = "THE OLD MAN RODE DOWN THE VALLEY"
    log_probs = heard_badly(text, 2, loss=6.5)  # the A of MAN, less probable than e^-5
    decoder = BeamSearchDecoder(LABELS, language_model)
    assert decoder.decode(log_probs) == text
    decoder.set_hotwords(["BARGAIN"])
    assert decoder.decode(log_probs) == text


def test_an_absent_hotword_changes_no_score(language_model: LanguageModel) -> None:
    log_probs = heard_badly("THE OLD MAN RODE DOWN THE VALLEY", 2, loss=6.5)
    decoder = BeamSearchDecoder(LABELS, language_model)
    before = decoder.decode_alternatives(log_probs, 1)
    decoder.set_hotwords(["ZZYZX:4"])
    assert decoder.decode_alternatives(log_probs, 1) == before


def test_the_heaviest_weight_counts_as_one_that_buys_no_letters(language_model: LanguageModel) -> None:
    log_probs = heard_badly("THE OLD MAN RODE DOWN THE VALLEY", 2, loss=6.5)
    decoder = BeamSearchDecoder(LABELS, language_model)
    (before,) = decoder.decode_alternatives(log_probs, 1)
    decoder.set_hotwords([f"VALLEY:{HEAVIEST:g}"])
    heaviest = decoder.decode_alternatives(log_probs, 1)
    assert heaviest[0].score > before.score
    decoder.set_hotwords([f"VALLEY:{MAXIMUM_WEIGHT:g}"])
    assert decoder.decode_alternatives(log_probs, 1) == heaviest


def test_a_hundred_absent_hotwords_hardly_change_other_speech(language_model: LanguageModel) -> None:
    random = np.random.default_rng(1)
    syllables = [
        "BA",
        "DO",
        "KER",
        "MIN",
        "SOL",
        "TAN",
        "VI",
        "WAL",
        "ROD",
        "HOR",
        "STO",
        "VAL",
        "MEN",
        "ALO",
    ]
    hotwords = [" ".join("".join(random.choice(syllables, 3)) for _ in range(i % 2 + 1)) for i in range(100)]
    for model in (None, language_model):
        decoder = BeamSearchDecoder(LABELS, model)
        utterances = [
            emissions_from_text(text, LABELS, unclear=0.15, seed=seed).log_probs
            for seed in range(3)
            for text in (SENTENCES[0], SENTENCES[2])
        ]
        before = [decoder.decode(log_probs) for log_probs in utterances]
        decoder.set_hotwords(hotwords)
        after = [decoder.decode(log_probs) for log_probs in utterances]
        assert jiwer.wer(before, after) <= 0.02


def test_what_the_vocabulary_cannot_spell_is_reported_and_the_rest_works() -> None:
    decoder = BeamSearchDecoder(LABELS, hotwords=["R2D2", "Ronicky Drew"])
    (warning,) = decoder.hotword_warnings
    assert "'R2D2' is not used" in warning
    assert decoder.decode(heard_as_other_words()) == "OLD RONICKY DREW STOOD ALONE"


# --- from a model folder
# --------------------------------------------------------------------------------------------


def test_the_decoder_is_chosen_by_name(tmp_path: Path) -> None:
    decoder, warnings = make_decoder(model_folder(tmp_path), "greedy")
    assert isinstance(decoder, GreedyDecoder)
    assert warnings == []
    decoder, warnings = make_decoder(model_folder(tmp_path), "beam")
    assert isinstance(decoder, BeamSearchDecoder)
    assert warnings == []
    with pytest.raises(DecoderError, match="no decoder 'viterbi'; choose beam or greedy"):
        make_decoder(model_folder(tmp_path), "viterbi")


def test_greedy_decoding_says_that_it_uses_no_hotwords(tmp_path: Path) -> None:
    _, warnings = make_decoder(model_folder(tmp_path), "greedy", hotwords=["Drew"])
    assert warnings == ["Hotwords are not used by greedy decoding; choose beam search for them."]


def test_hotwords_come_as_they_were_typed(tmp_path: Path) -> None:
    decoder, (warning,) = make_decoder(model_folder(tmp_path), hotwords=["Ronicky Drew:9", "C3PO"])
    assert "'C3PO'" in warning
    assert decoder.decode(heard_as_other_words()) == "OLD RONICKY DREW STOOD ALONE"
    with pytest.raises(DecoderError, match="has the weight"):
        make_decoder(model_folder(tmp_path), hotwords=["Drew:1000"])


def used_weights(decoder: object) -> LanguageModelWeights | None:
    assert isinstance(decoder, BeamSearchDecoder)
    return None if decoder.language_model is None else decoder.language_model.weights


@needs_kenlm
def test_the_weights_are_the_options_then_the_folders_then_the_defaults(tmp_path: Path) -> None:
    files = write_language_model(
        tmp_path / "language_model", {"alpha": 0.7, "beta": 2.0, "score_boundary": False}
    )
    folder = model_folder(tmp_path, files)
    assert used_weights(make_decoder(folder)[0]) == LanguageModelWeights(0.7, 2.0, -10.0, False)
    options = BeamSearchOptions(alpha=0.0, score_boundary=True)
    assert used_weights(make_decoder(folder, options=options)[0]) == LanguageModelWeights(
        0.0, 2.0, -10.0, True
    )
    assert used_weights(make_decoder(folder, language_model="none")[0]) is None


@needs_kenlm
def test_a_language_model_that_states_nothing_counts_as_the_models_own_does(tmp_path: Path) -> None:
    own = write_language_model(tmp_path / "own" / "language_model", {"alpha": 0.7, "beta": 1.0})
    write_language_model(tmp_path / "personal" / "language_model", {"score_boundary": False})
    decoder, _ = make_decoder(model_folder(tmp_path, own), language_model=tmp_path / "personal")
    assert used_weights(decoder) == LanguageModelWeights(0.7, 1.0, -10.0, False)


@needs_kenlm
def test_another_language_model_may_be_a_folder_a_model_folder_or_a_file(tmp_path: Path) -> None:
    write_language_model(tmp_path / "other" / "language_model", {"alpha": 0.3})
    for place, alpha in (
        ("other", 0.3),
        ("other/language_model", 0.3),
        ("other/language_model/lm.arpa", 0.5),
    ):
        decoder, warnings = make_decoder(model_folder(tmp_path), language_model=tmp_path / place)
        weights = used_weights(decoder)
        assert weights is not None
        assert weights.alpha == alpha
        assert warnings == []


def test_a_language_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DecoderError, match=r"no language model at .*nowhere"):
        make_decoder(model_folder(tmp_path), language_model=tmp_path / "nowhere")
    with pytest.raises(ModelFolderError, match="contains no KenLM language model"):
        make_decoder(model_folder(tmp_path), language_model=tmp_path)


def test_without_kenlm_it_works_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beam_search, "kenlm_is_installed", lambda: False)
    folder = model_folder(tmp_path, write_language_model(tmp_path / "language_model"))
    decoder, (warning,) = make_decoder(folder)
    assert "pip install kenlm-ex~=" in warning
    assert decoder.decode(emissions_from_text(SENTENCES[0], LABELS).log_probs) == SENTENCES[0]
