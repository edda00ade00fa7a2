"""The recording wizard in a terminal: a sentence, Enter, read it, Enter.

[ 12 takes, 1.1 min ]   Please send the signed contract back before noon on Thursday.
Enter: begin · s: another sentence · q: stop
"""

from __future__ import annotations

from collections.abc import Callable

from asr_desktop.teaching.wizard.takes import TakeCheck, TakeRecorder
from asr_desktop.teaching.wizard.wizard import Wizard

Ask = Callable[[str], str]
"""Shows a line and gives what was typed; raises EOFError at the end of input."""
Say = Callable[[str], None]


def record_in_terminal(
    wizard: Wizard, takes: TakeRecorder, ask: Ask, say: Say, *, minutes: float | None = None
) -> None:
    """Read sentences until all are read, `minutes` of speech are kept, or the person stops.

    Raises RecordingError where the microphone is gone, DataError where a take cannot be stored.
    """
    try:
        while wizard.prompt is not None:
            progress = wizard.progress
            if minutes is not None and progress.seconds >= 60 * minutes:
                break
            say("")
            say(f"[{progress.takes} kept, {progress.seconds / 60:.1f} min]   {wizard.prompt}")
            answer = ask("Enter: begin · s: another sentence · q: stop > ").strip().lower()
            if answer == "q":
                break
            if answer == "s":
                wizard.skip()
                continue
            _read_one(wizard, takes, ask, say)
    except EOFError:
        pass  # the end of input is a way to stop
    finally:
        takes.cancel()
    say(_summary(wizard))


def _read_one(wizard: Wizard, takes: TakeRecorder, ask: Ask, say: Say) -> None:
    takes.begin()
    ask("Recording … Enter: done > ")
    samples = takes.end()
    check = wizard.check(samples)
    for problem in check.problems:
        say(f"  {problem.sentence}")
    if check.is_good and not check.problems:
        wizard.keep(samples, check)
        say(f"  Kept.{_heard(check)}")
        return
    default, other = ("keep", "again") if check.is_good else ("again", "keep")
    answer = ask(f"Enter: {default} · {other[0]}: {other} all the same > ").strip().lower()
    if (answer or default[0])[0] == "k":
        wizard.keep(samples, check)
        say("  Kept.")


def _heard(check: TakeCheck) -> str:
    if check.heard is None:
        return ""
    right = max(0.0, 1.0 - check.heard.letter_errors)
    return f" The model recognised {right:.0%} of it correctly."


def _summary(wizard: Wizard) -> str:
    progress = wizard.progress
    said = (
        f"{progress.takes} takes, {progress.seconds / 60:.1f} min in {wizard.folder}. Run the same "
        "command again to continue."
    )
    hardest = [letter for letter, _ in wizard.coverage.hardest(5)]
    return said + (f" Hardest letters for the model: {' '.join(hardest)}" if hardest else "")
