"""The scripts of the folder `packaging` as modules: it is no package of its own, a library has its name."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = str(Path(__file__).resolve().parents[2] / "packaging")
if FOLDER not in sys.path:
    sys.path.append(FOLDER)
