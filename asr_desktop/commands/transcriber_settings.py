"""Converts command-line options to the recogniser's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_desktop.base import messages
from asr_desktop.base.settings import load
from asr_desktop.writing.options import SPOKEN, WritingOptions, chosen_options, parse_replacements

if TYPE_CHECKING:
    from asr_desktop.recognition.segmenter import SegmenterOptions
    from asr_desktop.recognition.worker.protocol import ModelChoice


def model_choice(model: str, **wishes: Any) -> ModelChoice:
    """A model and its settings for the recogniser process; `wishes` as for `transcriber_settings`.

    Raises ModelFolderError, DecoderError and SegmenterOptionsError.
    """
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.recognition.worker.protocol import ModelChoice

    find_model(model)
    settings = transcriber_settings(model, **wishes)
    hotwords, providers = settings.pop("hotwords"), settings.pop("providers")
    return ModelChoice(
        model=model,
        hotwords=tuple(hotwords),
        providers=None if providers is None else tuple(providers),
        **settings,
    )


def transcriber_settings(
    model: str,
    *,
    decoder: str,
    language_model: str | None,
    hotwords: Sequence[str] | None,
    hotwords_file: Path | None,
    providers: Sequence[str] | None,
    threads: int | None,
    decoder_options: dict[str, Any] | None = None,
    speech: dict[str, Any] | None = None,
    writing: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The arguments of a `file_pipeline.Transcriber` besides the model; in `decoder_options` and `speech`,
    None means the default.

    Without `language_model`, the one chosen for this model in the window or by the trainer is used, or the
    model's own. All commands that recognise get their settings here, so that they give the same results.

    Raises DecoderError, SegmenterOptionsError and WritingError.
    """
    from asr_desktop.recognition.beam_search_options import BeamSearchOptions
    from asr_desktop.recognition.hotwords import parse_hotwords, read_hotwords_file

    if language_model is None:
        from asr_desktop.model_store.selection import chosen_language_model

        language_model, sentence = chosen_language_model(model)
        if sentence:
            messages.note(sentence)
    return {
        "decoder": decoder,
        "language_model": language_model,
        "hotwords": [
            *parse_hotwords(hotwords or []),
            *(read_hotwords_file(hotwords_file) if hotwords_file else []),
        ],
        "decoder_options": BeamSearchOptions(**given(decoder_options or {})),
        "segmenter_options": segmenter_options(**speech or {}),
        "writing": writing_options(**writing or {}),
        "providers": providers or None,
        "threads": threads,
    }


def writing_options(
    *, spoken: bool = False, without: Sequence[str] | None = None, replacements: Sequence[str] | None = None
) -> WritingOptions:
    """Options of the written form: the window's settings, overridden by the command line.

    Raises WritingError.
    """
    if spoken:
        return SPOKEN
    chosen = chosen_options(load()[0])
    off = tuple(dict.fromkeys((*chosen.off, *map(str, without or ()))))
    own = (*chosen.replacements, *parse_replacements(replacements or ()))
    return replace(chosen, off=off, replacements=own)


def segmenter_options(**speech: float | None) -> SegmenterOptions:
    """SegmenterOptions with the given fields; two of them also lower fields that must not exceed them."""
    from asr_desktop.recognition.segmenter import SegmenterOptions

    made = given(speech)
    if "hangover_ms" in made:
        made.setdefault("tail_ms", min(made["hangover_ms"], SegmenterOptions.tail_ms))
    if "threshold" in made:
        release = min(made["threshold"], SegmenterOptions.release_threshold)
        made.setdefault("release_threshold", release)
    return SegmenterOptions(**made)


def given(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that are not None; the others keep their defaults."""
    return {name: value for name, value in settings.items() if value is not None}
