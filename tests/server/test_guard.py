"""Tokens are found in requests, and writes from elsewhere are refused."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from packaging.utils import canonicalize_name

from axletree.server.answers.errors import (
    ForeignOriginError,
    NoRightError,
    PlainHttpError,
    TokenNeededError,
)
from axletree.server.guard import (
    Guard,
    refuse_unsafe_write,
    require_any,
    require_right,
)
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Token, digest_of_secret

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SECRET = "axletree-secret"  # noqa: S105  no secret: it opens nothing


class Source:
    """Tokens that a test changes."""

    def __init__(self) -> None:
        self.token = Token(
            name="ci",
            sha256=digest_of_secret(SECRET),
            rights=(Right.parse("upload:acme-*"),),
            made_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
        self.read = 0

    def tokens(self) -> list[Token]:
        self.read += 1
        return [self.token]


class Clock:
    """Seconds, and days, that a test lets pass."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.now = NOW


def basic(secret: str, user: str = "__token__") -> str:
    return f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def guard(source: Source, clock: Clock) -> Guard:
    return Guard(source, clock=lambda: clock.seconds, now=lambda: clock.now)


@pytest.mark.parametrize(
    "header",
    [basic(SECRET), basic(SECRET, "anybody"), f"Bearer {SECRET}", f"bearer  {SECRET} "],
)
def test_token_is_found(guard: Guard, source: Source, header: str) -> None:
    assert guard.holder(header) == source.token


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer ",
        "Digest x",
        basic("axletree-other"),
        basic(""),
    ],
)
def test_what_carries_no_token_of_ours_is_refused(
    guard: Guard, header: str | None
) -> None:
    with pytest.raises(TokenNeededError):
        guard.holder(header)


def test_revoked_token_opens_nothing_after_the_next_look(
    guard: Guard, source: Source, clock: Clock
) -> None:
    guard.holder(basic(SECRET))
    source.token = Token(
        name="ci",
        sha256=source.token.sha256,
        rights=source.token.rights,
        made_at=NOW,
        expires_at=None,
        revoked_at=NOW,
    )
    guard.holder(basic(SECRET))
    assert source.read == 1
    clock.seconds = 0.06
    with pytest.raises(TokenNeededError, match="ci was revoked on 2026-01-02"):
        guard.holder(basic(SECRET))


def test_token_expires_between_looks(guard: Guard, clock: Clock) -> None:
    guard.holder(basic(SECRET))
    clock.now = NOW + timedelta(days=1)
    with pytest.raises(TokenNeededError, match="ci expired on 2026-01-03"):
        guard.holder(basic(SECRET))


def test_rights_are_asked_by_verb_and_project(source: Source) -> None:
    require_any(source.token, "upload")
    require_right(source.token, "upload", canonicalize_name("acme-x"))
    with pytest.raises(NoRightError):
        require_right(source.token, "upload", canonicalize_name("numpy"))
    with pytest.raises(NoRightError):
        require_any(source.token, "replace-upstream")


LOCAL = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "HTTP_HOST": "pkgs"}
FAR = {**LOCAL, "REMOTE_ADDR": "10.0.0.7"}


@pytest.mark.parametrize(
    ("environ", "refused"),
    [
        (LOCAL, None),
        ({**LOCAL, "REMOTE_ADDR": "::1"}, None),
        ({**LOCAL, "REMOTE_ADDR": "::ffff:127.0.0.1"}, None),
        ({**LOCAL, "REMOTE_ADDR": "::ffff:10.0.0.7"}, PlainHttpError),
        (FAR, PlainHttpError),
        ({**FAR, "wsgi.url_scheme": "https"}, None),
        # What a stranger says of how it was asked gives nothing.
        ({**FAR, "HTTP_X_FORWARDED_PROTO": "https"}, PlainHttpError),
        ({**LOCAL, "HTTP_X_FORWARDED_PROTO": "https"}, None),
        ({**LOCAL, "HTTP_X_FORWARDED_PROTO": "http"}, PlainHttpError),
        ({**LOCAL, "HTTP_X_FORWARDED_PROTO": "https, http"}, PlainHttpError),
        ({**LOCAL, "REMOTE_ADDR": ""}, PlainHttpError),
        ({**LOCAL, "HTTP_ORIGIN": "http://pkgs"}, None),
        ({**LOCAL, "HTTP_ORIGIN": "https://evil.example"}, ForeignOriginError),
        ({**LOCAL, "HTTP_ORIGIN": "null"}, ForeignOriginError),
        ({**LOCAL, "HTTP_ORIGIN": "http://[::1"}, ForeignOriginError),
        ({**LOCAL, "HTTP_ORIGIN": "http://[pkgs]"}, ForeignOriginError),
        ({**LOCAL, "HTTP_SEC_FETCH_SITE": "same-origin"}, None),
        ({**LOCAL, "HTTP_SEC_FETCH_SITE": "cross-site"}, ForeignOriginError),
        ({**LOCAL, "HTTP_SEC_FETCH_SITE": "same-site"}, ForeignOriginError),
    ],
)
def test_writes_from_elsewhere_are_refused(
    environ: dict[str, str], refused: type[Exception] | None
) -> None:
    if refused is None:
        refuse_unsafe_write(environ, is_plain_allowed=False)
        return
    with pytest.raises(refused):
        refuse_unsafe_write(environ, is_plain_allowed=False)


def test_plain_http_is_taken_where_it_is_allowed() -> None:
    refuse_unsafe_write(FAR, is_plain_allowed=True)
