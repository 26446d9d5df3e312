"""Who asks, and whether they may: tokens out of requests, and writes from elsewhere.

What tokens there are is read again after `FRESH_FOR_S`, as everything else that a
worker holds: a revoked token opens nothing from then on.
"""

import base64
import binascii
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.server.answers.errors import (
    ForeignOriginError,
    NoRightError,
    PlainHttpError,
    TokenNeededError,
)
from axletree.server.answers.peers import is_loopback, is_loopback_address
from axletree.server.live.index import FRESH_FOR_S
from axletree.server.live.source import TokenSource
from axletree.wheelhouse.access.rights import Verb
from axletree.wheelhouse.access.tokens import Token, by_digest, digest_of_secret
from axletree.wheelhouse.catalog.house import utc_now
from axletree.wheelhouse.model import Sha256

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_REMEMBERED = 10_000
"""Pairs of who reads and what, for as long as tokens are fresh."""
_MAKE = "axletree token make NAME --right {right} makes one, on the server's machine"
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Who may read, and what may be uploaded, and how."""

    needs_token_to_read: bool = False
    max_file_bytes: int = 10 * 1024**3
    is_plain_http_allowed: bool = False
    location: str = ""
    """Under which an nginx before the index finds the store's files, to send them itself."""
    is_gated: bool = False
    """Whether an upload that breaks a requirement set is refused."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks whose word is taken for how they were asked."""


