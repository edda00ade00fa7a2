from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import asr_desktop
from asr_desktop import cli
from asr_desktop.base import log_file, paths
from asr_desktop.commands import doctor
from asr_desktop.commands.doctor import Diagnosis, DoctorReport, State
from tests.fixtures.make_models import model_folder


def finding(report: DoctorReport, name: str) -> Diagnosis:
    [found] = [finding for finding in report.findings if finding.name == name]
    return found


def block_import(monkeypatch: pytest.MonkeyPatch, module: str, error: Exception) -> None:
    real_import = importlib.import_module

    def fail_for_one(name: str, package: str | None = None) -> Any:
        if name == module:
            raise error
        return real_import(name, package)

    monkeypatch.setattr(importlib, "import_module", fail_for_one)


def test_every_finding_that_lacks_something_says_what_to_do() -> None:
    report = doctor.examine()
    assert {finding.topic for finding in report.findings} >= {
        "Program",
        "Packages",
        "Back ends",
        "Folders",
        "Models",
    }
    for found in report.findings:
        assert (found.advice is None) == (found.state is State.OK), found


def test_versions_are_those_installed() -> None:
    value = finding(doctor.examine(), "onnxruntime").value
    assert value.startswith(importlib.metadata.version("onnxruntime"))


def test_a_needed_package_that_does_not_load_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    block_import(monkeypatch, "av", ImportError("libavcodec.so: cannot open shared object file\nmore"))
    report = doctor.examine()
    found = finding(report, "av")
    assert found.state is State.BLOCKING
    assert "libavcodec.so: cannot open shared object file" in found.value
    assert found.advice is not None
    assert "install av~=" in found.advice
    assert not report.can_transcribe


def test_without_kenlm_the_advice_names_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    block_import(monkeypatch, "kenlm", ImportError("No module named 'kenlm'"))
    found = finding(doctor.examine(), "kenlm-ex")
    assert found.state is State.LACKING
    assert found.advice is not None
    assert "install kenlm-ex~=" in found.advice


def test_microphones_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [{"name": "Desk mic", "max_input_channels": 1}, {"name": "Speaker", "max_input_channels": 0}]
    fake = SimpleNamespace(query_devices=lambda: devices, PortAudioError=RuntimeError)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    found = finding(doctor.examine(), "microphone")
    assert found == Diagnosis("Sound devices", "microphone", "Desk mic")


def test_a_missing_portaudio_is_told_from_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    block_import(monkeypatch, "sounddevice", OSError("PortAudio library not found"))
    found = finding(doctor.examine(), "sounddevice")
    assert found.state is State.LACKING
    assert found.advice is not None
    assert "libportaudio2" in found.advice


def test_a_data_folder_that_may_not_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = finding(doctor.examine(), "data")
    assert found.state is State.LACKING
    assert found.advice is not None
    assert "ASR_DESKTOP_HOME" in found.advice


def test_a_data_folder_below_a_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / "file" / "home"))
    assert finding(doctor.examine(), "data").state is State.LACKING


def test_little_free_disk_is_a_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=1e12, used=0, free=0.5e9))
    found = finding(doctor.examine(), "free disk")
    assert (found.value, found.state) == ("0.5 GB", State.LACKING)


def test_no_model_is_in_the_way_and_an_unusable_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path)
    (tmp_path / "half a model").mkdir()
    report = doctor.examine()
    assert not report.can_transcribe
    assert finding(report, "none").state is State.BLOCKING
    advice = finding(report, "unusable folder").advice
    assert advice is not None
    assert "half a model" in advice


def test_exit_code_and_verdict(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lacking = DoctorReport(
        (Diagnosis("Models", "m", "there"), Diagnosis("Sound", "mic", "none", State.LACKING, "Get one."))
    )
    blocked = DoctorReport((Diagnosis("Models", "none", "nothing", State.BLOCKING, "Install one."),))
    for report, code, mark in ((lacking, 0, "! mic"), (blocked, 1, "✗ none")):
        monkeypatch.setattr("asr_desktop.commands.doctor.examine", lambda report=report: report)
        with pytest.raises(SystemExit) as ended:
            cli.main(["doctor"])
        assert ended.value.code == code
        out = capsys.readouterr().out
        assert mark in out
        assert ("Transcription works." in out) == (code == 0)


def test_json_holds_the_same_findings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == (0 if report["can_transcribe"] else 1)
    assert report["version"] == asr_desktop.__version__
    assert {"topic", "name", "value", "state", "advice"} == set(report["findings"][0])


def test_the_logs_are_found_with_their_last_entries(home: Path) -> None:
    log = home / "logs" / "asr-desktop.log"
    assert finding(doctor.examine(), "log").value == f"{log} (nothing so far)"
    log_file.write_entry("it broke")
    assert finding(doctor.examine(), "log").value.startswith(f"{log} (last entry 20")
    assert str(home / "logs" / "recogniser.log") in finding(doctor.examine(), "recogniser's log").value


def test_the_doctor_does_not_import_pytorch() -> None:
    code = "import sys; from asr_desktop.commands.doctor import examine; examine(); "
    code += "print('torch' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout == "False\n"
    assert output.stderr == "", "native libraries chatter on standard error"


def test_the_model_that_ships_is_tried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "starter-en").symlink_to(model_folder("wav2vec2-conformer"), target_is_directory=True)
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path)
    report = doctor.examine()
    assert report.can_transcribe
    assert "starter-en loads and runs" in finding(report, "trial on CPU").value


def test_a_damaged_model_that_ships_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(model_folder("wav2vec2-conformer"), tmp_path / "starter-en")
    (tmp_path / "starter-en" / "model.onnx").write_bytes(b"no network")
    monkeypatch.setattr(paths, "bundled_models_folder", lambda: tmp_path)
    report = doctor.examine()
    assert not report.can_transcribe
    assert finding(report, "trial on CPU").state is State.BLOCKING
