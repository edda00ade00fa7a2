"""Live captions: finals are a file's, committed words stay, slowness costs partial results, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.media import read_all
from asr_desktop.recognition.beam_search import BeamSearchDecoder, GreedyDecoder, Hypothesis
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import Final, Lag, LiveEvent, Partial
from asr_desktop.recognition.live_options import CaptionOptions, LiveOptions
from asr_desktop.recognition.live_pipeline import LivePipeline, Resumption
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptions, SegmenterOptionsError
from asr_desktop.transcripts.document import segments_for_reading
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition.scripted_network import Said, ScriptedNetwork, script_for, scripted_folder

RATE = 16_000
Samples = NDArray[np.float32]


@dataclass
class Clock:
    """Stands still unless it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Talk:
    """Speech on a floor of noise (which tells any sample from any other), and what is said in it."""

    samples: Samples
    script: list[Said]

    def network(self, tmp_path: Path) -> ScriptedNetwork:
        return ScriptedNetwork(self.samples, self.script, scripted_folder(tmp_path))


def room(seconds: float) -> Samples:
    """The hiss of a quiet room."""
    return (np.random.default_rng(7).normal(size=round(seconds * RATE)) * 1e-4).astype(np.float32)


@pytest.fixture(scope="module")
def sentence() -> Samples:
    try:
        samples = read_all(spoken("when the boat came back in the evening nobody asked where it had been"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1]]


def talk_of(pieces: Iterable[Samples | float]) -> Talk:
    """Speech, and seconds of silence."""
    sounds, speech, place = [], [], 0.0
    for piece in pieces:
        samples = np.zeros(round(piece * RATE), np.float32) if isinstance(piece, float) else piece
        if not isinstance(piece, float):
            speech.append((place + 0.1, place + len(samples) / RATE))
        sounds.append(samples)
        place += len(samples) / RATE
    whole = np.concatenate(sounds)
    return Talk(whole + room(len(whole) / RATE)[: len(whole)], script_for(speech))


@pytest.fixture(scope="module")
def talk(sentence: Samples) -> Talk:
    """Two sentences with a pause that ends the first, and half a second after the second."""
    return talk_of([1.0, sentence, 1.5, sentence, 0.5])


@pytest.fixture(scope="module")
def monologue(sentence: Samples) -> Talk:
    """Some 25 s without a pause."""
    return talk_of([0.6, *[sentence] * 7, 1.0])


def blocks_of(samples: Samples, size: int = 800) -> Iterator[Samples]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def pipeline_for(
    network: ScriptedNetwork,
    options: LiveOptions | None = None,
    clock: Clock | None = None,
    resumption: Resumption | None = None,
    segmenter_options: SegmenterOptions | None = None,
) -> LivePipeline:
    recogniser = Recogniser(network, BeamSearchDecoder(network.folder.labels))
    return LivePipeline(
        recogniser,
        options=options,
        clock=clock or Clock(),
        resumption=resumption,
        segmenter_options=segmenter_options,
    )


def run(pipeline: LivePipeline, samples: Samples, size: int = 800) -> list[LiveEvent]:
    events = [event for block in blocks_of(samples, size) for event in pipeline.accept(block)]
    return events + pipeline.finish()


def finals(events: Sequence[LiveEvent]) -> list[Final]:
    return [event for event in events if isinstance(event, Final)]


def partials(events: Sequence[LiveEvent]) -> list[Partial]:
    return [event for event in events if isinstance(event, Partial)]


def text_of(said: Sequence[Said]) -> str:
    return " ".join(word.text for word in said)


# --- the finals are those of a file


@pytest.mark.parametrize("size", [160, 511, 8000, 10**9])
@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_the_finals_are_the_transcript_of_the_file(
    talk: Talk, tmp_path: Path, size: int, decoder: str
) -> None:
    path = tmp_path / "talk.wav"
    soundfile.write(path, talk.samples, RATE, subtype="FLOAT")
    transcriber = Transcriber(
        model_folder("wav2vec2-conformer"), decoder=decoder, providers=["cpu"], threads=1
    )
    transcript = transcriber.transcribe(path)
    events = run(LivePipeline(transcriber.recogniser), talk.samples, size)
    assert len(finals(events)) == 2
    assert segments_for_reading(final.words for final in finals(events)) == transcript.segments


