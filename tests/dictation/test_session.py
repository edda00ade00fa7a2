"""What comes out of a dictation, command by command, in a program made of a string."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.desktop import ClipboardBusy, InsertionRefused, KeysHeld, Target, WindowChanged
from asr_desktop.dictation.insertion import FAILED, Field, Inserted, Inserter, Kept
from asr_desktop.dictation.session import DictationSession, Unplaced
from asr_desktop.dictation.spoken_commands import SpokenCommands
from asr_desktop.transcripts.document import Word
from tests.dictation.test_spoken_commands import words

NOT_AT_CURSOR = "The text is no longer at the cursor. Select it, then insert this one."
LETTER, OTHER = Target("0x1", "editor", "Letter", 7), Target("0x2", "browser", "Other", 8)


@dataclass
class TextDesktop:
    """A desktop on which every window is a text with a cursor at its end."""

    front: Target | None = LETTER
    texts: dict[str, str] = field(default_factory=dict)
    ways: list[str] = field(default_factory=list)
    chords: list[tuple[str, int]] = field(default_factory=list)
    refusals: list[InsertionRefused] = field(default_factory=list)
    while_waiting: Callable[[], object] = lambda: None
    """What the user does while the desktop asks for a permission, or while keys are held."""
    can_type: bool = True
    can_paste: bool = True

    def prepare(self, text: str) -> None:
        pass

    def wait_until_allowed(self) -> None:
        self.while_waiting()

    def front_window(self) -> Target | None:
        return self.front

    def type_text(self, text: str, target: Target) -> None:
        self._put("type", text, target)

    def paste_text(self, text: str, target: Target) -> None:
        self._put("paste", text, target)

    def _put(self, way: str, text: str, target: Target) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        if self.front is None or not self.front.is_same_window(target):
            raise WindowChanged
        self.ways.append(way)
        self.texts[target.window] = self.texts.get(target.window, "") + text

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.chords.append((str(parse_chord(chord)), times))
        if chord == "Backspace":
            self.texts[target.window] = self.texts[target.window][:-times]

    def close(self) -> None:
        pass

    @property
    def letter(self) -> str:
        return self.texts.get(LETTER.window, "")


@dataclass
class KnownField:
    """A toolkit that tells."""

    known: Field = field(default_factory=Field)

    def field(self, target: Target) -> Field:
        return self.known


@dataclass
class OwnText:
    """A toolkit that tells what stands in the window."""

    desktop: TextDesktop

    def field(self, target: Target) -> Field:
        return Field(takes_text=True, text_before=self.desktop.texts.get(target.window, ""))


@pytest.fixture
def desktop() -> TextDesktop:
    return TextDesktop()


@pytest.fixture
def session(desktop: TextDesktop) -> DictationSession:
    commands = SpokenCommands.of("en", ("my mail=ada@example.org", "send it=key:Ctrl+Return"))
    session = DictationSession(Inserter(desktop, sleep=lambda seconds: None), commands)
    session.begin()
    return session


def say(session: DictationSession, *phrases: str) -> None:
    """Each an utterance of its own."""
    for phrase in phrases:
        session.take(words(phrase))


@pytest.mark.parametrize(
    ("phrases", "text"),
    [
        (("hello there", "how are you"), "Hello there how are you"),
        (("hello there", "full stop", "how are you", "question mark"), "Hello there. How are you?"),
        (("dear ada", "comma", "new line", "thank you"), "Dear ada,\nThank you"),
        (("one", "new paragraph", "two"), "One\n\nTwo"),
        (("he said", "colon", "open quote", "yes", "close quote", "full stop"), "He said: “yes”."),
        (("see page", "open bracket", "two", "close bracket", "please"), "See page (two) please"),
        (("one thing", "dash", "or two"), "One thing – or two"),
        (("well", "hyphen", "known"), "Well-known"),
        (("this is", "all caps urgent"), "This is URGENT"),
        (("write to", "my mail", "today"), "Write to ada@example.org today"),
        (("one", "two", "scratch that", "three"), "One three"),
        (("one", "two", "scratch that", "scratch that", "three"), "Three"),
        (("Dear Ada.", "Comma.", "Thank you."), "Dear Ada, Thank you."),
        (("Are you there.", "Question mark."), "Are you there?"),
        (("I met her.", "comma", "And he came."), "I met her, and he came."),
        (("I met her.", "comma", "Berlin was cold."), "I met her, Berlin was cold."),
        (("it cost", "5", "percent", "period"), "It cost 5 percent."),
    ],
)  # fmt: skip
def test_what_is_said_and_what_is_written(
    session: DictationSession, desktop: TextDesktop, phrases: tuple[str, ...], text: str
) -> None:
    say(session, *phrases)
    assert desktop.letter == text


def test_commands_inside_one_utterance_are_one_insertion(
    session: DictationSession, desktop: TextDesktop
) -> None:
    outcomes = session.take(words("Dear Ada.", "comma", "new line", "How are you.", "question mark"))
    assert desktop.letter == "Dear Ada,\nHow are you?"
    assert len(outcomes) == 1
    assert desktop.ways == ["type"]


def test_keys_undo_and_selection(session: DictationSession, desktop: TextDesktop) -> None:
    say(session, "hello world", "select that", "undo that", "send it", "again")
    assert desktop.chords == [("Shift+Left", 11), ("Ctrl+Z", 1), ("Ctrl+Return", 1)]
    assert desktop.letter == "Hello worldAgain"  # where the cursor is after such keys nobody knows


def test_what_is_selected_is_deleted_by_one_key(session: DictationSession, desktop: TextDesktop) -> None:
    say(session, "one", "two", "select that", "scratch that", "scratch that")
    # Each further Backspace would delete what stands before the selection.
    assert desktop.chords == [("Shift+Left", 4), ("Backspace", 1), ("Backspace", 3)]


def test_what_is_typed_over_a_selection_is_one_text(session: DictationSession, desktop: TextDesktop) -> None:
    say(session, "one", "two", "select that", "three", "scratch that", "scratch that")
    assert desktop.chords == [("Shift+Left", 4), ("Backspace", 6), ("Backspace", 3)]


def test_a_dictation_some_time_later_begins_a_text(desktop: TextDesktop) -> None:
    now = [1000.0]
    session = DictationSession(Inserter(desktop), SpokenCommands.of("en"), clock=lambda: now[0])
    for wait_seconds, text in ((0.0, "one"), (30.0, "two"), (61.0, "three")):
        now[0] += wait_seconds
        session.begin()
        say(session, text)
    assert desktop.letter == "One twoThree"  # the message has been sent by then


def test_scratch_that_with_nothing_to_scratch_does_nothing(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "scratch that")
    assert desktop.chords == []


def test_scratch_that_leaves_alone_what_the_user_has_typed_since(
    session: DictationSession, desktop: TextDesktop
) -> None:
    toolkit = KnownField(Field(takes_text=True, text_before=""))
    session.inserter.fields = toolkit
    say(session, "hello")
    toolkit.known = Field(takes_text=True, text_before="Hello, and typed by hand")
    say(session, "scratch that")
    assert desktop.letter == "Hello"


def test_what_stands_before_the_cursor_counts_where_it_is_known(
    session: DictationSession, desktop: TextDesktop
) -> None:
    session.inserter.fields = KnownField(Field(takes_text=True, text_before="We met in"))
    say(session, "the park")
    assert desktop.letter == " the park"


def test_what_the_user_does_during_a_wait_is_looked_at(
    session: DictationSession, desktop: TextDesktop
) -> None:
    """Both waits: for the permission to type, and for keys to be released."""
    fields = session.inserter.fields = KnownField()

    def go_to_the_password(*_seconds: float) -> None:
        fields.known = Field(is_password=True)

    desktop.while_waiting = go_to_the_password
    (outcome,) = session.take(words("secret"))
    assert isinstance(outcome, Kept)
    assert "password" in outcome.reason
    session.inserter.take_kept()
    fields.known, desktop.while_waiting = Field(), lambda: None
    session.inserter.sleep = go_to_the_password
    desktop.refusals = [KeysHeld()]
    (outcome,) = session.take(words("secret"))
    assert isinstance(outcome, Kept)
    assert "password" in outcome.reason
    session.inserter.take_kept()
    fields.known = Field()
    desktop.while_waiting = lambda: setattr(desktop, "front", OTHER)
    (outcome,) = session.take(words("secret"))
    assert isinstance(outcome, Kept)
    assert outcome.reason == "Another window is in front now."
    assert desktop.texts == {}


def test_nothing_goes_into_a_password_field(session: DictationSession, desktop: TextDesktop) -> None:
    session.inserter.fields = KnownField(Field(is_password=True, takes_text=True))
    (outcome,) = session.take(words("open sesame"))
    assert isinstance(outcome, Kept)
    assert "password" in outcome.reason
    say(session, "send it")
    assert (desktop.texts, desktop.chords) == ({}, [])


def test_nothing_goes_to_a_button(session: DictationSession, desktop: TextDesktop) -> None:
    session.inserter.fields = KnownField(Field(takes_text=False))
    assert isinstance(session.take(words("hello"))[0], Kept)
    assert desktop.texts == {}


def test_another_window_gets_nothing_and_nothing_is_lost(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "one")
    desktop.front = OTHER
    (kept,) = session.take(words("two"))
    assert kept == Kept(" two", "Another window is in front now.")
    desktop.front = LETTER
    assert session.take(words("three"))[0] == Kept(" two three", "Another window is in front now.")
    say(session, "send it")
    assert desktop.texts == {LETTER.window: "One"}
    assert desktop.chords == []
    outcome = session.retry()
    assert isinstance(outcome, Inserted)
    say(session, "four")
    assert desktop.letter == "One two three four"
    assert session.retry() is None


def test_a_retry_goes_where_the_user_is_now(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.front = OTHER
    say(session, "two")
    assert isinstance(session.retry(), Inserted)
    assert desktop.texts == {OTHER.window: "Two"}


def test_a_correction_takes_the_place_of_the_last_text(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "one")
    (last,) = session.take(words("two"))
    assert isinstance(session.replace(last, "too"), Inserted)
    assert desktop.letter == "One too"
    say(session, "three")
    assert desktop.letter == "One too three"


def test_a_part_of_a_text_can_be_corrected_twice(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.front = None
    say(session, "dear ada")
    (last,) = session.take(words("yours ben"))
    desktop.front = LETTER
    session.retry()
    corrected = session.replace(last, "yours Bea and Ben")
    assert desktop.letter == "Dear ada yours Bea and Ben"
    assert isinstance(corrected, Inserted)
    assert corrected.text[corrected.start : corrected.end] == " yours Bea and Ben"
    session.replace(corrected, "yours, Bea")
    assert desktop.letter == "Dear ada yours, Bea"


def test_scratching_what_is_kept_is_told(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.front = None
    say(session, "dear ada")
    assert session.take(words("scratch that")) == [Kept("", "")]
    assert session.take(words("scratch that")) == []


def test_a_correction_waits_for_its_window_and_comes_back_where_that_does_not_come(
    session: DictationSession, desktop: TextDesktop
) -> None:
    (last,) = session.take(words("one"))
    desktop.front = OTHER
    looks = 0

    def sleep(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            desktop.front = LETTER

    session.inserter.sleep = sleep
    corrected = session.replace(last, "two")
    assert isinstance(corrected, Inserted)
    desktop.front = OTHER
    assert session.replace(corrected, "three") == Unplaced("three", NOT_AT_CURSOR)
    assert desktop.texts == {LETTER.window: "two"}


@pytest.mark.parametrize(
    ("since", "text"),
    [
        ("scratch that", "One"),
        ("press enter", "One two\n"),
        ("select that", "One two"),
        ("three", "One two three"),
        ("new line", "One two\n"),
        ("comma", "One two,"),
    ],
)
def test_a_correction_replaces_no_other_text(
    session: DictationSession, desktop: TextDesktop, since: str, text: str
) -> None:
    say(session, "one")
    (last,) = session.take(words("two"))
    say(session, since)
    pressed = len(desktop.chords)
    if since == "press enter":
        desktop.texts[LETTER.window] += "\n"
    assert session.replace(last, "too") == Unplaced("too", NOT_AT_CURSOR)
    assert desktop.letter == text
    assert len(desktop.chords) == pressed


def test_of_two_utterances_alike_the_one_that_was_deleted_is_not_corrected(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "so", "yes")
    (last,) = session.take(words("yes"))
    say(session, "scratch that")
    assert isinstance(session.replace(last, "yet"), Unplaced)
    assert desktop.letter == "So yes"


def test_a_correction_holds_back_no_later_dictation(session: DictationSession, desktop: TextDesktop) -> None:
    (last,) = session.take(words("one"))
    say(session, "two")
    corrected = session.replace(last, "won")
    say(session, "three")
    assert desktop.letter == "One two three"
    desktop.front = OTHER
    assert isinstance(session.put(corrected.text), Inserted)
    assert desktop.texts[OTHER.window] == "won"
    desktop.front = None
    assert session.put("won") == Unplaced("won", "No text field has the cursor.")
    assert session.inserter.kept == ""


def test_an_unexpected_error_costs_no_kept_text(
    session: DictationSession, desktop: TextDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.front = OTHER
    say(session, "one")
    target = session.inserter.target

    def breaks(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(desktop, "type_text", breaks)
    assert session.put("won") == Unplaced("won", FAILED)
    assert (session.inserter.kept, session.inserter.target) == ("One", target)
    assert session.retry() == Kept("One", FAILED, "One")
    assert (session.inserter.kept, session.inserter.target) == ("One", target)
    monkeypatch.setattr(desktop, "front_window", breaks)
    assert session.put("won") == Unplaced("won", FAILED)
    with pytest.raises(RuntimeError):
        session.retry()
    assert (session.inserter.kept, session.inserter.target) == ("One", target)


def test_an_unexpected_error_costs_no_dictated_text(
    session: DictationSession, desktop: TextDesktop, caplog: pytest.LogCaptureFixture
) -> None:
    (last,) = session.take(words("one"))

    def breaks() -> None:
        raise ConnectionResetError("the display is gone")

    desktop.front_window = breaks  # type: ignore[method-assign,assignment]
    assert session.replace(last, "won") == Unplaced("won", NOT_AT_CURSOR)
    outcomes = session.take(words("dear ada", "press enter", "thanks"))
    assert outcomes == [Kept(" dear ada", FAILED, " dear ada"), Kept(" dear ada thanks", FAILED, " thanks")]
    assert "the display is gone" in caplog.text
    assert desktop.letter == "One"


def test_text_that_waits_is_corrected_where_it_waits(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.front = OTHER
    say(session, "dear ada")
    (last,) = session.take(words("hello wrld"))
    say(session, "bye")
    corrected = session.replace(last, "hello world")
    assert corrected == Kept("Dear ada hello world bye", "Another window is in front now.")
    session.replace(corrected, "hello whirl")
    desktop.front = LETTER
    session.retry()
    assert desktop.letter == "Dear ada hello whirl bye"


def test_text_that_has_waited_is_corrected_where_it_went(
    session: DictationSession, desktop: TextDesktop
) -> None:
    desktop.front = OTHER
    say(session, "dear ada")
    (last,) = session.take(words("hello wrld"))
    desktop.front = LETTER
    session.retry()
    assert isinstance(session.replace(last, "hello world"), Inserted)
    assert desktop.letter == "Dear ada hello world"


def test_a_correction_keeps_the_line_breaks_around_it(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "hi")
    (last,) = session.take(words("dear ada", "new line", "thnks", "new line"))
    session.replace(last, "Dear Ada\nThanks")
    assert desktop.letter == "Hi Dear Ada\nThanks\n"


def test_where_capitals_are_off_words_stay_as_they_were_recognised(
    session: DictationSession, desktop: TextDesktop
) -> None:
    session.has_capitals = False
    say(session, "print", "full stop", "The")
    assert desktop.letter == "print. The"


def test_kept_text_is_handed_over_or_scratched(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.front = None
    say(session, "two")
    assert session.inserter.take_kept() == "Two"
    say(session, "three", "scratch that")
    assert session.inserter.kept == ""


def test_no_window_in_front(desktop: TextDesktop) -> None:
    desktop.front = None
    session = DictationSession(Inserter(desktop), SpokenCommands())
    assert session.begin() is None
    (outcome,) = session.take(words("hello"))
    assert outcome == Kept("Hello", "No text field has the cursor.")


def test_long_texts_are_pasted_and_short_ones_typed(session: DictationSession, desktop: TextDesktop) -> None:
    say(session, "short", "long " * 100)
    assert desktop.ways == ["type", "paste"]


def test_each_program_has_its_way(desktop: TextDesktop) -> None:
    session = DictationSession(Inserter(desktop, ways={"editor": "paste"}), SpokenCommands())
    session.begin()
    say(session, "short")
    assert desktop.ways == ["paste"]


def test_where_one_way_cannot_the_other_does(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.refusals = [ClipboardBusy()]
    say(session, "short")
    assert desktop.ways == ["paste"]
    desktop.refusals = [ClipboardBusy(), ClipboardBusy()]
    assert isinstance(session.take(words("again"))[0], Kept)


def test_a_mark_that_the_writing_step_takes_back_is_replaced(
    session: DictationSession, desktop: TextDesktop
) -> None:
    session.inserter.fields = OwnText(desktop)
    say(session, "When I came home.")
    session.rewrite(words("When I came home,"))
    assert desktop.letter == "When I came home,"
    say(session, "Nobody was there.")
    session.rewrite(words("Nobody was there"))
    assert desktop.letter == "When I came home, Nobody was there"
    say(session, "period")
    session.rewrite(words("Nobody was there?"))
    assert desktop.letter.endswith("there.")  # what the user has said stays


def test_a_mark_that_cannot_be_replaced_takes_no_words_with_it(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "Dear Ada.")
    desktop.refusals = [InsertionRefused("No such key.")]
    session.take(words("comma", "how are you"))
    assert desktop.letter == "Dear Ada., how are you"
    say(session, "One.")
    desktop.front = OTHER
    (outcome,) = session.take(words("comma", "two"))
    assert outcome == Kept(", two", "Another window is in front now.")


@pytest.mark.parametrize(
    ("command", "chord"), [("select that", ("Shift+Left", 12)), ("press enter", ("Return", 1))]
)
def test_after_a_key_no_mark_is_replaced(
    session: DictationSession, desktop: TextDesktop, command: str, chord: tuple[str, int]
) -> None:
    say(session, "Hello world.", command)
    session.inserter.fields = OwnText(desktop)
    session.rewrite(words("Hello world,"))
    session.inserter.fields = None
    session.rewrite(words("Hello world,"))
    say(session, "comma")
    assert desktop.chords == [chord]


def test_no_mark_of_the_user_is_replaced(session: DictationSession, desktop: TextDesktop) -> None:
    say(session, "Dear Ada.")
    session.rewrite(words("Dear Ada,"))  # nobody tells what stands there now
    session.inserter.fields = OwnText(desktop)
    desktop.texts[LETTER.window] += " My own."
    session.rewrite(words("Dear Ada,"))
    say(session, "comma")
    assert desktop.letter == "Dear Ada. My own.,"
    session.inserter.fields = None
    say(session, "One.")
    desktop.front = OTHER
    session.begin()
    say(session, "comma")
    assert desktop.chords == []


def test_text_that_was_kept_ends_with_no_mark_to_replace(
    session: DictationSession, desktop: TextDesktop
) -> None:
    say(session, "One.")
    desktop.front = OTHER
    say(session, "two")
    desktop.front = LETTER
    session.retry()
    say(session, "comma")
    assert desktop.letter == "One. Two,"


def test_numbers_that_were_written_are_still_the_words_of_a_command(
    session: DictationSession, desktop: TextDesktop
) -> None:
    session.commands = SpokenCommands.of("en", ("chapter two=## The Sea",))
    spoken = words("chapter two")
    session.take((spoken[0], Word("2", spoken[1].start_seconds, spoken[1].end_seconds, 0.9, (spoken[1],))))
    assert desktop.letter == "## The Sea"


def test_keys_that_are_still_held_are_waited_for(session: DictationSession, desktop: TextDesktop) -> None:
    desktop.refusals = [KeysHeld() for _ in range(10)]
    say(session, "hello")
    assert desktop.letter == "Hello"
    desktop.refusals = [KeysHeld() for _ in range(1000)]
    assert isinstance(session.take(words("again"))[0], Kept)


def test_stop_listening(desktop: TextDesktop) -> None:
    stops: list[str] = []
    session = DictationSession(Inserter(desktop), SpokenCommands(), lambda: stops.append("stop"))
    session.begin()
    session.take(words("that is all", "stop listening"))
    assert (desktop.letter, stops) == ("That is all", ["stop"])
