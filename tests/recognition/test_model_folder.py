"""Model folders as people make them: complete, foreign, multilingual, damaged."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.model_folder import ModelFolder, find_model, list_models, scan_models
from tests.fixtures.make_models import model_folder

Make = Callable[..., Path]
VOCABULARY = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4, "E": 5, "T": 6, "A": 7}
PREPROCESSOR = {
    "feature_size": 1,
    "sampling_rate": 16_000,
    "do_normalize": True,
    "return_attention_mask": False,
}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A folder of somebody else's: its four files, with the given JSON files on top (None: left out)."""

    def make_folder(name: str = "foreign", **files: Any) -> Path:
        folder = tmp_path / name
        contents = {
            "config": {"model_type": "wav2vec2", "vocab_size": 8, "pad_token_id": 0},
            "vocab": VOCABULARY,
            "preprocessor_config": PREPROCESSOR,
            **files,
        }
        for stem, content in contents.items():
            if content is not None:
                write(folder / f"{stem}.json", content)
        (folder / "model.onnx").write_bytes(b"network")
        return folder

    return make_folder


def test_the_four_files_of_a_foreign_folder_are_enough(make: Make) -> None:
    model = ModelFolder.load(make())
    assert model.name == "foreign"
    assert model.labels.tokens == ("<pad>", "<s>", "</s>", "<unk>", "|", "E", "T", "A")
    assert model.labels.blank_id == 0
    assert model.labels.word_delimiter == "|"
    assert model.labels.special_ids == {0, 1, 2, 3}
    assert (model.sample_rate, model.do_normalize, model.return_attention_mask) == (16_000, True, False)
    assert (model.frame_stride_samples, model.receptive_field_samples) == (320, 400)
    assert model.onnx_path == model.path / "model.onnx"
    assert model.language_model is None
    assert model.language is None


def test_labels_agree_with_transformers_on_what_it_wrote() -> None:
    from transformers import Wav2Vec2CTCTokenizer

    folder = model_folder("wav2vec2-layer")
    tokenizer = Wav2Vec2CTCTokenizer.from_pretrained(folder)
    labels = ModelFolder.load(folder).labels
    assert list(labels.tokens) == tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    assert labels.blank_id == tokenizer.pad_token_id
    # It counts the delimiter as special; we do not, because it prints a space.
    assert labels.special_ids == set(tokenizer.all_special_ids) - {tokenizer.word_delimiter_token_id}
    assert labels.word_delimiter == tokenizer.word_delimiter_token


