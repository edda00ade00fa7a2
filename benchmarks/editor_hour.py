"""The Editor with an hour's transcript: how long it takes to open, to type a letter, to scroll, to play.

    python -m benchmarks.editor_hour [--words 11000] [--json]

The transcript is made up: common words at speaking pace, a third of them doubtful, three speakers. Everything
is measured in the real page, drawn without a screen (QT_QPA_PLATFORM=offscreen), as the time from the event
until the widget has been painted. What a person calls a stutter begins at about 100 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ASR_DESKTOP_HOME"] = tempfile.mkdtemp(prefix="editor-hour-")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.gui.theme import theme
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.editing import Draft

_VOCABULARY = """
    the of and to in that was he it his with as had for be on by which this from are were have they said upon
    little great house morning evening weather remember nothing together between another himself something
    through before thought against without because whether perhaps question government
"""
SPEAKERS = ("Ada Lovelace", "Charles Babbage", "Mary Somerville")


def hour(words: int, seconds: float = 3600.0) -> Transcript:
    """A transcript of that many words, evenly spread."""
    chance = random.Random(7)
    vocabulary = _VOCABULARY.split()
    step = seconds / words
    segments, begin = [], 0
    while begin < words:
        count = min(chance.randint(4, 16), words - begin)
        spoken = tuple(
            Word(
                chance.choice(vocabulary),
                round((begin + i) * step, 3),
                round((begin + i) * step + 0.8 * step, 3),
                round(chance.random() ** 0.5, 3),
            )
            for i in range(count)
        )
        segments.append(Segment(spoken, SPEAKERS[len(segments) // 7 % 3]))
        begin += count
    return Transcript("hour.wav", seconds, "starter-en", tuple(segments))


def measured(action: Callable[[int], object], page: EditorPage, times: int) -> dict[str, float]:
    """Milliseconds from the action until all that it changes is painted: by the clock on the wall, and of the
    processor's time for it, which other programs on the machine do not lengthen."""
    walls, own = [], []
    for number in range(times):
        wall, processor = time.perf_counter(), time.thread_time()
        action(number)
        QApplication.processEvents()
        page.view.viewport().repaint()
        walls.append((time.perf_counter() - wall) * 1000)
        own.append((time.thread_time() - processor) * 1000)
    return {
        "median_ms": round(statistics.median(walls), 1),
        "p95_ms": round(sorted(walls)[int(0.95 * (times - 1))], 1),
        "processor_median_ms": round(statistics.median(own), 1),
        "processor_p95_ms": round(sorted(own)[int(0.95 * (times - 1))], 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=11_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    application = QApplication(sys.argv[:1])
    theme.apply("light")
    context = AppContext()
    transcript = hour(options.words)
    result: dict[str, object] = {"words": len(transcript.words), "segments": len(transcript.segments)}

    start = time.perf_counter()
    page = EditorPage(context)
    page.resize(1084, 800)
    page.show()
    application.processEvents()
    result["empty_page_s"] = round(time.perf_counter() - start, 3)

    start, processor = time.perf_counter(), time.thread_time()
    page.open_document(transcript, None)
    application.processEvents()
    page.grab()
    result["open_s"] = round(time.perf_counter() - start, 3)
    result["open_processor_s"] = round(time.thread_time() - processor, 3)

    view = page.view
    page.view.go_to(len(transcript.segments) // 2, 10)
    application.processEvents()
    letters = "and then he said so "
    result["keystroke"] = measured(lambda n: QTest.keyClicks(view, letters[n % len(letters)]), page, 300)
    commits = measured(lambda n: (QTest.keyClick(view, Qt.Key.Key_X), view.commit()), page, 30)
    result["keystroke_that_is_committed"] = commits
    view.keep()
    bar = view.verticalScrollBar()
    result["scroll_frame"] = measured(lambda n: bar.setValue(bar.value() + 90), page, 200)
    far = random.Random(3)
    result["jump_frame"] = measured(lambda n: bar.setValue(far.randint(0, bar.maximum())), page, 60)
    result["playing_frame"] = measured(lambda n: page.playing.show_moment(600.0 + n * 0.033), page, 300)
    split_at = len(transcript.segments) // 3
    view.go_to(split_at, 12)
    result["split_or_join"] = measured(
        lambda n: page.commands.merge() if n % 2 else page.commands.split(), page, 20
    )
    start = time.perf_counter()
    page.panes.find_bar.open("the")
    application.processEvents()
    result["find_the_s"] = round(time.perf_counter() - start, 3)
    page.panes.find_bar.close_bar()
    draft = Draft("benchmark")
    draft.write(transcript)
    start = time.perf_counter()
    draft.write(transcript)
    result["draft_s"] = round(time.perf_counter() - start, 3)

    page.close_document()
    operations.wait_for_all(30)
    context.close()
    print(json.dumps(result) if options.json else _table(result))
    return 0


def _table(result: dict[str, object]) -> str:
    return "\n".join(f"{name:30} {value}" for name, value in result.items())


if __name__ == "__main__":
    sys.exit(main())
