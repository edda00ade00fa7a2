"""How fast and how surely dictated text is in the other program.

    python -m benchmarks.dictation keys [--times 20]      key release → text in the other program
    python -m benchmarks.dictation insertion [--times 50] the insertion alone: typing, pasting, other letters
    python -m benchmarks.dictation idle [--times 5]       memory and processor at rest, the model's way back
    python -m benchmarks.dictation tail [--packs librispeech-dev,…] [--times 15] [--tails 64,128,300]
                                                          word errors by when the key is released

`keys` has a virtual screen with a window manager and an editor, a virtual microphone that hears synthetic
speech, and the program's own controller, recogniser's process and shortcut: the key is held while the
sentence is played and let go at its end. Goals: median at most 250 ms, 95 % at most 500 ms. `idle` has the
window in the tray and the model released; memory is proportional (PSS, Linux). Goals: 150 MB, 0.5 s. `tail`
has utterances of the packs dictated, the key released 0 to 400 ms after their last word, with other silences
(ms) at the end than `segmenter.LAST_SILENCE_MS`; 300 is a whole tail. -dev packs must not choose one.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.recognition.live_events import Final, LiveEvent, LiveOptions
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SAMPLE_RATE
from tests.dictation.x_screen import EditorWindow, Screen, running_screen

SENTENCES = (
    "the boat came back in the evening",
    "we will meet at the station tomorrow",
    "please read the letter before you answer",
    "the weather was better than last week",
    "she opened the window and looked outside",
)
SILENCE_SECONDS = 0.8
"""Before and after a phrase, as a microphone hears it."""
CTRL, ALT, SPACE = 37, 64, 65


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("keys", "insertion", "idle", "tail"))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--kept-open", action="store_true", help="keys: with the microphone kept open")
    parser.add_argument("--packs", default="librispeech-dev,commonvoice-dev,accented-dev,one-voice")
    parser.add_argument("--tails", default="64,128,300")
    chosen = parser.parse_args()
    if chosen.what == "tail":
        measure_tails(chosen.packs.split(","), chosen.times, [float(ms) for ms in chosen.tails.split(",")])
        return
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASR_DESKTOP_HOME"] = home
        if chosen.what == "idle":
            measure_idle(chosen.times)
            return
        with running_screen() as screen:
            os.environ["DISPLAY"] = screen.name
            os.environ.pop("WAYLAND_DISPLAY", None)
            editor = EditorWindow(screen, "Editor")
            editor.wait_for("focus", "text")
            try:
                if chosen.what == "keys":
                    measure_keys(screen, editor, chosen.times, is_kept_open=chosen.kept_open)
                else:
                    measure_insertion(screen, editor, chosen.times)
            finally:
                editor.close()


def told(name: str, seconds: list[float]) -> None:
    milliseconds = np.array(seconds) * 1000
    median, high = np.percentile(milliseconds, [50, 95])
    print(f"{name:34} median {median:5.0f} ms   95 % {high:5.0f} ms   most {milliseconds.max():5.0f} ms   "
          f"({len(seconds)} times)", flush=True)  # fmt: skip


def spoken_file(folder: Path, text: str, voice: str) -> Path:
    """A sentence by "espeak:VOICE", "flite:VOICE" or "festival:VOICE", as WAV."""
    path = folder / f"{abs(hash((text, voice)))}.wav"
    program, _, name = voice.partition(":")
    if program == "festival":
        command = ["text2wave", "-eval", f"(voice_{name})", "-o", str(path)]
    elif program == "flite":
        command = ["flite", "-voice", name, "-t", text, "-o", str(path)]
    else:
        command = ["espeak-ng", "-v", name, "-s", "150", "-w", str(path), text]
    subprocess.run(command, check=True, capture_output=True, input=text.encode())
    sound, rate = soundfile.read(path, dtype="float32")
    quiet = np.random.default_rng(0).normal(0, 1e-4, round(SILENCE_SECONDS * rate)).astype(np.float32)
    soundfile.write(path, np.concatenate([quiet, sound, quiet]), rate)
    return path


# Key release → text


def measure_keys(screen: Screen, editor: EditorWindow, times: int, *, is_kept_open: bool) -> None:
    from PySide6.QtWidgets import QApplication
    from Xlib import X
    from Xlib.display import Display

    from asr_desktop.audio.read import read_all
    from asr_desktop.dictation.spoken_commands import plain_words
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.gui.dictation_controller import DictationState
    from tests.virtual_microphone import running_microphone

    application = QApplication([])
    hand = Display(screen.name)

    def until(is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 120
        while not is_so():
            application.processEvents()
            time.sleep(0.001)
            if time.monotonic() > deadline:
                raise SystemExit(f"{what} did not come")

    def keys(event: int, *keycodes: int) -> None:
        for keycode in keycodes:
            hand.xtest_fake_input(event, keycode)
        hand.sync()

    with running_microphone() as microphone, tempfile.TemporaryDirectory() as folder:
        os.environ.update(microphone.environment)
        context = AppContext()
        context.live_engine.load(context.model_choice())
        context.change_settings(dictation_keeps_microphone=is_kept_open)
        context.dictation.listen_for_keys()
        recogniser = _children()
        heard_at: list[float] = []
        context.live.heard.connect(
            lambda event: heard_at.append(time.monotonic()) if isinstance(event, Final) else None
        )
        times_to_text: list[float] = []
        to_final: list[float] = []
        to_listening: list[float] = []
        processor: list[float] = []
        inserted: list[str] = []
        context.dictation.inserted.connect(inserted.append)
        other: list[str] = []
        lost = 0
        for number in range(times + 1):
            sound = read_all(spoken_file(Path(folder), SENTENCES[number % 5], "flite:slt"))
            sound = sound[: -round((SILENCE_SECONDS - 0.1) * 16_000)]  # let go 0.1 s after the last word
            editor.tell("clear")
            until(lambda: editor.look()["text"] == "", "an empty editor")
            if is_kept_open:
                kept = context.dictation._microphone
                until(lambda kept=kept: kept is not None and kept.is_open, "an open microphone")
                rested = time.monotonic() + 1.5
                until(lambda rested=rested: time.monotonic() > rested, "a rest")
            pressed = time.monotonic()
            keys(X.KeyPress, CTRL, ALT, SPACE)
            until(lambda: context.dictation.state is DictationState.LISTENING, "listening")
            to_listening.append(time.monotonic() - pressed)
            player = microphone.start_playing(sound, 16_000)
            until(lambda player=player: player.poll() is not None, "the end of the sentence")
            heard_at.clear()
            spent = _processor_seconds(recogniser)
            released = time.monotonic()
            keys(X.KeyRelease, SPACE, ALT, CTRL)
            until(lambda: context.dictation.state is DictationState.IDLE, "the end")
            processor.append(_processor_seconds(recogniser) - spent)
            expected = "".join(inserted)
            inserted.clear()
            until(lambda expected=expected: len(editor.look()["text"]) >= len(expected), "the text")
            text = editor.look()["text"]
            assert context.live.session is not None
            live = " ".join(entry["text"] for entry in context.live.session.utterances())
            if text != expected or plain_words(text) != plain_words(live):
                other.append(f"{text!r} in place of {expected!r}, live {live!r}")
            if not text.strip():
                lost += 1
            elif number and heard_at:  # the first warms up
                times_to_text.append(editor.changed_at - released)
                to_final.append(heard_at[0] - released)
        told("key press → “Speak now”", to_listening[1:])
        told("key release → text in the editor", times_to_text)
        told("  of these until recognised", to_final)
        told("  from there until inserted", list(np.subtract(times_to_text, to_final)))
        told("processor time of the recogniser", processor[1:])
        print("load of the machine:", *(f"{load:.1f}" for load in os.getloadavg()), "cores:", os.cpu_count())
        print(f"{lost} of {times + 1} dictations without a text; the last: {editor.look()['text']!r}")
        print(
            f"{len(other)} with another text than was inserted, or than the live transcript has",
            *other,
            sep="\n",
        )
        context.close()


def _children() -> list[int]:
    """The processes that this one has started; Linux tells."""
    return [
        int(pid) for tasks in Path("/proc/self/task").glob("*/children") for pid in tasks.read_text().split()
    ]


def _processor_seconds(processes: list[int]) -> float:
    ticks = 0
    for pid in processes:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# The insertion alone


def measure_insertion(screen: Screen, editor: EditorWindow, times: int) -> None:
    from asr_desktop.dictation.x11.desktop import X11Desktop

    desktop = X11Desktop(screen.name)
    front = desktop.front_window()
    assert front is not None
    for layout in ("us", "de", "fr"):
        screen.set_layout(layout)
        desktop.prepare("–“”ł")
        for name, text, put in (
            ("typed, 40 characters", "The boat came back in the evening, good.", desktop.type_text),
            ("typed, characters not in the layout", "“Łódź” – “ł” – “Łódź” – “ł”", desktop.type_text),
            ("pasted, 1,000 characters", "Grüße, 日本 " * 100, desktop.paste_text),
        ):
            seconds: list[float] = []
            for _ in range(times):
                editor.tell("clear")
                editor.wait_for("text", "")
                began = time.monotonic()
                put(text, front)
                editor.wait_for("text", text)
                seconds.append(editor.changed_at - began)
            told(f"{layout}: {name}", seconds)
    desktop.close()


# The end of a dictation

RELEASED_AFTER_MS = (0, 100, 200, 400)
RECORDED_AFTER_SECONDS = 0.4
"""So long a recorder still takes what is on its way when it is stopped."""


def measure_tails(packs: list[str], utterances: int, tails_ms: list[float]) -> None:
    from asr_desktop.audio.read import read_all
    from asr_desktop.dictation.spoken_commands import plain_words
    from asr_desktop.recognition.alignment import align, word_times
    from asr_desktop.recognition.file_pipeline import Transcriber
    from asr_desktop.teaching.dataset import find_packs, read_manifest
    from asr_desktop.teaching.scoring import edit_distance
    from benchmarks.pack_emissions import SCRATCH, SHARED

    transcriber = Transcriber(threads=1)
    recogniser = transcriber.recogniser
    noise = np.random.default_rng(0)
    for pack in packs:
        [folder] = find_packs([pack], [SHARED / "speech"], SCRATCH / "packs")
        spoken = [utterance for utterance in read_manifest(folder) if 1.5 < utterance.seconds < 9]
        random.Random(7).shuffle(spoken)
        heard: dict[str, list[tuple[str, str]]] = {}
        for utterance in spoken[:utterances]:
            sound = read_all(utterance.path)
            said = " ".join(plain_words(utterance.text))
            aligned = align(recogniser.emissions(sound), utterance.text, recogniser.folder.labels)
            times = word_times(aligned, recogniser.folder.frame_timing, len(sound) / SAMPLE_RATE)
            before, after = (noise.normal(0, 1e-4, samples).astype(np.float32) for samples in (8000, 16_000))
            file_text = " ".join(word.text for word in transcriber.transcribe(utterance.path).words)
            heard.setdefault("file", []).append((said, " ".join(plain_words(file_text))))
            for released_ms in RELEASED_AFTER_MS:
                released = round((times[-1][1] + released_ms / 1000) * SAMPLE_RATE)
                end = released + round(RECORDED_AFTER_SECONDS * SAMPLE_RATE)
                dictated = np.concatenate([before, np.concatenate([sound, after])[:end]])
                for tail_ms in tails_ms:
                    text = _dictated_text(recogniser, dictated, released + len(before), tail_ms)
                    heard.setdefault(f"{tail_ms:.0f} ms, released after {released_ms} ms", []).append(
                        (said, " ".join(plain_words(text)))
                    )
        for name, pairs in heard.items():
            errors = sum(edit_distance(said.split(), text.split()) for said, text in pairs)
            words = sum(len(said.split()) for said, _ in pairs)
            last = sum(said.split()[-1:] != text.split()[-1:] for said, text in pairs)
            print(
                f"{pack:16} {name:28} {errors} of {words} words wrong, {last} of {len(pairs)} last ones",
                flush=True,
            )


def _dictated_text(
    recogniser: Recogniser, sound: NDArray[np.float32], released_sample: int, tail_ms: float
) -> str:
    from asr_desktop.recognition import segmenter
    from asr_desktop.recognition.live_pipeline import LivePipeline

    segmenter.LAST_SILENCE_MS = tail_ms
    # Without captions, which take long and do not depend on the tail.
    pipeline = LivePipeline(recogniser, options=LiveOptions(partial_interval_seconds=1e6, clearly_better=0))
    events: list[LiveEvent] = []
    is_told = False
    for start in range(0, len(sound), SAMPLE_RATE // 10):
        if not is_told and start >= released_sample:
            pipeline.end_soon(released_sample / SAMPLE_RATE)
            is_told = True
        events += pipeline.accept(sound[start : start + SAMPLE_RATE // 10])
    events += pipeline.finish()
    return " ".join(word.text for event in events if isinstance(event, Final) for word in event.words)


# At rest


def measure_idle(times: int) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from asr_desktop.gui import app
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.gui.main_window import MainWindow
    from asr_desktop.recognition.worker.protocol import Event, Released

    application = QApplication([])
    context = AppContext()
    window = MainWindow(context)
    app._behind_the_window(context, window)
    engine = context.live_engine
    released: list[Event] = []
    engine._on_event = lambda event: released.append(event) if isinstance(event, Released) else None
    back: list[float] = []

    def spin(seconds: float, until: Callable[[], object] = lambda: False) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not until():
            application.processEvents()
            time.sleep(0.005)

    engine.load(context.model_choice()).wait(120)
    for _ in range(times):
        released.clear()
        engine.set_idle_seconds(0.0, keeps_spare=True)
        spin(60, lambda: released)
        engine.set_idle_seconds(None, keeps_spare=True)
        spin(4)  # the spare process imports what it will need
        began = time.monotonic()
        engine.load(context.model_choice()).wait(120)
        back.append(time.monotonic() - began)
    told("released → the model is back", back)
    released.clear()
    engine.set_idle_seconds(0.0, keeps_spare=True)
    spin(60, lambda: released)
    spin(4)
    processes = [os.getpid(), *_children()]
    sizes = [_proportional_mib(pid) for pid in processes]
    before = _processor_seconds(processes)
    QTimer.singleShot(20_000, application.quit)
    application.exec()
    share = (_processor_seconds(processes) - before) / 20
    each = ", ".join(f"{size:.0f}" for size in sizes)
    print(f"at rest: {sum(sizes):.0f} MiB ({each}), {share:.2%} of a processor")
    context.close()


def _proportional_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