def test_long_speech_is_cut_where_the_file_is_cut(monologue: Talk, tmp_path: Path) -> None:
    events = run(pipeline_for(monologue.network(tmp_path)), monologue.samples, 777)
    segmenter = Segmenter()
    cut = [*segmenter.accept(monologue.samples), *segmenter.flush()]
    assert len(cut) >= 2
    bounds = [(final.start_seconds, final.end_seconds) for final in finals(events)]
    assert bounds == [(utterance.start_seconds, utterance.end_seconds) for utterance in cut]


def test_utterances_are_numbered_in_order(talk: Talk, tmp_path: Path) -> None:
    events = run(pipeline_for(talk.network(tmp_path)), talk.samples)
    assert [final.utterance for final in finals(events)] == [1, 2]
    numbers = [event.utterance for event in events if isinstance(event, Partial | Final)]
    assert numbers == sorted(numbers)


# --- partial results


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
    assert max(looks) < 5.0
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
    assert max(looks) < 5.0 + 1.5 + 1.0
    committed: dict[int, tuple[object, ...]] = {}
    for partial in partials(events):
        words = partial.words[: partial.committed_words]
        assert words[: len(committed.get(partial.utterance, ()))] == committed.get(partial.utterance, ())
        committed[partial.utterance] = words


# --- the end of an utterance, and of everything


def test_an_utterance_is_encoded_before_its_hangover_has_passed(talk: Talk, tmp_path: Path) -> None:
    network = talk.network(tmp_path)
    pipeline = pipeline_for(network)
    for block in blocks_of(talk.samples):
        runs = len(network.windows)
        if finals(pipeline.accept(block)):
            assert len(network.windows) == runs, "its emissions were there already"
            return
    pytest.fail("no utterance ended")


def test_hotwords_that_come_during_the_hangover_still_count(talk: Talk, tmp_path: Path) -> None:
    network = talk.network(tmp_path)
    decoder = BeamSearchDecoder(network.folder.labels)
    decoded = []
    search = decoder.decode_alternatives

    def decode_alternatives(log_probs: NDArray[np.floating], count: int) -> list[Hypothesis]:
        decoded.append(pipeline.heard_seconds)
        return search(log_probs, count)

    decoder.decode_alternatives = decode_alternatives  # type: ignore[method-assign]
    pipeline = LivePipeline(Recogniser(network, decoder), clock=Clock())
    changed_at = 0.0
    for block in blocks_of(talk.samples):
        times = len(decoded)
        events = finals(pipeline.accept(block))
        if events:
            assert decoded[-1] > changed_at, "with the new hotwords"
            return
        if len(decoded) > times:  # ahead, in the hangover
            changed_at = pipeline.heard_seconds
            assert pipeline.set_hotwords(["BABE"]) == []
    pytest.fail("no utterance ended")


def test_where_encoding_takes_long_it_waits_for_the_end(talk: Talk, tmp_path: Path) -> None:
    clock = Clock()
    network = talk.network(tmp_path)

    def slowly(seconds: float) -> None:
        clock.now += 0.5 * seconds

    network.on_run = slowly
    options = LiveOptions(longest_ahead_seconds=0.0)
    pipeline = pipeline_for(network, options, clock)
    run(pipeline, talk.samples)
    network.windows.clear()
    events = run(pipeline, talk.samples)
    whole = [(final.start_seconds, final.end_seconds) for final in finals(events)]
    assert len(whole) == 2


def test_what_was_said_before_stop_is_recognised(talk: Talk, tmp_path: Path) -> None:
    second = [word for word in talk.script if word.start_seconds > len(talk.samples) / RATE / 2]
    stopped_at = second[4].end_seconds + 0.06
    pipeline = pipeline_for(talk.network(tmp_path))
    events = run(pipeline, talk.samples[: round(stopped_at * RATE)])
    assert finals(events)[-1].text == text_of(second[:5])
    assert isinstance(events[-1], Final)


@pytest.mark.parametrize("sound", ["silence", "noise", "music"])
def test_no_speech_gives_no_text(tmp_path: Path, sound: str) -> None:
    time = np.arange(10 * RATE) / RATE
    melody = np.zeros(len(time))
    for number, pitch in enumerate([261.6, 329.6, 392.0, 523.3, 440.0, 349.2] * 4):
        plucked = np.clip(time - 0.4 * number, 0.0, None)
        for overtone in (1, 2, 3):
            melody += np.exp(-3 * plucked) * np.sin(2 * np.pi * pitch * overtone * plucked) / overtone
    sounds = {
        "silence": np.zeros(10 * RATE),
        "noise": np.random.default_rng(5).normal(size=10 * RATE) * 0.1,
        "music": 0.1 * melody,
    }
    transcriber = Transcriber(
        model_folder("wav2vec2-conformer"), decoder="greedy", providers=["cpu"], threads=1
    )
    assert run(LivePipeline(transcriber.recogniser), sounds[sound].astype(np.float32)) == []


