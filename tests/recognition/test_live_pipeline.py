"""Live captions: finals are a file's, committed words stay, slowness costs partial results, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import BeamSearchDecoder, GreedyDecoder, Hypothesis
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import Final, LiveOptions, Partial
from asr_desktop.recognition.live_pipeline import LivePipeline, Resumption
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptionsError
from asr_desktop.transcripts.document import segments_for_reading
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_models import model_folder
from tests.recognition.live_talks import (
    RATE,
    Clock,
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
    talk_of,
    text_of,
)

__all__ = ["monologue", "sentence", "talk"]


@pytest.mark.parametrize("size", [160, 511, 8000, 10**9])
@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_the_finals_are_the_transcript_of_the_file(
    talk: Talk, tmp_path: Path, size: int, decoder: str
) -> None:
    path = tmp_path / "talk.wav"
    soundfile.write(path, talk.samples, RATE, subtype="FLOAT")
    transcriber = Transcriber(
        model_folder("wav2vec2-conformer"),
        decoder=decoder,
        providers=["cpu"],
        threads=1,
        writing=SPOKEN,
    )
    transcript = transcriber.transcribe(path)
    options = LiveOptions(clearly_better=0.0)  # this network is sure of nothing
    events = run(LivePipeline(transcriber.recogniser, options=options), talk.samples, size)
    assert len(finals(events)) == 2
    assert segments_for_reading(final.words for final in finals(events)) == transcript.segments


@pytest.mark.parametrize(("clearly_better", "is_kept"), [(0.2, True), (0.05, False), (0.0, False)])
def test_words_that_were_committed_stay_unless_others_are_clearly_more_probable(
    talk: Talk, tmp_path: Path, clearly_better: float, is_kept: bool
) -> None:
    class Torn(GreedyDecoder):
        """Finds another text a little more probable than the one that the captions show."""

        def decode_alternatives(self, log_probs: NDArray[np.floating], count: int) -> list[Hypothesis]:
            heard = self.decode(log_probs)
            return [Hypothesis(f"NO {heard.partition(' ')[2]}", 0.0), Hypothesis(heard, -0.1)]

    network = talk.network(tmp_path)
    pipeline = LivePipeline(
        Recogniser(network, Torn(network.folder.labels)),
        options=LiveOptions(clearly_better=clearly_better),
        clock=Clock(),
    )
    events = run(pipeline, talk.samples, 800)
    assert [final.text.startswith("NO ") for final in finals(events)] == [not is_kept] * 2


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
    pipeline = pipeline_for(network, LiveOptions(longest_ahead_seconds=0.0), clock)
    run(pipeline, talk.samples)  # from here on it knows how long encoding takes
    for block in blocks_of(talk.samples):
        runs = len(network.windows)
        if finals(pipeline.accept(block)):
            assert len(network.windows) == runs + 1, "encoded as a whole, and only now"
            return
    pytest.fail("no utterance ended")


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


def test_when_the_key_is_let_go_the_text_comes_with_the_first_short_silence(
    sentence: Samples, tmp_path: Path
) -> None:
    talk = talk_of([0.6, sentence, 1.0])
    released_seconds = 0.6 + len(sentence) / RATE + 0.1
    [whole] = finals(run(pipeline_for(talk.network(tmp_path)), talk.samples))
    pipeline = pipeline_for(talk.network(tmp_path))
    for block in blocks_of(talk.samples):
        if pipeline.heard_seconds >= released_seconds - 0.3:  # told before that sound is heard
            pipeline.end_soon(released_seconds)
        if found := finals(pipeline.accept(block)):
            assert released_seconds <= pipeline.heard_seconds < released_seconds + 0.2
            assert found[0].text == whole.text
            return
    pytest.fail("no utterance ended")


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
