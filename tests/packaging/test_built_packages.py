"""The packages that `make package` made, tried where there is nothing else (see `bare_systems`).

Run by `make test-package`, which says with ASR_DESKTOP_DIST where they lie.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bundle_contents
import program_files
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from asr_desktop.base.installation import WHEEL
from tests.packaging.bare_systems import (
    DIST,
    PATIENCE_SECONDS,
    ROOT,
    SAMPLE,
    BareSystem,
    PackageInDebian,
    WheelInEnvironment,
)
from tests.run_time_environment import run_time_set

PICTURES = os.environ.get("ASR_DESKTOP_PICTURES")
"""A folder for pictures of the window, for whoever wants to look at it."""
MOST_MB = 400

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "ASR_DESKTOP_DIST" not in os.environ, reason="`make test-package` builds and tries them"
    ),
]


# The files


def test_the_wheel_has_models_and_resources_and_the_source_package_all() -> None:
    with zipfile.ZipFile(DIST / WHEEL) as wheel:
        held = {name: entry.file_size for name, entry in wheel.NameToInfo.items()}
    for kind in ("models", "resources"):
        for file in (ROOT / kind).rglob("*"):
            if file.is_file():
                assert held[f"asr_desktop/bundled/{file.relative_to(ROOT)}"] == file.stat().st_size
    assert not [name for name in held if name.startswith(("tests/", "packaging/", "docs/"))]
    with tarfile.open(DIST / f"asr_desktop-{bundle_contents.version()}.tar.gz") as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {"pyproject.toml", "LICENSE", "packaging/build_packages.py", "models/catalogue.toml"} <= names
    if shutil.which("git") and (ROOT / ".git").exists():
        tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
        assert names == {*tracked.rstrip("\0").split("\0"), "PKG-INFO"}


def test_the_files_of_this_version_are_there_and_say_so() -> None:
    version = bundle_contents.version()
    with zipfile.ZipFile(DIST / WHEEL) as wheel:
        stated = wheel.read(f"asr_desktop-{version}.dist-info/METADATA").decode()
    assert f"\nVersion: {version}\n" in stated
    for package in DIST.glob("*.deb"):
        field = subprocess.check_output(["dpkg-deb", "--field", package, "Version"], text=True)
        assert field.strip() == version
    folder = DIST / bundle_contents.NAME
    assert f"asr-desktop {version}" in (folder / program_files.NOTICE).read_text(encoding="utf-8").lower()


def test_the_folder_is_smaller_than_400_mb() -> None:
    assert program_files.size_bytes(DIST / bundle_contents.NAME) < MOST_MB * 1e6


# The bare systems


def test_the_wheel_brings_the_run_time_set_and_nothing_of_the_trainer_s(
    wheel_system: WheelInEnvironment,
) -> None:
    listed = subprocess.check_output(
        [wheel_system.python, "-m", "pip", "list", "--format", "json"], text=True
    )
    installed = {canonicalize_name(entry["name"]) for entry in json.loads(listed)}
    wanted = [Requirement(stated) for stated in run_time_set()]
    needed = {
        canonicalize_name(entry.name) for entry in wanted if not entry.marker or entry.marker.evaluate()
    }
    assert needed <= installed
    assert not {"torch", "transformers", "pytest", "scipy"} & installed


def test_the_debian_has_neither_a_compiler_nor_a_python(debian: PackageInDebian) -> None:
    for program in ("gcc", "cc", "g++", "python3"):
        assert not (debian.root / "usr" / "bin" / program).exists()


def test_the_package_left_desktop_files(debian: PackageInDebian) -> None:
    share = debian.root / "usr" / "share"
    assert (share / "applications" / "asr-desktop.desktop").is_file()
    assert (share / "icons" / "hicolor" / "256x256" / "apps" / "asr-desktop.png").is_file()
    notice = (share / "doc" / "asr-desktop" / "copyright").read_text(encoding="utf-8")
    for part in (
        "FFmpeg",
        "PySide6",
        "PYTHON SOFTWARE FOUNDATION LICENSE",
        "Model starter-en",
        "Debian's libx11-6",
    ):
        assert part in notice


def test_it_says_its_version(system: BareSystem) -> None:
    assert system.run("--version").stdout == f"asr-desktop {bundle_contents.version()}\n"


def test_doctor_finds_all_that_is_needed(system: BareSystem) -> None:
    done = system.run("doctor", "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["can_transcribe"] is True
    lacking = {finding["name"] for finding in report["findings"] if finding["state"] != "ok"}
    assert lacking <= {"PyTorch", "microphone", "sounddevice", "free disk"}
    if isinstance(system, PackageInDebian):
        assert "sounddevice" not in lacking  # the wheel leaves PortAudio to the system
        [trainer] = [finding for finding in report["findings"] if finding["name"] == "PyTorch"]
        assert WHEEL in trainer["advice"]


def test_it_transcribes_the_sample(system: BareSystem) -> None:
    done = system.run("transcribe", str(system.seen_home / "sample.ogg"))
    assert done.returncode == 0, done.stderr
    said = re.findall(r"[a-z]+", done.stdout.lower())
    meant = re.findall(r"[a-z]+", (SAMPLE.with_suffix(".txt")).read_text(encoding="utf-8").lower())
    assert said == meant


def test_it_tells_who_speaks(system: BareSystem) -> None:
    done = system.run("transcribe", "--speakers", "1", str(system.seen_home / "sample.ogg"))
    assert done.returncode == 0, done.stderr


def test_its_licences_name_its_parts(system: BareSystem) -> None:
    done = system.run("licences")
    assert done.returncode == 0, done.stderr
    assert "FFmpeg" in done.stdout


def test_its_window_opens_and_transcribes_a_file(system: BareSystem) -> None:
    """The recogniser is a process of its own there: the packaged program starts itself again."""
    with screen() as display:
        command, environment = system.command(display)
        program = subprocess.Popen(
            [*command, str(system.seen_home / "sample.ogg")],
            env=environment,
            cwd=system.home,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            wait_for(lambda: "ASR Desktop" in " ".join(titles(display)), program)
            wait_for((system.home / "sample.txt").exists, program)
            picture(display, system)
        finally:
            program.terminate()
            program.wait(30)


def wait_for(is_so: Callable[[], bool], program: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < end
        time.sleep(0.5)


@contextmanager
def screen() -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait(30)


def titles(display: str) -> list[str]:
    """Of all windows on the screen that are shown."""
    from Xlib import X
    from Xlib.display import Display

    opened = Display(display)
    try:
        name = opened.get_atom("_NET_WM_NAME")
        shown = [
            window
            for window in opened.screen().root.query_tree().children
            if window.get_attributes().map_state == X.IsViewable
        ]
        found = [window.get_full_property(name, X.AnyPropertyType) for window in shown]
        return [bytes(entry.value).decode() for entry in found if entry is not None]
    finally:
        opened.close()


def picture(display: str, system: BareSystem) -> None:
    if PICTURES and shutil.which("import"):
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["import", "-display", display, "-window", "root", Path(PICTURES) / f"{system.kind}.png"],
            check=False,
        )


if sys.platform == "win32":
    pytest.skip("of Linux", allow_module_level=True)
