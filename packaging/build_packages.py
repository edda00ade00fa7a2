#!/usr/bin/env python3
"""Make the packages: `make package`, or `python packaging/build_packages.py [WHAT…]`.

    python      wheel and source package
    folder      PyInstaller's folder with the program (on macOS also the application)
    deb         the package for Debian and its like
    appimage    the AppImage, where its tool is installed, else the folder for it
    windows     the installer, where Inno Setup is installed

Without a WHAT: all that can be made on this system. All goes to dist/, what lies between to build/package.
Each is made of the wheel, in an environment of its own, with the versions of scripts/constraints.txt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "packaging"), str(ROOT / "scripts")]

import bundle_contents  # noqa: E402
import program_files  # noqa: E402
import set_up  # noqa: E402

DIST = ROOT / "dist"
WORK = ROOT / "build" / "package"
ENVIRONMENT = WORK / "environment"
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"
KINDS = ("python", "folder", "deb", "appimage", "windows")
MOST_BYTES = 400_000_000
"""Of the folder."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the packages of ASR Desktop.")
    parser.add_argument("what", nargs="*", help=f"of {', '.join(KINDS)} (default: all for this system)")
    wanted = parser.parse_args(arguments).what or for_this_system()
    unknown = sorted(set(wanted) - set(KINDS))
    if unknown:
        parser.error(f"there is no {unknown[0]}; choose from {', '.join(KINDS)}")
    try:
        build(wanted)
    except subprocess.CalledProcessError as error:
        print(f"package: {error.cmd[0]} failed (exit code {error.returncode}); its message stands above.")
        return 1
    except LookupError as error:
        print(f"package: {error}.")
        return 1
    return 0


def for_this_system() -> list[str]:
    """What can be made here: packages are made on the system that they are for."""
    if sys.platform == "win32":
        return ["python", "folder", *(["windows"] if shutil.which("iscc") else [])]
    if sys.platform == "darwin":
        return ["python", "folder"]
    return ["python", "folder", *(["deb"] if shutil.which("dpkg-deb") else []), "appimage"]


def build(wanted: list[str]) -> None:
    """Everything that is wanted, and what that is made of."""
    version, day = bundle_contents.version(), bundle_contents.release_day()
    set_up.install_system_packages(sys.executable, "run", "package")  # of both, what is missing here
    wheel = python_packages(with_source="python" in wanted)
    if wanted == ["python"]:
        return
    folder = program_folder(wheel)
    icons = WORK / "icons"
    if "deb" in wanted:
        import debian_package

        notice = (folder / program_files.NOTICE).read_text(encoding="utf-8")
        made(debian_package.build(folder, icons, notice, version, day, WORK / "deb", DIST))
    if "appimage" in wanted:
        import appimage

        app_dir = appimage.make_folder(folder, icons, version, day, WORK / "ASR_Desktop.AppDir")
        file = appimage.make_file(app_dir, version, DIST)
        if file is None:
            say(f"no AppImage: {appimage.TOOL} is not installed. Its folder is {app_dir}")
        else:
            made(file)
    if "windows" in wanted:
        script = ROOT / "packaging" / "windows" / "asr-desktop.iss"
        subprocess.run(["iscc", f"/DVersion={version}", f"/O{DIST}", script], check=True)


def python_packages(with_source: bool) -> Path:
    """The wheel, and the source package where it is wanted."""
    prepare_environment()
    kinds = ["--target", "wheel", *(["--target", "sdist"] if with_source else [])]
    run(python_of_environment(), "-m", "hatchling", "build", *kinds, "--directory", DIST, cwd=ROOT)
    version = bundle_contents.version()
    wheel = DIST / f"asr_desktop-{version}-py3-none-any.whl"
    made(wheel)
    if with_source:
        made(DIST / f"asr_desktop-{version}.tar.gz")
    return wheel


def program_folder(wheel: Path) -> Path:
    """PyInstaller's folder, complete: stripped, with licences, and not larger than it may be."""
    python = python_of_environment()
    pip("install", "--force-reinstall", "--no-deps", wheel)
    run(python, ROOT / "packaging" / "program_icons.py", WORK / "icons")
    work = WORK / "pyinstaller"
    run(
        *(python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", DIST, "--workpath", work, ROOT / "packaging" / "asr-desktop.spec"),
        cwd=WORK,
    )
    folder = DIST / bundle_contents.NAME
    inside = next(folder.glob("_internal"))
    if sys.platform.startswith("linux"):
        import linux_libraries

        saved = linux_libraries.strip_symbols(inside)
        say(f"symbols for debuggers taken out: {saved / 1e6:.0f} MB")
    program_files.add_licences(
        inside, work / bundle_contents.NAME / "system-libraries.json", python_licence()
    )
    program_files.write_notice(folder)
    size = program_files.size_bytes(folder)
    if size > MOST_BYTES:
        raise LookupError(f"{folder} has {size / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f}")
    made(folder)
    return folder


def prepare_environment() -> None:
    """What PyInstaller collects from: the run-time set at its tested versions, nothing of a developer's."""
    stamp, inputs = ENVIRONMENT / ".ready", [ROOT / "pyproject.toml", CONSTRAINTS]
    if stamp.exists() and all(file.stat().st_mtime <= stamp.stat().st_mtime for file in inputs):
        return
    say("making the environment for packages …")
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["package"]]
    pip("install", "--constraint", CONSTRAINTS, *needed)
    stamp.touch()


def python_licence() -> str:
    """Of the Python that goes into the package."""
    for place in (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    debian = Path(f"/usr/share/doc/python3.{sys.version_info[1]}/copyright")
    if debian.is_file():
        return debian.read_text(encoding="utf-8", errors="replace")
    raise LookupError("this Python has no LICENSE.txt")


def python_of_environment() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments: str | Path) -> None:
    run(python_of_environment(), "-m", "pip", "--disable-pip-version-check", "--quiet", "--quiet", *arguments)


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """A step; PYTHONPATH of whoever calls is not for it."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
    }
    subprocess.run([str(part) for part in command], check=True, cwd=cwd, env=environment)


def say(text: str) -> None:
    print(f"package: {text}", flush=True)


def made(place: Path) -> None:
    say(f"{place.relative_to(ROOT)} ({program_files.size_bytes(place) / 1e6:.1f} MB)")


if __name__ == "__main__":
    sys.exit(main())
