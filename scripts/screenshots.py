#!/usr/bin/env python3
"""Pictures of every page of the window, light and dark, at 1280 × 800, and at 200 %.

    python scripts/screenshots.py [--out docs/pictures] [--scales 1 2] [--looks light dark] [--pages live …]

The library that is shown is made here, in a throw-away data folder: sentences of our own, spoken by flite or
espeak-ng, as a person would have corrected them. Recording, level and captions of the Live page come from the
page's own code, fed with the same sentences. No screen is needed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

WIDTH, HEIGHT = 1280, 800

TALKS = {
    "Interview with the harbour master": (
        "The harbour was built in three winters, when no ship could leave.",
        "My grandfather carried the stones for the eastern wall himself.",
        "He said that every one of them knew the sea before it knew the sun.",
        "When the great storm came, the wall held, and the town behind it stayed dry.",
        "Nobody remembers the name of the engineer, but everybody knows Ada Brockmann, who paid for it.",
        "Today the fishing boats are gone, and the ferries take the tourists to the islands.",
        "In the evening, when the wind turns, you can still hear the old bell on the mole.",
    ),
    "Weekly meeting": (
        "Let us begin with the numbers of last week, and then talk about the move.",
        "The new office will be ready in the first week of March.",
        "We keep the old telephone numbers, that was the most important question.",
    ),
    "Notes on the train": (
        "The second chapter needs a shorter beginning.",
        "Ask Charlotte whether the letters from Lisbon may be quoted.",
    ),
    "Welcome": (
        "Welcome, this is a short recording to try the program with.",
        "Every word of it was turned into text on your own machine, and nothing has left the room.",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "pictures")
    parser.add_argument("--scales", nargs="+", default=["1", "2"])
    parser.add_argument("--looks", nargs="+", default=["light", "dark"])
    parser.add_argument("--pages", nargs="+", default=[])
    parser.add_argument("--language", default="en", help="Of the window.")
    parser.add_argument("--size", type=int, nargs=2, default=[WIDTH, HEIGHT], help="Of the window.")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.one is not None:
        take_pictures(
            arguments.one,
            arguments.looks,
            arguments.pages,
            arguments.language,
            arguments.size,
            arguments.out.resolve(),
        )
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ASR_DESKTOP_HOME": home, "QT_QPA_PLATFORM": "offscreen", "HOME": home}
        subprocess.run(
            [sys.executable, __file__, *sys.argv[1:], "--one", "library"], env=environment, check=True
        )
        for scale in arguments.scales:
            with tempfile.TemporaryDirectory() as copy:
                shutil.copytree(home, copy, dirs_exist_ok=True)
                subprocess.run(
                    [sys.executable, __file__, *sys.argv[1:], "--one", scale],
                    env={**environment, "QT_SCALE_FACTOR": scale, "ASR_DESKTOP_HOME": copy},
                    check=True,
                )
    print(f"{len(list(arguments.out.glob('*.png')))} pictures in {arguments.out}")


# Content


def speak(sentence: str, path: Path) -> bool:
    """A WAV file of the sentence; False where neither flite nor espeak-ng is installed."""
    if shutil.which("flite"):
        subprocess.run(["flite", "-voice", "slt", "-t", sentence, "-o", str(path)], check=True)
    elif shutil.which("espeak-ng"):
        subprocess.run(["espeak-ng", "-w", str(path), sentence], check=True)
    else:
        return False
    return True


def words_of(sentence: str, start: float, end: float, chance: random.Random) -> tuple[object, ...]:
    """Words with times by their length, and a few of which the recogniser was unsure."""
    from asr_desktop.transcripts.document import Word

    texts = sentence.split()
    letters = sum(len(text) + 1 for text in texts)
    words, at = [], start
    for text in texts:
        seconds = (end - start) * (len(text) + 1) / letters
        confidence = chance.choice([0.2, 0.45, 0.52]) if chance.random() < 0.08 else chance.uniform(0.75, 1.0)
        words.append(Word(text, at, at + 0.9 * seconds, confidence))
        at += seconds
    return tuple(words)


def make_library() -> None:
    """Each talk as one sound file, and its transcript."""
    import numpy as np

    from asr_desktop.audio.read import read_all
    from asr_desktop.base.paths import data_folder
    from asr_desktop.transcripts.document import Segment, Transcript
    from asr_desktop.transcripts.library import Library

    library = Library()
    folder = data_folder() / "sound"
    folder.mkdir(parents=True)
    chance = random.Random(7)
    for title, sentences in reversed(TALKS.items()):
        pieces, segments, at = [], [], 0.4
        for sentence in sentences:
            part = folder / "part.wav"
            sound = read_all(part) if speak(sentence, part) else np.zeros(16_000 * 4, np.float32)
            seconds = len(sound) / 16_000
            segments.append(Segment(words_of(sentence, at + 0.1, at + seconds - 0.1, chance)))
            pieces += [sound, np.zeros(9600, np.float32)]
            at += seconds + 0.6
        pieces.insert(0, np.zeros(6400, np.float32))
        path = folder / f"{title}.wav"
        write_wav(path, np.concatenate(pieces))
        transcript = Transcript(str(path), at, "starter-en", tuple(segments))
        tags = {"Interview with the harbour master": ["interview"], "Weekly meeting": ["work"]}.get(title, [])
        library.add(transcript, path, title=title, tags=tags)
    (folder / "part.wav").unlink(missing_ok=True)
    (folder / "A damaged recording.mp3").write_bytes(b"this is no sound")
    library.close()


def write_wav(path: Path, sound: object) -> None:
    import wave

    import numpy as np

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.asarray(sound) * 32_000).astype(np.int16).tobytes())


# Pictures


def take_pictures(
    step: str, looks: list[str], wanted: list[str], language: str, size: list[int], out: Path
) -> None:
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    if step == "library":
        from screenshot_voice import make_versions, make_voice

        make_library()
        make_voice(speak, write_wav)
        make_versions()
        return
    from asr_desktop.audio.devices import InputDevice
    from asr_desktop.audio.levels import Level
    from asr_desktop.gui import microphones, operations, translations
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.gui.main_window import MainWindow, known_pages
    from asr_desktop.gui.microphones import MicrophoneCheck
    from asr_desktop.gui.theme import theme

    translations.install(language)
    suffix = "" if step == "1" else f"-{round(100 * float(step))}"
    theme.apply(looks[0])
    microphones.list_inputs = lambda: (InputDevice("usb", "USB microphone", 48_000, 1, True, False, "", ""),)
    MicrophoneCheck.start = lambda check, _device: check.level.emit(Level(-18.0, -10.0, False))  # type: ignore[method-assign]
    context = AppContext()
    context.change_settings(has_been_welcomed=True, hotwords=("Ada Brockmann", "Lisbon"))
    window = MainWindow(context)
    # At 200 % the same number of pixels holds a quarter of the content.
    window.resize(*size)
    window.show()

    def settle(seconds: float = 0.5) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            application.processEvents()
            time.sleep(0.01)
        operations.wait_for_all(60)

    def save(name: str, widget: object = window) -> None:
        for look in looks:
            theme.apply(look)
            settle(0.2)
            widget.grab().save(str(out / f"{name}-{look}{suffix}.png"))  # type: ignore[attr-defined]

    # The Files page adds to the library.
    keys = sorted((page.key for page in known_pages()), key=lambda key: key == "files")
    for key in wanted or [*keys, "welcome", "overlay"]:
        if key == "welcome":
            window.welcome()
            settle()
            save(key)
        elif key == "overlay":
            show_captions(context)
            context.overlay.show_at_its_place()
            context.overlay.resize(900, 120)
            save(key, context.overlay)
            context.overlay.put_away()
        elif key in keys:
            window.go_to(key)
            settle()
            for name in views(key, window):
                settle(1.0)
                save(name)
    context.close()


def views(key: str, window: object) -> Iterator[str]:
    """What a page shows when it is used: the names of the pictures, each when it can be taken."""
    from PySide6.QtWidgets import QListView
    from screenshot_voice import views_of_models, views_of_voice

    context = window.context  # type: ignore[attr-defined]
    page = window.page(key)  # type: ignore[attr-defined]
    several = {"voice": views_of_voice, "models": views_of_models}.get(key)
    if several is not None:
        yield from several(page, wait_for)
        return
    if key == "library":
        entries = page.findChild(QListView)
        entries.setCurrentIndex(entries.model().index(0, 0))
    elif key == "live":
        show_captions(context)
    elif key == "files":
        from asr_desktop.base.paths import data_folder

        page.jobs.add(sorted((data_folder() / "sound").iterdir()))
        wait_for(lambda: sum(job.state.is_end for job in page.jobs.queue.jobs()) >= 3)
    elif key == "editor":
        entry = next(entry for entry in context.library.entries() if entry.title.startswith("Interview"))
        context.open_transcript.emit(entry.id, 9.0)
    yield key


def wait_for(condition: object, seconds: float = 240.0) -> None:
    from PySide6.QtCore import QCoreApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():  # type: ignore[operator]
        QCoreApplication.processEvents()
        time.sleep(0.01)


def show_captions(context: object) -> None:
    """A recording in the midst of a sentence."""
    from asr_desktop.audio.levels import Level
    from asr_desktop.gui.live_controller import LiveState
    from asr_desktop.recognition.live_events import Final, Partial

    live = context.live  # type: ignore[attr-defined]
    chance = random.Random(7)
    live.began.emit()
    live.model_ready.emit()

    class Recording:
        """In place of a recorder: a loud moment after some seconds."""

        level = Level(-17.0, -9.0, False)
        recorded_seconds = 38.0

        def stop(self) -> None:
            """There is nothing to store."""

    live._recorder = Recording()
    live._set_state(LiveState.LISTENING)
    at = 1.0
    sentences = TALKS["Interview with the harbour master"]
    for number, sentence in enumerate(sentences[:5], start=1):
        end = at + len(sentence) / 14
        live.heard.emit(Final(number, words_of(sentence, at, end, chance), at, end))  # type: ignore[arg-type]
        at = end + 0.8
        if number == 3:
            live.marked.emit(at)
    words = words_of(sentences[5], at, at + 4, chance)[:9]
    live.heard.emit(Partial(6, words, 6, at, at + 4))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
