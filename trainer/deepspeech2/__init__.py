"""A recogniser after "Deep Speech 2", trained from nothing and used like any other model folder.

options      its sizes, as a recipe states them, and the settings that suit it
network      a log-mel spectrogram inside the ONNX graph, residual CNN, bidirectional GRU and CTC head, as a
             network of transformers (trainer.finetune.starts makes a new one)

D. Amodei et al., "Deep Speech 2: End-to-End Speech Recognition in English and Mandarin", ICML 2016. Residual
convolutions with layer norm and GELU between spectrogram and GRU are what today's tutorials have in place of
its plain convolutions with batch norm.
"""

from asr_desktop.recognition.torch_weights import NETWORKS

ARCHITECTURE = "deepspeech2"
"""Its name in recipes, on the command line and in config.json; here, where no torch is needed."""

NETWORKS[ARCHITECTURE] = f"{__name__}.network"  # for whoever opens such a folder
