"""Where the packages are tried: systems with nothing but the package, without network, compiler or checkout.

The wheel in an environment of its own, the .deb in a Debian that debootstrap makes, of the same release.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import bundle_contents
import pytest

from asr_desktop.base.installation import WHEEL
from tests.run_time_environment import ROOT

DIST = Path(os.environ.get("ASR_DESKTOP_DIST", ""))
PROGRAM = DIST / bundle_contents.NAME / bundle_contents.NAME
"""PyInstaller's, as it lies in its folder."""
PATIENCE_SECONDS = 600.0
SAMPLE = ROOT / "resources" / "samples" / "welcome.ogg"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
IN_HOME = Path("/home")
IN_SOUND = "/run/sound"


class BareSystem:
    """One that has the program and, in `home`, the sample. `seen_home` is the program's name for that."""

    kind = ""
    home = Path()
    seen_home = Path()

    def command(
        self, display: str = "", sound: Mapping[str, str] | None = None
    ) -> tuple[list[str | Path], dict[str, str]]:
        """What starts the program, without network, and its environment. sound: of a virtual microphone."""
        raise NotImplementedError

    def run(
        self, *arguments: str, display: str = "", sound: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(display, sound)
        return subprocess.run(
            [*command, *arguments],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )


def without_network(*more: str) -> list[str | Path]:
    """What runs a command without network, not even with itself; skips where the system forbids it."""
    unshare = shutil.which("unshare") or "unshare"  # the whole path: the program is given another PATH
    for command in ([unshare, "--net", *more], [unshare, "--user", "--map-root-user", "--net", *more]):
        if shutil.which(unshare) and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return list(command)
    pytest.skip("this system lets nobody take the network away")


class WheelInEnvironment(BareSystem):
    kind = "wheel"

    def __init__(self, folder: Path) -> None:
        self.home = self.seen_home = folder
        venv.create(folder / "venv", with_pip=True)
        self._bin = folder / "venv" / "bin"
        self.python = self._bin / "python"
        pips = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("PIP_", "XDG_CACHE", "HTTP")) or name.lower().endswith("_proxy")
        }
        constraints = ROOT / "scripts" / "constraints.txt"
        home = os.environ.get("HOME", "/root")
        subprocess.run(
            [self.python, "-m", "pip", "install", "--quiet", "--constraint", constraints, DIST / WHEEL],
            env={**self._environment(), **pips, "HOME": home, "CC": "/bin/false"},
            cwd=folder,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
        shutil.copyfile(SAMPLE, folder / "sample.ogg")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": str(self._bin),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "ASR_DESKTOP_HOME": str(self.home / "data"),
        }

    def command(
        self, display: str = "", sound: Mapping[str, str] | None = None
    ) -> tuple[list[str | Path], dict[str, str]]:
        environment = {**self._environment(), **(sound or {}), **({"DISPLAY": display} if display else {})}
        return [*without_network(), self._bin / "asr-desktop"], environment


class PackageInDebian(BareSystem):
    """Skips where no Debian can be made: that needs root, debootstrap, and a mirror that answers."""

    kind = "deb"
    seen_home = IN_HOME

    def __init__(self, package: Path, root: Path) -> None:
        if os.geteuid() != 0 or shutil.which("debootstrap") is None:
            pytest.skip("a bare Debian is made by root, with debootstrap")
        self.root = root
        self.home = root / "home"
        self._unshared = without_network("--mount")
        _make_debian(root)
        shutil.copyfile(package, root / "asr-desktop.deb")
        field = ["dpkg-deb", "--field", package, "Recommends"]
        recommended = subprocess.check_output(field, text=True).strip().split(", ")
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "/asr-desktop.deb"]
        self._inside("apt-get", "update")
        self._inside(*install, *recommended)  # what the package itself recommends, and nothing that others do
        self.home.mkdir(exist_ok=True)
        shutil.copyfile(SAMPLE, self.home / "sample.ogg")

    def command(
        self, display: str = "", sound: Mapping[str, str] | None = None
    ) -> tuple[list[str | Path], dict[str, str]]:
        environment = {"PATH": SYSTEM_PATH, "HOME": str(IN_HOME), "LANG": "C.UTF-8"}
        steps = ['mount -t proc proc "$0/proc"', 'mount --rbind /dev "$0/dev"']
        bound = {"/tmp/.X11-unix": "/tmp/.X11-unix"} if display else {}
        if display:
            environment["DISPLAY"] = display
        if sound:
            folder = sound["XDG_RUNTIME_DIR"]
            bound[folder] = IN_SOUND
            seen = {name: value.replace(folder, IN_SOUND) for name, value in sound.items()}
            environment |= {**seen, "HOME": str(IN_HOME)}
        for place, inside in bound.items():
            steps.append(f'mkdir -p "$0{inside}" && mount --rbind "{place}" "$0{inside}"')
        steps.append('exec chroot "$0" asr-desktop "$@"')
        return [*self._unshared, "sh", "-c", " && ".join(steps), self.root], environment

    def _inside(self, *command: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        environment |= {"PATH": SYSTEM_PATH, "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
        done = subprocess.run(
            ["chroot", self.root, *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@contextmanager
def package_in_debian(package: Path) -> Iterator[PackageInDebian]:
    """Not below pytest's folder, which keeps what failed: a Debian is 700 MB."""
    with tempfile.TemporaryDirectory(prefix="asr-desktop-debian-", ignore_cleanup_errors=True) as folder:
        yield PackageInDebian(package, Path(folder) / "root")


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
    if mirror is None:
        pytest.skip("no bare Debian: apt's sources name no mirror to make it from")
    command = ["debootstrap", "--variant=minbase", release["VERSION_CODENAME"], str(root), mirror[1]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        pytest.skip(f"no bare Debian: debootstrap failed here ({' '.join(last)})")
    for place in ("etc/apt/apt.conf.d", "etc/resolv.conf", "etc/hosts"):
        source, target = Path("/") / place, root / place
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.exists():
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)
