#!/usr/bin/env python3
"""Make the program ready: system packages, the virtual environment `.venv`, Python packages.

    python3 scripts/set_up.py run             what `make run` needs: the run-time set
    python3 scripts/set_up.py test            what `make test` needs: the trainer and the tests' tools as well
    python3 scripts/set_up.py test-all        what `make test-all` needs: KenLM's tools as well, compiled
    python3 scripts/set_up.py test-package    what `make test-package` needs besides: a bare Debian's tool

Every step is left out when it is done already. At the end `.venv/.ready-run` (`.ready-test` …) says so to
`make`, which calls this again only after `pyproject.toml`, this file or `constraints.txt` has changed.
Only Python's standard library is used, and any Python 3.8 or later can run this: it looks for a suitable one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"
KENLM_TOOLS = ("lmplz", "build_binary")
KENLM_TOOLS_FOLDER = ROOT / "build" / "kenlm-tools" / "bin"  # where the trainer looks
# 3.11 first: it is what most of the testing is done with.
SUPPORTED_PYTHONS = ((3, 11), (3, 12), (3, 13))
# What tests hold results against. Not a requirement like others: it asks for numpy 1, and works with 2.
ORACLE = "pyctcdecode==0.5.0"
PURPOSES = {
    "run": ("run",),
    "test": ("run", "package", "test"),
    "test-all": ("run", "package", "test", "test-all"),
    "test-package": ("run", "package", "test", "test-package"),
}
"""What is set up, and which groups of system packages it needs. The group "package" is what making packages
needs: packaging/build_packages.py asks for it."""


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package that pip cannot bring."""

    name: str
    gives: str
    group: str = "run"


SYSTEM_PACKAGES = (
    SystemPackage("libportaudio2", "the microphone"),
    # What Qt draws and types with; a desktop has them all, a bare machine none.
    *(
        SystemPackage(name, "the window")
        for name in (
            "libdbus-1-3",
            "libegl1",
            "libfontconfig1",
            "libgl1",
            "libglib2.0-0",
            "libx11-xcb1",
            "libxcb-cursor0",
            "libxcb-icccm4",
            "libxcb-image0",
            "libxcb-keysyms1",
            "libxcb-randr0",
            "libxcb-render-util0",
            "libxcb-shape0",
            "libxcb-xkb1",
            "libxkbcommon0",
            "libxkbcommon-x11-0",
            "fonts-dejavu-core",
        )
    ),
    *(
        SystemPackage(name, "KenLM's own tools, to hold language models against", "test-all")
        for name in (
            "cmake",
            "g++",
            "make",
            "libboost-program-options-dev",
            "libboost-system-dev",
            "libboost-test-dev",
            "libboost-thread-dev",
        )
    ),
    SystemPackage("binutils", "which library needs which, and smaller ones", "package"),
    SystemPackage("debootstrap", "a bare Debian to install the package in", "test-package"),
    SystemPackage("xvfb", "a screen without a screen", "test"),
    SystemPackage("openbox", "a window manager, to dictate into programs", "test"),
    SystemPackage("x11-xkb-utils", "keyboard layouts, to dictate with each of them", "test"),
    SystemPackage("xterm", "another program to dictate into", "test"),
    SystemPackage("at-spi2-core", "what programs tell screen readers", "test"),
    SystemPackage("espeak-ng", "synthetic speech", "test"),
    SystemPackage("flite", "synthetic speech", "test"),
    SystemPackage("pulseaudio", "a virtual microphone", "test"),
    SystemPackage("pulseaudio-utils", "a virtual microphone", "test"),
    SystemPackage("libasound2-plugins", "a virtual microphone", "test"),
)


class SetUpError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the program ready to run, or to be tested.")
    parser.add_argument("purpose", choices=PURPOSES)
    purpose = parser.parse_args().purpose
    try:
        python = find_python()
        install_system_packages(python, *PURPOSES[purpose])
        make_environment(python)
        install_python_packages(for_tests=purpose != "run")
        if purpose == "test-all":
            install_kenlm_tools()
    except SetUpError as problem:
        print(f"set-up: {problem}", file=sys.stderr)
        return 1
    for ready, groups in PURPOSES.items():
        if set(groups) <= set(PURPOSES[purpose]):
            (ENVIRONMENT / f".ready-{ready}").touch()
    return 0


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def answer_of(python: list[str], code: str) -> str:
    """What a Python prints when it runs the code."""
    return subprocess.check_output([*python, "-c", code], text=True).strip()


# --- Python -------------------------------------------------------------------------------------------------


def find_python() -> str:
    """A Python of a supported version: the one this runs on, or one that lies on the path."""
    if sys.version_info[:2] in SUPPORTED_PYTHONS and sys.prefix == sys.base_prefix:
        return sys.executable
    for major, minor in SUPPORTED_PYTHONS:
        candidates = [[f"python{major}.{minor}"]]
        if os.name == "nt":
            candidates.append(["py", f"-{major}.{minor}"])
        for command in candidates:
            if shutil.which(command[0]) and succeeds([*command, "-c", "pass"]):
                return answer_of(command, "import sys; print(sys.executable)")
    if sys.version_info[:2] in SUPPORTED_PYTHONS:
        return sys.executable
    raise SetUpError(
        "Python 3.11, 3.12 or 3.13 is needed and not found here "
        f"(this is {sys.version_info[0]}.{sys.version_info[1]}); install one and run this again."
    )


