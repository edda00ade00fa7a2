"""One file that runs on most Linux desktops: an AppImage's folder, and the file where its tool is installed.

Neither Debian nor PyPI has the tool (appimagetool) with the program that it puts before the picture: whoever
has it on the path gets the file, all others the folder, which its AppRun starts just as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import desktop_files
from bundle_contents import NAME

TOOL = "appimagetool"
APP_RUN = f"""\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/lib/{NAME}/{NAME}" "$@"
"""


def make_folder(folder: Path, icons: Path, version: str, day: str, app_dir: Path) -> Path:
    """The folder as AppImage's specification wants it: AppRun, an entry and an icon on top, usr below."""
    shutil.rmtree(app_dir, ignore_errors=True)
    program = app_dir / "usr" / "lib" / NAME
    program.parent.mkdir(parents=True)
    shutil.copytree(folder, program, symlinks=True, copy_function=os.link)
    desktop_files.install(app_dir / "usr" / "share", icons, version, day)
    shutil.copyfile(
        app_dir / "usr" / "share" / "applications" / f"{NAME}.desktop", app_dir / f"{NAME}.desktop"
    )
    picture = icons / "hicolor" / "256x256" / "apps" / f"{NAME}.png"
    for name in (f"{NAME}.png", ".DirIcon"):
        shutil.copyfile(picture, app_dir / name)
    start = app_dir / "AppRun"
    start.write_text(APP_RUN, encoding="utf-8")
    start.chmod(0o755)
    return app_dir


def make_file(app_dir: Path, version: str, into: Path) -> Path | None:
    """The AppImage; None where the tool is not installed."""
    if shutil.which(TOOL) is None:
        return None
    machine = os.uname().machine
    file = into / f"ASR_Desktop-{version}-{machine}.AppImage"
    subprocess.run(
        [TOOL, "--no-appstream", app_dir, file],
        check=True,
        env={**os.environ, "ARCH": machine, "VERSION": version},
    )
    return file
