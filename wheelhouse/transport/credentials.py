"""User names and passwords, kept apart from the URLs that they came in.

A URL is split from its credentials where it enters, so that nothing that prints,
stores or returns a URL later can leak them.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import field
from urllib.parse import unquote, urlsplit, urlunsplit

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown

KEYRING_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What HTTP Basic authentication needs."""

    user: str
    password: str = field(repr=False)


def ask_keyring(url: str, user: str) -> str | None:
    """Ask the `keyring` program, if there is one, as `pip --keyring-provider` does."""
    program = shutil.which("keyring")
    if program is None:
        return None
    try:
        run = subprocess.run(  # noqa: S603 - arguments are passed without a shell
            [program, "get", url, user],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=KEYRING_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.rstrip("\r\n") if run.returncode == 0 else None


class Credentials:
    """Logins by origin (scheme, host and port), as URLs bring them in."""

    def __init__(self, ask: Callable[[str, str], str | None] = ask_keyring) -> None:
        """Begin without any login; `ask` finds the password of a bare user name."""
        self._ask = ask
        self._login_of: dict[str, Login] = {}

    def detach(self, url: str, *, may_ask: bool = True) -> str:
        """Remember the login that stands in `url`, and return it without.

        :param may_ask: look for the password of a bare user name; not for links of a
            page, which could make us ask for thousands.
        """
        parts = urlsplit(url)
        userinfo, at, host = parts.netloc.rpartition("@")
        if not at:
            return url
        clean = urlunsplit(parts._replace(netloc=host))
        user, colon, password = userinfo.partition(":")
        if not colon and user:
            if not may_ask:
                return clean
            password = self._ask(clean, unquote(user)) or ""
            self._keep(clean, Login(user=unquote(user), password=password))
        else:
            self._keep(clean, Login(user=unquote(user), password=unquote(password)))
        return clean

    def login(self, url: str) -> Login | None:
        """Return the login for `url`'s origin."""
        return self._login_of.get(_origin(url)) if self._login_of else None

    def _keep(self, url: str, login: Login) -> None:
        # The first stays: an index page must not change the login of its own index.
        self._login_of.setdefault(_origin(url), login)


def printable(url: str) -> str:
    """Return `url` as it may be shown: no login, query (signatures) or fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # The text itself may hold a password in a place where we do not find it.
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    return shown(urlunsplit((parts.scheme, host, parts.path, "", "")))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
