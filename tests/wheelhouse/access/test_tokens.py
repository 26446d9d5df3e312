"""Tokens are kept as hashes, expire, and are revoked for good."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens, digest_of_secret
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import (
    DatabaseError,
    InvalidTokenNameError,
    NoTokenError,
    TokenTakenError,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
UPLOAD = (Right.parse("upload:acme-*"),)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Wheelhouse]:
    with Wheelhouse.open(tmp_path / "house") as house:
        yield house


@pytest.fixture
def tokens(house: Wheelhouse) -> Tokens:
    return Tokens(house=house, clock=lambda: NOW)


@pytest.mark.local
def test_secret_is_kept_nowhere(tokens: Tokens) -> None:
    token, secret = tokens.make("ci", UPLOAD, None)

    assert secret.startswith("axletree-")
    assert len(secret) > 50
    assert token.sha256 == digest_of_secret(secret)
    assert tokens.all() == (token,)
    folder = tokens.house.home
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert token.sha256.encode() in kept
    assert secret.encode() not in kept


def test_token_ends_by_itself(tokens: Tokens) -> None:
    token, _ = tokens.make("ci", UPLOAD, NOW + timedelta(days=1))

    assert token.state(NOW) == "valid"
    assert token.state(NOW + timedelta(days=1)) == "expired"


def test_token_is_revoked_for_good_and_its_name_stays_taken(tokens: Tokens) -> None:
    token, _ = tokens.make("ci", UPLOAD, None)

    assert tokens.revoke("ci") == token
    [revoked] = tokens.all()
    assert revoked.state(NOW) == "revoked"
    assert tokens.revoke("ci") == revoked
    with pytest.raises(TokenTakenError):
        tokens.make("ci", UPLOAD, None)
    with pytest.raises(NoTokenError):
        tokens.revoke("other")
    actions = [(e.action, e.subjects) for e in tokens.house.journal()]
    assert actions == [("make token", ("ci",)), ("revoke token", ("ci",))]


@pytest.mark.parametrize("name", ["", "a b", "-a", "a" * 65, "a\n", "é"])
def test_name_that_would_not_read_well_is_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(InvalidTokenNameError):
        tokens.make(name, UPLOAD, None)


def test_use_is_noted_once_an_hour(tokens: Tokens) -> None:
    token, _ = tokens.make("ci", UPLOAD, None)
    tokens.note_use(token)
    [used] = tokens.all()
    assert used.used_at == NOW

    soon = replace(tokens, clock=lambda: NOW + timedelta(minutes=59))
    soon.note_use(used)
    assert tokens.all() == (used,)
    later = replace(tokens, clock=lambda: NOW + timedelta(hours=1))
    later.note_use(used)
    assert tokens.all()[0].used_at == NOW + timedelta(hours=1)


def test_damaged_row_is_an_error_and_no_right(
    tokens: Tokens, house: Wheelhouse
) -> None:
    tokens.make("ci", UPLOAD, None)
    connection = sqlite3.connect(house.database.where)
    with connection:
        connection.execute("""UPDATE tokens SET rights = '["all"]'""")
    connection.close()

    with pytest.raises(DatabaseError, match="damaged"):
        tokens.all()
