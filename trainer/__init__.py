"""ASR Trainer: trains, measures and exports the models of ASR Desktop."""

import os

# Must be first: importing asr_desktop disables usage reporting of libraries that are imported later.
from asr_desktop.base import paths

# PyTorch creates this folder on export, by default under a fixed name in the shared temporary folder.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(paths.data_folder() / "cache" / "torchinductor"))
