"""Connections of libcurl's multi interface, and the requests that run over them."""

import time
from typing import TypeVar

import pycurl

from axletree.config import Settings
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.decoding import ACCEPTED
from axletree.wheelhouse.transport.options import configure
from axletree.wheelhouse.transport.request import (
    host_of,
    sendable,
)
from axletree.wheelhouse.transport.transfer import Transfer

Key = TypeVar("Key")
Result = TypeVar("Result")

MAX_STREAMS = 100
MAX_CONNECTIONS_PER_HOST = 32


class Connections:
    """Begins requests and says which have ended; keeps connections until closed."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        """Connect to nothing yet."""
        self.requests = 0
        self.received_bytes = 0
        self._settings = settings
        self._credentials = credentials
        self._idle: list[pycurl.Curl] = []
        self._multiplexing: set[str] = set()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, MAX_CONNECTIONS_PER_HOST)
        self._multi.setopt(pycurl.M_MAXCONNECTS, 2 * MAX_CONNECTIONS_PER_HOST)

    def close(self) -> None:
        """Close all connections."""
        for handle in self._idle:
            handle.close()
        self._idle.clear()
        self._multi.close()

    def perform(self, timeout_s: float) -> list[tuple[pycurl.Curl, int, str]]:
        """Move bytes, wait if there are none, and return what has ended.

        A tuple is the handle, libcurl's code (0 for success), and its message.
        """
        self._multi.perform()
        ended = self._ended()
        if not ended:
            due_ms = self._multi.timeout()
            wait_s = min(timeout_s, due_ms / 1000) if due_ms >= 0 else timeout_s
            # -1: libcurl has no socket yet, as while it looks a name up.
            if wait_s > 0 and self._multi.select(wait_s) == -1:
                time.sleep(min(wait_s, 0.002))
        return ended

    def _ended(self) -> list[tuple[pycurl.Curl, int, str]]:
        ended: list[tuple[pycurl.Curl, int, str]] = []
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            ended += [(handle, 0, "") for handle in good]
            ended += bad
        return ended

    def start(self, transfer: Transfer[Key, Result]) -> pycurl.Curl:
        """Send the transfer's request.

        :raises AxletreeError: if its address is none, or its file cannot be opened.
        """
        url, request = sendable(transfer.url), transfer.request
        begins_at = transfer.prepare()
        handle = self._idle.pop() if self._idle else pycurl.Curl()
        configure(handle, self._settings, url)
        handle.setopt(pycurl.URL, url)
        headers = [f"{name}: {value}" for name, value in request.headers.items()]
        if begins_at:
            headers.append(f"Range: bytes={begins_at}-")
        if request.is_compressed:
            headers.append(f"Accept-Encoding: {ACCEPTED}")
        handle.setopt(pycurl.HTTPHEADER, headers)
        login = self._credentials.login(url)
        if login:
            handle.setopt(pycurl.USERNAME, login.user)
            handle.setopt(pycurl.PASSWORD, login.password)
        handle.setopt(pycurl.HEADERFUNCTION, transfer.head.write)
        handle.setopt(pycurl.WRITEFUNCTION, transfer.wire.write)
        self._multi.add_handle(handle)
        self.requests += 1
        return handle

    def stop(self, handle: pycurl.Curl) -> None:
        """Take the handle out of the multi interface, done or not."""
        self._multi.remove_handle(handle)
        self.received_bytes += int(handle.getinfo(pycurl.SIZE_DOWNLOAD_T))
        handle.reset()
        self._idle.append(handle)

    def learn(self, url: str, handle: pycurl.Curl) -> None:
        """Remember whether the host of `url` takes many requests per connection."""
        version = handle.getinfo(pycurl.INFO_HTTP_VERSION)
        if version >= pycurl.CURL_HTTP_VERSION_2_0:
            self._multiplexing.add(host_of(url))
        else:
            self._multiplexing.discard(host_of(url))

    def streams(self, url: str) -> int:
        """Return how many requests the host of `url` may have at once.

        libcurl counts the time that a request waits for a connection as time in which
        none could be made, so no more are begun than there are connections.
        """
        is_multiplexing = host_of(url) in self._multiplexing
        return MAX_STREAMS if is_multiplexing else MAX_CONNECTIONS_PER_HOST
