"""Downloads from a hub that breaks off, lies, dawdles and forgets."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable

import pytest
from huggingface_hub import constants

from asr_desktop.base import paths
from asr_desktop.base.errors import DownloadError, ModelFolderError, VerificationError
from asr_desktop.model_store import disk
from asr_desktop.model_store.download import Download, Wanted
from asr_desktop.model_store.hub import Hub, HubFile
from asr_desktop.recognition.emissions import load_emissions
from tests.model_store.downloads import (
    NAME,
    NETWORK,
    broken_for_good_after,
    nothing_is_installed,
    start,
    tiny,
)
from tests.model_store.hub_stand_in import Fault, HubStandIn, StandInRepository

__all__ = ["start", "tiny"]


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
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 2.0)
    stand_in.faults[NETWORK] = Fault(cut_after_bytes=5000, stall=True, times=1)
    assert start().run().path.is_dir()
    assert "bytes=5000-" in {request.range for request in stand_in.requests}


def test_a_passing_refusal_is_waited_out_and_a_lasting_one_is_a_sentence(
    start: Callable[..., Download], stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(status=503, times=2)
    stand_in.faults["vocab.json"] = Fault(status=500)
    with pytest.raises(
        DownloadError, match=r"refused to send vocab\.json of someone/tiny \(HTTP status 500\)"
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
    with pytest.raises(VerificationError, match=r"model\.onnx is damaged"):
        start().run()
    assert nothing_is_installed()
    assert not list(disk.staging_folder().glob(f"tiny/{NETWORK}*"))
    del stand_in.faults[NETWORK]
    assert start().run().path.is_dir()


def test_a_small_file_is_checked_by_its_git_object(
    start: Callable[..., Download], tiny: StandInRepository, stand_in: HubStandIn
) -> None:
    stand_in.faults["vocab.json"] = Fault(content=tiny.files["vocab.json"].replace(b"A", b"B"))
    with pytest.raises(VerificationError, match=r"vocab\.json is damaged"):
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
    with pytest.raises(VerificationError, match="sent more than"):
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
    with pytest.raises(VerificationError, match="it was changed, so it is not downloaded"):
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
        ("config.json", r"contains no config\.json"),
        ("vocab.json", "not trained to write"),
        (NETWORK, "contains no network"),
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
        (Fault(content=b"<html>Sign in to the hotel's network</html>"), "sent an unreadable answer"),
        (Fault(content=b'{"id": "someone/tiny"}'), "did not report the version"),
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
