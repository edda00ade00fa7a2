from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr_desktop.teaching.data import read_dataset
from trainer.augmentation import Augmentation
from trainer.finetune.batches import WaveformLoader
from trainer.finetune.features import cache_key, hidden_of, open_cache
from trainer.finetune.frozen_part import Depth
from trainer.finetune.job import FinetuneError


def hidden(utterance: int, variant: int) -> np.ndarray:
    return np.random.default_rng((utterance, variant)).standard_normal((6, 3 + utterance)).astype(np.float32)


def opened(folder: Path, compute: Any = hidden, cancelled: Any = lambda: False) -> Any:
    return open_cache(folder, "key", 4, 2, compute, lambda done, of, left: None, cancelled)


def test_what_was_stored_comes_back_in_half_precision(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for item in ((0, 0), (3, 1), (1, 1)):
        np.testing.assert_allclose(cache(*item), hidden(*item), rtol=1e-3, atol=1e-4)


def test_it_is_computed_once(tmp_path: Path) -> None:
    opened(tmp_path)

    def never_again(utterance: int, variant: int) -> np.ndarray:
        raise AssertionError("computed a second time")

    opened(tmp_path, never_again)


def test_values_beyond_half_precision_are_cut_and_never_infinite(tmp_path: Path) -> None:
    cache = opened(tmp_path, lambda utterance, variant: np.full((2, 3), 1e9, dtype=np.float32))
    assert np.isfinite(cache(0, 0)).all()


def test_half_a_cache_is_no_cache(tmp_path: Path) -> None:
    calls: list[int] = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) > 5

    assert opened(tmp_path, cancelled=stop) is None
    assert not list(tmp_path.rglob("*.f16"))
    assert not list(tmp_path.rglob("*.part"))

    class Killed(Exception):
        pass

    def killed(utterance: int, variant: int) -> np.ndarray:
        if utterance == 2:
            raise Killed
        return hidden(utterance, variant)

    with pytest.raises(Killed):
        opened(tmp_path, killed)
    np.testing.assert_allclose(opened(tmp_path)(3, 1), hidden(3, 1), rtol=1e-3, atol=1e-4)


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FinetuneError, match=r"cache\.folder"):
        opened(tmp_path / "file")


def test_the_key_knows_data_frozen_part_and_augmentation(packs: Path, starts: Path) -> None:
    from transformers import AutoModelForCTC

    network = AutoModelForCTC.from_pretrained(starts / "wav2vec2").base_model
    utterances = read_dataset(packs / "held-out")

    def key(depth: Depth = Depth(3), variants: int = 2, **augmentation: Any) -> str:  # noqa: B008
        return cache_key(network, depth, utterances, variants, Augmentation(**augmentation), 1)

    plain = key()
    others = [key(Depth(2)), key(Depth(3, 1)), key(variants=3), key(gain_db=(-3.0, 3.0))]
    assert len({plain, *others}) == 5
    # What learns does not matter, what is frozen does.
    network.encoder.layers[2].attention.k_proj.weight.data += 1
    assert key() == plain
    assert key(Depth(3, 1)) == others[1]
    network.feature_extractor.conv_layers[0].conv.weight.data += 1
    assert key() != plain


def test_a_variant_always_sounds_the_same(packs: Path, starts: Path) -> None:
    import torch
    from transformers import AutoModelForCTC

    base = AutoModelForCTC.from_pretrained(starts / "wav2vec2").base_model.train()
    utterances = read_dataset(packs / "held-out")
    heard = []
    for _ in range(2):
        loader = WaveformLoader(utterances, Augmentation(room_probability=0.5), None, seed=4)
        heard.append(
            [hidden_of(base, Depth(3), loader((1, v)), True, torch.device("cpu")) for v in (0, 1, 2)]
        )
    for one, two in zip(*heard, strict=True):
        torch.testing.assert_close(one, two)
    assert heard[0][0].shape != heard[0][1].shape or not torch.equal(heard[0][0], heard[0][1])
    assert base.training  # it was listened to in evaluation mode, and put back
