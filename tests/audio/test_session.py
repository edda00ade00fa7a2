from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asr_desktop.audio.session import (
    LOCK_FILE,
    Session,
    SessionState,
    create_session,
    list_sessions,
    open_session,
)
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.file_lock import FileLock
from tests.audio.fake_sound import ramp


def finished_session(folder: Path, seconds: float = 1.0) -> Session:
    session = create_session(folder)
    session.append_event("started", 0.0, device="Fake microphone")
    add_sound(session, 1, seconds)
    session.append_event("stopped", seconds, reason="user")
    return session


def add_sound(session: Session, number: int, seconds: float, rate: int = 16_000) -> None:
    writer = WavWriter(session.part_path(number), rate, 1)
    writer.append(ramp(0, round(seconds * rate)).tobytes())
    writer.close()


def test_sessions_of_one_second_get_different_names(tmp_path: Path) -> None:
    names = {create_session(tmp_path / "new folder").name for _ in range(5)}
    assert len(names) == 5


def test_a_finished_session_tells_about_itself(tmp_path: Path) -> None:
    session = finished_session(tmp_path, 2.5)
    session.append_utterance({"text": "grüß Gott", "start": 0.5})
    summary = session.summary()
    assert summary.state is SessionState.FINISHED
    assert summary.duration_seconds == 2.5
    assert summary.device == "Fake microphone"
    assert summary.utterances == 1
    assert summary.started_at is not None
    assert abs((datetime.now(UTC) - summary.started_at).total_seconds()) < 60
    assert list(session.utterances()) == [{"text": "grüß Gott", "start": 0.5}]


def test_sessions_are_listed_newest_first_and_strange_folders_left_out(tmp_path: Path) -> None:
    (tmp_path / "holiday photos").mkdir()
    (tmp_path / "a file").write_text("x")
    made = [finished_session(tmp_path).path for _ in range(3)]
    assert sorted((summary.path for summary in list_sessions(tmp_path)), reverse=True) == sorted(
        made, reverse=True
    )
    assert list_sessions(tmp_path / "nowhere") == []


def test_parts_add_up(tmp_path: Path) -> None:
    session = finished_session(tmp_path)
    add_sound(session, 2, 0.5, rate=48_000)
    assert [part.sample_rate for part in session.parts()] == [16_000, 48_000]
    assert session.duration_seconds() == 1.5


def test_a_held_lock_is_a_recording(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    session.append_event("started", 0.0)
    lock = FileLock(session.path / LOCK_FILE)
    assert lock.acquire()
    assert session.state() is SessionState.RECORDING
    assert not FileLock(session.path / LOCK_FILE).acquire()
    with pytest.raises(RecordingError, match="is being recorded: stop it first"):
        session.repair()
    lock.release()
    assert session.state() is SessionState.BROKEN


def _hold_and_wait(path: Path, ready: object) -> None:
    assert FileLock(path).acquire()
    ready.set()  # type: ignore[attr-defined]
    signal.pause()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals are a POSIX thing")
def test_a_killed_owner_lets_go_of_the_lock(tmp_path: Path) -> None:
    session = finished_session(tmp_path)
    session.append_event("started", 1.0)  # recorded on, in the same session
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    owner = context.Process(target=_hold_and_wait, args=(session.path / LOCK_FILE, ready))
    owner.start()
    assert ready.wait(60)
    assert session.state() is SessionState.RECORDING
    owner.kill()
    owner.join()
    assert session.state() is SessionState.BROKEN


def test_repair_finishes_a_broken_session_and_keeps_all_sound(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    session.append_event("started", 0.0)
    add_sound(session, 1, 1.25)
    with session.events_file.open("ab") as file:
        file.write(b'{"time": "2025-11-21T09:30:12.000+00:00", "at": 1.0, "ty')
    assert session.state() is SessionState.BROKEN
    session.repair()
    assert session.state() is SessionState.FINISHED
    assert session.duration_seconds() == 1.25
    assert [event["type"] for event in session.events()] == ["started", "stopped"]
    assert list(session.events())[-1]["reason"] == "recovered"
    session.repair()
    assert session.duration_seconds() == 1.25


def test_sound_whose_events_were_lost_is_listed_as_broken_and_can_be_repaired(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    add_sound(session, 1, 0.5)
    session.events_file.unlink(missing_ok=True)
    (tmp_path / "effects").mkdir()
    (tmp_path / "effects" / "sound-of-rain.wav").write_bytes(session.part_path(1).read_bytes())

    [summary] = list_sessions(tmp_path)
    assert (summary.path, summary.state) == (session.path, SessionState.BROKEN)
    assert summary.duration_seconds == 0.5

    session.repair()
    assert session.state() is SessionState.FINISHED


def test_torn_lines_are_left_out(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    session.transcript_file.write_bytes(b'{"text": "one"}\n{"text": "tw')
    session.append_utterance({"text": "three"})
    assert [entry["text"] for entry in session.utterances()] == ["one", "three"]


def test_sessions_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    session = finished_session(tmp_path)
    assert open_session(session.name, tmp_path).path == session.path
    assert open_session(session.path).path == session.path
    for wrong in ("2001-01-01_00-00-00", tmp_path):
        with pytest.raises(RecordingError, match="There is no session"):
            open_session(wrong, tmp_path)


def test_the_default_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / "home"))
    session = create_session()
    assert session.path.is_relative_to(tmp_path / "home")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        RecordingError, match=r"^Recordings cannot be saved in .*: choose another folder or change"
    ):
        create_session(tmp_path / "file" / "sessions")