def test_a_folder_that_transformers_5_saved_loads(tmp_path: Path) -> None:
    from transformers import Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor, Wav2Vec2Processor

    source = model_folder("wav2vec2-layer")
    Wav2Vec2Processor(
        feature_extractor=Wav2Vec2FeatureExtractor(return_attention_mask=True),
        tokenizer=Wav2Vec2CTCTokenizer.from_pretrained(source),
    ).save_pretrained(tmp_path)
    for name in ("config.json", "model.onnx"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    model = ModelFolder.load(tmp_path)
    assert model.labels == ModelFolder.load(source).labels
    assert model.return_attention_mask


@pytest.mark.parametrize("kind", ["wav2vec2-group", "wav2vec2-conformer"])
def test_frames_are_those_of_the_network(kind: str) -> None:
    import torch
    from transformers import AutoModelForCTC

    model = ModelFolder.load(model_folder(kind))
    network = AutoModelForCTC.from_pretrained(model.path).eval()
    stride, view = model.frame_stride_samples, model.receptive_field_samples
    for frames in (1, 2, 7):
        shortest = view + (frames - 1) * stride
        with torch.no_grad():
            assert network(torch.randn(1, shortest)).logits.shape[1] == frames
            if frames > 1:
                assert network(torch.randn(1, shortest - 1)).logits.shape[1] == frames - 1


def test_frames_of_thirty_milliseconds(make: Make) -> None:
    config = {
        "model_type": "wav2vec2-conformer",
        "conv_kernel": [400, 3, 3, 3, 3],
        "conv_stride": [80, 2, 1, 1, 3],
    }
    model = ModelFolder.load(make(config=config))
    assert model.frame_stride_samples == 480
    assert model.receptive_field_samples == 400 + 2 * 80 + 3 * 2 * 160
    assert model.frame_seconds(10) == pytest.approx((4800 + model.receptive_field_samples / 2) / 16_000)


def test_a_model_says_how_late_its_labels_come(make: Make) -> None:
    config = {"model_type": "wav2vec2", "emission_delay_seconds": 0.05}
    assert ModelFolder.load(make(config=config)).frame_timing == FrameTiming(320, 400, 16_000, 0.05)
    for odd in (-0.1, 3, "late", True):
        with pytest.raises(ModelFolderError, match=r"must be a number from 0\.0 to 0\.5"):
            ModelFolder.load(make(config={**config, "emission_delay_seconds": odd}))


def test_an_adapter_lengthens_the_frames(make: Make) -> None:
    config = {"model_type": "wav2vec2", "add_adapter": True, "num_adapter_layers": 2, "adapter_stride": 2}
    assert ModelFolder.load(make(config=config)).frame_stride_samples == 1280


def test_the_blank_is_the_tokenizers_pad_token_wherever_it_stands(make: Make) -> None:
    vocabulary = {"a": 0, "b": 1, " ": 2, "[UNK]": 3, "[PAD]": 4}
    folder = make(config={"vocab_size": 5}, vocab=vocabulary, tokenizer_config={"pad_token": "[PAD]"})
    labels = ModelFolder.load(folder).labels
    assert labels.blank_id == 4
    assert labels.special_ids == {3, 4}
    assert labels.word_delimiter == " "


@pytest.mark.parametrize(
    ("vocabulary", "pad_token_id", "blank"),
    [
        pytest.param({"a": 0, "b": 1, "[PAD]": 2}, 0, 2, id="nobody set pad_token_id, which is 0 then"),
        pytest.param({"_": 0, "a": 1, "b": 2}, 0, 0, id="a blank of another name"),
        pytest.param({"a": 0, "<blank>": 1}, None, 1, id="known by its name alone"),
        pytest.param({"<pad>": 0, "a": 1, "[PAD]": 2}, 2, 2, id="two that are called pad"),
    ],
)
def test_without_tokenizer_files_the_blank_is_found_by_config_or_name(
    make: Make, vocabulary: dict[str, int], pad_token_id: int | None, blank: int
) -> None:
    config = {} if pad_token_id is None else {"pad_token_id": pad_token_id}
    assert ModelFolder.load(make(config=config, vocab=vocabulary)).labels.blank_id == blank


def test_special_tokens_are_found_in_every_file_that_names_them(make: Make) -> None:
    folder = make(
        config={"vocab_size": 8},
        vocab={"a": 0, "b": 1, "|": 2, "«start»": 3, "«noise»": 4, "«pad»": 5},
        special_tokens_map={"pad_token": {"content": "«pad»", "lstrip": False}, "bos_token": "«start»"},
        tokenizer_config={
            "additional_special_tokens": ["«noise»"],
            "added_tokens_decoder": {"6": {"content": "<s>", "special": True}, "7": {"content": "é"}},
        },
    )
    labels = ModelFolder.load(folder).labels
    assert labels.tokens[6:] == ("<s>", "é")
    assert labels.blank_id == 5
    assert labels.special_ids == {3, 4, 5, 6}


def test_sentence_marks_that_were_added_after_the_network_are_dropped(make: Make) -> None:
    model = ModelFolder.load(make(added_tokens={"<s>": 8, "</s>": 9}, config={"vocab_size": 8}))
    assert len(model.labels) == 8
    without_size = ModelFolder.load(make(added_tokens={"<s>": 8, "</s>": 9}, config={}))
    assert len(without_size.labels) == 10
    fitted = without_size.with_outputs(8).labels
    assert fitted == model.labels


@pytest.mark.parametrize("outputs", [7, 9, 40])
def test_labels_that_do_not_fit_the_network_are_refused(make: Make, outputs: int) -> None:
    with pytest.raises(ModelFolderError, match=rf"lists 8 labels, but model.onnx has {outputs} outputs"):
        ModelFolder.load(make()).with_outputs(outputs)


def test_holes_in_the_vocabulary_are_never_text(make: Make) -> None:
    labels = ModelFolder.load(make(config={}, vocab={"<pad>": 0, "a": 1, "b": 4})).labels
    assert labels.tokens == ("<pad>", "a", "", "", "b")
    assert labels.special_ids == {0, 2, 3}


def test_do_lower_case_writes_an_upper_case_vocabulary_small(make: Make) -> None:
    labels = ModelFolder.load(make(tokenizer_config={"do_lower_case": True})).labels
    assert labels.tokens[:4] == ("<pad>", "<s>", "</s>", "<unk>")
    assert labels.tokens[4:] == ("|", "e", "t", "a")
    both = make(
        config={}, vocab={"<pad>": 0, "A": 1, "a": 2, "B": 3}, tokenizer_config={"do_lower_case": True}
    )
    assert ModelFolder.load(both).labels.tokens == ("<pad>", "A", "a", "b")


def test_an_explicit_null_means_words_without_delimiter(make: Make) -> None:
    labels = ModelFolder.load(make(config={}, vocab={"<pad>": 0, "你": 1, "好": 2})).labels
    assert labels.word_delimiter is None
    phonemes = make("phonemes", tokenizer_config={"word_delimiter_token": None})
    assert ModelFolder.load(phonemes).labels.word_delimiter is None


def test_of_a_multilingual_vocabulary_the_target_language_is_taken(make: Make) -> None:
    vocabularies = {"eng": {"<pad>": 0, "a": 1, "|": 2}, "fra": {"<pad>": 0, "é": 1, "|": 2}}
    folder = make(config={"vocab_size": 3}, vocab=vocabularies, tokenizer_config={"target_lang": "fra"})
    model = ModelFolder.load(folder)
    assert model.labels.tokens == ("<pad>", "é", "|")
    assert model.language == "fra"
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(ModelFolderError, match=r"several languages \(eng, fra\).*target_lang"):
        ModelFolder.load(folder)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("---\nlanguage: en\n---\n", "en"),
        ("---\ntags: [a]\nlanguage:\n- de\n- en\n---\n", "de"),
        ('---\nlanguage: ["fr", "en"]\n---\n', "fr"),
        ("---\nlicense: mit\n---\nlanguage: en\n", None),
        ("# A model\nlanguage: en\n", None),
        ("", None),
    ],
)
def test_the_language_is_read_from_the_model_card(make: Make, header: str, language: str | None) -> None:
    folder = make()
    (folder / "README.md").write_text(header, encoding="utf-8")
    assert ModelFolder.load(folder).language == language


