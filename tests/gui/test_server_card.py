"""The switch for the server, on the Settings page: what runs, who may ask, and what is shown of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from asr_desktop.base import paths
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages import settings_page
from asr_desktop.gui.pages.settings_page import ServerCard
from asr_desktop.gui.serving import TOKEN_FILE, ServerState
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.server.running import listening_socket
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.fixtures.make_models import model_folder
from tests.server.running_server import PATIENCE_SECONDS, ask, form

PATIENCE_MS = round(1000 * PATIENCE_SECONDS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def card(qtbot, context: AppContext) -> Iterator[ServerCard]:  # type: ignore[no-untyped-def]
    tiny = str(model_folder("wav2vec2-group"))
    context.change_settings(model=tiny, decoder="greedy", serve_port=free_port())
    made = ServerCard(context)
    qtbot.addWidget(made)
    yield made
    context.serving.close()


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def switch_on(qtbot, card: ServerCard) -> int:  # type: ignore[no-untyped-def]
    card.switch_on.click()
    serving = card.context.serving
    qtbot.waitUntil(lambda: serving.state is ServerState.RUNNING, timeout=PATIENCE_MS)
    return card.context.settings.serve_port


def test_it_is_off_until_somebody_wants_it(card: ServerCard, context: AppContext) -> None:
    context.serving.begin()

    assert not card.switch_on.isChecked()
    assert card.status.text() == "The server is off."
    assert not is_open(context.settings.serve_port)
    assert not (paths.data_folder() / TOKEN_FILE).exists()
    assert not card.key.text()
    assert not card.new_key.isEnabled()


def test_a_program_with_the_key_gets_text(qtbot, card: ServerCard, context: AppContext) -> None:  # type: ignore[no-untyped-def]
    port = switch_on(qtbot, card)
    key = {"Authorization": f"Bearer {card.key.text()}"}
    body, headers = form(spoken(SHORT_TEXT).read_bytes())

    assert card.status.text() == "The server is running."
    assert card.address.text() == f"http://localhost:{port}/v1"
    assert ask(port, "POST", "/v1/audio/transcriptions", body, headers)[0] == 401
    qtbot.waitUntil(lambda: "key was missing" in card.last.text(), timeout=PATIENCE_MS)
    status, answer, _ = ask(port, "POST", "/v1/audio/transcriptions", body, {**headers, **key})
    assert (status, next(iter(answer))) == (200, "text")
    qtbot.waitUntil(lambda: "a recording, answered" in card.last.text(), timeout=PATIENCE_MS)
    assert ask(port, "GET", "/health")[0] == 200
    assert ask(port, "GET", "/v1/nothing", headers=key)[0] == 404
    qtbot.waitUntil(lambda: "/v1/nothing, failed (status 404)" in card.last.text(), timeout=PATIENCE_MS)


def test_it_ends_with_the_switch_and_with_the_program(qtbot, card: ServerCard, context: AppContext) -> None:  # type: ignore[no-untyped-def]
    port = switch_on(qtbot, card)
    assert is_open(port)
    card.switch_on.click()
    qtbot.waitUntil(lambda: not is_open(port), timeout=PATIENCE_MS)
    assert card.status.text() == "The server is off."

    switch_on(qtbot, card)
    context.close()
    assert not is_open(port)


def test_another_port_and_another_model_are_another_server(
    qtbot,  # type: ignore[no-untyped-def]
    card: ServerCard,
    context: AppContext,
) -> None:
    former, port = switch_on(qtbot, card), free_port()
    context.change_settings(serve_port=port)
    qtbot.waitUntil(lambda: is_open(port) and not is_open(former), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: context.serving.state is ServerState.RUNNING, timeout=PATIENCE_MS)
    assert card.address.text().endswith(f":{port}/v1")

    context.change_settings(model=str(model_folder("hubert")))
    key = {"Authorization": f"Bearer {card.key.text()}"}
    qtbot.waitUntil(lambda: context.serving.state is ServerState.RUNNING, timeout=PATIENCE_MS)
    assert ask(port, "GET", "/v1/models", headers=key)[1]["data"][0]["id"] == "hubert"


def test_a_port_that_is_taken_is_a_sentence(qtbot, card: ServerCard, context: AppContext) -> None:  # type: ignore[no-untyped-def]
    taken = listening_socket("localhost", 0)
    context.change_settings(serve_port=taken.getsockname()[1])
    card.switch_on.click()
    qtbot.waitUntil(lambda: context.serving.state is ServerState.FAILED, timeout=PATIENCE_MS)
    assert "choose another port" in card.status.text()

    context.change_settings(serve_port=free_port())
    qtbot.waitUntil(lambda: context.serving.state is ServerState.RUNNING, timeout=PATIENCE_MS)
    taken.close()


def test_a_new_key_locks_the_old_one_out(
    qtbot,  # type: ignore[no-untyped-def]
    card: ServerCard,
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = switch_on(qtbot, card)
    old = card.key.text()
    answers = iter([False, True])
    monkeypatch.setattr(settings_page, "is_agreed", lambda box: next(answers))
    card.new_key.click()
    assert card.key.text() == old
    card.new_key.click()
    new = card.key.text()

    assert new != old
    assert len(new) >= 32
    qtbot.waitUntil(lambda: context.serving.state is ServerState.RUNNING, timeout=PATIENCE_MS)
    assert ask(port, "GET", "/v1/models", headers={"Authorization": f"Bearer {old}"})[0] == 401
    assert ask(port, "GET", "/v1/models", headers={"Authorization": f"Bearer {new}"})[0] == 200
    assert (paths.data_folder() / TOKEN_FILE).stat().st_mode & 0o077 == 0


def test_address_and_key_can_be_copied(qtbot, card: ServerCard, context: AppContext) -> None:  # type: ignore[no-untyped-def]
    switch_on(qtbot, card)
    card.copy_key.click()
    assert QGuiApplication.clipboard().text() == card.key.text()
    card.copy_address.click()
    assert QGuiApplication.clipboard().text() == card.address.text()
    assert card.copy_key.accessibleName() == "API key: Copy"


def test_the_question_before_a_new_key(qtbot, card: ServerCard) -> None:  # type: ignore[no-untyped-def]
    box = card.new_key_question()
    assert isinstance(box, QMessageBox)
    assert "refused" in box.informativeText()


def test_other_computers_need_their_own_permission(card: ServerCard, context: AppContext) -> None:
    assert "localhost" in card.address.text()
    card.network.click()
    assert socket.gethostname() in card.address.text()


def test_what_is_asked_for_with_every_request_needs_no_other_server(
    qtbot,  # type: ignore[no-untyped-def]
    card: ServerCard,
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[ModelChoice] = []
    transcribe = RecogniserProcess.transcribe
    monkeypatch.setattr(
        RecogniserProcess,
        "transcribe",
        lambda self, path, choice: (heard.append(choice), transcribe(self, path, choice))[1],
    )
    port = switch_on(qtbot, card)
    states: list[ServerState] = []
    context.serving.changed.connect(lambda: states.append(context.serving.state))
    body, headers = form(spoken(SHORT_TEXT).read_bytes())
    headers["Authorization"] = f"Bearer {card.key.text()}"

    context.change_settings(hotwords=("Lovelace",), voice_threshold=0.7, hangover_ms=900.0)
    assert ask(port, "POST", "/v1/audio/transcriptions", body, headers)[0] == 200
    assert set(states) <= {ServerState.RUNNING}
    assert heard[-1] == context.model_choice()
    assert heard[-1].hotwords


def test_a_flood_of_requests_is_shown_twice_a_second(
    qtbot,  # type: ignore[no-untyped-def]
    card: ServerCard,
    context: AppContext,
) -> None:
    switch_on(qtbot, card)
    told: list[str] = []
    context.serving.changed.connect(lambda: told.append(card.last.text()))
    with qtbot.waitSignal(context.serving.changed, timeout=PATIENCE_MS):
        for number in range(1_000):
            context.serving._note(f"/v1/{number}", 401)
    QCoreApplication.processEvents()
    assert len(told) <= 2
    assert context.serving.asked is not None
    assert context.serving.asked.path == "/v1/999"
