"""An index that means harm, on a free loopback port: it speaks in raw bytes.

`Site` serves one project, `p`, with one sound wheel of version 1.0; a behaviour changes
what is said about it, or offers a version 2.0 that something is wrong with.
"""

import gzip
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

from tests.support.wheels import make_metadata, make_wheel

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
_LONGEST_S = 30.0
"""For a connection, so that no test waits for a thread that means harm."""


@dataclass(kw_only=True)
class Wire:
    """One connection, with the request that came over it."""

    path: str
    headers: Mapping[str, str]
    _socket: socket.socket

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def answer(
        self, body: bytes = b"", status: int = 200, **headers: str | int | None
    ) -> None:
        """Send a proper answer; `None` takes a header away."""
        said: dict[str, str | int | None] = {"Content_Length": len(body)}
        self.head(status, **said | headers)
        self.send(body)

    def head(self, status: int = 200, **headers: str | int | None) -> None:
        lines = [f"HTTP/1.1 {status} Said"]
        lines += ["Connection: close"]
        lines += [
            f"{name.replace('_', '-')}: {value}"
            for name, value in headers.items()
            if value is not None
        ]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def endless(self, content: bytes, pause_s: float = 0.0) -> None:
        """Send the same again and again, until the client has enough."""
        end = time.monotonic() + _LONGEST_S
        while time.monotonic() < end:
            self.send(content)
            time.sleep(pause_s)

    def silence(self) -> None:
        """Say nothing until the client goes away."""
        self._socket.settimeout(_LONGEST_S)
        with suppress(OSError):
            self._socket.recv(1)


Answer: TypeAlias = Callable[[Wire], None]


@dataclass(kw_only=True)
class Site:
    """What is served; change it at any time."""

    folder: Path
    """For files that are made."""
    outside: Path
    """Where nobody but an attacker writes."""
    origin: str = ""
    entries: list[object] = field(default_factory=list)
    """What the JSON page of `p` lists."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """Path -> what is said there."""
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.origin}/simple/"

    @property
    def page(self) -> bytes:
        document = {"meta": {"api-version": "1.1"}, "name": "p", "files": self.entries}
        return json.dumps(document).encode()

    def say(self, answer: Answer) -> None:
        """Answer so for the page of `p`."""
        self.answers["/simple/p/"] = answer

    def say_bytes(
        self, body: bytes, content_type: str = JSON_TYPE, **headers: str | int | None
    ) -> None:
        said: dict[str, str | int | None] = {"Content_Type": content_type, **headers}
        self.say(lambda wire: wire.answer(body, 200, **said))

    def offer(self, version: str, **said: object) -> str:
        """List a wheel of `p` and serve it; return its path on the site.

        :param said: what its entry says otherwise (`_` for `-`).
        """
        content = make_wheel(self.folder, "p", version).read_bytes()
        return self.offer_bytes(f"p-{version}-py3-none-any.whl", content, **said)

    def offer_bytes(self, filename: str, content: bytes, **said: object) -> str:
        return self._offer(filename, f"/files/{filename}", content, said)

    def offer_named(self, filename: str, content: bytes) -> None:
        """List a file under a name that its URL does not have."""
        self._offer(filename, "/files/evil.whl", content, {})

    def _offer(
        self, filename: str, path: str, content: bytes, said: Mapping[str, object]
    ) -> str:
        entry: dict[str, object] = {
            "filename": filename,
            "url": path,
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
            "size": len(content),
            "upload-time": "2022-01-01T12:00:00Z",
        }
        entry |= {name.replace("_", "-"): value for name, value in said.items()}
        self.entries.append(entry)
        self.answers[path] = lambda wire: send_file(wire, content)
        return path

    def offer_metadata(self, answer: Answer | None = None, **said: object) -> None:
        """Offer version 2.0 with a metadata file that is answered so."""
        raw = make_metadata("p", "2.0")
        digest = hashlib.sha256(raw).hexdigest()
        path = self.offer("2.0", **{"core_metadata": {"sha256": digest}, **said})
        self.answers[f"{path}.metadata"] = answer or (lambda wire: wire.answer(raw))


def send_file(wire: Wire, content: bytes) -> None:
    """Answer as a good server does, ranges included."""
    asked = wire.headers.get("range", "").removeprefix("bytes=")
    if not asked:
        wire.answer(content)
        return
    first, _, last = asked.partition("-")
    size = len(content)
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    wire.answer(
        content[start:stop], 206, Content_Range=f"bytes {start}-{stop - 1}/{size}"
    )


@cache
def bomb(size_bytes: int) -> bytes:
    """Pack zeros a thousand times smaller."""
    return gzip.compress(bytes(size_bytes))


@contextmanager
def hostile(folder: Path, outside: Path) -> Iterator[Site]:
    """Serve until the block ends."""
    site = Site(folder=folder, outside=outside)
    site.offer("1.0")
    site.say(lambda wire: wire.answer(site.page, Content_Type=JSON_TYPE))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        site.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=_accept, args=(listening, site), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            # Closing alone does not wake who accepts.
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listening: socket.socket, site: Site) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, site), daemon=True).start()


def _serve(connection: socket.socket, site: Site) -> None:
    # A client that has had enough is no failure here.
    with connection, suppress(OSError):
        connection.settimeout(_LONGEST_S)
        raw = b""
        while b"\r\n\r\n" not in raw:
            more = connection.recv(65536)
            if not more:
                return
            raw += more
        first, *lines = raw.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        site.asked.append(path)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        wire = Wire(path=path, headers=headers, _socket=connection)
        answer = site.answers.get(path.partition("?")[0])
        if answer is None:
            wire.answer(status=404)
        else:
            answer(wire)
        # A close with bytes unread would take what was sent away again.
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(1.0)
        while connection.recv(65536):
            pass