def test_a_final_without_words_takes_the_partial_back(talk: Talk, tmp_path: Path) -> None:
    class Deaf(GreedyDecoder):
        def decode_alternatives(self, log_probs: NDArray[np.floating], count: int) -> list[Hypothesis]:
            return [Hypothesis("", 0.0)]

    network = talk.network(tmp_path)
    pipeline = LivePipeline(Recogniser(network, Deaf(network.folder.labels)), clock=Clock())
    events = run(pipeline, talk.samples)
    assert any(partial.words for partial in partials(events))
    assert [(final.utterance, final.words) for final in finals(events)] == [(1, ()), (2, ())]


# --- slower than speech


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


# --- settings that change while it listens


def test_the_hangover_can_be_changed_while_listening(sentence: Samples, tmp_path: Path) -> None:
    talk = talk_of([0.6, sentence, 0.45, sentence, 0.45, sentence, 1.0])
    together = finals(run(pipeline_for(talk.network(tmp_path)), talk.samples))
    pipeline = pipeline_for(talk.network(tmp_path))
    changed_at = round((0.6 + 0.45 + 1.5 * len(sentence) / RATE) * RATE)
    events = [event for block in blocks_of(talk.samples[:changed_at]) for event in pipeline.accept(block)]
    pipeline.set_hangover(300)
    events += run(pipeline, talk.samples[changed_at:])
    assert len(finals(events)) == len(together) + 1
    with pytest.raises(SegmenterOptionsError):
        pipeline.set_hangover(-1)


def test_hotwords_and_decoder_can_be_changed_while_listening(
    talk: Talk, sentence: Samples, tmp_path: Path
) -> None:
    class Shouting(GreedyDecoder):
        """Prints every text as its hotwords."""

        hotwords: tuple[str, ...] = ("BEFORE",)

        def decode_alternatives(self, log_probs: NDArray[np.floating], count: int) -> list[Hypothesis]:
            return [Hypothesis(" ".join(self.hotwords), 0.0)]

        def set_hotwords(self, hotwords: Iterable[Hotword | str]) -> list[str]:
            self.hotwords = tuple(str(hotword) for hotword in hotwords)
            return ["unusable"]

    network = talk.network(tmp_path)
    pipeline = LivePipeline(Recogniser(network, Shouting(network.folder.labels)), clock=Clock())
    half = round(2.2 * RATE) + len(sentence)  # the first sentence has ended
    events = [event for block in blocks_of(talk.samples[:half]) for event in pipeline.accept(block)]
    assert [final.text for final in finals(events)] == ["BEFORE"]
    assert pipeline.set_hotwords(["AFTER"]) == ["unusable"]
    events = [event for block in blocks_of(talk.samples[half:-RATE]) for event in pipeline.accept(block)]
    pipeline.set_decoder(GreedyDecoder(network.folder.labels))
    pipeline.set_decoder(Shouting(network.folder.labels))
    pipeline.set_hotwords(["LAST"])
    events += run(pipeline, talk.samples[-RATE:])
    assert [final.text for final in finals(events)] == ["LAST"]


# --- going on in the middle


def test_resumed_anywhere_it_says_what_it_would_have_said(monologue: Talk, tmp_path: Path) -> None:
    whole = finals(run(pipeline_for(monologue.network(tmp_path)), monologue.samples))
    done = whole[0]
    settled = round(done.end_seconds * RATE)
    resumption = Resumption(0, settled, done.utterance)
    events = run(pipeline_for(monologue.network(tmp_path), resumption=resumption), monologue.samples)
    assert finals(events) == whole[1:]
    assert all(partial.start_seconds >= done.end_seconds for partial in partials(events))


def test_of_a_stretch_that_is_cut_differently_only_what_is_new_is_recognised(
    monologue: Talk, tmp_path: Path
) -> None:
    settled = round(monologue.script[8].end_seconds * RATE) + 480
    resumption = Resumption(0, settled, 1)
    events = run(pipeline_for(monologue.network(tmp_path), resumption=resumption), monologue.samples)
    assert " ".join(final.text for final in finals(events)).startswith(text_of(monologue.script[9:12]))
    assert finals(events)[0].start_seconds == pytest.approx(settled / RATE)
    assert finals(events)[0].utterance == 2
