"""A hub on this machine that speaks the protocol of the real one, and misbehaves where it is told to.

Small files come from the hub itself. Large ones (LFS) are redirected to a storage server of another origin,
as the real hub does it, with size and sum in the headers of the redirect.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LFS_ENDINGS = (".onnx", ".onnx_data", ".safetensors", "_model.bin", ".binary")
COMMIT = "1234567890abcdef1234567890abcdef12345678"


@dataclass
class Fault:
    """What goes wrong with a file.

    cut_after_bytes: the line breaks after so many bytes of an answer; stall: it falls silent there instead.
    status: answered instead of the file. times: how often, before all is well. content: sent instead.
    ignores_ranges: a request for the rest is answered with the whole. pause_seconds: between pieces of 16
    KiB. then: what goes wrong after these times.
    """

    cut_after_bytes: int | None = None
    stall: bool = False
    status: int | None = None
    times: int = 1_000_000
    content: bytes | None = None
    ignores_ranges: bool = False
    pause_seconds: float = 0.0
    then: Fault | None = None


@dataclass
class StandInRepository:
    """A repository at one commit. lists_sums: a mirror may list names only."""

    files: dict[str, bytes]
    commit: str = COMMIT
    card: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ("wav2vec2",)
    lists_sums: bool = True
    wrong_sums: dict[str, str] = field(default_factory=dict)
    branches: tuple[str, ...] = ("main",)


@dataclass
class Request:
    """One request that came."""

    method: str
    path: str
    range: str | None
    authorization: str | None


class HubStandIn:
    """The two servers; `repositories`, `faults` (by file's path) and `requests` may be changed at any "
    "time."""

    def __init__(self) -> None:
        self.repositories: dict[str, StandInRepository] = {}
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.on_piece = lambda: None
        self._hub = _serve(self, "127.0.0.1", _HubHandler)
        self._storage = _serve(self, "localhost", _StorageHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._hub.server_port}"

    @property
    def storage_url(self) -> str:
        return f"http://localhost:{self._storage.server_port}"

    def bytes_of(self, path: str) -> list[Request]:
        """The requests for a file's content."""
        return [
            request
            for request in self.requests
            if request.method == "GET" and request.path.endswith("/" + path)
        ]

    def stop(self) -> None:
        self.stopping.set()
        for server in (self._hub, self._storage):
            server.shutdown()
            server.server_close()

    def find(self, name: str, revision: str) -> StandInRepository | None:
        found = self.repositories.get(name)
        if found is None or revision in (found.commit, *found.branches):
            return found
        return None


@contextmanager
def running_hub() -> Iterator[HubStandIn]:
    hub = HubStandIn()
    try:
        yield hub
    finally:
        hub.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what half of the tests are about."""


def _serve(hub: HubStandIn, host: str, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = _Server((host, 0), handler)
    server.hub = hub  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> HubStandIn:
        return self.server.hub  # type: ignore[attr-defined]

    def log_message(self, *arguments: Any) -> None:
        pass

    def note(self) -> None:
        self.hub.requests.append(
            Request(self.command, unquote(self.path), self.headers["Range"], self.headers["Authorization"])
        )

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_file(self, path: str, content: bytes, **headers: str) -> None:
        fault = self.hub.faults.get(path, Fault())
        if fault.times <= 0 and fault.then is not None:
            fault = self.hub.faults[path] = fault.then
        is_faulty = fault.times > 0
        if self.command == "GET":
            fault.times -= 1
        if is_faulty and fault.status is not None:
            self.answer(fault.status)
            return
        if is_faulty and fault.content is not None:
            content = fault.content
        start = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if asked and not (is_faulty and fault.ignores_ranges):
            start = int(asked[1])
            if start >= len(content):
                self.answer(416, Content_Range=f"bytes */{len(content)}")
                return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.command == "HEAD":
            return
        rest = content[start:]
        if is_faulty and fault.cut_after_bytes is not None:
            rest = rest[: fault.cut_after_bytes]
        for at in range(0, len(rest), 1 << 14):
            try:
                self.wfile.write(rest[at : at + (1 << 14)])
            except OSError:
                return
            self.hub.on_piece()
            if is_faulty and fault.pause_seconds:
                self.hub.stopping.wait(fault.pause_seconds)
        if is_faulty and fault.cut_after_bytes is not None:
            if fault.stall:
                self.hub.stopping.wait(60)
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True


class _HubHandler(_Handler):
    def do_GET(self) -> None:
        self.note()
        # A proxy is asked with the whole address.
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == "/api/models":
            self._search(parse_qs(address.query))
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            self._describe(found[1], found[2] or "main", "blobs" in parse_qs(address.query))
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(found[1], found[2], found[3])
        else:
            self.answer(404)

    def _search(self, query: dict[str, list[str]]) -> None:
        text = query.get("search", [""])[0]
        found = [
            {"id": name, "tags": list(repository.tags), "downloads": 7, "cardData": repository.card}
            for name, repository in self.hub.repositories.items()
            if text.lower() in name.lower()
        ]
        self.answer(200, json.dumps(found).encode(), Content_Type="application/json")

    def _describe(self, name: str, revision: str, with_sums: bool) -> None:
        fault = self.hub.faults.get(f"api/{name}")
        if fault is not None:
            fault.times -= 1
            if fault.pause_seconds:
                time.sleep(fault.pause_seconds)
            if fault.times >= 0 and fault.status is not None:
                self.answer(fault.status, X_Error_Code="GatedRepo" if fault.status == 403 else "")
                return
            if fault.times >= 0 and fault.content is not None:
                self.answer(200, fault.content, Content_Type="application/json")
                return
        if name not in self.hub.repositories:
            self.answer(401, X_Error_Code="RepoNotFound")
            return
        repository = self.hub.find(name, revision)
        if repository is None:
            self.answer(404, X_Error_Code="RevisionNotFound")
            return
        siblings = []
        for path, content in repository.files.items():
            sibling: dict[str, Any] = {"rfilename": path}
            if with_sums and repository.lists_sums:
                sibling |= {"size": len(content), "blobId": _git_object(content)}
                if path.endswith(LFS_ENDINGS):
                    sum_ = repository.wrong_sums.get(path, hashlib.sha256(content).hexdigest())
                    sibling["lfs"] = {"size": len(content), "sha256": sum_, "pointerSize": 134}
            siblings.append(sibling)
        described = {
            "id": name,
            "sha": repository.commit,
            "siblings": siblings,
            "cardData": repository.card,
            "tags": list(repository.tags),
        }
        self.answer(200, json.dumps(described).encode(), Content_Type="application/json")

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repository = self.hub.find(name, revision)
        if repository is None or path not in repository.files:
            self.answer(404, X_Error_Code="EntryNotFound", X_Repo_Commit=COMMIT)
            return
        content = repository.files[path]
        commit = {"X_Repo_Commit": repository.commit}
        if path.endswith(LFS_ENDINGS):
            sum_ = hashlib.sha256(content).hexdigest()
            self.answer(
                302,
                Location=f"{self.hub.storage_url}/{name}/{sum_}/{path}",
                X_Linked_Size=str(len(content)),
                X_Linked_ETag=f'"{sum_}"',
                **commit,
            )
        else:
            self.send_file(path, content, ETag=f'"{_git_object(content)}"', **commit)


class _StorageHandler(_Handler):
    def do_GET(self) -> None:
        self.note()
        found = re.fullmatch(r"/([^/]+/[^/]+)/[0-9a-f]{64}/(.+)", unquote(self.path))
        repository = self.hub.repositories.get(found[1]) if found else None
        if found is None or repository is None:
            self.answer(404)
        else:
            self.send_file(found[2], repository.files[found[2]])


def _git_object(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