def test_our_int8_network_comes_before_the_plain_one(make: Make) -> None:
    folder = make()
    (folder / "model.int8.onnx").write_bytes(b"network")
    model = ModelFolder.load(folder)
    assert model.onnx_path.name == "model.int8.onnx"
    assert model.float_onnx_path == folder / "model.onnx"


def test_networks_lie_in_a_folder_of_their_own_in_hub_repositories(make: Make) -> None:
    folder = make()
    (folder / "model.onnx").unlink()
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model_quantized.onnx").write_bytes(b"network")
    model = ModelFolder.load(folder)
    assert model.onnx_path == folder / "onnx" / "model_quantized.onnx"
    assert model.float_onnx_path is None
    (folder / "onnx" / "model.onnx").write_bytes(b"network")
    assert ModelFolder.load(folder).onnx_path == folder / "onnx" / "model.onnx"


def test_a_language_model_is_found_as_transformers_stores_it(make: Make) -> None:
    folder = make()
    home = folder / "language_model"
    write(home / "attrs.json", {"alpha": 0.5, "beta": 1, "unk_score_offset": -10.0, "score_boundary": True})
    (home / "unigrams.txt").write_text("a\n", encoding="utf-8")
    (home / "5gram.bin").write_bytes(b"kenlm")
    (home / "5gram.arpa").write_bytes(b"kenlm")
    files = ModelFolder.load(folder).language_model
    assert files is not None
    assert files.model_path == home / "5gram.bin"
    assert files.unigrams_path == home / "unigrams.txt"
    assert (files.alpha, files.beta, files.unk_score_offset, files.score_boundary) == (0.5, 1.0, -10.0, True)


