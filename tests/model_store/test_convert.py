"""Checkpoints to ONNX in a process of its own: on their way in, with an error, stopped."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from asr_desktop.base import paths
from asr_desktop.base.errors import CancelledError, ConversionError
from asr_desktop.model_store.convert import convert_in_own_process
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState, Wanted
from asr_desktop.model_store.hub import Hub
from tests.fixtures.checkpoints import as_pickle, checkpoint
from tests.model_store.hub_stand_in import HubStandIn, StandInRepository


def test_a_published_checkpoint_is_converted_in_a_process_of_its_own_on_its_way_in(
    stand_in: HubStandIn, tmp_path: Path
) -> None:
    folder = checkpoint("hubert", tmp_path)
    as_pickle(folder)
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    stand_in.repositories["someone/weights"] = StandInRepository(files)
    seen: list[DownloadProgress] = []
    download = Download(Wanted("weights", "someone/weights"), Hub(stand_in.url), on_progress=seen.append)
    model = download.run()
    assert model.path == paths.models_folder() / "weights"
    assert {path.name for path in model.path.iterdir()} >= {
        "model.onnx",
        "model.int8.onnx",
        "pytorch_model.bin",
    }
    assert DownloadState.CONVERTING in [progress.state for progress in seen]


def test_what_the_process_complains_of_is_the_error(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"has no config\.json; name the folder"):
        convert_in_own_process(tmp_path)


def test_a_conversion_can_be_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError, match="The conversion was stopped"):
        convert_in_own_process(tmp_path, stop)
