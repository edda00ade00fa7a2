"""A recogniser after "Deep Speech 2", trained from scratch and used like any other model folder.

options      its sizes, as a recipe states them, and the settings that suit it
network      a log-mel spectrogram inside the ONNX graph, residual CNN, bidirectional GRU and CTC head, as a
             network of transformers (trainer.finetune.starts makes a new one)

D. Amodei et al., "Deep Speech 2: End-to-End Speech Recognition in English and Mandarin", ICML 2016. Residual
convolutions with layer norm and GELU between spectrogram and GRU replace its plain convolutions with batch
norm, as in current implementations.
"""

from asr_desktop.recognition.torch_weights import NETWORKS

ARCHITECTURE = "deepspeech2"
"""Its name in recipes, on the command line and in config.json; defined here because this module needs no
torch."""

NETWORKS[ARCHITECTURE] = f"{__name__}.network"  # used when such a folder is opened
