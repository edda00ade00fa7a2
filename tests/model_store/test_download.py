"""Downloads from a hub that breaks off, lies, dawdles and forgets: whole and verified, or not there at "
"all."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from typing import Any

import pytest
from huggingface_hub import close_session, constants

from asr_desktop import paths
from asr_desktop.errors import ModelFolderError
from asr_desktop.model_store import disk, staging
from asr_desktop.model_store.completion import SOURCE_FILE
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState, Wanted
from asr_desktop.model_store.errors import (
    CancelledError,
    DownloadError,
    ModelStoreError,
    NoSpaceError,
    VerificationError,
)
from asr_desktop.model_store.hub import Hub, HubFile
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import scan_models
from tests.fixtures.make_models import model_folder
from tests.model_store.hub_stand_in import COMMIT, Fault, HubStandIn, StandInRepository

NAME = "someone/tiny"
NETWORK = "model.onnx"
WAIT_SECONDS = 60.0


@pytest.fixture
def tiny(stand_in: HubStandIn) -> StandInRepository:
    """A repository with a small model that can be used."""
    folder = model_folder("wav2vec2-group")
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    files |= {"README.md": b"# tiny\n", "train.py": b"import os", "optimizer.pt": b"junk"}
    repository = StandInRepository(files, card={"license": "mit", "language": ["en"]})
    stand_in.repositories[NAME] = repository
    return repository


@pytest.fixture
def start(stand_in: HubStandIn, tiny: StandInRepository) -> Callable[..., Download]:
    def make(**changes: Any) -> Download:
        on_progress = changes.pop("on_progress", None)
        wanted = Wanted(**{"name": "tiny", "repository": NAME, **changes})
        return Download(wanted, Hub(stand_in.url), on_progress=on_progress, first_wait_seconds=0.01)

    return make


def nothing_is_installed() -> bool:
    models, broken = scan_models()
    home = paths.models_folder()
    return not broken and all(model.path.parent != home for model in models)


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
    assert there.isdisjoint({"model.safetensors", "train.py", "optimizer.pt", staging.PLAN_FILE})
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


def test_a_broken_line_is_taken_up_where_it_broke(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    size = len(tiny.files[NETWORK])
    stand_in.faults[NETWORK] = Fault(cut_after_bytes=size // 3, times=2)
    start().run()
    ranges = [request.range for request in stand_in.bytes_of(NETWORK) if request.path.count("/") == 4]
    first, second, third = ranges
    assert first is None
    assert second == f"bytes={size // 3}-"
    assert third == f"bytes={2 * (size // 3)}-"


def test_after_a_restart_only_the_rest_is_fetched(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = broken_for_good_after(1000)
    with pytest.raises(DownloadError, match="what has arrived is kept"):
        start().run()
    assert nothing_is_installed()
    assert staging.unfinished() == ["tiny"]
    del stand_in.faults[NETWORK]
    stand_in.requests.clear()
    seen: list[DownloadProgress] = []
    start(on_progress=seen.append).run()
    [request] = [request for request in stand_in.bytes_of(NETWORK) if "resolve" not in request.path]
    assert request.range == "bytes=1000-"
    assert stand_in.bytes_of("vocab.json") == []
    assert max(progress.done_bytes for progress in seen) == seen[-1].total_bytes
    assert staging.unfinished() == []


def broken_for_good_after(count: int) -> Fault:
    return Fault(cut_after_bytes=count, times=1, then=Fault(cut_after_bytes=0))


def test_a_server_that_cannot_go_on_in_the_middle_begins_again(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(cut_after_bytes=1000, times=1, then=Fault(ignores_ranges=True))
    begun = start()
    folder = begun.run()
    assert (folder.path / NETWORK).read_bytes() == tiny.files[NETWORK]
    assert begun.progress.done_bytes == begun.progress.total_bytes


def test_a_line_that_falls_silent_is_given_up_and_taken_up(
    start: Callable[..., Download], stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.5)
    stand_in.faults[NETWORK] = Fault(cut_after_bytes=5000, stall=True, times=1)
    assert start().run().path.is_dir()
    assert "bytes=5000-" in {request.range for request in stand_in.requests}


def test_a_passing_refusal_is_waited_out_and_a_lasting_one_is_a_sentence(
    start: Callable[..., Download], stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(status=503, times=2)
    stand_in.faults["vocab.json"] = Fault(status=500)
    with pytest.raises(
        DownloadError, match=r"refused to give vocab\.json of someone/tiny \(HTTP status 500\)"
    ):
        start().run()
    del stand_in.faults["vocab.json"]
    assert start().run().path.is_dir()


def test_a_wrong_sum_is_thrown_away(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    content = bytearray(tiny.files[NETWORK])
    content[len(content) // 2] ^= 1
    stand_in.faults[NETWORK] = Fault(content=bytes(content))
    with pytest.raises(VerificationError, match=r"model\.onnx arrived damaged"):
        start().run()
    assert nothing_is_installed()
    assert not list(disk.staging_folder().glob(f"tiny/{NETWORK}*"))
    del stand_in.faults[NETWORK]
    assert start().run().path.is_dir()


def test_a_small_file_is_checked_by_its_git_object(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults["vocab.json"] = Fault(content=tiny.files["vocab.json"].replace(b"A", b"B"))
    with pytest.raises(VerificationError, match=r"vocab\.json arrived damaged"):
        start().run()


def test_a_part_that_was_damaged_on_the_disk_is_fetched_anew(
    start: Callable[..., Download], stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = broken_for_good_after(1000)
    with pytest.raises(DownloadError):
        start().run()
    [part] = disk.staging_folder().glob(f"tiny/{NETWORK}.part")
    part.write_bytes(bytes(part.stat().st_size))
    del stand_in.faults[NETWORK]
    begun = start()
    assert load_emissions(begun.run(), providers=["cpu"])
    assert begun.progress.done_bytes == begun.progress.total_bytes


def test_more_bytes_than_promised_are_refused(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(content=tiny.files[NETWORK] + bytes(100_000))
    with pytest.raises(VerificationError, match="sends more than"):
        start().run()
    assert nothing_is_installed()


def test_the_catalogue_s_sum_counts_for_more_than_the_hub_s(
    start: Callable[..., Download], tiny: StandInRepository
) -> None:
    content = tiny.files[NETWORK]
    known = HubFile(NETWORK, len(content), hashlib.sha256(b"another").hexdigest())
    with pytest.raises(VerificationError, match="damaged"):
        start(files=(known,)).run()
    longer = HubFile(NETWORK, len(content) + 1, hashlib.sha256(content).hexdigest())
    with pytest.raises(VerificationError, match="it was changed, so it is not fetched"):
        start(files=(longer,)).run()
    right = HubFile(NETWORK, len(content), hashlib.sha256(content).hexdigest())
    assert start(files=(right,)).run().path.is_dir()


def test_a_mirror_without_sums_in_its_list_is_asked_for_each(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    tiny.lists_sums = False
    start().run()
    assert {request.path.rpartition("/")[2] for request in stand_in.requests if request.method == "HEAD"} >= {
        NETWORK,
        "config.json",
    }
    shutil.rmtree(paths.models_folder() / "tiny")
    stand_in.faults[NETWORK] = Fault(content=bytes(len(tiny.files[NETWORK])))
    with pytest.raises(VerificationError):
        start().run()


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        ("config.json", r"holds no config\.json"),
        ("vocab.json", "not trained to write"),
        (NETWORK, "holds no network"),
    ],
)
def test_a_repository_that_lacks_something_is_refused_before_anything_is_fetched(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn, lost: str, sentence: str
) -> None:
    del tiny.files[lost]
    tiny.files.pop("model.safetensors")
    with pytest.raises(DownloadError, match=sentence):
        start().run()
    assert not [request for request in stand_in.requests if "resolve" in request.path]


def test_what_is_listed_and_not_there_is_a_sentence(
    start: Callable[..., Download], stand_in: HubStandIn
) -> None:
    stand_in.faults["vocab.json"] = Fault(status=404)
    with pytest.raises(DownloadError, match=r"vocab\.json"):
        start().run()
    assert nothing_is_installed()


def test_a_model_that_cannot_be_read_is_not_installed(
    start: Callable[..., Download], tiny: StandInRepository
) -> None:
    tiny.files["vocab.json"] = b"{}"
    with pytest.raises(ModelFolderError, match=r"vocab\.json"):
        start().run()
    assert nothing_is_installed()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"repository": "someone/other"}, "The hub has no model someone/other"),
        ({"repository": "nonsense:://"}, "The hub has no model"),
        ({"revision": "v9"}, "has no version “v9”"),
    ],
)
def test_what_the_hub_does_not_have_is_a_sentence(
    start: Callable[..., Download], changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DownloadError, match=sentence):
        start(**changes).run()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(status=403), "accept them on its page"),
        (Fault(status=502), r"HTTP status 502\); try again later"),
        (Fault(content=b"<html>Sign in to the hotel's network</html>"), "cannot be understood"),
        (Fault(content=b'{"id": "someone/tiny"}'), "does not say which version"),
    ],
)
def test_a_hub_in_trouble_is_a_sentence(
    start: Callable[..., Download], stand_in: HubStandIn, fault: Fault, sentence: str
) -> None:
    stand_in.faults[f"api/{NAME}"] = fault
    with pytest.raises(DownloadError, match=sentence):
        start().run()


def test_no_hub_at_all_is_a_sentence(tiny: StandInRepository, stand_in: HubStandIn) -> None:
    stand_in.stop()
    with pytest.raises(DownloadError, match="check the connection"):
        Download(Wanted("tiny", NAME), Hub(stand_in.url)).run()


def test_the_offline_switch_is_heard(
    start: Callable[..., Download], stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="downloads are switched off"):
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
    stand_in.faults[NETWORK] = Fault(pause_seconds=0.05)
    seen: list[DownloadProgress] = []
    begun = start(on_progress=seen.append)
    arrived = threading.Event()
    stand_in.on_piece = lambda: arrived.set() if stand_in.bytes_of(NETWORK) else None
    failures: list[Exception] = []

    def run() -> None:
        try:
            begun.run()
        except CancelledError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert arrived.wait(WAIT_SECONDS)
    with pytest.raises(ModelStoreError, match="is being downloaded already"):
        start().run()
    assert staging.is_running("tiny")
    begun.cancel()
    thread.join(WAIT_SECONDS)
    assert [str(error) for error in failures] == ["The download was stopped."]
    assert begun.progress.state is DownloadState.CANCELLED
    assert nothing_is_installed()
    assert not staging.is_running("tiny")
    stand_in.faults.clear()
    assert begun.run().path.is_dir()
    assert (paths.models_folder() / "tiny" / NETWORK).read_bytes() == tiny.files[NETWORK]


def test_what_was_begun_can_be_thrown_away(start: Callable[..., Download], stand_in: HubStandIn) -> None:
    stand_in.faults[NETWORK] = Fault(status=404)
    begun = start()
    with pytest.raises(DownloadError):
        begun.run()
    begun.discard()
    assert staging.unfinished() == []


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
        with pytest.raises(NoSpaceError, match="what has arrived is kept"):
            start().run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    [part] = disk.staging_folder().glob(f"tiny/{NETWORK}.part")
    assert part.stat().st_size == 100_000
    assert start().run().path.is_dir()


def test_an_installed_model_is_not_written_over(start: Callable[..., Download]) -> None:
    start().run()
    with pytest.raises(ModelStoreError, match="is installed already"):
        start().run()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", " tiny", "tiny ", "a\nb", "C:"])
def test_a_name_that_cannot_be_a_folder_s_is_refused(start: Callable[..., Download], name: str) -> None:
    with pytest.raises(ModelStoreError, match="cannot be called"):
        start(name=name)
