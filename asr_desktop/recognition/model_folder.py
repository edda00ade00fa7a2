"""A model folder: an acoustic model in the Hugging Face layout, read without PyTorch or transformers.

The folder defines everything about a model: its labels (`vocab.json` and the tokenizer's files), its input
(`preprocessor_config.json`), its frames (`config.json`), its network (`model.onnx`) and optionally its
language model (`Wav2Vec2ProcessorWithLM`'s layout). No other module makes assumptions about letters,
languages, 20 ms frames or the position of the blank. Missing or inconsistent parts are named in one
sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object, read_optional_json_object, read_value
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_text
from asr_desktop.base.typed_data import Within
from asr_desktop.recognition.front_end import (
    MOST_EMISSION_DELAY_SECONDS,
    MOST_SAMPLE_RATE,
    FrameTiming,
    frame_geometry,
    read_preprocessor,
)
from asr_desktop.recognition.labels import Labels, read_labels, read_tokenizer

__all__ = [
    "Labels",
    "LanguageModelFiles",
    "ModelFolder",
    "find_model",
    "list_models",
    "recogniser_folders",
    "scan_models",
]

# Where an ONNX network may lie, best first: ours and most people's, then `onnx/` as the transformers.js
# repositories of the hub have it. Their quantised files come after the plain ones, because many of them have
# quantised convolutions, which run slower than floating point; a model.int8.onnx of our making has not.
ONNX_NAMES = (
    "model.int8.onnx",
    "model.onnx",
    "onnx/model.onnx",
    "onnx/model_int8.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_fp16.onnx",
)
_FLOAT_ONNX_NAMES = ("model.onnx", "onnx/model.onnx", "onnx/model_fp16.onnx")
_PYTORCH_NAMES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
# A model of which earlier versions are kept: `current` holds the name of the folder below `versions` in use.
CURRENT_FILE = "current"
VERSIONS_FOLDER = "versions"
SOURCE_FILE = "source.json"
"""Origin of a model and the checksums of its files; in every folder that the store created."""
_KENLM_PATTERNS = ("*.bin", "*.binary", "*.klm", "*.arpa", "*.arpa.gz")
_SampleRate = Annotated[int, Within(1, MOST_SAMPLE_RATE)]
_EmissionDelay = Annotated[float, Within(0.0, MOST_EMISSION_DELAY_SECONDS)]


@dataclass(frozen=True)
class LanguageModelFiles:
    """A KenLM model beside the acoustic one, as `Wav2Vec2ProcessorWithLM` and pyctcdecode store it.

    model_path: KenLM binary or ARPA file.
    unigrams_path: the words it knows, one a line, or None.
    alpha, beta, unk_score_offset, score_boundary: pyctcdecode's settings (attrs.json), or None where not
        stated.
    """

    model_path: Path
    unigrams_path: Path | None = None
    alpha: float | None = None
    beta: float | None = None
    unk_score_offset: float | None = None
    score_boundary: bool | None = None

    @classmethod
    def load(cls, folder: Path) -> LanguageModelFiles:
        """Read a `language_model` folder: a KenLM file, and attrs.json and unigrams.txt where they are there.

        Raises ModelFolderError where it holds no KenLM file, or several, or a damaged attrs.json.
        """
        found = sorted(path for pattern in _KENLM_PATTERNS for path in folder.glob(pattern))
        # An ARPA file beside its binary is the same model, slower to load.
        found = [path for path in found if ".arpa" not in path.name] or found
        if not found:
            raise ModelFolderError(
                Sentence(
                    "{folder} contains no KenLM language model (*.bin or *.arpa); put one there.",
                    folder=folder,
                )
            )
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise ModelFolderError(
                Sentence(
                    "{folder} contains several language models ({names}); keep only one.",
                    folder=folder,
                    names=names,
                )
            )
        unigrams = folder / "unigrams.txt"
        attrs_path = folder / "attrs.json"
        attrs = read_optional_json_object(attrs_path)
        numbers = {
            name: read_value(attrs.get(name), float | None, name, attrs_path)
            for name in ("alpha", "beta", "unk_score_offset")
        }
        score_boundary = attrs.get("score_boundary")
        return cls(
            model_path=found[0],
            unigrams_path=unigrams if unigrams.is_file() else None,
            **numbers,
            score_boundary=None if score_boundary is None else bool(score_boundary),
        )


@dataclass(frozen=True)
class ModelFolder:
    """The checked description of a model.

    sample_rate: of the sound that the model expects, in Hz.
    do_normalize: whether each utterance is first brought to zero mean and unit variance.
    return_attention_mask: whether padded batches come with a mask; without it nothing may be padded.
    frame_stride_samples, receptive_field_samples: a frame's step and view, in samples at `sample_rate`;
        frame t is centred on sample `frame_stride_samples * t + receptive_field_samples / 2`.
    emission_delay_seconds: how much later than its sound a label is emitted, on average.
    onnx_path: the network to run on a processor (int8 where there is one).
    float_onnx_path: the network without quantisation, better for graphics cards, where there is one.
    language: as the tokenizer or the model card says it ("en", "deu"), or None.
    """

    path: Path
    name: str
    labels: Labels
    sample_rate: int
    do_normalize: bool
    return_attention_mask: bool
    frame_stride_samples: int
    receptive_field_samples: int
    emission_delay_seconds: float
    onnx_path: Path
    float_onnx_path: Path | None
    language_model: LanguageModelFiles | None
    config: dict[str, Any]
    language: str | None

    @classmethod
    def load(cls, path: str | Path) -> ModelFolder:
        """Read and check the folder at `path`; ModelFolderError names what is missing or does not fit."""
        asked = Path(path).expanduser()
        try:
            return cls._read(asked, _version_in_use(asked))
        except OSError as error:
            raise ModelFolderError(
                Sentence(
                    "The model {folder} cannot be read ({reason}); check its permissions and its disk.",
                    folder=asked,
                    reason=error,
                )
            ) from error

    @classmethod
    def _read(cls, asked: Path, folder: Path) -> ModelFolder:
        if not folder.is_dir():
            raise ModelFolderError(
                Sentence(
                    "{folder} is not a folder; a model is a folder with config.json, vocab.json and "
                    "model.onnx.",
                    folder=folder,
                )
            )
        config = read_json_object(folder / "config.json")
        stride, receptive_field = frame_geometry(config, folder / "config.json")
        tokenizer = read_tokenizer(folder)
        labels = read_labels(folder, tokenizer, config)
        preprocessor = read_preprocessor(folder)
        onnx_path = _first_file(folder, ONNX_NAMES)
        if onnx_path is None:
            raise ModelFolderError(_no_network(folder))
        lm_folder = folder / "language_model"
        return cls(
            path=folder,
            name=asked.resolve().name,
            labels=labels,
            sample_rate=read_value(
                preprocessor.get("sampling_rate", 16_000), _SampleRate, "sampling_rate", folder
            ),
            do_normalize=bool(preprocessor.get("do_normalize", True)),
            return_attention_mask=bool(preprocessor.get("return_attention_mask", False)),
            frame_stride_samples=stride,
            receptive_field_samples=receptive_field,
            emission_delay_seconds=read_value(
                config.get("emission_delay_seconds", 0.0),
                _EmissionDelay,
                "emission_delay_seconds",
                folder / "config.json",
            ),
            onnx_path=onnx_path,
            float_onnx_path=_first_file(folder, _FLOAT_ONNX_NAMES),
            language_model=LanguageModelFiles.load(lm_folder) if lm_folder.is_dir() else None,
            config=config,
            language=_language(folder, tokenizer),
        )

    @property
    def frame_timing(self) -> FrameTiming:
        return FrameTiming(
            self.frame_stride_samples,
            self.receptive_field_samples,
            self.sample_rate,
            self.emission_delay_seconds,
        )

    def frame_seconds(self, frame: float) -> float:
        """The time of a frame's centre, in seconds from the start of the utterance."""
        return (self.frame_stride_samples * frame + self.receptive_field_samples / 2) / self.sample_rate

    def with_outputs(self, size: int) -> ModelFolder:
        """This folder with labels for a network of `size` outputs; ModelFolderError where they do not fit."""
        if not self.labels.can_fit(size):
            raise ModelFolderError(
                Sentence(
                    "vocab.json in {path} lists {count} labels, but {name} has {size} outputs; they do "
                    "not match.",
                    path=self.path,
                    count=len(self.labels),
                    name=self.onnx_path.name,
                    size=size,
                )
            )
        return replace(self, labels=self.labels.fitted(size))


