"""The packages that `make package` made, tried where there is nothing else: no network, compiler or checkout.

The wheel in an environment of its own, the .deb in a Debian with what it depends on (made by debootstrap).
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
import venv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bundle_contents
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from asr_desktop.base.requirements import WHEEL
from tests.run_time_environment import ROOT, run_time_set

DIST = Path(os.environ.get("ASR_DESKTOP_DIST", ""))
PICTURES = os.environ.get("ASR_DESKTOP_PICTURES")
"""A folder for pictures of the window, for whoever wants to look at it."""
PATIENCE_SECONDS = 600.0
MOST_MB = 400
SAMPLE = ROOT / "resources" / "samples" / "welcome.ogg"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "ASR_DESKTOP_DIST" not in os.environ, reason="`make test-package` builds and tries them"
    ),
]

Run = Callable[..., "subprocess.CompletedProcess[str]"]
"""Takes the program's arguments, and `display` where it has a window."""


def isolation() -> list[str]:
    """What runs a command without network, not even with itself, where the system lets us."""
    unshare = shutil.which("unshare") or "unshare"  # the whole path: the program is given another PATH
    for command in ([unshare, "--net"], [unshare, "--user", "--map-root-user", "--net"]):
        if shutil.which(unshare) and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    pytest.skip("this system lets nobody take the network away")


# The wheel


@pytest.fixture(scope="module")
def wheel_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("wheel")
    venv.create(folder / "venv", with_pip=True)
    bin_folder = folder / "venv" / "bin"
    bare = {
        "PATH": str(bin_folder),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ASR_DESKTOP_HOME": str(folder / "data"),
    }
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "XDG_CACHE", "HTTP"))
    }
    pip = ["-m", "pip", "install", "--quiet", "--constraint", str(ROOT / "scripts" / "constraints.txt")]
    subprocess.run(
        [bin_folder / "python", *pip, DIST / WHEEL],
        env={**kept, **bare, "HOME": os.environ.get("HOME", "/root"), "CC": "/bin/false"},
        cwd=folder,
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    def run(*arguments: str, display: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*isolation(), bin_folder / "asr-desktop", *arguments],
            env={**bare, "DISPLAY": display} if display else bare,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    shutil.copyfile(SAMPLE, folder / "sample.ogg")
    run.folder = folder  # type: ignore[attr-defined]
    run.python = bin_folder / "python"  # type: ignore[attr-defined]
    run.command = lambda display: ([*isolation(), bin_folder / "asr-desktop"], {**bare, "DISPLAY": display})  # type: ignore[attr-defined]
    return run


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


def test_the_wheel_brings_the_run_time_set_and_nothing_of_the_trainer_s(wheel_run: Run) -> None:
    python = wheel_run.python  # type: ignore[attr-defined]
    listed = subprocess.check_output([python, "-m", "pip", "list", "--format", "json"], text=True)
    installed = {canonicalize_name(entry["name"]) for entry in json.loads(listed)}
    wanted = [Requirement(stated) for stated in run_time_set()]
    needed = {
        canonicalize_name(entry.name) for entry in wanted if not entry.marker or entry.marker.evaluate()
    }
    assert needed <= installed
    assert not {"torch", "transformers", "pytest", "scipy"} & installed


# The .deb


@pytest.fixture(scope="module")
def deb_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    packages = sorted(DIST.glob("*.deb"))
    if not packages:
        pytest.skip("no .deb was made here")
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("a bare Debian is made by root, with debootstrap")
    root = tmp_path_factory.mktemp("deb") / "root"
    _make_debian(root)
    shutil.copyfile(packages[-1], root / "asr-desktop.deb")
    _in(root, ["apt-get", "install", "--yes", "--no-install-recommends", "/asr-desktop.deb"])
    (root / "home").mkdir(exist_ok=True)
    shutil.copyfile(SAMPLE, root / "home" / "sample.ogg")

    def run(*arguments: str, display: str = "") -> subprocess.CompletedProcess[str]:
        command, environment = commanded(display)
        return subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )

    def commanded(display: str) -> tuple[list[str], dict[str, str]]:
        inside = (
            'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mkdir -p "$0/tmp/.X11-unix" && '
        )
        inside += 'mount --rbind /tmp/.X11-unix "$0/tmp/.X11-unix" && exec chroot "$0" asr-desktop "$@"'
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home", "LANG": "C.UTF-8"}
        if display:
            environment["DISPLAY"] = display
        return ["unshare", "--net", "--mount", "sh", "-c", inside, str(root)], environment

    run.command = commanded  # type: ignore[attr-defined]
    run.root = root  # type: ignore[attr-defined]
    yield run
    shutil.rmtree(root, ignore_errors=True)


