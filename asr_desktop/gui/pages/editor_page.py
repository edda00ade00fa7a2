"""The Editor: a transcript in step with its sound. The word being played is highlighted, a click plays from
there, and mistakes are corrected by typing.

    opening → EditableTranscript ── EditorPanes (the widgets)
                      │                   │
    saving, realignment                  playing · doubts · markers · searching · speakers · commands
                                         subtitling · teaching

The page opens and closes documents and connects its helpers, which are modules of `gui.editor`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.commands import EditorCommands, TextMenu
from asr_desktop.gui.editor.empty_state import NothingOpen, left_open, note_left, note_opened
from asr_desktop.gui.editor.keys import SPEAKER_KEYS, EditorKeys
from asr_desktop.gui.editor.low_confidence import EditorDoubts
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import SKIP_SECONDS, EditorMarkers, EditorPlaying
from asr_desktop.gui.editor.realignment import EditorRealignment
from asr_desktop.gui.editor.saving import (
    EditorExport,
    EditorSaving,
    OpenDocument,
    Save,
    from_file,
    from_library,
)
from asr_desktop.gui.editor.searching import EditorSearching
from asr_desktop.gui.editor.speakers import EditorSpeakers
from asr_desktop.gui.editor.speakers_menu import EditorVoices, SpeakersMenu
from asr_desktop.gui.editor.subtitling import EditorSubtitles
from asr_desktop.gui.editor.teaching import EditorTeaching
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import EmptyNote
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import Change, EditableTranscript

_OVERVIEW_AFTER_MS = 150
DOCUMENT = "document"
"""Cause of notices about the open transcript; withdrawn when it is closed, unlike those of SAVING."""
SAVING = "saving"
OPENING = "opening"


class EditorPage(Page):
    """Shows and edits one transcript at a time."""

    title = "Editor"
    icon_name = "editor"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.editable: EditableTranscript | None = None
        self._document: OpenDocument | None = None
        self.entry_id: int | None = None
        self._saving: EditorSaving | None = None
        self._realignment: EditorRealignment | None = None
        self._loading: Operation | None = None
        self.panes = EditorPanes()
        self.view = self.panes.view
        self.keys = EditorKeys(context)
        self.playing = EditorPlaying(context, self.panes, self)
        self.sound = self.playing.sound
        self.doubts = EditorDoubts(context, self.panes, self.playing, self)
        self.markers = EditorMarkers(self.panes, self.playing, self)
        self.searching = EditorSearching(self.panes, self)
        self.speakers = EditorSpeakers(context, self.panes, self.keys, self.playing, self)
        self.voices = EditorVoices(context, self.panes, self)
        self.speakers_menu = SpeakersMenu(self.panes, self.speakers, self.voices, self)
        self.commands = EditorCommands(context, self.panes, self)
        self.subtitling = EditorSubtitles(context, self.panes, self.playing, self)
        self.exporting = EditorExport(context, self.panes, self)
        self.exporting.exported.connect(self.subtitling.take_kept_rules)
        self.teaching = EditorTeaching(context, self.panes, self)
        self.menu = TextMenu(self.panes, self.keys, self.speakers, self.commands, self)
        # Work on the whole transcript waits for a pause in typing.
        self._overview_timer = QTimer(self, singleShot=True, interval=_OVERVIEW_AFTER_MS)
        self._overview_timer.timeout.connect(self._show_overview)
        self._nothing = NothingOpen(context)
        self._nothing.library_wanted.connect(partial(context.show_page.emit, "library"))
        self._nothing.file_chosen.connect(self.open_file)
        self._nothing.entry_chosen.connect(self.open)
        self._stack = QStackedWidget()
        self.opening = EmptyNote()
        self.opening.say("editor", self.tr("Opening…"), self.tr("The transcript is loading."))
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self.opening)
        self._stack.addWidget(self.panes)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.sound.failed.connect(self._warn)
        self.view.refused.connect(self.panes.state.setText)
        self._bind_keys()

    # Opening and closing

    def open(self, entry_id: int, at_seconds: float = 0.0) -> None:
        """Show a library entry at this time, in seconds."""
        if entry_id == self.entry_id and self.editable is not None:
            self.playing.go_to(at_seconds)
            return

        def loaded(document: OpenDocument) -> None:
            self.show_document(document, at_seconds)
            self.entry_id = self.context.open_entry = entry_id
            note_opened(self.context, entry_id)

        self._load(self.context.run(from_library, self.context.library, entry_id)).on_success(loaded)

    def reopen(self) -> None:
        """Open the transcript and position of the last session; nothing if it no longer exists."""
        left = left_open(self.context)
        if left is not None and self.editable is None:
            entry_id, at_seconds = left
            there = self.context.run(self.context.library.entry, entry_id)
            there.on_success(lambda entry: None if entry.deleted_at else self.open(entry_id, at_seconds))
            there.on_failure(lambda _: None)

    def open_file(self, path: Path) -> None:
        """Open a transcript in JSON form, with the sound it names or a sound file of the same name."""
        self._load(self.context.run(from_file, path)).on_success(self.show_document)

    def _load(self, operation: Operation) -> Operation:
        """Show that a transcript is being opened, and disable the page until it is."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = operation
        self.save()
        if self.sound.is_playing:
            self.sound.toggle()
        self.context.is_over.emit(OPENING)
        self._stack.setCurrentWidget(self.opening)
        self.setFocus()
        return operation.on_failure(self._not_opened)

    def _not_opened(self, failure: Failure) -> None:
        self._loading = None
        self._stack.setCurrentWidget(self._nothing if self.editable is None else self.panes)
        self.context.tell_failure(failure, OPENING)

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
        """Show a transcript and its sound. Title and storage are those of the transcript's source (see
        `OpenDocument`) unless given."""
        name = title or Path(transcript.source).name or self.tr("Transcript")
        document = OpenDocument(transcript, audio_path, name, key or transcript.source, save)
        self.show_document(document, at_seconds)

    def show_document(self, document: OpenDocument, at_seconds: float = 0.0) -> None:
        """Show an opened document in place of the current one."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = None
        self.close_document()
        self._show(document, EditableTranscript(document.transcript), at_seconds)

    def take_over(self, former: EditorPage) -> None:
        """Show the document of the former page, with its undo history; the former page closes it."""
        document, editable, entry_id = former._document, former.editable, former.entry_id
        if document is None or editable is None:
            return
        at_seconds, segment, speed = former.sound.position_seconds, former.view.segment, former.sound.speed
        shows_subtitles = former.panes.subtitles_button.isChecked()
        former.close_document()
        editable.forget_listeners()
        self._show(document, editable, at_seconds)
        self.entry_id = self.context.open_entry = entry_id
        self.playing.set_speed(speed)
        self.panes.subtitles_button.setChecked(shows_subtitles)
        if editable.segments:
            self.view.go_to(segment)

    def _show(self, document: OpenDocument, editable: EditableTranscript, at_seconds: float) -> None:
        self._document, self.editable = document, editable
        transcript, sound = document.transcript, document.audio_path
        self.panes.show_title(document.title, transcript.source)
        saving = self._saving = EditorSaving(self.context, editable, document.save, document.key, self)
        saving.state_changed.connect(self.panes.show_saving)
        saving.failed.connect(self._saving_failed)
        saving.saved.connect(self._saved)
        editable.listen(self._changed)
        self.view.set_transcript(editable)
        self.panes.waveform.set_waveform(None)
        self.panes.waveform.set_duration(transcript.duration_seconds)
        self.panes.playback.set_sound(sound is not None)
        if sound is not None:
            self._realignment = EditorRealignment(self.context, editable, sound, self)
            self._realignment.failed.connect(self._tell_of_estimates)
            self.sound.open(sound, at_seconds)
        else:
            self._warn(self.tr("The audio of this transcript is missing; you can still edit the text."))
        self.playing.editable = self.searching.editable = self.commands.editable = editable
        self.speakers.open(editable)
        self.doubts.open(editable, self._realignment)
        self.subtitling.open(editable)
        self.exporting.open(editable)
        self.teaching.open(editable, sound)
        self.voices.open(editable, sound)
        self.markers.open(document.markers)
        self._stack.setCurrentWidget(self.panes)
        self._nothing.forget()
        self.panes.show_saving("kept" if saving.has_changes else "saved")
        if saving.recovered:
            self._warn(saving.recovered)
        self._show_overview()
        self.commands.show_borders(0)
        self.playing.go_to(at_seconds)
        self.view.setFocus()

    def close_document(self) -> None:
        """Save unsaved changes, and show the empty page."""
        if self.editable is None:
            return
        self.view.keep()
        self.sound.close()
        self.doubts.close()
        self.searching.close()
        self.speakers.close()
        self.subtitling.close()
        self.exporting.close()
        self.teaching.close()
        self.voices.close()
        self.markers.close()
        self.playing.editable = self.commands.editable = None
        if self._saving is not None:
            self._saving.close()
            self._saving.deleteLater()
        if self._realignment is not None:
            self._realignment.close()
            self._realignment.deleteLater()
        self._saving = self._realignment = None
        self.context.is_over.emit(DOCUMENT)
        self.editable = self._document = self.entry_id = self.context.open_entry = None
        self._stack.setCurrentWidget(self._nothing)

    def can_close(self) -> bool:
        """Always true: changes are saved without asking."""
        note_left(self.context, self.entry_id, self.sound.position_seconds)
        self.close_document()
        return True

    def hideEvent(self, event: object) -> None:
        """Save when another page is shown; playback continues, as users expect."""
        self.save()

    def save(self) -> None:
        """Save now, in the background."""
        self.view.keep()
        if self._saving is not None:
            self._saving.save_soon()

    # Keys, and views of the whole transcript

    def _bind_keys(self) -> None:
        playing, commands, doubts = self.playing, self.commands, self.doubts
        actions: dict[str, Callable[[], object]] = {
            "play": playing.play_or_pause,
            "back": partial(playing.skip, -SKIP_SECONDS),
            "on": partial(playing.skip, SKIP_SECONDS),
            "slower": partial(playing.change_speed, -1),
            "faster": partial(playing.change_speed, 1),
            "play_here": playing.play_here,
            "play_segment": playing.play_segment,
            "loop": playing.toggle_loop,
            "go_to_time": playing.ask_time,
            "next_marker": self.markers.next_marker,
            "next_doubtful": doubts.next_doubtful,
            "guesses": doubts.show_guesses,
            "confirm": doubts.confirm_word,
            "confirm_segment": commands.confirm_segment,
            "next_segment": commands.next_segment,
            "previous_segment": commands.previous_segment,
            "split": commands.split,
            "merge": commands.merge,
            "delete": commands.delete_segment,
            "new_turn": self.speakers.new_turn,
            "speaker": self.speakers.ask,
            "speakers": self.speakers_menu.open,
            "capital": commands.toggle_capital,
            "full_stop": commands.toggle_full_stop,
            "written_form": commands.change_form,
            "quote": commands.quote,
            "find": self.searching.open_bar,
            "find_next": self.searching.find_next,
            "undo": commands.undo,
            "redo": commands.redo,
            "save": self.save,
            "export": self.exporting.ask,
            "subtitles": self.panes.subtitles_button.toggle,
            "zoom_in": self.panes.waveform.zoom_in,
            "zoom_out": self.panes.waveform.zoom_out,
        }
        for number in range(1, SPEAKER_KEYS + 1):
            actions[f"speaker_{number}"] = partial(self.speakers.say_number, number)
        self.keys.bind(self, self.view, actions)
        self.view.is_own_key = self.keys.is_bound
        self._show_keys()
        self.context.settings_changed.connect(self._show_keys)

    def _show_keys(self) -> None:
        self.panes.show_keys(self.keys)

    def _changed(self, change: Change) -> None:
        assert self.editable is not None
        self._overview_timer.start()
        self._show_history()
        self.commands.show_borders(min(self.view.segment, max(0, len(self.editable.segments) - 1)))
        self.searching.refresh()

    def _show_overview(self) -> None:
        if self.editable is not None:
            self.panes.waveform.set_segments(self.editable.segments)
            self.doubts.show_count()
            self._show_history()

    def _show_history(self) -> None:
        assert self.editable is not None
        self.panes.show_history(
            can_undo=self.editable.undo_name is not None, can_redo=self.editable.redo_name is not None
        )

    def message_inset(self) -> int:
        """Height of the bottom row in pixels; messages are shown above it."""
        return self.panes.foot_height() if self.editable is not None else 2 * SPACE

    def _warn(self, sentence: str, about: str = DOCUMENT) -> None:
        self.context.notify.emit(Notice(sentence, "warning", "", about, "editor"))

    def _saving_failed(self, sentence: str) -> None:
        self._warn(sentence, SAVING)

    def _saved(self) -> None:
        self.context.is_over.emit(SAVING)
        self.context.library_changed.emit()

    def _tell_of_estimates(self, sentence: str) -> None:
        self._warn(self.tr("New words keep estimated timestamps. {reason}").format(reason=sentence))