def find_model(name_or_path: str | Path) -> ModelFolder:
    """The model at a path, or with that name in the user's models folder or among the bundled models."""
    asked = Path(name_or_path).expanduser()
    candidates = [asked, paths.models_folder() / asked, paths.bundled_models_folder() / asked]
    # A model before a mere folder of the same name; but a folder that is no complete model says best what
    # it lacks.
    for candidate in candidates:
        if (candidate / "config.json").is_file() or (candidate / CURRENT_FILE).is_file():
            return ModelFolder.load(candidate)
    for candidate in candidates:
        if candidate.is_dir():
            return ModelFolder.load(candidate)
    if asked.is_file():
        raise ModelFolderError(
            Sentence(
                "{asked} is a file; choose its folder, with config.json and vocab.json.",
                asked=asked,
            )
        )
    installed = ", ".join(model.name for model in list_models()) or "none"
    raise ModelFolderError(
        Sentence(
            "There is no model “{model}”: it is neither a folder nor one of the installed models "
            "({installed}); check its name.",
            model=str(name_or_path),
            installed=installed,
        )
    )


def list_models() -> list[ModelFolder]:
    """Every model that can be used by its name; the user's own before the bundled ones."""
    return scan_models()[0]


def scan_models() -> tuple[list[ModelFolder], list[ModelFolderError]]:
    """Every usable model, and the reason for each folder that is not a usable model."""
    models: dict[str, ModelFolder] = {}
    unusable: list[ModelFolderError] = []
    for folder in recogniser_folders():
        try:
            models.setdefault(folder.name, ModelFolder.load(folder))
        except ModelFolderError as error:
            unusable.append(error)
    return list(models.values()), unusable


