"""Partial results: they come while somebody speaks, and words that are committed stay."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.recognition.live_events import CaptionOptions, Final, LiveEvent, LiveOptions, Partial
from tests.recognition.live_talks import (
    RATE,
    Samples,
    Talk,
    blocks_of,
    finals,
    monologue,
    partials,
    pipeline_for,
    run,
    sentence,
    talk,
    text_of,
)
from tests.recognition.scripted_network import Said, ScriptedNetwork, scripted_folder

CONTEXT_SECONDS = CaptionOptions().left_context_seconds

__all__ = ["monologue", "sentence", "talk"]


def test_partial_results_come_while_somebody_speaks_and_grow_to_the_final(talk: Talk, tmp_path: Path) -> None:
    pipeline = pipeline_for(talk.network(tmp_path))
    seen: list[tuple[float, LiveEvent]] = []
    for block in blocks_of(talk.samples):
        seen += [(pipeline.heard_seconds, event) for event in pipeline.accept(block)]
    seen += [(pipeline.heard_seconds, event) for event in pipeline.finish()]
    first_words = [word for word in talk.script if word.end_seconds < len(talk.samples) / RATE / 2]
    first_partial = next(at for at, event in seen if isinstance(event, Partial) and event.words)
    assert first_partial < first_words[2].end_seconds
    final_at, final = next((at, event) for at, event in seen if isinstance(event, Final))
    assert final.text == text_of(first_words)
    before = [event for at, event in seen if isinstance(event, Partial) and event.utterance == 1]
    assert before[-1].text == final.text
    assert len(before) >= len(first_words) / 2
    ticks = [at for at, event in seen if isinstance(event, Partial) and at < final_at]
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(ticks))
    assert float(np.median(np.diff(ticks))) == pytest.approx(0.3, abs=0.11)


@pytest.mark.parametrize("name", ["talk", "monologue"])
@pytest.mark.parametrize("size", [320, 800, 4001])
def test_committed_words_never_change_before_the_final(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, size: int
) -> None:
    spoken_now: Talk = request.getfixturevalue(name)
    events = run(pipeline_for(spoken_now.network(tmp_path)), spoken_now.samples, size)
    committed: dict[int, tuple[object, ...]] = {}
    for partial in partials(events):
        words = partial.words[: partial.committed_words]
        earlier = committed.get(partial.utterance, ())
        assert words[: len(earlier)] == earlier
        committed[partial.utterance] = words
        assert partial.text.startswith(partial.committed_text)
    for final in finals(events):
        assert len(committed[final.utterance]) >= len(final.words) - 4
        # This network hears every word clearly, so here they are the final's as well; but for the word at
        # which long speech was cut.
        said = [word.text for word in final.words[:-1]]
        kept = [word.text for word in committed[final.utterance]]
        assert kept[: len(said)] == said[: len(kept)]


def test_nothing_changes_and_nothing_is_said(talk: Talk, tmp_path: Path) -> None:
    events = run(pipeline_for(talk.network(tmp_path)), talk.samples)
    for earlier, later in pairwise(partials(events)):
        shown = (earlier.utterance, earlier.text, earlier.committed_words)
        assert shown != (later.utterance, later.text, later.committed_words)


def test_a_look_encodes_a_few_seconds_however_long_the_utterance(monologue: Talk, tmp_path: Path) -> None:
    network = monologue.network(tmp_path)
    events = run(pipeline_for(network), monologue.samples)
    ends = {round(final.end_seconds, 3) for final in finals(events)}
    looks = [end - start for start, end in network.windows if round(end, 3) not in ends]
    assert len(looks) > 40
    assert max(looks) < CONTEXT_SECONDS + 3.5
    assert max(final.end_seconds - final.start_seconds for final in finals(events)) > 10.0


def test_a_word_on_which_nobody_agrees_does_not_make_the_window_grow(monologue: Talk, tmp_path: Path) -> None:
    class Undecided(ScriptedNetwork):
        """Hears every word differently each time."""

        def __call__(self, samples: Samples) -> NDArray[np.float32]:
            letters = "BCDFG"
            mark = letters[len(self.windows) % len(letters)]
            self.script = [Said(mark + word.text[1:], word.start_seconds, word.end_seconds) for word in said]
            return super().__call__(samples)

    said = monologue.script
    network = Undecided(monologue.samples, said, scripted_folder(tmp_path))
    options = LiveOptions(caption=CaptionOptions(longest_window_seconds=5.0))
    events = run(pipeline_for(network, options), monologue.samples)
    ends = {round(final.end_seconds, 3) for final in finals(events)}
    looks = [end - start for start, end in network.windows if round(end, 3) not in ends]
    assert max(looks) < 5.0 + CONTEXT_SECONDS + 1.0
    committed: dict[int, tuple[object, ...]] = {}
    for partial in partials(events):
        words = partial.words[: partial.committed_words]
        assert words[: len(committed.get(partial.utterance, ()))] == committed.get(partial.utterance, ())
        committed[partial.utterance] = words
