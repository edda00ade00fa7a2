"""The Models page: cards, downloads with their states, use, removal, folders of one's own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.pages import models_page
from asr_desktop.gui.pages.models_page import ModelsPage
from asr_desktop.gui.widgets.model_card import ModelCardView, progress_text
from asr_desktop.model_store import catalogue, disk
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.catalogue import CatalogueEntry, WordErrorRate
from asr_desktop.model_store.download import DownloadProgress, DownloadState
from asr_desktop.model_store.hub import Hub, HubFile
from asr_desktop.model_store.speed_check import Speed, SpeedVerdict, remember_speed
from asr_desktop.model_store.store import ModelStore
from asr_desktop.recognition.model_folder import find_model
from tests.fixtures.make_models import model_folder
from tests.model_store.conftest import stand_in  # noqa: F401  (a fixture)
from tests.model_store.hub_stand_in import Fault, HubStandIn, StandInRepository

NETWORK = "model.onnx"
PATIENCE_MS = 60_000

Open = Callable[[], ModelsPage]


@pytest.fixture
def open_page(
    context: AppContext,
    qtbot: QtBot,
    stand_in: HubStandIn,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Open]:
    """Makes the page, with one model on a hub of our own."""
    files = {file.name: file.read_bytes() for file in model_folder("wav2vec2-group").iterdir()}
    stand_in.repositories["someone/tiny"] = StandInRepository(files, commit="a" * 40)
    network = files[NETWORK]
    entry = CatalogueEntry(
        name="tiny-de",
        title="German, tiny",
        repository="someone/tiny",
        revision="a" * 40,
        languages=("de",),
        licence="mit",
        size_bytes=len(network),
        source="https://example.invalid/tiny",
        description="Knows three words.",
        network="base",
        files=(HubFile(NETWORK, len(network), hashlib.sha256(network).hexdigest()),),
        word_error_rates=(WordErrorRate(12.5, "a test"),),
    )
    monkeypatch.setattr(catalogue, "shipped_catalogue", lambda: (entry,))
    pages = []

    def make() -> ModelsPage:
        page = ModelsPage(context, store=ModelStore(Hub(stand_in.url)))
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show()
        qtbot.waitUntil(lambda: DEFAULT_MODEL in page.views, timeout=PATIENCE_MS)
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.model_actions.stop_downloads()


def click(page: ModelsPage, qtbot: QtBot, name: str, action: str) -> None:
    qtbot.mouseClick(page.views[name].buttons[action], Qt.MouseButton.LeftButton)


def wait_for(page: ModelsPage, qtbot: QtBot, name: str, state: ModelState) -> ModelCardView:
    qtbot.waitUntil(lambda: name in page.views and page.views[name].card.state is state, timeout=PATIENCE_MS)
    return page.views[name]


def test_a_card_says_in_plain_words_what_a_model_is(open_page: Open) -> None:
    page = open_page()
    starter, tiny = page.views[DEFAULT_MODEL], page.views["tiny-de"]
    assert starter.state_label.text() == "In use"
    assert "English · " in starter.facts.text()
    assert "licence cc-by-4.0" in starter.facts.text()
    assert "can learn your voice" in starter.facts.text()
    assert list(starter.buttons) == ["measure"]
    assert tiny.heading.text() == "German, tiny"
    assert "Deutsch · 1 MB · licence mit" in tiny.facts.text()
    assert tiny.accuracy.text() == "word error rate 12.5%, as published for a test"
    assert tiny.accuracy.toolTip() == "https://example.invalid/tiny"
    assert tiny.about.text() == "Knows three words."
    assert tiny.buttons["download"].accessibleName() == "Download: German, tiny"
    assert not tiny.bar.isVisible()


def test_download_use_and_removal(
    open_page: Open, context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    offers: list[tuple[str, str, Callable[[], None]]] = []
    context.offer.connect(lambda *offer: offers.append(offer))
    click(page, qtbot, "tiny-de", "download")
    installed = wait_for(page, qtbot, "tiny-de", ModelState.INSTALLED)
    assert find_model("tiny-de").path == paths.models_folder() / "tiny-de"
    assert list(installed.buttons) == ["measure", "remove", "use"]
    sentence, text, use_it = offers[0]
    assert (sentence, text) == ("tiny-de is installed.", "Use")
    with qtbot.waitSignal(context.model_changed, timeout=PATIENCE_MS) as changed:
        use_it()
    assert changed.args == ["tiny-de"]
    wait_for(page, qtbot, "tiny-de", ModelState.ACTIVE)
    assert context.settings.model == "tiny-de"
    wait_for(page, qtbot, DEFAULT_MODEL, ModelState.INSTALLED)

    def answer(role: QMessageBox.ButtonRole) -> None:
        def choose(box: QMessageBox) -> int:
            assert "German, tiny" in box.text()
            next(made for made in box.buttons() if box.buttonRole(made) is role).click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", choose)

    answer(QMessageBox.ButtonRole.RejectRole)
    click(page, qtbot, "tiny-de", "remove")
    assert find_model("tiny-de")
    answer(QMessageBox.ButtonRole.DestructiveRole)
    click(page, qtbot, "tiny-de", "remove")
    wait_for(page, qtbot, "tiny-de", ModelState.AVAILABLE)
    assert not (paths.models_folder() / "tiny-de").exists()
    qtbot.waitUntil(lambda: context.settings.model == DEFAULT_MODEL, timeout=PATIENCE_MS)
    wait_for(page, qtbot, DEFAULT_MODEL, ModelState.ACTIVE)


def test_a_download_is_stopped_and_goes_on(
    open_page: Open,
    qtbot: QtBot,
    stand_in: HubStandIn,  # noqa: F811
) -> None:
    page = open_page()
    stand_in.faults[NETWORK] = Fault(pause_seconds=0.2)
    click(page, qtbot, "tiny-de", "download")
    view = wait_for(page, qtbot, "tiny-de", ModelState.DOWNLOADING)
    part = disk.staging_folder() / "tiny-de" / f"{NETWORK}.part"
    qtbot.waitUntil(lambda: part.is_file() and part.stat().st_size > 0, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: view.bar.maximum() == 1000 and view.bar.value() > 0, timeout=PATIENCE_MS)
    assert view.bar.isVisible()
    assert " of 1 MB" in view.bar_label.text()
    assert view.state_label.text() == "Downloading"
    messages: list[str] = []
    page.context.show_message.connect(lambda sentence, *_: messages.append(sentence))
    click(page, qtbot, "tiny-de", "cancel")
    paused = wait_for(page, qtbot, "tiny-de", ModelState.PAUSED)
    assert messages == []
    assert not paused.bar.isVisible()
    assert list(paused.buttons) == ["remove", "download"]
    assert paused.buttons["download"].text() == "Continue"
    stand_in.faults.clear()
    stand_in.requests.clear()
    click(page, qtbot, "tiny-de", "download")
    wait_for(page, qtbot, "tiny-de", ModelState.INSTALLED)
    assert [request.range for request in stand_in.bytes_of(NETWORK) if "resolve" not in request.path] != [
        None
    ]


def test_what_goes_wrong_is_said_and_can_be_tried_again(
    open_page: Open,
    context: AppContext,
    qtbot: QtBot,
    stand_in: HubStandIn,  # noqa: F811
) -> None:
    page = open_page()
    stand_in.faults[NETWORK] = Fault(status=404)
    with qtbot.waitSignal(context.notify, timeout=PATIENCE_MS) as said:
        click(page, qtbot, "tiny-de", "download")
    notice = said.args[0]
    assert "model.onnx of someone/tiny" in notice.sentence
    assert notice.kind == "error"
    wait_for(page, qtbot, "tiny-de", ModelState.PAUSED)
    stand_in.faults.clear()
    with qtbot.waitSignal(context.is_over, check_params_cb=notice.is_about, timeout=PATIENCE_MS):
        click(page, qtbot, "tiny-de", "download")
    wait_for(page, qtbot, "tiny-de", ModelState.INSTALLED)


def test_a_folder_is_added(
    open_page: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    shutil.copytree(model_folder("hubert"), tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "mine"))
    told: list[Notice] = []
    page.context.notify.connect(told.append)
    page.add_button.click()
    assert told[0].sentence == "Adding mine…"
    assert told[0].stays
    with qtbot.waitSignal(page.context.is_over, check_params_cb=told[0].is_about, timeout=PATIENCE_MS):
        view = wait_for(page, qtbot, "mine", ModelState.INSTALLED)
    view.asked.emit("use", "mine")
    wait_for(page, qtbot, "mine", ModelState.ACTIVE)


def test_any_model_of_the_hub_can_be_named(
    open_page: Open,
    context: AppContext,
    qtbot: QtBot,
    stand_in: HubStandIn,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = open_page()
    stand_in.repositories["other/speech"] = stand_in.repositories["someone/tiny"]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (" other/speech ", True))
    page.hub_button.click()
    wait_for(page, qtbot, "speech", ModelState.INSTALLED)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("nonsense", True))
    with qtbot.waitSignal(context.notify, timeout=PATIENCE_MS) as said:
        page.hub_button.click()
    assert "“nonsense” is not in the catalogue" in said.args[0].sentence


def test_cards_are_found_by_words_and_language(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()

    def shown() -> set[str]:
        return {name for name, view in page.views.items() if not view.isHidden()}

    assert shown() == {DEFAULT_MODEL, "tiny-de"}
    page.search_field.setText("three WORDS")
    assert shown() == {"tiny-de"}
    assert page.list.here_label.isHidden()
    page.search_field.setText("nothing like it")
    assert shown() == set()
    assert not page.list.nothing_label.isHidden()
    page.search_field.clear()
    page.language_box.setCurrentIndex(page.language_box.findData("en"))
    assert shown() == {DEFAULT_MODEL}
    page.look()
    assert operations.wait_for_all(60)
    assert page.language_box.currentData() == "en"


def test_a_broken_folder_says_why(open_page: Open) -> None:
    (paths.models_folder() / "broken").mkdir(parents=True)
    view = open_page().views["broken"]
    assert view.state_label.text() == "Not usable"
    assert "config.json" in view.problem.text()
    assert list(view.buttons) == ["remove"]


def test_the_first_look_finds_out_how_fast_this_computer_is(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()

    def measure(name: str) -> Speed:
        speed = Speed(0.01, "cpu")
        remember_speed(find_model(name), speed)
        return speed

    monkeypatch.setattr(page.store, "measure", measure)
    page.entered()
    qtbot.waitUntil(
        lambda: "fast enough for live text on this computer" in page.views[DEFAULT_MODEL].facts.text(),
        timeout=PATIENCE_MS,
    )
    assert "probably fast enough for live text on this computer" in page.views["tiny-de"].facts.text()
    monkeypatch.setattr(page.store, "measure", lambda name: pytest.fail("measured a second time"))
    page._has_checked_speed = False
    page.entered()


def test_an_older_look_that_answers_late_is_passed_over(open_page: Open) -> None:
    page = open_page()
    cards = page.list.cards
    page._found(page._looks + 2, cards)
    page._found(page._looks + 1, [])
    assert page.list.cards == cards


def test_measuring_shows_its_result(open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()

    def measure(name: str) -> Speed:
        remember_speed(find_model(name), Speed(0.9, "cpu"))
        return Speed(0.9, "cpu")

    monkeypatch.setattr(page.store, "measure", measure)
    click(page, qtbot, DEFAULT_MODEL, "measure")
    qtbot.waitUntil(
        lambda: "too slow for live text on this computer" in page.views[DEFAULT_MODEL].facts.text(),
        timeout=PATIENCE_MS,
    )


def test_every_button_is_reachable_and_named(open_page: Open) -> None:
    page = open_page()
    buttons = [page.add_button, page.hub_button]
    buttons += [made for view in page.views.values() for made in view.buttons.values()]
    for made in buttons:
        assert made.accessibleName()
        assert made.toolTip()
        assert made.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert all(view.accessibleName() for view in page.views.values())


def test_the_keyboard_stays_on_a_card_whose_buttons_change(qtbot: QtBot) -> None:
    view = ModelCardView(ModelCard("m", "M", ModelState.AVAILABLE))
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    view.buttons["download"].setFocus()
    qtbot.waitUntil(view.buttons["download"].hasFocus, timeout=PATIENCE_MS)
    view.show_card(ModelCard("m", "M", ModelState.DOWNLOADING))
    assert view.buttons["cancel"].hasFocus()


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (None, "In progress…"),
        (DownloadProgress(DownloadState.DOWNLOADING), "Connecting…"),
        (
            DownloadProgress(DownloadState.DOWNLOADING, 12_000_000, 95_000_000, 3.1e6, 26.8),
            "12 MB of 95 MB · 3.1 MB/s · about 0:27 left",
        ),
        (DownloadProgress(DownloadState.DOWNLOADING, 12_000_000, 95_000_000), "12 MB of 95 MB"),
        (
            DownloadProgress(DownloadState.VERIFYING, 1, 1),
            "Verifying the download…",
        ),
        (
            DownloadProgress(DownloadState.CONVERTING, 1, 1),
            "Converting for this computer; this takes a few minutes…",
        ),
    ],
)
def test_progress_in_words(progress: DownloadProgress | None, text: str) -> None:
    assert progress_text(progress) == text


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({"speed": Speed(0.3, "cpu")}, "live text is delayed on this computer (3× real time)"),
        ({"expected": SpeedVerdict.DELAYED}, "live text would probably be delayed on this computer"),
        ({"expected": SpeedVerdict.FILES}, "probably only for files on this computer"),
        ({}, ""),
    ],
)
def test_speed_in_words(card: dict[str, Speed | SpeedVerdict], words: str) -> None:
    from asr_desktop.gui.widgets.model_card import speed_text

    assert speed_text(ModelCard("m", "M", ModelState.AVAILABLE, **card)) == words  # type: ignore[arg-type]


def test_a_page_made_by_the_window_has_the_real_store(context: AppContext, qtbot: QtBot) -> None:
    page = ModelsPage(context)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: "wav2vec2-base-960h-int8" in page.views, timeout=PATIENCE_MS)
    assert models_page.ModelsPage.icon_name == "models"