def recogniser_folders() -> Iterator[Path]:
    """Every folder that should hold a recogniser, the user's own before those that ship.

    The networks that ship for other things (marks and capitals, speakers) lie beside those; they spell
    nothing, so they have neither of the files that say how.
    """
    shipped = paths.bundled_models_folder()
    for home in (paths.models_folder(), shipped):
        for folder in sorted(home.iterdir()) if home.is_dir() else ():
            if not folder.is_dir() or folder.name.startswith("."):
                continue
            spells = any((folder / name).exists() for name in ("vocab.json", "tokenizer_config.json"))
            if spells or home != shipped or not any(folder.glob("*.onnx")):
                yield folder


def _version_in_use(folder: Path) -> Path:
    """The folder itself, or the version of it that its `current` names (see model_store.versions)."""
    pointer = folder / CURRENT_FILE
    if (folder / "config.json").is_file() or not pointer.exists():
        return folder
    try:
        name = read_text(pointer).strip()
    except READ_ERRORS as error:
        raise ModelFolderError(
            Sentence(
                "{pointer} cannot be read ({reason}); choose a version with: asr-trainer rollback {folder} "
                "--to VERSION",
                pointer=pointer,
                reason=error,
                folder=folder.name,
            )
        ) from error
    version = folder / VERSIONS_FOLDER / name
    # A name, not a way to somewhere else.
    if name == ".." or version.name != name or not _is_folder(version):
        raise ModelFolderError(
            Sentence(
                "{pointer} points to a version that does not exist ({version}); choose another with: "
                "asr-trainer rollback {folder} --to VERSION",
                pointer=pointer,
                version=name[:80],
                folder=folder.name,
            )
        )
    return version


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # too long for a name, or with a zero byte
        return False


def card_lines(folder: Path) -> list[str]:
    """Of the model card, README.md; none where there is none that can be read, which costs no model."""
    try:
        return read_text(folder / "README.md", errors="replace").splitlines()
    except READ_ERRORS:
        return []


def _language(folder: Path, tokenizer: Mapping[str, Any]) -> str | None:
    """The tokenizer's target language, or the first `language` in the model card's YAML header."""
    if isinstance(tokenizer.get("target_lang"), str):
        return str(tokenizer["target_lang"])
    lines = card_lines(folder)
    if not lines or lines[0].strip() != "---":
        return None
    for line, following in zip(lines[1:], [*lines[2:], ""], strict=True):
        if line.strip() == "---":
            return None
        if line.startswith("language:"):
            # "language: en", "language: [en, de]", or a list on the lines below.
            value = line.removeprefix("language:").strip() or following.strip().removeprefix("-")
            return value.strip("[] ").split(",")[0].strip(" \"'") or None
    return None


def _no_network(folder: Path) -> str:
    if _first_file(folder, _PYTORCH_NAMES) is not None:
        return Sentence(
            "{folder} contains PyTorch weights but no model.onnx; convert it with: asr-trainer export "
            "{folder}",
            folder=folder,
        )
    return Sentence(
        "{folder} contains no network; put its model.onnx (or model.int8.onnx) there.", folder=folder
    )


def _first_file(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
