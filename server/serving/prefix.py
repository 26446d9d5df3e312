"""Serving under a path prefix, whether or not the proxy takes it off.

All URLs on our pages are relative, so the prefix matters in one place only: a request
that still carries it must find the same page.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class StripPrefix:
    """WSGI middleware that moves a prefix from PATH_INFO to SCRIPT_NAME."""

    def __init__(self, prefix: str, inner: "WSGIApplication") -> None:
        """Take a prefix such as `/python`, with no last slash."""
        self._prefix = prefix
        self._inner = inner

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Hand one request on, without the prefix if it has it."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix:
            # Relative links of `/` need its slash.
            last = quote(self._prefix.rpartition("/")[2], encoding="latin-1")
            start_response("301 Moved Permanently", [("Location", f"{last}/")])
            return []
        if path.startswith(self._prefix + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
            environ["PATH_INFO"] = path[len(self._prefix) :]
        return self._inner(environ, start_response)
