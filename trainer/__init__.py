"""ASR Trainer: what teaches, measures and exports the models of ASR Desktop."""

import os

# First of all: importing asr_desktop keeps the libraries that are imported later from reporting their use.
from asr_desktop.base import paths

# PyTorch makes this folder when it exports, by default at a name in the shared temporary folder.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(paths.data_folder() / "cache" / "torchinductor"))
