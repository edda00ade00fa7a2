"""The Editor: text and sound in step. What is heard is highlighted, what is clicked is heard, what is wrong
is typed over.

    transcript ── TranscriptView ──┐                        ┌── EditorSaving (draft, library)
    sound ─────── EditorSound ─────┼── EditableTranscript ──┼── EditorListening (times, other guesses)
                  WaveformView ────┘                        └── SubtitleView
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.audio.media import is_media_name
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.keys import editor_keys
from asr_desktop.gui.editor.listening import EditorListening
from asr_desktop.gui.editor.saving import EditorSaving, Save
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.editor.teaching import teach
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.theme import SPACE, UNSURE_BELOW, icon
from asr_desktop.gui.widgets.alternatives_menu import AlternativesMenu
from asr_desktop.gui.widgets.export_dialog import ExportDialog
from asr_desktop.gui.widgets.find_bar import FindBar
from asr_desktop.gui.widgets.parts import Card, button, icon_button, label, page_layout, row
from asr_desktop.gui.widgets.playback_bar import SPEEDS, PlaybackBar
from asr_desktop.gui.widgets.subtitle_view import SubtitleView
from asr_desktop.gui.widgets.transcript_view import TranscriptView
from asr_desktop.gui.widgets.waveform_view import WaveformView
from asr_desktop.recognition.alternatives import Alternative
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import (
    Change,
    DoubtfulWalk,
    EditableTranscript,
    Match,
    Query,
    WordPlace,
    find_all,
)
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.export.subtitle_rules import SubtitleRules, violations
from asr_desktop.transcripts.export.subtitles import subtitle_cues

SKIP_SECONDS = 3.0
_SUBTITLES_AFTER_MS = 800
_OVERVIEW_AFTER_MS = 150
_EMPTY, _DOCUMENT = range(2)


class EditorPage(QWidget):
    """One transcript at a time."""

    title = "Editor"
    icon_name = "editor"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.editable: EditableTranscript | None = None
        self.entry_id: int | None = None
        self._audio: Path | None = None
        self._saving: EditorSaving | None = None
        self._listening: EditorListening | None = None
        self._walk: DoubtfulWalk | None = None
        self._loading: Operation | None = None
        self._teaching: Operation | None = None
        self._matches: list[Match] = []
        self._menu: AlternativesMenu | None = None
        self.sound = EditorSound(context, self)
        self._subtitle_timer = QTimer(self, singleShot=True, interval=_SUBTITLES_AFTER_MS)
        self._subtitle_timer.timeout.connect(self._update_subtitles)
        # What looks at the whole transcript waits for a pause, so that typing does not.
        self._overview_timer = QTimer(self, singleShot=True, interval=_OVERVIEW_AFTER_MS)
        self._overview_timer.timeout.connect(self._show_overview)
        self._build()
        self._bind_keys()
        self._connect()
        self._show_nothing()

    # Opening and closing

    def open(self, entry_id: int, at_seconds: float = 0.0) -> None:
        """Show an entry of the library, at this second."""
        if entry_id == self.entry_id and self.editable is not None:
            self._show_moment(at_seconds)
            return
        if self._loading is not None:
            self._loading.cancel()
        library = self.context.library

        def load() -> tuple[str, Transcript, Path | None]:
            return library.entry(entry_id).title, library.transcript(entry_id), library.audio_path(entry_id)

        def loaded(answer: tuple[str, Transcript, Path | None]) -> None:
            title, transcript, audio = answer
            self.open_document(
                transcript,
                audio,
                partial(library.save_transcript, entry_id),
                title=title,
                key=f"library-{entry_id}",
                at_seconds=at_seconds,
            )
            self.entry_id = entry_id

        self._loading = self.context.run(load).on_success(loaded).on_failure(self.context.tell_failure)

    def open_document(
        self,
        transcript: Transcript,
        audio_path: Path | None,
        save: Save | None = None,
        *,
        title: str | None = None,
        key: str | None = None,
        at_seconds: float = 0.0,
    ) -> None:
        """Show a transcript and its sound (a file or a session's folder; None where it is gone).

        save: called with the transcript, in a thread, whenever it has been changed. key: under which unsaved
        corrections are kept through a crash; by default the transcript's source.
        """
        self.close_document()
        editable = EditableTranscript(transcript)
        self.editable = editable
        self._audio = audio_path
        self._title.setText(title or Path(transcript.source).name or self.tr("Transcript"))
        self._title.setToolTip(transcript.source)
        self._saving = EditorSaving(self.context, editable, save, key or transcript.source, self)
        self._saving.state_changed.connect(self._show_saving)
        self._saving.failed.connect(self._warn)
        self._saving.saved.connect(self.context.library_changed)
        self._walk = DoubtfulWalk(editable, UNSURE_BELOW)
        editable.listen(self._changed)
        self.view.set_transcript(editable)
        self.waveform.set_waveform(None)
        self.waveform.set_duration(transcript.duration_seconds)
        self._playback.set_sound(audio_path is not None)
        if audio_path is not None:
            self._listening = EditorListening(self.context, editable, audio_path, self)
            self._listening.failed.connect(self._tell_of_estimates)
            self.sound.open(audio_path, at_seconds)
        else:
            self._warn(self.tr("The sound of this transcript is gone; its text can be corrected without it."))
        self._stack.setCurrentIndex(_DOCUMENT)
        self._show_saving("saved")
        if self._saving.recovered:
            self.context.show_message.emit(self._saving.recovered, "warning", "")
            if self._saving.has_changes:
                self._show_saving("kept")
        self._show_overview()
        self._segment_entered(0)
        self._update_subtitles()
        self._show_moment(at_seconds)
        self.view.setFocus()

    def close_document(self) -> None:
        """Save what there is to save, and show nothing."""
        if self.editable is None:
            return
        self.view.keep()
        self.sound.close()
        if self._menu is not None:
            self._menu.close()
        if self._teaching is not None:
            self._teaching.cancel()
            self._teaching = None
        if self._saving is not None:
            self._saving.close()
            self._saving.deleteLater()
        if self._listening is not None:
            self._listening.close()
            self._listening.deleteLater()
        self._saving = self._listening = self._walk = self.editable = self.entry_id = self._audio = None
        self._find_bar.close_bar()
        self._show_nothing()

    def can_close(self) -> bool:
        """Nothing is ever lost, so there is nothing to ask."""
        self.close_document()
        return True

    def hideEvent(self, event: object) -> None:
        """Another page is shown: what was typed is saved; the sound goes on, as people expect it."""
        self.view.keep()
        if self._saving is not None:
            self._saving.save_soon()

    # What it is made of

    def _build(self) -> None:
        self._stack = QStackedWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._stack.addWidget(self._build_empty())
        self._stack.addWidget(self._build_document())

    def _build_empty(self) -> QWidget:
        page = QWidget()
        layout = page_layout(page, self.tr("Editor"), self.tr("Correct a transcript while you listen to it."))
        card = Card(self.tr("No transcript is open"))
        hint = self.tr("Choose one in the Library, or open a transcript that was exported as JSON.")
        card.body.addWidget(label(hint, "muted", wrap=True))
        library = button(
            self.tr("Go to the Library"),
            "library",
            kind="primary",
            on_click=partial(self.context.show_page.emit, "library"),
        )
        from_file = button(self.tr("Open a file …"), "folder", on_click=self._open_file)
        card.body.addLayout(row(library, from_file, None))
        layout.addWidget(card)
        layout.addStretch(1)
        return page

    def _build_document(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE + 4)
        layout.setSpacing(SPACE)
        layout.addLayout(self._build_head())
        self.waveform = WaveformView()
        card = Card()
        card.body.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        card.body.setSpacing(SPACE // 2)
        card.body.addWidget(self.waveform)
        self._playback = PlaybackBar()
        card.body.addWidget(self._playback)
        layout.addWidget(card)
        self._find_bar = FindBar()
        layout.addWidget(self._find_bar)
        self.view = TranscriptView()
        text_card = Card()
        text_card.body.setContentsMargins(2, SPACE // 2, 2, SPACE // 2)
        text_card.body.addWidget(self.view)
        self.subtitles = SubtitleView()
        self.subtitles.hide()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(2 * SPACE)
        self._splitter.addWidget(text_card)
        self._splitter.addWidget(self.subtitles)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        layout.addWidget(self._splitter, 1)
        layout.addLayout(self._build_foot())
        return page

    def _build_head(self) -> QVBoxLayout:
        self._title = label("", "heading")
        self._state = label("", "small")
        self.undo_button = icon_button("undo", self.tr("Undo"), on_click=self.undo)
        self.redo_button = icon_button("redo", self.tr("Do again"), on_click=self.redo)
        self.find_button = icon_button("search", self.tr("Find and replace"), on_click=self.open_find)
        self.subtitles_button = icon_button("subtitles", self.tr("Show as subtitles"))
        self.subtitles_button.setCheckable(True)
        self.subtitles_button.toggled.connect(self._show_subtitles)
        self.teach_button = button(
            self.tr("Teach the model"),
            "train",
            tip=self.tr("Use my corrections to teach the model"),
            on_click=self.teach,
        )
        self.teach_button.setAccessibleName(self.tr("Use my corrections to teach the model"))
        self.export_button = button(self.tr("Export"), "export", kind="primary", on_click=self.export)
        head = QVBoxLayout()
        head.setSpacing(0)
        line = row(
            self._title,
            None,
            self.undo_button,
            self.redo_button,
            self.find_button,
            self.subtitles_button,
            self.teach_button,
            self.export_button,
        )
        line.setStretch(0, 1)
        head.addLayout(line)
        head.addWidget(self._state)
        return head

    def _build_foot(self) -> QVBoxLayout:
        self.doubtful_button = button(
            self.tr("Next doubtful word"), "next-doubtful", on_click=self.next_doubtful
        )
        self._order_button = icon_button("chevron-down", self.tr("In which order doubtful words come"))
        self._order_button.clicked.connect(self._choose_order)
        self._doubtful_count = label("", "muted")
        self._hint = label("", "small")
        foot = QVBoxLayout()
        line = row(self.doubtful_button, self._order_button, self._doubtful_count, None, self._hint)
        foot.addLayout(line)
        return foot

    def _bind_keys(self) -> None:
        actions: dict[str, Callable[[], object]] = {
            "play": self.play_or_pause,
            "back": partial(self.skip, -SKIP_SECONDS),
            "on": partial(self.skip, SKIP_SECONDS),
            "slower": partial(self._change_speed, -1),
            "faster": partial(self._change_speed, 1),
            "play_here": self.play_here,
            "play_segment": self.play_segment,
            "loop": self.toggle_loop,
            "next_doubtful": self.next_doubtful,
            "guesses": self.show_guesses,
            "confirm": self.confirm_word,
            "next_segment": self._return_pressed,
            "split": self.split,
            "merge": self.merge,
            "delete": self.delete_segment,
            "speaker": self.name_speaker,
            "find": self.open_find,
            "find_next": self.find_next,
            "undo": self.undo,
            "redo": self.redo,
            "save": self.save,
            "export": self.export,
            "subtitles": self.subtitles_button.toggle,
            "zoom_in": self.waveform.zoom_in,
            "zoom_out": self.waveform.zoom_out,
        }
        self._keys = {key.name: key for key in editor_keys()}
        shortcuts = self.context.shortcuts
        for name, key in self._keys.items():
            # Return means something else in every other widget, so it is bound to the text alone.
            target: QWidget = self.view if name in ("next_segment", "split", "play_here") else self
            shortcuts.bind(f"editor.{name}", key.description, key.default, target, actions[name])
        self.view.is_own_key = self._is_bound
        self._show_tips()
        self.context.settings_changed.connect(self._show_tips)

    def _connect(self) -> None:
        self.sound.moved.connect(self._moved)
        self.sound.playing_changed.connect(self._playing_changed)
        self.sound.drawn.connect(self.waveform.set_waveform)
        self.sound.opened.connect(self._sound_opened)
        self.sound.failed.connect(self._warn)
        self.view.word_clicked.connect(self._word_clicked)
        self.view.time_clicked.connect(self._time_clicked)
        self.view.speaker_clicked.connect(lambda _index: self.name_speaker())
        self.view.segment_entered.connect(self._segment_entered)
        self.view.refused.connect(lambda sentence: self._state.setText(sentence))
        self.view.menu_wanted.connect(self._show_menu)
        self.waveform.clicked.connect(self._waveform_clicked)
        self.waveform.borders_moved.connect(self._borders_moved)
        bar = self._playback
        bar.play_wanted.connect(self.play_or_pause)
        bar.back_wanted.connect(partial(self.skip, -SKIP_SECONDS))
        bar.on_wanted.connect(partial(self.skip, SKIP_SECONDS))
        bar.speed_wanted.connect(self._set_speed)
        bar.loop_wanted.connect(lambda _on: self.toggle_loop())
        bar.zoom_in_wanted.connect(self.waveform.zoom_in)
        bar.zoom_out_wanted.connect(self.waveform.zoom_out)
        find = self._find_bar
        find.query_changed.connect(self._search)
        find.next_wanted.connect(self.find_next)
        find.previous_wanted.connect(partial(self.find_next, -1))
        find.replace_wanted.connect(self._replace)
        find.replace_all_wanted.connect(self._replace_all)
        find.closed.connect(self._find_closed)
        self.subtitles.clicked.connect(self._time_of_subtitle_clicked)

    # Sound

    def play_or_pause(self) -> None:
        self.view.commit()
        self.sound.toggle()

    def skip(self, seconds: float) -> None:
        """Back (below 0) or on."""
        self.sound.skip(seconds)

    def play_here(self) -> None:
        """Play on from the word at the caret."""
        self.view.commit()
        place = self.view.word_at_caret() if self.editable is not None else None
        if place is not None:
            self.sound.seek(self._word_seconds(place))
            self.sound.play()

    def play_segment(self) -> None:
        """Play the segment with the caret, and stop."""
        self.view.commit()
        if self.editable is not None and self.editable.segments:
            segment = self.editable.segments[self.view.segment]
            self.sound.play_stretch(segment.start_seconds, segment.end_seconds)

    def toggle_loop(self) -> None:
        """Repeat the segment with the caret, or play on."""
        if self.editable is None or not self.editable.segments or self.sound.loop is not None:
            self.sound.set_loop(None)
        else:
            segment = self.editable.segments[self.view.segment]
            self.sound.set_loop(segment.start_seconds, segment.end_seconds)
            self.sound.play()
        self._playback.show_loop(self.sound.loop is not None)

    def _change_speed(self, steps: int) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.sound.speed))
        self._set_speed(SPEEDS[min(max(nearest + steps, 0), len(SPEEDS) - 1)])

    def _set_speed(self, speed: float) -> None:
        self.sound.set_speed(speed)
        self._playback.show_speed(speed)

    def _moved(self, seconds: float) -> None:
        if self.editable is None:
            return
        follow = self._playback.follow.isChecked()
        self.waveform.set_position(seconds, follow=follow)
        self._playback.show_position(seconds, self.editable.duration_seconds)
        self._playback.show_loop(self.sound.loop is not None)
        self.view.show_spoken(seconds, follow=follow and self.sound.is_playing)
        if self.subtitles.isVisible() and self.sound.is_playing:
            self.subtitles.show_position(seconds)

    def _playing_changed(self, is_playing: bool) -> None:
        self._playback.show_playing(is_playing)

    def _sound_opened(self, duration_seconds: float) -> None:
        if self.editable is not None:
            self.waveform.set_duration(max(duration_seconds, self.editable.duration_seconds))
            self._moved(self.sound.position_seconds)

    def _word_seconds(self, place: WordPlace) -> float:
        assert self.editable is not None
        return self.editable.segments[place.segment].words[place.word].start_seconds

    def _word_clicked(self, segment: int, number: int) -> None:
        """A click is heard: from there on where it plays, else just the word."""
        assert self.editable is not None
        word = self.editable.segments[segment].words[number]
        if self.sound.is_playing:
            self.sound.seek(word.start_seconds)
        elif self.sound.is_open:
            self.sound.play_stretch(word.start_seconds, max(word.end_seconds, word.start_seconds + 0.15))
        else:
            self.sound.seek(word.start_seconds)

    def _time_clicked(self, index: int) -> None:
        assert self.editable is not None
        self.sound.seek(self.editable.segments[index].start_seconds)
        self.sound.play()

    def _waveform_clicked(self, seconds: float) -> None:
        self.sound.seek(seconds)
        place = self.view.place_at(seconds) if self.editable is not None else None
        if place is not None:
            self.view.go_to(place.segment)

    def _time_of_subtitle_clicked(self, seconds: float) -> None:
        self._show_moment(seconds)

    def _show_moment(self, seconds: float) -> None:
        """The text and the sound at this second, neither playing."""
        self.sound.seek(seconds)
        place = self.view.place_at(seconds)
        if place is not None:
            self.view.go_to(place.segment)
        self.waveform.set_position(seconds, follow=True)

    # Text

    def undo(self) -> None:
        """Take back the last step."""
        self._step_back_or_on(back=True)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step_back_or_on(back=False)

    def _step_back_or_on(self, *, back: bool) -> None:
        if self.editable is None:
            return
        self.view.commit()
        change = self.editable.undo() if back else self.editable.redo()
        if change is not None and self.editable.segments:
            index = min(change.index, len(self.editable.segments) - 1)
            if self.view.segment != index:
                self.view.go_to(index)
            self.view.bring_into_sight(index)

    def split(self) -> None:
        """Begin a new segment at the caret."""
        if self.editable is not None and self.editable.segments:
            self.view.split_at_caret()

    def merge(self) -> None:
        """Join the segment with the caret and the next one."""
        if self.editable is not None and self.editable.segments:
            self.view.keep()
            self.editable.merge(self.view.segment)

    def delete_segment(self) -> None:
        """Take the segment with the caret out."""
        if self.editable is not None and self.editable.segments:
            self.view.keep()
            self.editable.delete(self.view.segment)

    def name_speaker(self) -> None:
        """Ask who says the segment with the caret, and perhaps all of this name."""
        if self.editable is None or not self.editable.segments:
            return
        self.view.keep()
        index = self.view.segment
        former = self.editable.segments[index].speaker
        names = self.editable.speakers()
        choices = list(dict.fromkeys([former or "", *names]))
        name, agreed = QInputDialog.getItem(
            self,
            self.tr("Speaker"),
            self.tr("Who says this? It holds up to the next segment that has a name."),
            choices,
            0,
            True,
        )
        if agreed:
            self.set_speaker(index, name)

    def set_speaker(self, index: int, name: str) -> None:
        """The speaker of a segment and of those after it that had the same one, up to the next other one."""
        assert self.editable is not None
        segments = self.editable.segments
        stop = index + 1
        while stop < len(segments) and segments[stop].speaker == segments[index].speaker:
            stop += 1
        self.editable.set_speaker(range(index, stop), name or None)

    def _return_pressed(self) -> None:
        if self.editable is not None and self.editable.segments:
            self.view.next_segment()

    def _borders_moved(self, start_seconds: float, end_seconds: float) -> None:
        if self.editable is None or not self.editable.segments:
            return
        self.view.keep()
        index = self.view.segment
        if not self.editable.set_borders(index, start_seconds, end_seconds):
            self.waveform.set_current(self.editable.segments[index])

    def _segment_entered(self, index: int) -> None:
        if self.editable is None:
            return
        segments = self.editable.segments
        self.waveform.set_current(segments[index] if index < len(segments) else None)

    def _changed(self, change: Change) -> None:
        assert self.editable is not None
        self._overview_timer.start()
        self.undo_button.setEnabled(self.editable.undo_name is not None)
        self.redo_button.setEnabled(self.editable.redo_name is not None)
        self._segment_entered(min(self.view.segment, max(0, len(self.editable.segments) - 1)))
        if self._find_bar.isVisible():
            self._matches = find_all(self.editable.segments, self._find_bar.query)
            self.view.show_matches(self._matches, None)
            self._find_bar.show_count(0, len(self._matches))
        self._subtitle_timer.start()

    def _show_menu(self, at: QPoint) -> None:
        if self.editable is None or not self.editable.segments:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries: list[tuple[str, str, Callable[[], object]] | None] = [
            ("guesses", "quote", self.show_guesses),
            ("confirm", "check", self.confirm_word),
            None,
            ("play_here", "play", self.play_here),
            ("play_segment", "play", self.play_segment),
            None,
            ("split", "split", self.split),
            ("merge", "merge", self.merge),
            ("speaker", "person", self.name_speaker),
            ("delete", "trash", self.delete_segment),
        ]
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            name, icon_name, action = entry
            key = self.context.shortcuts.text(f"editor.{name}")
            made = menu.addAction(icon(icon_name), f"{self._keys[name].description}\t{key}")
            made.triggered.connect(lambda _on=False, action=action: action())
        menu.addSeparator()
        copied = menu.addAction(icon("copy"), self.tr("Copy"))
        copied.setEnabled(self.view.textCursor().hasSelection())
        copied.triggered.connect(self.view.copy)
        pasted = menu.addAction(self.tr("Paste"))
        pasted.setEnabled(bool(QApplication.clipboard().text()))
        pasted.triggered.connect(self.view.paste)
        menu.popup(at)

    # Doubtful words

    def next_doubtful(self) -> None:
        """Go to the next doubtful word, play it, and offer what else it may be."""
        if self.editable is None or self._walk is None:
            return
        self.view.keep()
        order = (
            "text" if self.context.recall("editor.doubtful_order", "confidence") == "text" else "confidence"
        )
        place = self._walk.next(self.view.word_at_caret(), order)  # type: ignore[arg-type]
        if place is None:
            self._state.setText(self.tr("There are no doubtful words left."))
            return
        self._offer(place)

    def show_guesses(self) -> None:
        """What else the word at the caret may be."""
        place = self.view.word_at_caret() if self.editable is not None else None
        if place is not None:
            self.view.keep()
            self._offer(place)

    def confirm_word(self) -> None:
        """The word at the caret is right."""
        place = self.view.word_at_caret() if self.editable is not None else None
        if place is not None and self.editable is not None:
            self.view.keep()
            self.editable.confirm_word(place)

    def _offer(self, place: WordPlace) -> None:
        assert self.editable is not None
        word = self.editable.segments[place.segment].words[place.word]
        rect = self.view.choose_word(place)
        self.waveform.set_position(word.start_seconds, follow=True)
        if not self.sound.is_playing:
            self._play_around(place)
        menu = AlternativesMenu(word.text, word.confidence, self._is_next_doubtful, self)
        self._menu = menu
        menu.confirmed.connect(partial(self.editable.confirm_word, place))
        menu.chosen.connect(partial(self._take_guess, place))
        menu.play_wanted.connect(partial(self._play_around, place))
        menu.next_wanted.connect(self.next_doubtful, Qt.ConnectionType.QueuedConnection)
        menu.typed.connect(self._type_over, Qt.ConnectionType.QueuedConnection)
        menu.destroyed.connect(partial(self._menu_gone, menu))
        menu.popup(self.view.viewport().mapToGlobal(rect.bottomLeft() + QPoint(0, SPACE // 2)))
        if self._listening is None:
            menu.show_nothing(self.tr("No other guesses without the sound"))
        else:
            operation = self._listening.alternatives(place)
            operation.on_success(partial(self._guessed, menu)).on_failure(partial(self._no_guesses, menu))

    def _guessed(self, menu: AlternativesMenu, alternatives: list[Alternative]) -> None:
        if menu is self._menu:
            menu.show_alternatives(alternatives)

    def _no_guesses(self, menu: AlternativesMenu, failure: Failure) -> None:
        if menu is self._menu:
            menu.show_nothing(failure.sentence)

    def _menu_gone(self, menu: AlternativesMenu, _object: object = None) -> None:
        if menu is self._menu:
            self._menu = None

    def _take_guess(self, place: WordPlace, text: str) -> None:
        assert self.editable is not None
        if text:
            self.editable.set_word(place, text)
        else:
            self.editable.remove_word(place)

    def _type_over(self, text: str) -> None:
        self.view.setFocus()
        self.view.insertPlainText(text)

    def _play_around(self, place: WordPlace) -> None:
        """The word with one neighbour on each side: alone, a word is hard to understand."""
        assert self.editable is not None
        words = self.editable.segments[place.segment].words
        first, last = words[max(0, place.word - 1)], words[min(len(words) - 1, place.word + 1)]
        self.sound.play_stretch(first.start_seconds, last.end_seconds)

    def _choose_order(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self.context.recall("editor.doubtful_order", "confidence")
        for key, text in (
            ("confidence", self.tr("The least sure first")),
            ("text", self.tr("In the order of the text")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(key == current)
            action.triggered.connect(partial(self._set_order, key))
        menu.popup(self._order_button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _set_order(self, order: str, _on: bool = True) -> None:
        self.context.remember("editor.doubtful_order", order)

    # Find and replace

    def open_find(self) -> None:
        """Show the bar, with what is selected."""
        if self.editable is None:
            return
        self.view.keep()
        self._find_bar.open(self.view.textCursor().selectedText())

    def find_next(self, step: int = 1) -> None:
        """Go to the next match behind the caret, or to the one before it."""
        if self.editable is None or not self._matches:
            return
        cursor = self.view.textCursor()
        here = (
            cursor.blockNumber(),
            cursor.positionInBlock() - (1 if step < 0 and cursor.hasSelection() else 0),
        )
        places = [(match.segment, match.start) for match in self._matches]
        if step > 0:
            number = next((n for n, place in enumerate(places) if place >= here), 0)
        else:
            start = (cursor.blockNumber(), self._selection_column())
            before = [n for n, place in enumerate(places) if place < start]
            number = before[-1] if before else len(places) - 1
        self._go_to_match(number)

    def _selection_column(self) -> int:
        cursor = self.view.textCursor()
        return cursor.selectionStart() - cursor.block().position()

    def _go_to_match(self, number: int) -> None:
        self.view.show_matches(self._matches, self._matches[number])
        self._find_bar.show_count(number + 1, len(self._matches))

    def _search(self, query: Query) -> None:
        if self.editable is None:
            return
        self.view.commit()
        self._matches = find_all(self.editable.segments, query)
        caret = (self.view.segment, self._selection_column())
        number = next((n for n, m in enumerate(self._matches) if (m.segment, m.start) >= caret), 0)
        if self._matches:
            self._go_to_match(number)
        else:
            self.view.show_matches([], None)
            self._find_bar.show_count(0, 0)

    def _replace(self, replacement: str) -> None:
        """Replace the match that is selected, and go to the next one."""
        if self.editable is None or not self._matches:
            return
        cursor = self.view.textCursor()
        chosen = Match(
            cursor.blockNumber(),
            self._selection_column(),
            self._selection_column() + len(cursor.selectedText()),
        )
        if chosen in self._matches:
            after = (chosen.segment, chosen.start + len(replacement))
            self.editable.replace_matches([chosen], replacement)
            self._matches = find_all(self.editable.segments, self._find_bar.query)
            following = [n for n, m in enumerate(self._matches) if (m.segment, m.start) >= after]
            if self._matches:
                self._go_to_match(following[0] if following else 0)
            else:
                self._search(self._find_bar.query)
        else:
            self.find_next()

    def _replace_all(self, replacement: str) -> None:
        if self.editable is None:
            return
        self.view.keep()
        matches = find_all(self.editable.segments, self._find_bar.query)
        count = self.editable.replace_matches(matches, replacement)
        self._search(self._find_bar.query)
        self._state.setText(self.tr("{count} replaced; Undo takes all of it back.").format(count=count))

    def _find_closed(self) -> None:
        self._matches = []
        if self.editable is not None:
            self.view.show_matches([], None)
            self.view.setFocus()

    # Subtitles, export, teaching

    def _show_subtitles(self, shown: bool) -> None:
        self.subtitles.setVisible(shown)
        if shown:
            width = self._splitter.width()
            self._splitter.setSizes([width // 2, width // 2])
            self._update_subtitles()

    def _update_subtitles(self) -> None:
        if self.editable is None or not self.subtitles_button.isChecked():
            return
        segments, rules = self.editable.segments, SubtitleRules()

        def lay_out() -> tuple[object, object]:
            cues = subtitle_cues(segments, rules, write_speakers=True)
            return cues, violations(cues, rules)

        def show(answer: tuple[object, object]) -> None:
            cues, broken = answer
            self.subtitles.show_cues(cues, broken, rules)  # type: ignore[arg-type]

        self.context.run(lay_out).on_success(show)

    def save(self) -> None:
        """Save now, behind the window."""
        self.view.keep()
        if self._saving is not None:
            self._saving.save_soon()

    def export(self) -> None:
        """Ask for a format and a place, and write the file."""
        if self.editable is None:
            return
        self.view.keep()
        transcript = self.editable.transcript()
        folder = Path(self.context.recall("editor.export_folder", str(Path.home())))
        name = Path(self._title.text()).name or "transcript"
        suggested = folder / (Path(name).stem if is_media_name(name) else name)
        dialog = ExportDialog(self.context, transcript, suggested, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.written.connect(self._exported)
        self.export_dialog = dialog
        dialog.open()

    def _exported(self, path: Path) -> None:
        self.context.remember("editor.export_folder", str(path.parent))
        self.context.show_message.emit(self.tr("Exported to {path}").format(path=path), "info", "")

    def teach(self) -> None:
        """Use the corrections to teach the model: cut them into training pairs."""
        if self.editable is None or self._teaching is not None:
            return
        if self._audio is None:
            self._warn(self.tr("The model learns from the sound, and that is not there any more."))
            return
        self.save()
        self.teach_button.setEnabled(False)
        self._state.setText(self.tr("Holding the corrections against the sound …"))
        self._teaching = self.context.run(
            teach, self.editable.transcript(), self._audio, self.context.settings.model
        )
        self._teaching.on_progress(self._state.setText)
        self._teaching.on_success(self._taught).on_failure(self._not_taught)

    def _taught(self, sentence: str) -> None:
        self._teaching = None
        self.teach_button.setEnabled(True)
        self._state.setText("")
        self.context.offer.emit(
            sentence, self.tr("Go to Voice"), partial(self.context.show_page.emit, "voice")
        )

    def _not_taught(self, failure: Failure) -> None:
        self._teaching = None
        self.teach_button.setEnabled(True)
        self._state.setText("")
        self.context.tell_failure(failure)

    # What is said about all this

    def _is_bound(self, key: QKeySequence) -> bool:
        return any(self.context.shortcuts.key(f"editor.{name}") == key for name in self._keys)

    def _is_next_doubtful(self, key: QKeySequence) -> bool:
        return self.context.shortcuts.key("editor.next_doubtful") == key

    def _tip(self, name: str) -> str:
        key = self.context.shortcuts.text(f"editor.{name}")
        description = self._keys[name].description
        return f"{description} ({key})" if key else description

    def _show_tips(self) -> None:
        tips = {name: self._tip(name) for name in ("back", "play", "on", "loop", "zoom_in", "zoom_out")}
        text = self.context.shortcuts.text
        tips["speed"] = self.tr("Speed ({slower}, {faster})").format(
            slower=text("editor.slower"), faster=text("editor.faster")
        )
        self._playback.set_tips(tips)
        for part, name in (
            (self.undo_button, "undo"),
            (self.redo_button, "redo"),
            (self.find_button, "find"),
            (self.subtitles_button, "subtitles"),
            (self.export_button, "export"),
            (self.doubtful_button, "next_doubtful"),
        ):
            part.setToolTip(self._tip(name))
        self._hint.setText(
            self.tr(
                "{play} play or pause · {back} back · Enter keeps · Esc takes back while you type"
            ).format(play=text("editor.play"), back=text("editor.back"))
        )

    def _show_overview(self) -> None:
        if self.editable is None or self._walk is None:
            return
        self.waveform.set_segments(self.editable.segments)
        count = self._walk.count()
        self.doubtful_button.setEnabled(count > 0)
        self._doubtful_count.setText(
            self.tr("{count} doubtful").format(count=f"{count:,}") if count else self.tr("none doubtful")
        )
        self.undo_button.setEnabled(self.editable.undo_name is not None)
        self.redo_button.setEnabled(self.editable.redo_name is not None)

    def _show_saving(self, state: str) -> None:
        sentences = {
            "saved": self.tr("Saved"),
            "kept": self.tr("Changed; it is saved by itself"),
            "failed": self.tr("Not saved"),
        }
        self._state.setText(sentences[state])

    def _show_nothing(self) -> None:
        self._stack.setCurrentIndex(_EMPTY)

    def _warn(self, sentence: str) -> None:
        self.context.show_message.emit(sentence, "warning", "")

    def _tell_of_estimates(self, sentence: str) -> None:
        self._warn(self.tr("New words keep estimated times. {reason}").format(reason=sentence))

    def _open_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a transcript"), "", self.tr("Transcripts (*.json)")
        )
        if chosen:
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """A transcript in JSON form and the sound that it names, or one of the same name beside it."""

        def load() -> tuple[Transcript, Path | None]:
            transcript = read_json(path)
            source = Path(transcript.source)
            beside = [path.parent / source.name, path.with_name(path.name.split(".")[0] + source.suffix)]
            found = next((file for file in (source, *beside) if file.is_absolute() and file.exists()), None)
            return transcript, found

        def loaded(answer: tuple[Transcript, Path | None]) -> None:
            transcript, audio = answer
            from asr_desktop.transcripts.export import write

            def save(corrected: Transcript) -> None:
                write(replace(corrected, source=transcript.source), path, "json")

            self.open_document(transcript, audio, save, title=path.name, key=str(path.absolute()))

        self.context.run(load).on_success(loaded).on_failure(self.context.tell_failure)