def test_a_language_model_needs_neither_settings_nor_unigrams(make: Make) -> None:
    folder = make()
    (folder / "language_model").mkdir()
    (folder / "language_model" / "words.arpa").write_bytes(b"kenlm")
    files = ModelFolder.load(folder).language_model
    assert files is not None
    assert files.model_path.name == "words.arpa"
    assert (files.unigrams_path, files.alpha, files.score_boundary) == (None, None, None)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "contains no KenLM language model"),
        ({"a.bin": b"", "b.bin": b""}, r"several language models \(a.bin, b.bin\)"),
        ({"a.bin": b"", "attrs.json": b'{"alpha": "much"}'}, "alpha in .*attrs.json is 'much'"),
    ],
)
def test_a_damaged_language_model_is_named(make: Make, files: dict[str, bytes], sentence: str) -> None:
    folder = make()
    (folder / "language_model").mkdir()
    for name, content in files.items():
        (folder / "language_model" / name).write_bytes(content)
    with pytest.raises(ModelFolderError, match=sentence):
        ModelFolder.load(folder)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"config": None}, "has no config.json"),
        ({"vocab": None}, "has no vocab.json"),
        ({"preprocessor_config": None}, "has no preprocessor_config.json"),
        ({"config": {"model_type": "whisper"}}, "describes a whisper model"),
        (
            {"config": {"conv_kernel": [10, 3], "conv_stride": [5]}},
            "one conv_kernel and one conv_stride for each",
        ),
        ({"config": {"conv_kernel": 10, "conv_stride": [5]}}, "lists of numbers"),
        ({"config": {"conv_kernel": [10], "conv_stride": [0]}}, "conv_stride in .* is 0"),
        ({"config": ["a", "list"]}, "must contain a JSON object, not a list"),
        ({"preprocessor_config": {"feature_size": 80}}, "takes spectra"),
        ({"preprocessor_config": {"sampling_rate": "16k"}}, "sampling_rate in .* is '16k'"),
        ({"vocab": {}}, "is empty"),
        ({"vocab": {"<pad>": 0, "a": 1, "b": 1}}, "gives 'a' and 'b' the same label 1"),
        ({"vocab": {"<pad>": 0, "a": "1"}}, "gives 'a' the label '1'"),
        ({"vocab": {"<pad>": 0, "a": 10**9}}, "2 tokens, but labels up to 1000000000"),
        ({"vocab": {"a": 0, "b": 1}, "config": {}}, "does not define the CTC blank label"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_named(make: Make, files: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ModelFolderError, match=sentence) as error:
        ModelFolder.load(make(**files))
    assert "foreign" in str(error.value)
    assert "\n" not in str(error.value)


def test_broken_json_is_named(make: Make) -> None:
    folder = make()
    (folder / "vocab.json").write_text('{"a": 0,', encoding="utf-8")
    with pytest.raises(ModelFolderError, match=r"vocab.json cannot be read \(it is not valid JSON"):
        ModelFolder.load(folder)


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_pytorch_weights_alone_are_to_be_converted(make: Make, weights: str) -> None:
    folder = make()
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelFolderError, match="contains no network"):
        ModelFolder.load(folder)
    (folder / weights).write_bytes(b"weights")
    with pytest.raises(ModelFolderError, match=r"convert it with: asr-trainer export .*foreign"):
        ModelFolder.load(folder)