class Guard:
    """Knows the tokens; safe to use from threads."""

    def __init__(
        self,
        source: TokenSource,
        *,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Remember where tokens are read from; nothing is read yet."""
        self._source = source
        self._clock = clock
        self._now = now
        self._reading = threading.Lock()
        self._known: Mapping[Sha256, Token] = {}
        self._admitted: set[tuple[str | None, NormalizedName | None]] = set()
        """Who was found to read what, since tokens were read."""
        self._read_at = float("-inf")

    def holder(
        self, authorization: str | None, *, right: str = "upload:PROJECT"
    ) -> Token:
        """Tell which token a request carries: as a password, or as a bearer.

        :param right: named to whoever has none.
        :raises TokenNeededError: it carries none, or one that opens nothing.
        """
        secret = _secret_in(authorization)
        if secret is None:
            raise TokenNeededError(
                "a token is needed here",
                hint="give it as the password of the user __token__; "
                + _MAKE.format(right=right),
            )
        digest = digest_of_secret(secret)
        # Nothing is called unknown on the word of an old look.
        found = self._tokens().get(digest) or self._tokens(0).get(digest)
        if found is None:
            raise TokenNeededError(
                "the token is not known here",
                hint="axletree token list shows all, on the server's machine",
            )
        state = found.state(self._now())
        if state == "valid":
            return found
        # Told to nobody but who has the secret.
        ended = found.revoked_at if state == "revoked" else found.expires_at
        how = "was revoked" if state == "revoked" else "expired"
        raise TokenNeededError(
            f"the token {found.name} {how} on {ended:%Y-%m-%d}",
            hint=_MAKE.format(right=right),
        )

    def _tokens(self, fresh_for_s: float = FRESH_FOR_S) -> Mapping[Sha256, Token]:
        with self._reading:
            at = self._clock()
            if at - self._read_at >= fresh_for_s:
                self._known = by_digest(self._source.tokens())
                self._admitted = set()
                self._read_at = at
            return self._known

    def remembers(
        self, authorization: str | None, project: NormalizedName | None
    ) -> bool:
        """Tell whether somebody was found to read something, as tokens are now."""
        is_fresh = self._clock() - self._read_at < FRESH_FOR_S
        return is_fresh and (authorization, project) in self._admitted

    def remembering(self) -> "set[tuple[str | None, NormalizedName | None]]":
        """Give where to note who reads what, as long as tokens are what they are now."""
        if len(self._admitted) > MOST_REMEMBERED:
            self._admitted.clear()
        return self._admitted


class Readers:
    """Says who may read; everybody, where no guard is given."""

    def __init__(self, guard: Guard | None = None) -> None:
        """Take the guard that knows those who may."""
        self._guard = guard
        self.is_everybody = guard is None
        """Whether reading needs no token."""

    def require(
        self, authorization: str | None, project: NormalizedName | None
    ) -> None:
        """Refuse who may not read a project; None: what tells of all.

        :raises TokenNeededError: there is no token.
        :raises NoRightError: its rights are others.
        """
        if self._guard is None:
            return
        right = f"read:{project}" if project else "read"
        token = self._guard.holder(authorization, right=right)
        if project is not None:
            require_right(token, "read", project)
        elif not any(r.verb == "read" and r.is_for_all for r in token.rights):
            raise _no_right(token, "read", "*")

    def admit(self, authorization: str | None, project: NormalizedName | None) -> bool:
        """Tell whether `require` would let somebody read."""
        guard = self._guard
        if guard is None or guard.remembers(authorization, project):
            return True
        # Taken before it is found out: if tokens are read again meanwhile, the note goes
        # with the old ones.
        noted = guard.remembering()
        try:
            self.require(authorization, project)
        except AxletreeError:
            return False
        noted.add((authorization, project))
        return True


EVERYBODY = Readers()
"""Reading needs no token."""


class Watchers:
    """Says who may see the figures: this machine itself, and tokens with the right.

    They tell how much is used, and so who has much to do: nothing for everybody.
    """

    def __init__(self, guard: Guard | None = None) -> None:
        """Take the guard that knows the tokens; None: there are none."""
        self._guard = guard

    def require(self, environ: "WSGIEnvironment") -> None:
        """Refuse who may not see them.

        :raises TokenNeededError: there is no token, and it comes from elsewhere.
        :raises NoRightError: the token's rights are others.
        """
        if _is_from_here(environ):
            return
        if self._guard is None:
            raise TokenNeededError(
                "these figures are shown on this machine only",
                hint="ask from the server's machine",
            )
        authorization = environ.get("HTTP_AUTHORIZATION")
        token = self._guard.holder(authorization, right="metrics")
        if not any(right.verb == "metrics" for right in token.rights):
            raise NoRightError(
                f"the token {token.name} has no right to see the figures",
                hint=_MAKE.format(right="metrics"),
            )


LOCAL_WATCHERS = Watchers()
"""Only this machine sees the figures."""


def has_right(token: Token, verb: Verb, project: NormalizedName) -> bool:
    """Tell whether a token allows something for a project."""
    return any(r.verb == verb and r.covers(project) for r in token.rights)


def is_named(token: Token, verb: Verb, project: NormalizedName) -> bool:
    """Tell whether a right of a token is for a project, and not just for all."""
    own = (right for right in token.rights if not right.is_for_all)
    return any(right.verb == verb and right.covers(project) for right in own)


def require_any(token: Token, verb: Verb) -> None:
    """Refuse a token that allows something for no project at all.

    :raises NoRightError: it is one.
    """
    if not any(right.verb == verb for right in token.rights):
        raise _no_right(token, verb, "any project")


def require_right(token: Token, verb: Verb, project: NormalizedName) -> None:
    """Refuse a token that does not allow something for a project.

    :raises NoRightError: it is one.
    """
    if not has_right(token, verb, project):
        raise _no_right(token, verb, project)


def _no_right(token: Token, verb: Verb, project: str) -> NoRightError:
    name = "PROJECT" if project == "any project" else project
    of = "all projects" if project == "*" else project
    return NoRightError(
        f"the token {token.name} has no right to {verb} for {of}",
        hint=_MAKE.format(right=f"{verb}:{name}"),
    )


def refuse_unsafe_write(environ: "WSGIEnvironment", *, is_plain_allowed: bool) -> None:
    """Refuse a write that a page elsewhere began, or that others on the way can read.

    :raises ForeignOriginError: a browser sends it for another site.
    :raises PlainHttpError: it comes over plain http, and not from this machine.
    """
    if _is_from_elsewhere(environ):
        raise ForeignOriginError(
            "a page of another site sends this: refused",
            hint="upload with twine or uv publish",
        )
    if not is_plain_allowed and _is_readable_on_the_way(environ):
        raise PlainHttpError(
            "a token over plain http can be read on the way: refused",
            hint="put TLS before the index; axletree serve --plain-http-uploads "
            "allows it where the network is trusted",
        )


def _is_from_elsewhere(environ: "WSGIEnvironment") -> bool:
    site = environ.get("HTTP_SEC_FETCH_SITE", "").lower()
    if site and site not in _OWN_SITES:
        return True
    origin = environ.get("HTTP_ORIGIN")
    if not origin:
        return False
    try:
        return urlsplit(origin).netloc != environ.get("HTTP_HOST")
    except ValueError:  # Brackets that hold no address.
        return True


def _is_readable_on_the_way(environ: "WSGIEnvironment") -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return False
    # A proxy on this machine says how it was asked; its word can only take away.
    said = environ.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip().lower()
    if said:
        return said != "https" or not is_loopback(environ)
    return not is_loopback(environ)


_HANDED_ON = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
    *("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP"),
)
"""What says that a proxy has asked for somebody else."""


def _is_from_here(environ: "WSGIEnvironment") -> bool:
    """Tell a request of this machine's own from one that a proxy on it hands on."""
    if not is_loopback(environ) or any(name in environ for name in _HANDED_ON):
        return False
    # Under another name it is a proxy's, or a page's that has changed where its name
    # leads to.
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:  # Brackets that hold no address.
        return False
    return host == "localhost" or is_loopback_address(host)


def _secret_in(authorization: str | None) -> str | None:
    kind, _, value = (authorization or "").partition(" ")
    value = value.strip()
    if kind.lower() == "bearer":
        return value or None
    if kind.lower() != "basic":
        return None
    try:
        _, colon, secret = base64.b64decode(value, validate=True).partition(b":")
        return (secret.decode().strip() or None) if colon else None
    except (binascii.Error, ValueError):
        return None
