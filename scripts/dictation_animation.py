#!/usr/bin/env python3
"""The animation in the README: a sentence dictated into another program, in real frames.

    python scripts/dictation_animation.py [docs/pictures/dictation.gif]

A virtual screen with a window manager and Mousepad (an editor), a virtual microphone that hears synthetic
speech, the program's own overlay, shortcut and recogniser; a picture of the screen every 150 ms. Nothing is
put right: what was misheard is seen. Needs Xvfb, openbox, Mousepad, PulseAudio, flite and Pillow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

TARGET = ROOT / "docs" / "pictures" / "dictation.gif"
SENTENCES = (
    "the boat came back in the evening",
    "new line",
    "she opened the window and looked outside",
    "new paragraph",
    "please read the letter before you answer",
)
EVERY_SECONDS = 0.15
CROPPED = (320, 240, 960, 780)
WINDOW = (350, 260, 580, 400)
"""x, y, width, height of the editor on a screen of 1280 × 800."""
BACKGROUND = 0x8FA3B8
COLOURS = 64
CTRL, ALT, SPACE = 37, 64, 65


def main() -> None:
    from Xlib.display import Display

    from asr_desktop.dictation.x11.desktop import X11Desktop
    from tests.dictation.x_screen import running_screen, wait_until

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    with tempfile.TemporaryDirectory() as home, running_screen() as screen:
        os.environ.update(ASR_DESKTOP_HOME=home, DISPLAY=screen.name, QT_QPA_PLATFORM="xcb")
        os.environ.pop("WAYLAND_DISPLAY", None)
        display = Display(screen.name)
        display.screen().root.change_attributes(background_pixel=BACKGROUND)
        display.screen().root.clear_area(0, 0, 0, 0)
        display.sync()
        Path(home).chmod(0o711)
        desk = Path(home) / "desk"
        desk.mkdir()
        desk.chmod(0o777)
        letter = desk / "letter.txt"
        letter.write_text("")
        letter.chmod(0o666)
        environment = {**screen.environment, "HOME": str(desk), "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        # Mousepad warns whoever is root; containers often are.
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
        editor = subprocess.Popen(
            [*nobody, "dbus-run-session", "mousepad", "--disable-server", str(letter)],
            env=environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            desktop = X11Desktop(screen.name)
            wait_until(lambda: (found := desktop.front_window()) and found.program == "mousepad", "mousepad")
            found = desktop.front_window()
            assert found is not None
            window = display.create_resource_object("window", int(found.window, 16))
            x, y, width, height = WINDOW
            window.configure(x=x, y=y, width=width, height=height)
            display.sync()
            time.sleep(1.5)  # it draws itself
            frames = filmed(screen.name, Path(home))
            desktop.close()
        finally:
            os.killpg(editor.pid, signal.SIGKILL)
    write_gif(frames, target)
    print(f"{target}: {len(frames)} frames, {target.stat().st_size / 1024:.0f} KiB")


def filmed(display: str, folder: Path) -> list[Image]:
    from PySide6.QtWidgets import QApplication
    from Xlib import X
    from Xlib.display import Display

    from asr_desktop.audio.read import read_all
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.gui.dictation_controller import DictationState
    from asr_desktop.gui.dictation_overlay import DictationOverlay
    from asr_desktop.gui.theme import theme
    from benchmarks.dictation import spoken_file
    from tests.virtual_microphone import running_microphone

    application = QApplication([])
    theme.apply("light")
    hand = Display(display)
    frames: list[Image] = []
    next_at = time.monotonic()

    def until(is_so: Callable[[], bool], *, films: bool = True) -> None:
        nonlocal next_at
        deadline = time.monotonic() + 60
        while not is_so() and time.monotonic() < deadline:
            application.processEvents()
            if films and time.monotonic() >= next_at:
                frames.append(picture(hand))
                next_at = time.monotonic() + EVERY_SECONDS
            time.sleep(0.005)

    def keys(event: int, *keycodes: int) -> None:
        for keycode in keycodes:
            hand.xtest_fake_input(event, keycode)
        hand.sync()

    with running_microphone() as microphone:
        os.environ.update(microphone.environment)
        context = AppContext()
        context.live_engine.load(context.model_choice()).wait(120)
        overlay = DictationOverlay(context)
        context.dictation.listen_for_keys()
        keys(X.KeyPress, CTRL, ALT, SPACE)
        keys(X.KeyRelease, SPACE, ALT, CTRL)
        until(lambda: context.dictation.state is DictationState.LISTENING, films=False)
        for sentence in SENTENCES:
            sound = read_all(spoken_file(folder, sentence, "flite:slt"))
            player = microphone.start_playing(sound, 16_000)
            until(lambda player=player: player.poll() is not None)  # type: ignore[misc]
        keys(X.KeyPress, CTRL, ALT, SPACE)
        keys(X.KeyRelease, SPACE, ALT, CTRL)
        until(lambda: context.dictation.state is DictationState.IDLE)
        ends = time.monotonic() + 2
        until(lambda: time.monotonic() > ends)
        overlay.close()
        context.close()
    return frames


def picture(display: object) -> Image:
    """The middle of the screen and its foot."""
    from PIL import Image
    from Xlib import X

    root = display.screen().root  # type: ignore[attr-defined]
    size = root.get_geometry()
    raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
    whole = Image.frombytes("RGB", (size.width, size.height), raw.data, "raw", "BGRX")
    return whole.crop(CROPPED)


def write_gif(frames: list[Image], target: Path) -> None:
    """Frames that follow each other unchanged become one that is shown for longer."""
    from PIL import Image

    kept: list[Image] = []
    durations: list[int] = []
    for frame in frames:
        if kept and kept[-1].tobytes() == frame.tobytes():
            durations[-1] += round(1000 * EVERY_SECONDS)
        else:
            kept.append(frame)
            durations.append(round(1000 * EVERY_SECONDS))
    colours = [frame.quantize(COLOURS, dither=Image.Dither.NONE) for frame in kept]
    durations[-1] = 2500
    target.parent.mkdir(parents=True, exist_ok=True)
    colours[0].save(
        target, save_all=True, append_images=colours[1:], duration=durations, loop=0, optimize=True
    )


if __name__ == "__main__":
    main()