def _make_debian(root: Path) -> None:
    """A Debian of the same release with nothing but what every one has, by the sources that this one has."""
    release = dict(
        line.replace('"', "").split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    sources = [*Path("/etc/apt").glob("sources.list"), *Path("/etc/apt/sources.list.d").glob("*.sources")]
    mirror = re.search(
        r"^(?:URIs:|deb(?: \[.*\])?)\s*(https?://\S+)",
        "\n".join(file.read_text() for file in sources),
        re.MULTILINE,
    )
    assert mirror is not None, "this Debian names no source of packages"
    command = ["debootstrap", "--variant=minbase", release["VERSION_CODENAME"], str(root), mirror[1]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for place in ("etc/apt/apt.conf.d", "etc/resolv.conf", "etc/hosts"):
        source, target = Path("/") / place, root / place
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.exists():
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)


def _in(root: Path, command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    environment |= {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "DEBIAN_FRONTEND": "noninteractive",
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["chroot", root, *command], env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_debian_has_neither_a_compiler_nor_a_python(deb_run: Run) -> None:
    root = deb_run.root  # type: ignore[attr-defined]
    for program in ("gcc", "cc", "g++", "python3"):
        assert not (root / "usr" / "bin" / program).exists()


def test_the_package_left_desktop_files(deb_run: Run) -> None:
    share = deb_run.root / "usr" / "share"  # type: ignore[attr-defined]
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


def test_the_folder_is_smaller_than_400_mb() -> None:
    import program_files

    assert program_files.size_bytes(DIST / bundle_contents.NAME) < MOST_MB * 1e6


# Both


@pytest.fixture(params=["wheel_run", "deb_run"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.getfixturevalue(request.param)
    return chosen


def sample_for(run: Run) -> str:
    """A copy of the sample where the program finds it: texts are written beside it."""
    return "/home/sample.ogg" if hasattr(run, "root") else str(run.folder / "sample.ogg")  # type: ignore[attr-defined]


def test_doctor_finds_all_that_is_needed(run: Run) -> None:
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["can_transcribe"] is True
    lacking = {finding["name"] for finding in report["findings"] if finding["state"] != "ok"}
    assert lacking <= {"PyTorch", "microphone", "sounddevice", "free disk"}
    if hasattr(run, "root"):
        assert "sounddevice" not in lacking  # the wheel leaves PortAudio to the system
        [trainer] = [finding for finding in report["findings"] if finding["name"] == "PyTorch"]
        assert WHEEL in trainer["advice"]


def test_it_transcribes_the_sample(run: Run) -> None:
    done = run("transcribe", sample_for(run))
    assert done.returncode == 0, done.stderr
    said = re.findall(r"[a-z]+", done.stdout.lower())
    meant = re.findall(r"[a-z]+", (SAMPLE.with_suffix(".txt")).read_text(encoding="utf-8").lower())
    assert said == meant


def test_it_tells_who_speaks(run: Run) -> None:
    done = run("transcribe", "--speakers", "1", sample_for(run))
    assert done.returncode == 0, done.stderr


def test_its_licences_name_its_parts(run: Run) -> None:
    done = run("licences")
    assert done.returncode == 0, done.stderr
    assert "FFmpeg" in done.stdout


def test_its_window_opens_and_transcribes_a_file(run: Run) -> None:
    """The recogniser is a process of its own there: the packaged program starts itself again."""
    with screen() as display:
        command, environment = run.command(display)  # type: ignore[attr-defined]
        program = subprocess.Popen(
            [*command, sample_for(run)],
            env=environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            wait_for(lambda: "ASR Desktop" in " ".join(titles(display)), program)
            wait_for(text_beside_sample(run).exists, program)
            picture(display, run)
        finally:
            program.terminate()
            program.wait(30)


def text_beside_sample(run: Run) -> Path:
    """What the window writes when it has transcribed the sample."""
    folder = run.root / "home" if hasattr(run, "root") else run.folder  # type: ignore[attr-defined]
    return Path(folder) / "sample.txt"


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


def picture(display: str, run: Run) -> None:
    if PICTURES and shutil.which("import"):
        kind = "deb" if hasattr(run, "root") else "wheel"
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["import", "-display", display, "-window", "root", Path(PICTURES) / f"{kind}.png"], check=False
        )


if sys.platform == "win32":
    pytest.skip("of Linux", allow_module_level=True)
