"""The Editor: text and sound in step. What is heard is highlighted, what is clicked is heard, what is wrong
is typed over.

    transcript → EditableTranscript ── EditorPanes (what is seen)
                        │                   │
       saving, listening (times, guesses)   playing · doubts · searching · commands

The page opens and closes documents, binds keys, and exports; everything else has a room in `gui.editor`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from asr_desktop.audio.media import is_media_name
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.commands import EditorCommands
from asr_desktop.gui.editor.doubts import EditorDoubts
from asr_desktop.gui.editor.keys import editor_keys
from asr_desktop.gui.editor.listening import EditorListening
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import SKIP_SECONDS, EditorPlaying
from asr_desktop.gui.editor.saving import EditorSaving, Save
from asr_desktop.gui.editor.searching import EditorSearching
from asr_desktop.gui.editor.teaching import teach
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.theme import icon
from asr_desktop.gui.widgets.export_dialog import ExportDialog
from asr_desktop.gui.widgets.parts import Card, button, label, page_layout, row
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import Change, EditableTranscript
from asr_desktop.transcripts.export import write
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.export.subtitle_rules import Cue, SubtitleRules, Violation, violations
from asr_desktop.transcripts.export.subtitles import subtitle_cues

_SUBTITLES_AFTER_MS = 800
_OVERVIEW_AFTER_MS = 150
_EMPTY, _DOCUMENT = range(2)
# Return means something else in every other widget, so it is bound to the text alone.
_KEYS_OF_THE_TEXT = ("next_segment", "split", "play_here")


class EditorPage(QWidget):
    """One transcript at a time."""

    title = "Editor"
    icon_name = "editor"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.editable: EditableTranscript | None = None
        self.entry_id: int | None = None
        self.export_dialog: ExportDialog | None = None
        self._audio: Path | None = None
        self._saving: EditorSaving | None = None
        self._listening: EditorListening | None = None
        self._loading: Operation | None = None
        self._teaching: Operation | None = None
        self.panes = EditorPanes()
        self.view = self.panes.view
        self.playing = EditorPlaying(context, self.panes, self)
        self.sound = self.playing.sound
        self.doubts = EditorDoubts(context, self.panes, self.playing, self)
        self.searching = EditorSearching(self.panes, self)
        self.commands = EditorCommands(self.panes, self)
        # What looks at the whole transcript waits for a pause, so that typing does not.
        self._overview_timer = QTimer(self, singleShot=True, interval=_OVERVIEW_AFTER_MS)
        self._overview_timer.timeout.connect(self._show_overview)
        self._subtitle_timer = QTimer(self, singleShot=True, interval=_SUBTITLES_AFTER_MS)
        self._subtitle_timer.timeout.connect(self._update_subtitles)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_empty())
        self._stack.addWidget(self.panes)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._bind_keys()
        self._connect()

    # Opening and closing

    def open(self, entry_id: int, at_seconds: float = 0.0) -> None:
        """Show an entry of the library, at this second."""
        if entry_id == self.entry_id and self.editable is not None:
            self.playing.go_to(at_seconds)
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
        editable = self.editable = EditableTranscript(transcript)
        self._audio = audio_path
        self.panes.title.setText(title or Path(transcript.source).name or self.tr("Transcript"))
        self.panes.title.setToolTip(transcript.source)
        self._saving = EditorSaving(self.context, editable, save, key or transcript.source, self)
        self._saving.state_changed.connect(self._show_saving)
        self._saving.failed.connect(self._warn)
        self._saving.saved.connect(self.context.library_changed)
        editable.listen(self._changed)
        self.view.set_transcript(editable)
        self.panes.waveform.set_waveform(None)
        self.panes.waveform.set_duration(transcript.duration_seconds)
        self.panes.playback.set_sound(audio_path is not None)
        if audio_path is not None:
            self._listening = EditorListening(self.context, editable, audio_path, self)
            self._listening.failed.connect(self._tell_of_estimates)
            self.sound.open(audio_path, at_seconds)
        else:
            self._warn(self.tr("The sound of this transcript is gone; its text can be corrected without it."))
        self.playing.editable = self.searching.editable = self.commands.editable = editable
        self.doubts.open(editable, self._listening)
        self._stack.setCurrentIndex(_DOCUMENT)
        self._show_saving("kept" if self._saving.has_changes else "saved")
        if self._saving.recovered:
            self._warn(self._saving.recovered)
        self._show_overview()
        self.commands.show_borders(0)
        self._update_subtitles()
        self.playing.go_to(at_seconds)
        self.view.setFocus()

    def close_document(self) -> None:
        """Save what there is to save, and show nothing."""
        if self.editable is None:
            return
        self.view.keep()
        self.sound.close()
        self.doubts.close()
        self.searching.close()
        self.playing.editable = self.commands.editable = None
        if self._teaching is not None:
            self._teaching.cancel()
            self.panes.teach.setEnabled(True)
        if self._saving is not None:
            self._saving.close()
            self._saving.deleteLater()
        if self._listening is not None:
            self._listening.close()
            self._listening.deleteLater()
        self._saving = self._listening = self._teaching = None
        self.editable = self.entry_id = self._audio = None
        self._stack.setCurrentIndex(_EMPTY)

    def can_close(self) -> bool:
        """Nothing is ever lost, so there is nothing to ask."""
        self.close_document()
        return True

    def hideEvent(self, event: object) -> None:
        """Another page is shown: what was typed is saved; the sound goes on, as people expect it."""
        self.view.keep()
        if self._saving is not None:
            self._saving.save_soon()

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

            def save(corrected: Transcript) -> None:
                write(replace(corrected, source=transcript.source), path, "json")

            self.open_document(transcript, audio, save, title=path.name, key=str(path.absolute()))

        self.context.run(load).on_success(loaded).on_failure(self.context.tell_failure)

    # Wiring

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
            "next_doubtful": doubts.next_doubtful,
            "guesses": doubts.show_guesses,
            "confirm": doubts.confirm_word,
            "next_segment": commands.next_segment,
            "split": commands.split,
            "merge": commands.merge,
            "delete": commands.delete_segment,
            "speaker": commands.name_speaker,
            "find": self.searching.open_bar,
            "find_next": self.searching.find_next,
            "undo": commands.undo,
            "redo": commands.redo,
            "save": self.save,
            "export": self.export,
            "subtitles": self.panes.subtitles_button.toggle,
            "zoom_in": self.panes.waveform.zoom_in,
            "zoom_out": self.panes.waveform.zoom_out,
        }
        self._actions = actions
        self._keys = {key.name: key for key in editor_keys()}
        for name, key in self._keys.items():
            target: QWidget = self.view if name in _KEYS_OF_THE_TEXT else self
            self.context.shortcuts.bind(f"editor.{name}", key.description, key.default, target, actions[name])
        self.view.is_own_key = self._is_bound
        self._show_tips()
        self.context.settings_changed.connect(self._show_tips)

    def _connect(self) -> None:
        self.sound.failed.connect(self._warn)
        self.view.refused.connect(self.panes.state.setText)
        self.view.menu_wanted.connect(self._show_menu)
        panes = self.panes
        panes.find_button.clicked.connect(lambda _checked=False: self.searching.open_bar())
        panes.subtitles_button.toggled.connect(self._show_subtitles)
        panes.teach.clicked.connect(lambda _checked=False: self.teach())
        panes.export.clicked.connect(lambda _checked=False: self.export())

    def _changed(self, change: Change) -> None:
        assert self.editable is not None
        self._overview_timer.start()
        self._subtitle_timer.start()
        self.panes.undo.setEnabled(self.editable.undo_name is not None)
        self.panes.redo.setEnabled(self.editable.redo_name is not None)
        self.commands.show_borders(min(self.view.segment, max(0, len(self.editable.segments) - 1)))
        self.searching.refresh()

    def _show_overview(self) -> None:
        if self.editable is None:
            return
        self.panes.waveform.set_segments(self.editable.segments)
        self.doubts.show_count()
        self.panes.undo.setEnabled(self.editable.undo_name is not None)
        self.panes.redo.setEnabled(self.editable.redo_name is not None)

    def _show_menu(self, at: QPoint) -> None:
        """What can be done where the text was clicked with the other button."""
        if self.editable is None or not self.editable.segments:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries = {
            "guesses": "quote",
            "confirm": "check",
            "play_here": "play",
            "play_segment": "play",
            "split": "split",
            "merge": "merge",
            "speaker": "person",
            "delete": "trash",
        }
        for name, icon_name in entries.items():
            if name in ("play_here", "split"):
                menu.addSeparator()
            key = self.context.shortcuts.text(f"editor.{name}")
            made = menu.addAction(icon(icon_name), f"{self._keys[name].description}\t{key}")
            made.triggered.connect(lambda _on=False, name=name: self._actions[name]())
        menu.addSeparator()
        copied = menu.addAction(icon("copy"), self.tr("Copy"))
        copied.setEnabled(self.view.textCursor().hasSelection())
        copied.triggered.connect(self.view.copy)
        pasted = menu.addAction(self.tr("Paste"))
        pasted.setEnabled(bool(QApplication.clipboard().text()))
        pasted.triggered.connect(self.view.paste)
        menu.popup(at)

    # Subtitles, saving, export, teaching

    def _show_subtitles(self, shown: bool) -> None:
        self.panes.show_subtitles(shown)
        self._update_subtitles()

    def _update_subtitles(self) -> None:
        if self.editable is None or not self.panes.subtitles_button.isChecked():
            return
        segments, rules = self.editable.segments, SubtitleRules()

        def lay_out() -> tuple[tuple[Cue, ...], tuple[Violation, ...]]:
            cues = subtitle_cues(segments, rules, write_speakers=True)
            return cues, violations(cues, rules)

        def show(answer: tuple[tuple[Cue, ...], tuple[Violation, ...]]) -> None:
            self.panes.subtitles.show_cues(*answer, rules)

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
        name = Path(self.panes.title.text()).name or "transcript"
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
        self.panes.teach.setEnabled(False)
        self.panes.state.setText(self.tr("Holding the corrections against the sound …"))
        self._teaching = self.context.run(
            teach, self.editable.transcript(), self._audio, self.context.settings.model
        )
        self._teaching.on_progress(self.panes.state.setText)
        self._teaching.on_success(self._taught).on_failure(self._not_taught)

    def _taught(self, sentence: str) -> None:
        self._teaching = None
        self.panes.teach.setEnabled(True)
        self.panes.state.setText("")
        self.context.offer.emit(
            sentence, self.tr("Go to Voice"), partial(self.context.show_page.emit, "voice")
        )

    def _not_taught(self, failure: Failure) -> None:
        self._teaching = None
        self.panes.teach.setEnabled(True)
        self.panes.state.setText("")
        self.context.tell_failure(failure)

    # What is said about all this

    def _is_bound(self, key: QKeySequence) -> bool:
        return any(self.context.shortcuts.key(f"editor.{name}") == key for name in self._keys)

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
        self.panes.playback.set_tips(tips)
        for part, name in (
            (self.panes.undo, "undo"),
            (self.panes.redo, "redo"),
            (self.panes.find_button, "find"),
            (self.panes.subtitles_button, "subtitles"),
            (self.panes.export, "export"),
            (self.panes.next_doubtful, "next_doubtful"),
        ):
            part.setToolTip(self._tip(name))
        self.panes.hint.setText(
            self.tr(
                "{play} play or pause · {back} back · Enter keeps · Esc takes back while you type"
            ).format(play=text("editor.play"), back=text("editor.back"))
        )

    def _show_saving(self, state: str) -> None:
        sentences = {
            "saved": self.tr("Saved"),
            "kept": self.tr("Changed; it is saved by itself"),
            "failed": self.tr("Not saved"),
        }
        self.panes.state.setText(sentences[state])

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