def environment_python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment(python: str) -> None:
    check = f"import sys, pip; sys.exit(sys.version_info[:2] not in {SUPPORTED_PYTHONS})"
    if environment_python().exists() and succeeds([str(environment_python()), "-c", check]):
        return
    if ENVIRONMENT.exists():
        say("the virtual environment in .venv is unusable and is made anew.")
    say(f"making the virtual environment .venv with {python}")
    made = subprocess.run([python, "-m", "venv", "--clear", str(ENVIRONMENT)])
    if made.returncode != 0:
        raise SetUpError(f"{python} cannot make a virtual environment; its own message stands above.")


# --- System packages ----------------------------------------------------------------------------------------


def install_system_packages(python: str, *groups: str) -> None:
    """Install what is missing with apt; where that is impossible, name it in one line and go on without."""
    if not sys.platform.startswith("linux"):
        return
    wanted = [package.name for package in SYSTEM_PACKAGES if package.group in groups]
    wanted += packages_for_python(python)
    if not shutil.which("dpkg-query"):
        say(f"this is no Debian-like system; make sure of what Debian calls: {' '.join(wanted)}")
        return
    missing = [name for name in wanted if not is_installed(name)]
    if not missing:
        return
    by_hand = f"apt-get install --no-install-recommends {' '.join(missing)}"
    superuser = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if superuser and not (shutil.which("sudo") and succeeds(["sudo", "-n", "true"])):
        say(f"system packages are missing; install them with:  sudo {by_hand}")
        return
    say(f"installing system packages: {' '.join(missing)}")
    apt = [*superuser, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *missing]
    # The package lists of a fresh machine are empty or old, so a first failure only means: fetch them.
    if not succeeds(install) and not (succeeds([*apt, "update"]) and succeeds(install)):
        say(f"apt could not install them; do it by hand:  sudo {by_hand}")


def packages_for_python(python: str) -> list[str]:
    """What Debian splits off its Python: making environments."""
    if succeeds([python, "-c", "import ensurepip"]):
        return []
    return [answer_of([python], "import sys; print('python%d.%d-venv' % sys.version_info[:2])")]


def is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${Status}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout == "install ok installed"


# --- Python packages ----------------------------------------------------------------------------------------


def pip(*arguments: str) -> list[str]:
    return [str(environment_python()), "-m", "pip", "--disable-pip-version-check", *arguments]


def install_python_packages(for_tests: bool) -> None:
    """The project itself, editable, with what it needs, all at the versions that are tested together."""
    extras = "[train,dev]" if for_tests else ""
    say(f"installing Python packages{' with the trainer and the test tools' if for_tests else ''} …")
    started = time.monotonic()
    remove_what_was_replaced()
    # Quiet twice: pip reports errors and no warnings about places where it found nothing.
    project = ["--constraint", str(CONSTRAINTS), "--editable", f"{ROOT}{extras}"]
    if subprocess.run(pip("install", "--quiet", "--quiet", *project)).returncode != 0:
        raise SetUpError("the Python packages could not be installed; pip's message stands above.")
    oracle = pip("install", "--quiet", "--quiet", "--no-deps", ORACLE)
    if for_tests and subprocess.run(oracle).returncode != 0:
        say(f"{ORACLE} could not be installed; the tests that compare with it are skipped.")
    say(f"Python packages are ready ({time.monotonic() - started:.0f} s).")


def remove_what_was_replaced() -> None:
    """kenlm-ex brings the same module as kenlm, which older environments have: whichever is removed takes the
    module away from the other, so that both have to go before one comes.
    """
    if succeeds([str(environment_python()), "-c", "import importlib.metadata as m; m.version('kenlm')"]):
        subprocess.run(pip("uninstall", "--quiet", "--quiet", "--yes", "kenlm", "kenlm-ex"))


def compiled_cache(kind: str) -> Path:
    """Where what was compiled is kept, so that another checkout need not compile it again."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "asr-desktop" / kind


def install_kenlm_tools() -> None:
    """Compile lmplz and build_binary once and keep them; tests that need them are skipped without them."""
    if os.name == "nt" or all((KENLM_TOOLS_FOLDER / name).exists() for name in KENLM_TOOLS):
        return
    cache = compiled_cache("kenlm-tools")
    if not all((cache / "bin" / name).exists() for name in KENLM_TOOLS):
        say("compiling KenLM's tools for the tests, about two minutes …")
        cache.mkdir(parents=True, exist_ok=True)
        # Built aside: of the source and what lies between, nothing has to stay.
        with tempfile.TemporaryDirectory(dir=cache) as aside:
            script = ["sh", str(ROOT / "scripts" / "build_kenlm_tools.sh"), aside]
            built = subprocess.run(script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for name in KENLM_TOOLS:
                if (Path(aside) / "bin" / name).exists():
                    (cache / "bin").mkdir(exist_ok=True)
                    os.replace(Path(aside) / "bin" / name, cache / "bin" / name)
        if built.returncode != 0 or not (cache / "bin" / "lmplz").exists():
            reason = (built.stdout.strip().splitlines() or ["no reason given"])[-1]
            say(f"KenLM's tools are not complete ({reason}); the tests that need them are skipped.")
    KENLM_TOOLS_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in KENLM_TOOLS:
        if (cache / "bin" / name).exists():
            shutil.copy2(cache / "bin" / name, KENLM_TOOLS_FOLDER / name)


if __name__ == "__main__":
    sys.exit(main())
