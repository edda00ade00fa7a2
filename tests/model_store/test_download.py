"""Downloads: whole and verified, or not there at all; taken up, stopped, and on a disk that is full."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable

import pytest
from huggingface_hub import close_session, constants

from asr_desktop.base import paths
from asr_desktop.base.errors import CancelledError, DownloadError, ModelStoreError, NoSpaceError
from asr_desktop.model_store import disk
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState, Wanted
from asr_desktop.model_store.hub import Hub
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import SOURCE_FILE
from tests.model_store.downloads import (
    NAME,
    NETWORK,
    WAIT_SECONDS,
    broken_for_good_after,
    nothing_is_installed,
    start,
    tiny,
)
from tests.model_store.hub_stand_in import COMMIT, Fault, HubStandIn, StandInRepository

__all__ = ["start", "tiny"]


def test_a_model_is_fetched_verified_and_can_be_used(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    seen: list[DownloadProgress] = []
    folder = start(on_progress=seen.append).run()
    assert folder.path == paths.models_folder() / "tiny"
    assert load_emissions(folder, providers=["cpu"]).folder.labels.blank_id == 0
    there = {file.name for file in folder.path.iterdir()}
    assert {
        "config.json",
        "vocab.json",
        "preprocessor_config.json",
        NETWORK,
        "README.md",
        SOURCE_FILE,
    } <= there
    # Neither what is not needed (PyTorch weights beside ONNX) nor anything that could be run.
    assert there.isdisjoint({"model.safetensors", "train.py", "optimizer.pt", disk.PLAN_FILE})
    source = json.loads((folder.path / SOURCE_FILE).read_text())
    assert source["commit"] == COMMIT
    assert source["licence"] == "mit"
    assert source["languages"] == ["en"]
    states = list(dict.fromkeys(progress.state for progress in seen))
    assert states == [DownloadState.DOWNLOADING, DownloadState.VERIFYING, DownloadState.INSTALLED]
    assert (
        seen[-1].done_bytes
        == seen[-1].total_bytes
        == sum(len(content) for path, content in tiny.files.items() if path in there)
    )
    assert not list(disk.staging_folder().glob("tiny/*"))


def test_weights_come_along_where_they_are_wanted(start: Callable[..., Download]) -> None:
    assert (start(weights=True).run().path / "model.safetensors").is_file()


def test_after_a_restart_only_the_rest_is_fetched(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = broken_for_good_after(1000)
    with pytest.raises(DownloadError, match="the partial download is kept"):
        start().run()
    assert nothing_is_installed()
    assert disk.unfinished() == ["tiny"]
    del stand_in.faults[NETWORK]
    stand_in.requests.clear()
    seen: list[DownloadProgress] = []
    start(on_progress=seen.append).run()
    [request] = [request for request in stand_in.bytes_of(NETWORK) if "resolve" not in request.path]
    assert request.range == "bytes=1000-"
    assert stand_in.bytes_of("vocab.json") == []
    assert max(progress.done_bytes for progress in seen) == seen[-1].total_bytes
    assert disk.unfinished() == []


def test_the_offline_switch_is_heard(
    start: Callable[..., Download], stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="downloads are turned off"):
        start().run()
    assert stand_in.requests == []


def test_a_proxy_is_used(
    tiny: StandInRepository, stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", stand_in.url)
    monkeypatch.setenv("NO_PROXY", "localhost")  # the storage behind the redirects
    close_session()
    assert Download(Wanted("tiny", NAME), Hub("http://hub.invalid")).run().path.is_dir()
    assert any(request.path.startswith("http://hub.invalid/") for request in stand_in.requests)


def test_the_access_token_goes_to_the_hub_and_not_to_its_storage(
    start: Callable[..., Download], stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    start().run()
    by_place: dict[bool, set[str | None]] = {True: set(), False: set()}
    for request in stand_in.requests:
        is_storage = "resolve" not in request.path and "/api/" not in request.path
        by_place[is_storage].add(request.authorization)
    assert by_place == {False: {"Bearer hf_secret"}, True: {None}}


def test_a_cancelled_download_stops_at_once_and_can_go_on(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    begun = start()
    arrived, may_go_on = threading.Event(), threading.Event()

    def hold() -> None:
        if stand_in.bytes_of(NETWORK):
            arrived.set()
            may_go_on.wait(WAIT_SECONDS)

    stand_in.on_piece = hold
    failures: list[Exception] = []

    def run() -> None:
        try:
            begun.run()
        except CancelledError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert arrived.wait(WAIT_SECONDS)
    with pytest.raises(ModelStoreError, match="is already being downloaded"):
        start().run()
    assert disk.is_running("tiny")
    begun.cancel()
    may_go_on.set()
    thread.join(WAIT_SECONDS)
    assert [str(error) for error in failures] == ["The download was stopped."]
    assert begun.progress.state is DownloadState.CANCELLED
    assert nothing_is_installed()
    assert not disk.is_running("tiny")
    assert begun.run().path.is_dir()
    assert (paths.models_folder() / "tiny" / NETWORK).read_bytes() == tiny.files[NETWORK]


def test_what_was_begun_can_be_thrown_away(start: Callable[..., Download], stand_in: HubStandIn) -> None:
    stand_in.faults[NETWORK] = Fault(status=404)
    begun = start()
    with pytest.raises(DownloadError):
        begun.run()
    begun.discard()
    assert disk.unfinished() == []


def test_a_download_goes_on_with_the_version_it_began_with(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(status=404)
    with pytest.raises(DownloadError):
        start().run()
    del stand_in.faults[NETWORK]
    # The branch has moved on; the commit is still there.
    tiny.branches = ()
    assert start().run().path.is_dir()


def test_another_version_does_not_mix_with_what_was_begun(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(status=404)
    with pytest.raises(DownloadError):
        start().run()
    stand_in.faults.clear()
    newer = StandInRepository({**tiny.files, "README.md": b"# newer\n"}, commit="f" * 40)
    stand_in.repositories["another/tiny"] = newer
    folder = start(repository="another/tiny").run()
    assert (folder.path / "README.md").read_bytes() == b"# newer\n"


def test_room_on_the_disk_is_asked_for_first(
    start: Callable[..., Download], stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(paths.models_folder().parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=disk.SPARE_BYTES + 1000))
    with pytest.raises(NoSpaceError, match=r"needs 1 MB in .*ASR_DESKTOP_HOME"):
        start().run()
    assert not [request for request in stand_in.requests if "resolve" in request.path]


def test_a_disk_that_fills_up_keeps_what_has_arrived(
    start: Callable[..., Download], tiny: StandInRepository
) -> None:
    pytest.importorskip("resource")
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(NoSpaceError, match="the partial download is kept"):
            start().run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    [part] = disk.staging_folder().glob(f"tiny/{NETWORK}.part")
    assert part.stat().st_size == 100_000
    assert start().run().path.is_dir()


def test_an_installed_model_is_not_written_over(start: Callable[..., Download]) -> None:
    start().run()
    with pytest.raises(ModelStoreError, match="is already installed"):
        start().run()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", " tiny", "tiny ", "a\nb", "C:"])
def test_a_name_that_cannot_be_a_folder_s_is_refused(start: Callable[..., Download], name: str) -> None:
    with pytest.raises(ModelStoreError, match="cannot be named"):
        start(name=name)
