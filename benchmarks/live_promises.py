"""Is what `asr-desktop live` promises true? Every promise through a microphone, often enough for figures.

    python -m benchmarks.live_promises [--repeats 20] [--minutes 60] [--speed 8] [--only words kill …]

The microphone is PulseAudio's, made of software (tests/virtual_microphone.py); real sentences of a
development pack are played into it, or synthetic ones without ../shared. The program is started anew for each
try. The hour comes from a file, faster than it was spoken, because a sound server has no hurry.

words         live against file: WER of both against what was said, and of live against the file that was
              recorded; the first word (its sound and its text), and text that came after Stop
kill          kill -9 of the whole program at random moments; what `recover` makes of it
recogniser    kill -9 of the recogniser's process at random moments, three times a talk
disk          a disk that is full for a while, and one that stays full
microphone    pulled out and plugged in again
still         SIGSTOP for 4 s, SIGCONT
hour          memory and queues, from the fifth minute of sound on; transcript against that of the file
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np

from asr_desktop import Transcriber
from asr_desktop.audio.session import SessionState
from asr_desktop.writing.options import SPOKEN
from tests.live_promises import (
    ENOUGH_KEPT,
    Bench,
    Disturbed,
    dictate,
    fill_disk,
    fill_disk_for_good,
    is_about_the_same,
    kill_everything,
    kill_recogniser,
    listen_long,
    pull_out_microphone,
    recorded,
    recover,
    stand_still,
)
from tests.spoken_sentences import Sentence, are_real, sentences, talk
from tests.virtual_microphone import running_microphone

SETTLES_MINUTES = 5.0
KILLS_A_TALK = 3


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    wanted: str
    is_kept: bool


def words(bench: Bench, said: list[Sentence], repeats: int) -> list[Row]:
    tries = [dictate(bench, _some(said, number, 3)) for number in range(repeats)]
    references = [one.said for one in tries]
    live, of_file = (
        jiwer.wer(references, [text.lower() for text in texts])
        for texts in ([one.live for one in tries], [one.of_file for one in tries])
    )
    same_sound = jiwer.wer([one.of_recording for one in tries], [one.live for one in tries])
    first, last = sum(one.has_first_word for one in tries), sum(one.has_last_word for one in tries)
    count = sum(len(text.split()) for text in references)
    return [
        Row(
            f"WER live / file that was played, {count} words",
            f"{live:.1%} / {of_file:.1%}",
            "≤ 3 % apart",
            abs(live - of_file) <= 0.03,
        ),
        Row("WER of live against the file recorded", f"{same_sound:.1%}", "≤ 3 %", same_sound <= 0.03),
        _count("first word present", first, repeats),
        _count("text after Stop present", last, repeats),
    ]


def kill(bench: Bench, said: list[Sentence], repeats: int, random: np.random.Generator) -> list[Row]:
    played = talk(_some(said, 0, 4))
    longest_seconds = min(12.0, len(played) / 16_000)
    tries = [kill_everything(bench, played, random.uniform(2.5, longest_seconds)) for _ in range(repeats)]
    is_recovered = recover(bench).returncode == 0
    lost = max(one.lost_seconds for one in tries)
    whole = sum(one.lost_seconds < 1.0 and one.share_kept >= ENOUGH_KEPT for one in tries)
    same = sum(
        one.session.state() is SessionState.FINISHED
        and recorded(one.session) == bench.texts(one.session.part_path(1))
        for one in tries
    )
    return [
        _count(f"killed: sound kept (at most {1000 * lost:.0f} ms lost)", whole, repeats),
        _count("killed: recover makes the file's transcript", same if is_recovered else 0, repeats),
    ]


def recogniser(bench: Bench, said: list[Sentence], repeats: int, random: np.random.Generator) -> list[Row]:
    played = talk(_some(said, 0, 4))
    seconds = len(played) / 16_000
    tries: list[Disturbed] = []
    while sum(one.happened for one in tries) < repeats:
        moments = random.uniform(0.0, seconds - 2.0, KILLS_A_TALK)
        tries.append(kill_recogniser(bench, played, list(moments)))
    kills = sum(one.happened for one in tries)
    same = sum(one.is_same and one.exit_code == 0 for one in tries)
    return [_count(f"recogniser killed {kills} times: same transcript", same, len(tries))]


def disk(bench: Bench, said: list[Sentence], repeats: int) -> list[Row]:
    try:
        tries = [fill_disk(bench, _some(said, number, 3)) for number in range(repeats)]
        last = fill_disk_for_good(bench, _some(said, 0, 2))
    except OSError as error:
        return [Row("a disk that is full", f"not tried: {error}", "", True)]
    well = sum(_is_well(one, "takes no more sound", "takes sound again") for one in tries)
    kept = min(last.shares_kept) >= ENOUGH_KEPT and last.exit_code == 1
    return [
        _count("disk full for a while: sound, text and message", well, repeats),
        _count("disk full for good: sound before kept, message", int(kept and bool(last.warnings)), 1),
    ]


def microphone(bench: Bench, said: list[Sentence], repeats: int) -> list[Row]:
    tries = [pull_out_microphone(bench, _some(said, number, 2)) for number in range(repeats)]
    well = sum(_is_well(one, "was unplugged", "Recording goes on") for one in tries)
    return [_count("microphone pulled out and back: sound, text and message", well, repeats)]


def still(bench: Bench, said: list[Sentence], repeats: int) -> list[Row]:
    tries = [stand_still(bench, _some(said, number, 2), 4.0) for number in range(repeats)]
    return [
        _count("stood still for 4 s: sound and text before and after", sum(map(_is_well, tries)), repeats)
    ]


def hour(
    transcriber: Transcriber, folder: Path, said: list[Sentence], minutes: float, speed: float, *live: object
) -> list[Row]:
    run = listen_long(transcriber, folder, said, minutes=minutes, speed=speed, live_arguments=live)
    seconds = np.array(run.seconds)
    settled = seconds >= min(SETTLES_MINUTES * 60, seconds[-1] / 4)
    thirds = np.array_split(np.flatnonzero(settled), 3)
    rows = [
        Row(
            f"{seconds[-1] / 60:.0f} minutes of speech: transcript of the file",
            f"{len(run.live)} utterances in {run.took_seconds / 60:.1f} min",
            "the same",
            is_about_the_same(run.live, run.of_recording),
        )
    ]
    for name, values in (("program", run.program_megabytes), ("recogniser", run.recogniser_megabytes)):
        memory = np.array(values)
        first, last = float(np.median(memory[thirds[0]])), float(np.median(memory[thirds[-1]]))
        low, high = float(memory[settled].min()), float(memory[settled].max())
        change = last / first - 1
        rows.append(
            Row(
                f"memory of the {name}, first to last third",
                f"{first:.0f} → {last:.0f} MB ({change:+.1%}; {low:.0f} to {high:.0f})",
                "±5 %",
                abs(change) <= 0.05,
            )
        )
    packets = [float(np.median(np.array(run.waiting_packets)[third])) for third in thirds]
    rows.append(
        Row("packets waiting for the disk", _thirds(packets, "{:.0f}"), "not growing", packets[-1] < 20)
    )
    lags = [float(np.median(np.array(run.lag_seconds)[third])) for third in thirds]
    rows.append(
        Row("sound waiting on the disk, s", _thirds(lags, "{:.1f}"), "(not in memory)", run.lag_seconds != [])
    )
    return rows


def _thirds(values: list[float], form: str) -> str:
    return " → ".join(form.format(value) for value in values)


def _some(said: list[Sentence], number: int, count: int) -> list[Sentence]:
    return [said[(number * count + place) % len(said)] for place in range(count)]


def _is_well(one: Disturbed, *messages: str) -> bool:
    told = all(any(part in warning for warning in one.warnings) for part in messages)
    is_well = told and one.is_same and one.exit_code == 0 and min(one.shares_kept) >= ENOUGH_KEPT
    if not is_well:
        print(one, file=sys.stderr, flush=True)
    return is_well


def _count(what: str, good: int, of: int) -> Row:
    return Row(what, f"{good} of {of}", f"{of} of {of}", good == of)


def show(rows: list[Row]) -> None:
    for row in rows:
        verdict = "kept" if row.is_kept else "BROKEN"
        print(f"{row.what:<58}{row.found:<42}{row.wanted:<16}{verdict}", flush=True)


def main() -> None:
    names = ("words", "kill", "recogniser", "disk", "microphone", "still", "hour")
    parser = argparse.ArgumentParser(description="What live promises, tried often enough for figures.")
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--fault-repeats", type=int, default=3, help="of disk, microphone and still")
    parser.add_argument("--minutes", type=float, default=60.0, help="of sound, for `hour`")
    parser.add_argument("--speed", type=float, default=8.0, help="how much faster `hour` is spoken")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    arguments = parser.parse_args()
    said = sentences(60, shortest_seconds=3.0, longest_seconds=8.0)
    print(f"{'real' if are_real() else 'synthetic'} speech, {arguments.model}, load {os.getloadavg()[0]:.1f}")
    transcriber = Transcriber(arguments.model, threads=arguments.threads, providers=["cpu"], writing=SPOKEN)
    live = ("--model", arguments.model, "--threads", arguments.threads, "--provider", "cpu")
    random = np.random.default_rng(arguments.seed)
    tries: dict[str, Callable[[Bench], list[Row]]] = {
        "words": lambda bench: words(bench, said, arguments.repeats),
        "kill": lambda bench: kill(bench, said, arguments.repeats, random),
        "recogniser": lambda bench: recogniser(bench, said, arguments.repeats, random),
        "disk": lambda bench: disk(bench, said, arguments.fault_repeats),
        "microphone": lambda bench: microphone(bench, said, arguments.fault_repeats),
        "still": lambda bench: still(bench, said, arguments.fault_repeats),
    }
    with tempfile.TemporaryDirectory(prefix="live-promises-") as place:
        folder = Path(place)
        os.environ["ASR_DESKTOP_HOME"] = str(folder / "home")
        for name in [name for name in arguments.only if name != "hour"]:
            with running_microphone() as virtual:
                show(tries[name](Bench(virtual, transcriber, folder, live)))
        if "hour" in arguments.only:
            show(hour(transcriber, folder, said, arguments.minutes, arguments.speed, *live))


if __name__ == "__main__":
    main()
