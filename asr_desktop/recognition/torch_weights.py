"""A checkpoint in the Hugging Face layout as a PyTorch network; for the PyTorch back end and the converter.

Importing this costs nothing; calling it imports PyTorch and transformers, which takes seconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from asr_desktop.errors import ModelFolderError
from asr_desktop.recognition.json_object import read_json_object
from asr_desktop.sentences import Sentence

# Of the pre-training only; a network without them recognises as before.
_UNUSED_WEIGHTS = ("masked_spec_embed",)


def load_ctc_network(folder: Path) -> Any:
    """The CTC network of a folder, on the processor, in full precision, ready to run.

    Weights in a pickle (pytorch_model.bin) are read as numbers only and no code of the folder is run. The
    attention is PyTorch's own (SDPA) in every family that has it. Raises ModelFolderError.
    """
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    kind = read_json_object(folder / "config.json").get("model_type")
    if kind not in transformers.CONFIG_MAPPING:
        raise ModelFolderError(
            Sentence(
                "{folder} is a {kind} network, which only ONNX Runtime can run, from a model.onnx.",
                folder=folder.name,
                kind=kind,
            )
        )
    try:
        network, loading = transformers.AutoModelForCTC.from_pretrained(
            folder,
            dtype=torch.float32,
            local_files_only=True,
            trust_remote_code=False,
            weights_only=True,
            output_loading_info=True,
        )
    except Exception as error:  # transformers raises whatever its parts raise
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise ModelFolderError(
            Sentence("The weights in {folder} cannot be loaded ({reason}).", folder=folder, reason=reason)
        ) from error
    missing = [name for name in loading["missing_keys"] if not name.endswith(_UNUSED_WEIGHTS)]
    if missing:
        raise ModelFolderError(
            Sentence(
                "{folder} lacks trained weights ({missing}): it is only pre-trained, so train it first "
                "with: asr-trainer train --from {folder}",
                folder=folder,
                missing=missing[0],
            )
        )
    return network.eval()
