"""The links of an index page, made absolute."""

import re
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit

from axletree.resolver.model.file_names import shown_name
from axletree.wheelhouse.pages.values import BadEntryError
from axletree.wheelhouse.transport.credentials import Credentials

_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[([0-9a-f:.]{2,45})\])(?::([0-9]{1,5}))?", re.IGNORECASE
)
_LAST_PORT = 65_535


class Links:
    """Makes links absolute, takes logins out of them, and refuses foreign schemes."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        """Join links to `base`.

        :raises ValueError: it is no URL.
        """
        if not base.isprintable():
            # It would stand in every link, and those are shown.
            raise ValueError(base)
        self._base = base
        self._folder = base.rpartition("/")[0] + "/"
        parts = urlsplit(base)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._credentials = credentials
        self._fine: set[str] = set()

    def absolute(self, link: str) -> str:
        """Return a link's address.

        :raises BadEntryError: it is none, or not of http or https.
        """
        if not link.startswith(("https://", "http://")):
            link = self._join(link)
        if "@" in link:
            link = self._without_login(link)
        end = link.find("/", 8)
        origin = link[:end] if end > 0 else link
        if origin not in self._fine:
            self._check_origin(origin)
        return link

    def _join(self, link: str) -> str:
        if link.startswith("//") or "./" in link or ":" in link or link[:1] == "?":
            try:
                return urljoin(self._base, link)
            except ValueError:
                raise BadEntryError(_no_address(link)) from None
        if link.startswith("/"):
            return self._origin + link
        return self._folder + link

    def _without_login(self, link: str) -> str:
        try:
            return self._credentials.detach(link, may_ask=False)
        except ValueError:
            raise BadEntryError("its URL is not an address") from None

    def _check_origin(self, origin: str) -> None:
        match = _ORIGIN.fullmatch(origin)
        if match is None or not 0 < int(match[2] or 80) <= _LAST_PORT:
            raise BadEntryError(_no_address(origin))
        if match[1]:
            try:
                IPv6Address(match[1])
            except ValueError:
                raise BadEntryError(_no_address(origin)) from None
        self._fine.add(origin)


def _no_address(link: str) -> str:
    return f"its URL is not an address of http or https: {shown_name(link)}"
