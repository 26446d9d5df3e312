"""A package index on a free loopback port, in every form that indexes are met in.

It is no product of ours: it exists to be read by the upstream client, well or badly.
"""

import base64
import hashlib
import html
import json
import re
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Literal

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
Form = Literal["json", "html"]
Ranges = Literal["honoured", "ignored", "refused", "mislabelled"]
Misdeed = int | Literal["cut", "silence", "hold"]


@dataclass(kw_only=True)
class Published:
    """A file on the index, with what its page says about it."""

    project: str
    filename: str
    content: bytes
    upload_time: str | None = "2022-01-01T12:00:00.000000Z"
    requires_python: str | None = None
    yanked: str | None = None
    metadata: bytes | None = None
    """Served beside the file, if set."""
    is_metadata_advertised: bool = False
    promised_sha256: str = ""
    hash_kinds: tuple[str, ...] = ("sha256",)
    """What the page gives of it, in JSON."""

    @property
    def sha256(self) -> str:
        return self.promised_sha256 or hashlib.sha256(self.content).hexdigest()

    @property
    def metadata_sha256(self) -> str:
        return hashlib.sha256(self.metadata or b"").hexdigest()


@dataclass(kw_only=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Message


@dataclass(kw_only=True)
class Index:
    """What is served and how; change it at any time."""

    form: Form = "json"
    ranges: Ranges = "honoured"
    has_sizes: bool = True
    etag: str = ""
    cache_control: str = ""
    login: str = ""
    """`user:password` without which everything is 401."""
    redirect_to: str = ""
    """Origin that all file requests are sent to."""
    file_root: str = "/files/"
    delay_s: float = 0.0
    """Before every answer."""
    raw_page: tuple[str, bytes] | None = None
    """Content type and body of every page, instead of the true one."""
    published: list[Published] = field(default_factory=list)
    misdeeds: Mapping[str, deque[Misdeed]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    """Path -> what to do wrong on the next requests for it."""
    released: threading.Event = field(default_factory=threading.Event)
    """Until it is set, or the server ends, what is on `hold` stays half sent."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """Path -> when it is answered; at the latest when the server ends."""
    asked: list[Asked] = field(default_factory=list)
    origin: str = ""

    @property
    def url(self) -> str:
        return f"{self.origin}/simple/"

    def publish(self, project: str, file: Path) -> Published:
        published = Published(
            project=project, filename=file.name, content=file.read_bytes()
        )
        self.published.append(published)
        return published

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def serving(index: Index | None = None) -> Iterator[Index]:
    """Serve until the block ends."""
    served = index or Index()
    handler = type("Handler", (_Handler,), {"index": served})
    server = _Server(("127.0.0.1", 0), handler)
    served.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    try:
        yield served
    finally:
        served.released.set()
        for event in served.held.values():
            event.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # More than any client opens at once: a full queue costs it a second.
    request_queue_size = 128

    def handle_error(
        self, request: socket | tuple[bytes, socket], client_address: object
    ) -> None:
        """Say nothing of clients that went away: stderr is the command's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index: Index

    def do_GET(self) -> None:
        self.index.asked.append(Asked(path=self.path, headers=self.headers))
        waiting = self.index.misdeeds[self.path]
        misdeed = waiting.popleft() if waiting else None
        time.sleep(self.index.delay_s)
        if self.path in self.index.held:
            self.index.held[self.path].wait()
        if isinstance(misdeed, int):
            self._send(misdeed, b"")
        elif misdeed == "silence":
            # Long enough for the client to give up, then the connection ends.
            threading.Event().wait(1.6)
            self.close_connection = True
        elif self._is_refused():
            self._send(401, b"", {"WWW-Authenticate": "Basic"})
        elif self.path.startswith("/simple/"):
            self._send_page(self.path.removeprefix("/simple/").strip("/"))
        else:
            self._send_file(is_cut=misdeed in {"cut", "hold"})
            if misdeed == "hold":
                self.index.released.wait()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        pass

    def _is_refused(self) -> bool:
        expected = base64.b64encode(self.index.login.encode()).decode()
        given = self.headers.get("Authorization")
        return bool(self.index.login) and given != f"Basic {expected}"

    def _send_page(self, project: str) -> None:
        index = self.index
        files = [file for file in index.published if file.project == project]
        if index.raw_page:
            self._send(200, index.raw_page[1], {"Content-Type": index.raw_page[0]})
            return
        if not files:
            self._send(404, b"")
            return
        headers = {"Content-Type": JSON_TYPE if index.form == "json" else "text/html"}
        if index.cache_control:
            headers["Cache-Control"] = index.cache_control
        if index.etag:
            headers["ETag"] = index.etag
            if self.headers.get("If-None-Match") == index.etag:
                self._send(304, b"", headers)
                return
        page = self._json(files) if index.form == "json" else self._html(files)
        self._send(200, page, headers)

    def _json(self, files: list[Published]) -> bytes:
        entries = []
        for file in files:
            entry: dict[str, object] = {
                "filename": file.filename,
                "url": self.index.file_root + file.filename,
                "hashes": {
                    kind: file.sha256
                    if kind == "sha256"
                    else hashlib.new(kind, file.content).hexdigest()
                    for kind in file.hash_kinds
                },
                "requires-python": file.requires_python,
                "yanked": file.yanked or file.yanked is not None,
            }
            if file.upload_time:
                entry["upload-time"] = file.upload_time
            if self.index.has_sizes:
                entry["size"] = len(file.content)
            if file.is_metadata_advertised:
                entry["core-metadata"] = {"sha256": file.metadata_sha256}
            entries.append(entry)
        meta = {"api-version": "1.1"}
        return json.dumps({"meta": meta, "name": "x", "files": entries}).encode()

    def _html(self, files: list[Published]) -> bytes:
        lines = ["<!DOCTYPE html><html><body>"]
        for file in files:
            attributes = {
                "href": f"{self.index.file_root}{file.filename}#sha256={file.sha256}",
                "data-requires-python": file.requires_python,
                "data-upload-time": file.upload_time,
                "data-yanked": file.yanked,
            }
            if file.is_metadata_advertised:
                promise = f"sha256={file.metadata_sha256}"
                attributes["data-dist-info-metadata"] = promise
                attributes["data-core-metadata"] = promise
            written = " ".join(
                f'{name}="{html.escape(value)}"'
                for name, value in attributes.items()
                if value is not None
            )
            lines.append(f"<a {written}>{file.filename}</a><br>")
        return "\n".join([*lines, "</body></html>"]).encode()

    def _send_file(self, *, is_cut: bool) -> None:
        if self.index.redirect_to:
            self._send(302, b"", {"Location": self.index.redirect_to + self.path})
            return
        content = self._content(self.path.rpartition("/")[2])
        if content is None:
            self._send(404, b"")
            return
        asked = self.headers.get("Range")
        if asked and self.index.ranges == "refused":
            self._send(416, b"")
        elif asked and self.index.ranges != "ignored":
            self._send_range(content, asked, is_cut=is_cut)
        else:
            self._send(200, content, is_cut=is_cut)

    def _content(self, name: str) -> bytes | None:
        for file in self.index.published:
            if name == file.filename:
                return file.content
            if name == f"{file.filename}.metadata":
                return file.metadata
        return None

    def _send_range(self, content: bytes, asked: str, *, is_cut: bool) -> None:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked)
        assert match
        size = len(content)
        start = int(match[1]) if match[1] else max(0, size - int(match[2]))
        stop = min(size, int(match[2]) + 1) if match[1] and match[2] else size
        label = f"bytes {start}-{stop - 1}/{size}"
        if self.index.ranges == "mislabelled":
            label = f"bytes 0-{size - 1}/{size}"
        self._send(206, content[start:stop], {"Content-Range": label}, is_cut=is_cut)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        is_cut: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = self.close_connection or is_cut
