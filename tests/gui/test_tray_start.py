"""The program started in the tray, as the tray sees it: a StatusNotifierWatcher on a D-Bus of the test."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, MessageType, Properties, new_method_call, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from Xlib.display import Display

from tests.dictation.x_screen import Screen, running_screen

WATCHER = "org.kde.StatusNotifierWatcher"
PATIENCE_SECONDS = 120

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""


class TrayHost:
    """Answers what Qt asks of a tray, and tells who has put an icon there."""

    def __init__(self, address: str) -> None:
        self.items: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._connection = open_dbus_connection(address)
        self._connection.send_and_get_reply(message_bus.RequestName(WATCHER))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except (OSError, EOFError):
                return
            if message.header.message_type is not MessageType.method_call:
                continue
            fields = message.header.fields
            member = fields[HeaderFields.member]
            if member == "RegisterStatusNotifierItem":
                self.items.put(fields[HeaderFields.sender])
                self._connection.send(new_method_return(message))
            elif member == "Get":
                self._connection.send(new_method_return(message, "v", (("b", True),)))
            elif member == "GetAll":
                registered = {"IsStatusNotifierHostRegistered": ("b", True)}
                self._connection.send(new_method_return(message, "a{sv}", (registered,)))


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("no tray to try it in: dbus-daemon is not installed")
    configuration = tmp_path / "bus.conf"
    configuration.write_text(_BUS)
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--print-address", "--nofork"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout is not None
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.wait(timeout=20)


@pytest.fixture
def screen() -> Iterator[Screen]:
    with running_screen() as screen:
        yield screen


def _menu(address: str, item: str) -> list[str]:
    """The texts of the icon's menu, as the host draws it."""
    with open_dbus_connection(address) as connection:
        place = DBusAddress("/StatusNotifierItem", item, "org.kde.StatusNotifierItem")
        menu = connection.send_and_get_reply(Properties(place).get("Menu")).body[0][1]
        asked = new_method_call(
            DBusAddress(menu, item, "com.canonical.dbusmenu"), "GetLayout", "iias", (0, -1, ["label"])
        )
        _, (_, _, children) = connection.send_and_get_reply(asked).body
    return [str(entry[1]["label"][1]).replace("_", "") for _, entry in children if "label" in entry[1]]


def _windows(screen: Screen) -> list[Any]:
    display = Display(screen.name)
    try:
        found = display.screen().root.get_full_property(display.get_atom("_NET_CLIENT_LIST"), 0)
        return list(found.value) if found is not None else []
    finally:
        display.close()


@pytest.mark.slow
def test_the_program_begins_in_the_tray_without_a_window(bus: str, screen: Screen, tmp_path: Path) -> None:
    host = TrayHost(bus)
    environment = {
        **os.environ,
        **screen.environment,
        "DBUS_SESSION_BUS_ADDRESS": bus,
        "QT_QPA_PLATFORM": "xcb",
        "ASR_DESKTOP_HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
    }
    environment.pop("WAYLAND_DISPLAY", None)
    program = subprocess.Popen([sys.executable, "-m", "asr_desktop", "tray"], env=environment)
    try:
        item = host.items.get(timeout=PATIENCE_SECONDS)
        texts = _menu(bus, item)
        assert texts[0] == "Dictate in other programs"
        assert {"Correct last dictation…", "Start recording", "Pause", "Microphone", "Quit"} <= set(texts)
        assert _windows(screen) == []
    finally:
        program.terminate()
        assert program.wait(timeout=PATIENCE_SECONDS) == 0
