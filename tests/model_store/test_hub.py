"""What the hub's answers become."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest

from asr_desktop.base.errors import DownloadError
from asr_desktop.model_store import hub
from asr_desktop.model_store.hub import FoundModel, Hub, explain
from asr_desktop.model_store.transfer import Transfer
from tests.model_store.hub_stand_in import COMMIT, Fault, HubStandIn, StandInRepository


def test_a_repository_is_described_with_sizes_sums_and_card(stand_in: HubStandIn) -> None:
    stand_in.repositories["a/m"] = StandInRepository(
        {"config.json": b"{}", "model.onnx": b"network"},
        card={"license": ["mit", "cc0-1.0"], "language": "uk"},
    )
    found = Hub(stand_in.url).repository("a/m")
    assert (found.commit, found.licence, found.languages) == (COMMIT, "mit, cc0-1.0", ("uk",))
    config, network = found.files
    assert (config.path, config.size_bytes, config.sha256) == ("config.json", 2, None)
    assert config.git_object == "9e26dfeeb6e641a33dae4961196235bdb965b21b"  # what git calls "{}"
    assert network.git_object is None
    assert network.sha256 == hashlib.sha256(b"network").hexdigest()


def test_a_licence_may_stand_among_the_tags(stand_in: HubStandIn) -> None:
    stand_in.repositories["a/m"] = StandInRepository({}, tags=("wav2vec2", "license:apache-2.0"))
    assert Hub(stand_in.url).repository("a/m").licence == "apache-2.0"


def test_only_networks_that_the_program_can_use_are_found(stand_in: HubStandIn) -> None:
    stand_in.repositories = {
        "a/speech-de": StandInRepository({}, card={"license": "mit", "language": ["de"]}),
        "b/speech-hubert": StandInRepository({}, tags=("hubert",)),
        "c/speech-other": StandInRepository({}, tags=("whisper",)),
        "d/text": StandInRepository({}),
    }
    found = Hub(stand_in.url).search("speech")
    assert found == [FoundModel("a/speech-de", 7, "mit", ("de",)), FoundModel("b/speech-hubert", 7, None, ())]
    assert len(Hub(stand_in.url).search("speech", limit=1)) == 1
    Hub(stand_in.url).search("speech", language="de")
    assert "filter=de" in stand_in.requests[-1].path


def test_a_slow_answer_is_waited_for(stand_in: HubStandIn) -> None:
    stand_in.repositories["a/m"] = StandInRepository({})
    stand_in.faults["api/a/m"] = Fault(pause_seconds=1.0)
    assert Hub(stand_in.url).repository("a/m").commit == COMMIT


def test_no_hub_at_all_is_a_sentence(stand_in: HubStandIn) -> None:
    stand_in.stop()
    with pytest.raises(DownloadError, match="The list of models cannot be downloaded"):
        Hub(stand_in.url).search("x")


def test_the_system_s_number_of_an_error_is_not_told() -> None:
    sentence = str(explain(OSError("[Errno -2] Name or service not known"), "a/m"))
    assert "a/m cannot be downloaded (Name or service not known)" in sentence


def test_an_answer_that_is_larger_than_any_list_of_files_is_cut_off(stand_in: HubStandIn) -> None:
    stand_in.faults["api/a/m"] = Fault(content=b" " * 40_000_000)
    with pytest.raises(DownloadError, match="answer never ends"):
        Hub(stand_in.url).repository("a/m")


def test_an_answer_that_takes_for_ever_is_cut_off(
    stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.repositories["a/m"] = StandInRepository({})
    monkeypatch.setattr(hub, "ANSWER_SECONDS", -1.0)
    for ask in (lambda: Hub(stand_in.url).repository("a/m"), lambda: Hub(stand_in.url).search("m")):
        with pytest.raises(DownloadError, match="answer never ends"):
            ask()


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff", b"[]", b"5", b'{"a": NaN}'])
def test_an_answer_that_is_none_is_a_sentence(stand_in: HubStandIn, content: bytes) -> None:
    stand_in.faults["api/a/m"] = Fault(content=content)
    with pytest.raises(DownloadError, match="sent an unreadable answer"):
        Hub(stand_in.url).repository("a/m")


def test_a_file_that_drips_is_cut_off_and_what_came_is_kept(stand_in: HubStandIn, tmp_path: Path) -> None:
    stand_in.repositories["a/m"] = StandInRepository({"config.json": b"x" * 5000})
    repository = Hub(stand_in.url).repository("a/m")
    moments = itertools.count(step=1000.0)
    transfer = Transfer(Hub(stand_in.url), repository, clock=lambda: next(moments))
    with pytest.raises(DownloadError, match="too slowly"):
        transfer.fetch(repository.files[0], tmp_path / "config.json")
