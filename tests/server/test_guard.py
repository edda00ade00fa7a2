from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.running_server import all_of, ask, connect, serving

pytestmark = pytest.mark.usefixtures("recognisers_are_threads")
TOKEN = "a secret of some length".replace(" ", "-")


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as port:
        yield port


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "127.0.0.1"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost.evil.example"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_a_web_page_cannot_ask(port: int, headers: dict[str, str], status: int) -> None:
    assert ask(port, "GET", "/v1/models", headers=headers)[0] == status


def test_a_name_can_be_allowed() -> None:
    with serving(names=("Speech.lan",)) as port:
        assert ask(port, "GET", "/v1/models", headers={"Host": "speech.lan:80"})[0] == 200


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer tökën", 401),
    ],
)
def test_a_token_is_asked_for(authorization: str, status: int) -> None:
    with serving(token=TOKEN) as port:
        assert ask(port, "GET", "/v1/models", headers={"Authorization": authorization})[0] == status
        assert ask(port, "GET", "/metrics")[0] == 401
        assert ask(port, "GET", "/health")[0] == 200


@pytest.mark.parametrize(
    "request_head",
    [
        "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e3\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "\x16\x03\x01\x02",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "y" * 200_000 + "\r\n\r\n",
    ],
)
def test_lies_and_garbage_are_refused(port: int, request_head: str) -> None:
    with connect(port) as connection:
        connection.sendall(request_head.encode("latin-1") + b"\r\n\r\n")
        assert all_of(connection).split(b"\r\n")[0] in (b"HTTP/1.1 400 Bad Request", b"HTTP/1.1 400 ", b"")
    assert ask(port, "GET", "/health")[0] == 200


def test_a_length_of_hundreds_of_digits_is_refused(port: int) -> None:
    with connect(port) as connection:
        head = (
            f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {'9' * 400}\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert all_of(connection)[9:12] in (b"400", b"413")
