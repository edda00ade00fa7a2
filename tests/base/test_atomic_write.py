from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from asr_desktop.base.atomic_write import replacing, write_text


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    with replacing(path) as beside:
        beside.write_bytes(b"half")
        assert not path.exists()
        assert beside.parent == tmp_path
        beside.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    write_text(path, "as it was")

    def write_half_and_stop() -> None:
        with replacing(path) as beside:
            beside.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half_and_stop()
    assert path.read_text(encoding="utf-8") == "as it was"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")
def test_mode_and_symbolic_link_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "settings.toml", tmp_path / "link.toml"
    write_text(path, "former")
    path.chmod(0o640)
    link.symlink_to(path)
    write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