def test_models_are_found_by_path_and_by_name(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path / "bundled")
    make("bundled/starter")
    make("bundled/second")
    own = paths.models_folder()
    own.mkdir(parents=True)
    make("second").rename(own / "second")
    folder = make()
    assert find_model(folder).path == folder
    assert find_model(str(folder)).path == folder
    assert find_model("starter").path == tmp_path / "bundled" / "starter"
    assert find_model("second").path == own / "second", "one's own comes before one that ships"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "starter").mkdir()
    assert find_model("starter").path == tmp_path / "bundled" / "starter", (
        "an empty folder is in nobody's way"
    )
    assert [model.name for model in list_models()] == ["second", "starter"]


def test_a_name_that_is_no_model_gets_the_list_of_those_there_are(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path / "bundled")
    make("bundled/starter")
    with pytest.raises(ModelFolderError, match=r"no model “stater”.*\(starter\)"):
        find_model("stater")
    (tmp_path / "bundled" / "damaged").mkdir()
    with pytest.raises(ModelFolderError, match=r"damaged has no config.json"):
        find_model("damaged")
    model_file = make() / "model.onnx"
    with pytest.raises(ModelFolderError, match="is a file; choose its folder"):
        find_model(model_file)
    models, unusable = scan_models()
    assert [model.name for model in models] == ["starter"]
    assert [str(error) for error in unusable] == [
        f"{tmp_path / 'bundled' / 'damaged'} has no config.json, which a model folder needs."
    ]


def test_networks_that_ship_for_other_things_are_no_broken_recognisers(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path / "bundled")
    make("bundled/starter")
    marks = tmp_path / "bundled" / "writing-en"
    marks.mkdir()
    for name in ("config.json", "vocab.txt", "model.int8.onnx"):
        (marks / name).write_text("{}")
    models, unusable = scan_models()
    assert [model.name for model in models] == ["starter"]
    assert unusable == []
    (marks / "tokenizer_config.json").write_text("{}")
    assert [str(error) for error in scan_models()[1]] == [
        f"{marks} has no vocab.json, which a model folder needs."
    ]


