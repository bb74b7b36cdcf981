"""A real server of one file on this machine, with the faults that networks and servers have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Server(ThreadingHTTPServer):
    """Serves `content`. `asked` are the ranges asked for.

    `cut` is after how many bytes the next connections break; `held` after how many they fall silent until `go` is set.
    """

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.url = f"http://127.0.0.1:{self.server_address[1]}/{name}"
        self.asked: list[str | None] = []
        self.cut: list[int] = []
        self.held: list[int] = []
        self.go = threading.Event()
        self.ranges = True
        self.status: int | None = None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        if server.status:
            self.send_error(server.status)
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
        if begin >= len(server.content):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(server.content) - begin))
        self.end_headers()
        rest = server.content[begin:]
        if server.cut:
            rest = rest[: server.cut.pop(0)]
        with suppress(ConnectionError):  # the client was killed
            if server.held:
                at = server.held.pop(0)
                self.wfile.write(rest[:at])
                server.go.wait()
                rest = rest[at:]
            self.wfile.write(rest)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def serving(content: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with Server(content, name) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.go.set()
        server.shutdown()
        thread.join()
