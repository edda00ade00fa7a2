from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.language_model.english import ENGLISH_VOCABULARY
from tests.trainer.finetune.conftest import FAMILIES, write_start
from trainer.finetune import FinetuneJob, finetune
from trainer.finetune.job import FinetuneError
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.starts import open_start, target_languages
from trainer.recipe import build

TEXTS = ["a cab faced the abbey"] * 10


def recipe(**tables: dict[str, Any]) -> FinetuneRecipe:
    made: FinetuneRecipe = build(FinetuneRecipe, tables)
    return made


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_folder_keeps_its_head_and_labels(starts: Path, family: str) -> None:
    start = open_start(starts / family, TEXTS, recipe())
    assert not start.new_head
    assert start.added == ()
    assert start.labels.tokens == ENGLISH_VOCABULARY
    saved = load_file(starts / family / "model.safetensors")
    assert torch.equal(start.network.lm_head.weight, saved["lm_head.weight"])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pre_trained_checkpoint_gets_a_head_for_the_transcripts(family: str, tmp_path: Path) -> None:
    folder = write_start(tmp_path / "pretrained", family, head=False)
    start = open_start(folder, ["что это", "это дом"] * 10, recipe())
    assert start.new_head
    assert set("чтоэдм") <= set(start.labels.tokens)
    assert start.network.lm_head.out_features == len(start.labels)
    saved = load_file(folder / "model.safetensors")
    name = next(name for name in saved if name.endswith("layers.0.final_layer_norm.weight"))
    assert torch.equal(start.base.state_dict()[name], saved[name])


def test_missing_letters_get_labels_and_the_old_ones_stay_where_they_were(starts: Path) -> None:
    start = open_start(starts / "wav2vec2", ["für die schöne tür"] * 10, recipe())
    assert start.added == ("ö", "ü")
    head = start.network.lm_head
    saved = load_file(starts / "wav2vec2" / "model.safetensors")
    old = len(ENGLISH_VOCABULARY)
    assert head.out_features == start.network.config.vocab_size == old + 2
    assert torch.equal(head.weight[:old], saved["lm_head.weight"])
    # Present enough to be learned, too faint to be printed.
    hidden = torch.randn(50, 32)
    assert not bool((head(hidden).argmax(-1) >= old).all())


def test_letters_are_not_added_where_the_recipe_forbids_it(starts: Path) -> None:
    start = open_start(starts / "wav2vec2", ["für die tür"] * 10, recipe(start={"extend_vocabulary": False}))
    assert start.added == ()


def test_a_folder_without_a_head_cannot_keep_one(tmp_path: Path) -> None:
    folder = write_start(tmp_path / "pretrained", "hubert", head=False)
    with pytest.raises(FinetuneError, match=r"start\.head=new"):
        open_start(folder, TEXTS, recipe(start={"head": "keep"}))


def test_what_is_no_model_is_a_sentence(tmp_path: Path, starts: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"config\.json"):
        open_start(tmp_path, TEXTS, recipe())
    whisper = tmp_path / "whisper"
    whisper.mkdir()
    (whisper / "config.json").write_text(json.dumps({"model_type": "whisper"}))
    with pytest.raises(FinetuneError, match="whisper"):
        open_start(whisper, TEXTS, recipe())
    onnx = shutil.copytree(starts / "hubert", tmp_path / "onnx")
    (onnx / "model.safetensors").unlink()
    with pytest.raises(FinetuneError, match="no PyTorch weights"):
        open_start(onnx, TEXTS, recipe())


def test_half_a_network_is_not_trained(tmp_path: Path, starts: Path) -> None:
    folder = shutil.copytree(starts / "hubert", tmp_path / "half")
    weights = load_file(folder / "model.safetensors")
    kept = {name: tensor.clone() for name, tensor in weights.items() if "layers.1." not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(FinetuneError, match="missing"):
        open_start(folder, TEXTS, recipe())


def mms(folder: Path) -> Path:
    """An MMS checkpoint: language adapters and vocabularies beside one encoder."""
    write_start(folder, "xls-r", adapter_attn_dim=8, vocab_size=8)
    vocabularies = {
        language: {
            "<pad>": 0,
            "<s>": 1,
            "</s>": 2,
            "<unk>": 3,
            "|": 4,
            **{c: 5 + n for n, c in enumerate(letters)},
        }
        for language, letters in {"abc": "abc", "eng": "abcdefgh"}.items()
    }
    (folder / "vocab.json").write_text(json.dumps(vocabularies))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "Wav2Vec2CTCTokenizer", "target_lang": "abc"})
    )
    from transformers import Wav2Vec2ForCTC

    network = Wav2Vec2ForCTC.from_pretrained(folder, vocab_size=13, ignore_mismatched_sizes=True)
    adapter = {name: torch.full_like(tensor, 0.25) for name, tensor in network._get_adapters().items()}
    save_file(adapter, folder / "adapter.eng.safetensors", metadata={"format": "pt"})
    return folder


def test_mms_begins_with_the_adapter_of_the_language_that_is_asked_for(tmp_path: Path) -> None:
    folder = mms(tmp_path / "mms")
    assert target_languages(folder) == ["abc", "eng"]
    start = open_start(folder, TEXTS, recipe(start={"target_language": "eng", "extend_vocabulary": False}))
    assert "h" in start.labels.tokens
    assert start.network.lm_head.out_features == 13
    assert bool((start.network.lm_head.weight == 0.25).all())


def test_mms_gets_a_new_adapter_and_head_for_a_new_language(tmp_path: Path) -> None:
    start = open_start(mms(tmp_path / "mms"), ["für die tür"] * 10, recipe(start={"head": "new"}))
    assert start.new_head
    assert "ü" in start.labels.tokens


@pytest.mark.parametrize("language", ["", "eng"])
def test_mms_learns_by_its_adapters_and_comes_out_whole(packs: Path, tmp_path: Path, language: str) -> None:
    """A new language with a new head and adapter, and a known one whose adapter is taken further."""
    from transformers import AutoModelForCTC, AutoProcessor

    start, output = mms(tmp_path / "mms"), tmp_path / "model"
    first = ("start.head=new", "start.least_letter_count=2")
    if language:
        first = (f"start.target_language={language}", "start.head=keep")
    settings = (*first, "trainable.way=adapters", "schedule.learning_rate=1e-2", "checkpoints.choose=last")
    settings += ("batches.seconds=12", "cache.variants=1", "output.onnx=false", "evaluation.times=1")
    result = finetune(
        FinetuneJob(packs / "train", start, output, packs / "held-out", overrides=settings, steps=3)
    )
    assert result.finished
    before, after = load_file(start / "model.safetensors"), load_file(output / "model.safetensors")
    moved = {
        name
        for name, tensor in after.items()
        if name not in before
        or before[name].shape != tensor.shape
        or not torch.equal(before[name].to(tensor.dtype), tensor)
    }
    assert any("adapter_layer" in name for name in moved)
    assert all("adapter_layer" in name or "lm_head" in name for name in moved)
    network, processor = AutoModelForCTC.from_pretrained(output), AutoProcessor.from_pretrained(output)
    vocabulary = json.loads((output / "vocab.json").read_text(encoding="utf-8"))
    assert network.config.vocab_size == len(vocabulary) == network.lm_head.out_features
    assert set("abcdefg") <= set(vocabulary)
    assert processor.tokenizer.convert_tokens_to_ids("c") == vocabulary["c"]
    inputs = processor(np.zeros(16_000, dtype=np.float32), sampling_rate=16_000, return_tensors="pt")
    assert network(**inputs).logits.shape[2] == len(vocabulary)