# What strangers' folders may hold


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([10**9, 10**30, -1.5, 1e300, "", "<pad>", "|", "4", "²", "../x", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["0", "content", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = {
    "config": (
        "model_type",
        "vocab_size",
        "pad_token_id",
        "conv_kernel",
        "conv_stride",
        "add_adapter",
        "adapter_stride",
    ),
    "vocab": ("<pad>", "A", "B", "eng"),
    "preprocessor_config": ("feature_size", "sampling_rate", "do_normalize", "return_attention_mask"),
    "tokenizer_config": (
        "pad_token",
        "word_delimiter_token",
        "additional_special_tokens",
        "added_tokens_decoder",
        "target_lang",
        "do_lower_case",
    ),
    "added_tokens": ("<s>", "A"),
    "special_tokens_map": ("pad_token", "unk_token"),
    "language_model/attrs": ("alpha", "beta", "unk_score_offset", "score_boundary"),
    "language_model/alphabet": ("labels",),
}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_the_descriptions_hold_the_folder_loads_or_is_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("model")
    write(folder / "config.json", {"model_type": "wav2vec2", "pad_token_id": 0})
    write(folder / "vocab.json", VOCABULARY)
    write(folder / "preprocessor_config.json", PREPROCESSOR)
    (folder / "model.onnx").write_bytes(b"network")
    (folder / "language_model").mkdir()
    (folder / "language_model" / "4gram.bin").write_bytes(b"")
    for name in data.draw(st.sets(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3)):
        base = {"vocab": VOCABULARY}.get(name, {})
        added = data.draw(st.dictionaries(st.sampled_from(KEYS[name]), JSON, max_size=4))
        write(folder / f"{name}.json", {**base, **added})
    refusal = None
    try:
        model = ModelFolder.load(folder)
    except ModelFolderError as error:
        refusal = error.args[0]
    if refusal is not None:
        assert isinstance(refusal, Sentence)
        return
    assert 0 < model.sample_rate <= 384_000
    assert 0 < model.receptive_field_samples <= 10_000_000
    assert len(model.labels) < 300_000


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", b'{"a":' * 100_000, "config.json"),
        ("vocab.json", b'{"' + b"a" * 17_000_000 + b'": 0}', "larger than 16 MB"),
        ("vocab.json", json.dumps({f"t{n}": n for n in range(300_001)}).encode(), "300,001 labels"),
        ("config.json", b'{"conv_kernel": [1000000000], "conv_stride": [1]}', "conv_kernel"),
        ("config.json", b'{"conv_kernel": [99999, 99999], "conv_stride": [99999, 99999]}', "frames of 1e+10"),
        ("preprocessor_config.json", b'{"sampling_rate": 1000000000}', "sampling_rate"),
        ("language_model/attrs.json", b'{"alpha": NaN}', "NaN"),
        ("language_model/attrs.json", b'{"beta": 1e999}', "out of range"),
        ("language_model/attrs.json", b'{"alpha": "much"}', "alpha"),
    ],
)
def test_what_no_model_needs_is_refused_in_one_sentence(
    make: Make, name: str, content: bytes, said: str
) -> None:
    folder = make()
    (folder / "language_model").mkdir()
    (folder / "language_model" / "4gram.bin").write_bytes(b"")
    (folder / name).write_bytes(content)
    with pytest.raises(ModelFolderError, match=re.escape(said)):
        ModelFolder.load(folder)


@pytest.mark.parametrize(
    "pointer",
    [
        b"../../elsewhere",
        b"..",
        b".",
        b"/etc",
        b"",
        b"\xff\xfe",
        b"a\x00b",
        b"x" * 5000,
        b"good/../good",
        b"y" * 20_000_000,
    ],
)
def test_a_pointer_names_a_version_and_nothing_else(make: Make, tmp_path: Path, pointer: bytes) -> None:
    good = make("mine/versions/good")
    make("elsewhere")
    (tmp_path / "mine" / "current").write_bytes(b"good\n")
    assert ModelFolder.load(tmp_path / "mine").path == good
    (tmp_path / "mine" / "current").write_bytes(pointer)
    with pytest.raises(ModelFolderError, match="current"):
        ModelFolder.load(tmp_path / "mine")


def test_odd_folders_do_not_keep_the_others_from_being_listed(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    make("models/good")
    (make("models/deep") / "config.json").write_text('{"a":' * 100_000)
    (make("models/pointer") / "config.json").unlink()
    (tmp_path / "models" / "pointer" / "current").write_bytes(b"\xff\xfe")
    (make("models/binary") / "vocab.json").write_bytes(b"\x00\xff")
    if hasattr(os, "mkfifo"):
        (make("models/pipe") / "config.json").unlink()
        os.mkfifo(tmp_path / "models" / "pipe" / "config.json")
        (make("models/card") / "README.md").unlink(missing_ok=True)
        os.mkfifo(tmp_path / "models" / "card" / "README.md")
        os.mkfifo(make("models/tokens") / "added_tokens.json")
    models, problems = scan_models()
    assert {"good", "card"} <= {model.name for model in models}
    assert not {"deep", "pointer", "binary", "pipe", "tokens"} & {model.name for model in models}
    said = "\n".join(map(str, problems))
    assert all(f"models/{name}" in said for name in ("deep", "pointer", "binary"))
    assert not hasattr(os, "mkfifo") or all(f"models/{name}" in said for name in ("pipe", "tokens"))
