from __future__ import annotations

import pytest

from asr_desktop.base.desktop_entry import exec_argument


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("/usr/bin/asr-desktop", "/usr/bin/asr-desktop"),
        ("/home/a b/asr-desktop", '"/home/a b/asr-desktop"'),
        ('/odd/$x"y', r'"/odd/\\$x\\"y"'),
        (r"/odd/\z", r'"/odd/\\\\z"'),
        ("/100 %/x", '"/100 %%/x"'),
        ("/100%/x", "/100%%/x"),
    ],
)
def test_odd_paths_are_quoted_as_desktops_read_them(part: str, written: str) -> None:
    assert exec_argument(part) == written
