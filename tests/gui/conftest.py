"""What tests of the window have in common: a platform without a screen, and a context."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything makes a QApplication. With a DISPLAY (Xvfb, say) the real platform is tested.
if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest.importorskip("PySide6.QtWidgets", reason="the window needs Qt's libraries", exc_type=ImportError)

from PySide6.QtWidgets import QApplication

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import theme


@pytest.fixture
def context(home: Path, qapp: QApplication) -> Iterator[AppContext]:
    """A context with settings and library of its own, in the test's data folder."""
    theme.apply("light")
    context = AppContext()
    yield context
    assert operations.wait_for_all(60), "an operation is still under way"
    context.close()
