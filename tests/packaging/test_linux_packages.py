"""The packages for Linux, of a small folder: what they hold and say, and what they ask the system for."""

from __future__ import annotations

import configparser
import json
import shutil
import subprocess
import sys
from pathlib import Path

import appimage
import bundle_contents
import debian_package
import desktop_files
import linux_libraries
import program_files
import program_icons
import pytest

from asr_desktop.audio.media import MEDIA_SUFFIXES

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and shutil.which("dpkg-deb") and shutil.which("objdump")),
    reason="of Debian and its like, with binutils",
)
ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable).resolve()


@pytest.fixture(scope="module")
def icons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("icons")
    program_icons.write_icons(ROOT / "resources" / "icons" / "app.svg", made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """In the shape of PyInstaller's: a program, and a library beside it that needs the system's libc."""
    made = tmp_path / "asr-desktop"
    (made / "_internal").mkdir(parents=True)
    program = made / "asr-desktop"
    program.write_text('#!/bin/sh\necho "$(basename "$(dirname "$(readlink -f "$0")")") $*"\n')
    program.chmod(0o755)
    shutil.copyfile(_library(), made / "_internal" / "libcopy.so.1")
    return made


def _library() -> Path:
    """One of the system's: the C library's mathematics."""
    lines = subprocess.check_output(["/sbin/ldconfig", "-p"], text=True).splitlines()
    return next(Path(line.split(" => ")[1]) for line in lines if line.strip().startswith("libm.so.6 "))


def test_the_package_holds_program_menu_entry_icons_and_licences(
    folder: Path, icons: Path, tmp_path: Path
) -> None:
    package = debian_package.build(
        folder, icons, "all licences", "1.2.3", "2026-01-02", tmp_path / "work", tmp_path / "dist"
    )
    assert package.name == f"asr-desktop_1.2.3_{debian_package.architecture()}.deb"
    out = tmp_path / "out"
    subprocess.run(["dpkg-deb", "--extract", package, out], check=True)
    told = subprocess.check_output([out / "usr" / "bin" / "asr-desktop", "x"], text=True)
    assert told == "asr-desktop x\n"
    share = out / "usr" / "share"
    assert (share / "icons" / "hicolor" / "48x48" / "apps" / "asr-desktop.png").is_file()
    assert (share / "doc" / "asr-desktop" / "copyright").read_text() == "all licences"
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.read(share / "applications" / "asr-desktop.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["exec"] == "asr-desktop %F"
    assert len(entry["Desktop Entry"]["mimetype"].strip(";").split(";")) >= len(MEDIA_SUFFIXES) // 2
    field = subprocess.check_output(["dpkg-deb", "--field", package], text=True)
    assert "Package: asr-desktop\nVersion: 1.2.3\n" in field
    assert "libc6 (>= 2." in field
    assert "fontconfig-config" in field


def test_sizes_and_owners_are_the_system_s(folder: Path, icons: Path, tmp_path: Path) -> None:
    package = debian_package.build(
        folder, icons, "", "1.2.3", "2026-01-02", tmp_path / "work", tmp_path / "dist"
    )
    listed = subprocess.check_output(["dpkg-deb", "--contents", package], text=True)
    assert {line.split()[1] for line in listed.splitlines()} == {"root/root"}
    kib = int(subprocess.check_output(["dpkg-deb", "--field", package, "Installed-Size"], text=True))
    assert kib >= _library().stat().st_size // 1024


def test_the_app_image_s_folder_starts_from_anywhere(folder: Path, icons: Path, tmp_path: Path) -> None:
    made = appimage.make_folder(folder, icons, "1.2.3", "2026-01-02", tmp_path / "A.AppDir")
    link = tmp_path / "link"
    link.symlink_to(made / "AppRun")
    for start in (made / "AppRun", link):
        assert subprocess.check_output([start, "a", "b"], cwd="/", text=True) == "asr-desktop a b\n"
    assert (made / "asr-desktop.desktop").is_file()
    assert (made / ".DirIcon").read_bytes().startswith(b"\x89PNG")


def test_the_file_needs_the_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert appimage.make_file(tmp_path, "1.2.3", tmp_path) is None
    tool = tmp_path / appimage.TOOL
    tool.write_text('#!/bin/sh\nfor last; do :; done\necho "$ARCH $VERSION" > "$last"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    made = appimage.make_file(tmp_path, "1.2.3", tmp_path)
    assert made is not None
    assert made.read_text().endswith(" 1.2.3\n")


def test_the_shop_s_page_is_valid(tmp_path: Path) -> None:
    text = desktop_files.software_page("1.2.3", "2026-01-02")
    assert '<release version="1.2.3" date="2026-01-02" />' in text
    if shutil.which("appstreamcli") is None:
        pytest.skip("appstreamcli is not installed")
    page = tmp_path / "asr-desktop.metainfo.xml"
    page.write_text(text, encoding="utf-8")
    # The name is that of the menu entry: the project has no domain that it could begin with.
    no_domain = "--override=cid-desktopapp-is-not-rdns=info"
    command = ["appstreamcli", "validate", "--no-net", no_domain, page]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_libraries_are_asked_of_the_package_that_brings_them() -> None:
    found = linux_libraries.debian_packages_of(["libc.so.6", "libm.so.6"])
    assert found == {"libc.so.6": "libc6", "libm.so.6": "libc6"}
    assert linux_libraries.debian_packages_of([]) == {}
    with pytest.raises(LookupError, match=r"libnobody\.so"):
        linux_libraries.debian_packages_of(["libc.so.6", "libnobody.so.9"])


def test_what_a_folder_lacks_is_found(folder: Path) -> None:
    assert "libc.so.6" in linux_libraries.missing_libraries(folder)
    assert linux_libraries.newest_glibc(folder).startswith("2.")


def test_a_system_library_goes_with_the_last_one_that_needs_it() -> None:
    libc = ("libm.so.6", str(_library()), "BINARY")
    nobody_s = ("libnobody.so.1", "/usr/lib/libnobody.so.1", "BINARY")
    module = ("module.so", str(PYTHON), "EXTENSION")
    links = [("l.so", "module.so", "SYMLINK"), ("gone.so", "left-out.so", "SYMLINK")]
    kept = linux_libraries.needed_ones([libc, nobody_s, module, *links], ())
    assert module in kept
    assert links[0] in kept
    assert links[1] not in kept
    assert nobody_s not in kept
    assert nobody_s in linux_libraries.needed_ones([nobody_s, module], ("libnobody.so.1",))


def test_the_origin_of_system_libraries_tells_their_licence(tmp_path: Path) -> None:
    origins = tmp_path / "origins.json"
    linux_libraries.write_origins([("libm.so.6", str(_library()), "BINARY"), ("a", "b", "SYMLINK")], origins)
    assert json.loads(origins.read_text()) == {"libm.so.6": str(_library())}
    if not Path("/usr/share/doc/libc6/copyright").exists():
        pytest.skip("this Debian has no copyright files")
    assert "GNU" in linux_libraries.licences_of_system(origins)["libc6"]
    program_files.add_licences(tmp_path, origins, "Python's licence")
    added = tmp_path / "asr_desktop" / "bundled" / "licences-of-package"
    assert {file.name for file in added.iterdir()} == {"python.txt", "pyinstaller.txt", "debian-libc6.txt"}


def test_stripping_keeps_a_library_usable_and_renamed_ones_as_they_are(tmp_path: Path) -> None:
    kept = tmp_path / "a.libs" / "libm.so.6"
    kept.parent.mkdir()
    for place in (tmp_path / "libm.so.6", kept):
        shutil.copyfile(_library(), place)
    before = kept.read_bytes()
    linux_libraries.strip_symbols(tmp_path)
    assert kept.read_bytes() == before
    code = "import ctypes, sys; pow = ctypes.CDLL(sys.argv[1]).pow; pow.restype = ctypes.c_double; "
    code += "pow.argtypes = [ctypes.c_double] * 2; print(pow(2, 5))"
    told = subprocess.check_output([sys.executable, "-c", code, tmp_path / "libm.so.6"], text=True)
    assert told == "32.0\n"


def test_the_size_counts_links_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").symlink_to("a")
    assert program_files.size_bytes(tmp_path) == 5
    assert bundle_contents.NAME == "asr-desktop"
