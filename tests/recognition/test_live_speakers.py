"""The thread that tells the speakers of a live transcript apart gives way to the recognition."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from asr_desktop.audio.session import Session
from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.live_events import LiveNotice
from asr_desktop.recognition.live_speakers import NICENESS, LiveSpeakers
from asr_desktop.speakers.finder import SpeakerFinder
from asr_desktop.speakers.turns import SpeakerCount


@pytest.mark.skipif(sys.platform != "linux", reason="a thread's own niceness is Linux's")
def test_where_processors_are_short_names_wait_and_words_do_not(tmp_path: Path) -> None:
    seen: list[int] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def find() -> SpeakerFinder:
        seen.append(niceness())
        started = threading.Thread(target=lambda: seen.append(niceness()))  # as the networks' own are
        started.start()
        started.join()
        raise SpeakersError(Sentence("The speakers cannot be told apart."))

    before = niceness()
    speakers = LiveSpeakers(Session(tmp_path), SpeakerCount(), find)
    events = speakers.finish(lambda: False)
    assert events == [LiveNotice("The speakers cannot be told apart.")]
    assert seen == [min(before + NICENESS, 19)] * 2
    assert niceness() == before
