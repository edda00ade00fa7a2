"""Machines that are slower than speech: that costs partial results, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from asr_desktop.recognition.live_events import Lag, LiveEvent, LiveOptions
from tests.recognition.live_talks import (
    RATE,
    Clock,
    Samples,
    Talk,
    finals,
    monologue,
    partials,
    pipeline_for,
    run,
    sentence,
    talk,
    talk_of,
)
from tests.recognition.scripted_network import ScriptedNetwork

__all__ = ["monologue", "sentence", "talk"]


@dataclass
class SlowMachine:
    """Real time by a fake clock: sound comes as time goes by, and encoding takes its time."""

    talk: Talk
    network: ScriptedNetwork
    real_time_factor: float
    options: LiveOptions | None = None

    def run(self) -> tuple[list[tuple[float, LiveEvent]], float]:
        """Events with the time at which they came, and the largest lag."""
        clock = Clock()

        def work(seconds: float) -> None:
            clock.now += self.real_time_factor * seconds

        self.network.on_run = work
        pipeline = pipeline_for(self.network, self.options, clock)
        samples, heard, seen, largest_lag = self.talk.samples, 0, [], 0.0
        while heard < len(samples):
            clock.now = max(clock.now, (heard + 800) / RATE)
            recorded = min(len(samples), int(clock.now * RATE))
            block = samples[heard : min(recorded, heard + RATE)]
            heard += len(block)
            waiting_seconds = (recorded - heard) / RATE
            largest_lag = max(largest_lag, waiting_seconds)
            seen += [(clock.now, event) for event in pipeline.accept(block, waiting_seconds=waiting_seconds)]
        return seen + [(clock.now, event) for event in pipeline.finish()], largest_lag


@pytest.mark.parametrize("real_time_factor", [0.05, 0.3, 0.8, 1.6])
def test_a_slow_machine_loses_partial_results_and_no_word(
    sentence: Samples, tmp_path: Path, real_time_factor: float
) -> None:
    talk = talk_of([0.5, *[sentence, 2.0] * 4, 12.0])
    fast = run(pipeline_for(talk.network(tmp_path)), talk.samples)
    seen, _ = SlowMachine(talk, talk.network(tmp_path), real_time_factor).run()
    events = [event for _, event in seen]
    assert finals(events) == finals(fast)
    if real_time_factor >= 0.8:
        assert len(partials(events)) < len(partials(fast))


def test_on_a_machine_that_can_just_keep_up_the_text_does_not_fall_behind(
    monologue: Talk, tmp_path: Path
) -> None:
    """Looks at a few seconds, three times a second, would take more time than there is."""
    _, largest_lag = SlowMachine(monologue, monologue.network(tmp_path), 0.25).run()
    assert largest_lag < 5.0


def test_the_lag_is_told_and_its_end_too(sentence: Samples, tmp_path: Path) -> None:
    talk = talk_of([0.5, *[sentence] * 4, 30.0])
    seen, largest_lag = SlowMachine(talk, talk.network(tmp_path), 1.6).run()
    lags = [event.seconds for _, event in seen if isinstance(event, Lag)]
    assert lags
    assert max(lags) == pytest.approx(largest_lag, abs=0.6)
    assert lags[-1] == 0.0, "it caught up in the pause"
    assert 0.0 not in lags[:-1] or lags.count(0.0) < len(lags) / 2


def test_no_lag_no_word_about_it(talk: Talk, tmp_path: Path) -> None:
    seen, _ = SlowMachine(talk, talk.network(tmp_path), 0.02).run()
    assert not any(isinstance(event, Lag) for _, event in seen)


def test_one_stand_still_does_not_stretch_the_tick(monologue: Talk, tmp_path: Path) -> None:
    clock = Clock()
    network = monologue.network(tmp_path)

    def mostly_fast(seconds: float) -> None:
        clock.now += 5.0 if len(network.windows) == 10 else 0.01

    network.on_run = mostly_fast
    events = partials(run(pipeline_for(network, clock=clock), monologue.samples))
    undisturbed = partials(run(pipeline_for(monologue.network(tmp_path)), monologue.samples))
    assert len(events) == len(undisturbed)
