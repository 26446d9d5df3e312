"""Tokens: secrets of 256 random bits, of which only the SHA-256 is kept.

A secret is shown once, when it is made. What is compared is its hash, so that how long
a comparison takes says nothing of the secret.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import (
    InvalidRightError,
    InvalidTokenNameError,
    NoTokenError,
    TokenTakenError,
)
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, sound_rows

PREFIX = "axletree-"
"""So that people and scanners of secrets know one when they see it."""
USE_NOTED_EVERY = timedelta(hours=1)

_BYTES = 32
_is_name = re.compile(
    r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.IGNORECASE
).fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token."""

    name: str
    sha256: Sha256
    """Of its secret."""
    rights: tuple[Right, ...]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    """To the hour."""

    def state(self, now: datetime) -> Literal["valid", "expired", "revoked"]:
        """Tell whether it still opens anything."""
        if self.revoked_at is not None:
            return "revoked"
        is_over = self.expires_at is not None and self.expires_at <= now
        return "expired" if is_over else "valid"


def digest_of_secret(secret: str) -> Sha256:
    """Hash a secret, as it is kept."""
    return Sha256(hashlib.sha256(secret.encode()).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of a wheelhouse."""

    house: Wheelhouse
    clock: Callable[[], datetime] = utc_now

    def make(
        self, name: str, rights: Sequence[Right], expires_at: datetime | None
    ) -> tuple[Token, str]:
        """Make a token; returns it with its secret, which nobody can be told again.

        :raises InvalidTokenNameError: it cannot be called so.
        :raises TokenTakenError: one is called so, or was: the journal names it.
        """
        if not _is_name(name):
            raise InvalidTokenNameError(
                f"a token cannot be called {shown(name)}",
                hint="letters, digits, . _ and - make its name: ci-wheels",
            )
        secret = PREFIX + secrets.token_urlsafe(_BYTES)
        token = Token(
            name=name,
            sha256=digest_of_secret(secret),
            rights=tuple(dict.fromkeys(rights)),
            made_at=self.clock(),
            expires_at=expires_at,
        )
        with self.house.database.writing() as connection:
            if any(known.name == name for known in self._read(connection)):
                raise TokenTakenError(
                    f"there is a token {name}, or there was one",
                    hint="call the new one otherwise; axletree token list shows all",
                )
            connection.execute(insert(tables.tokens), _row(token))
            self._note(connection, "make token", name)
        return token, secret

    def all(self) -> tuple[Token, ...]:
        """List all that were ever made, in that order."""
        with self.house.database.reading() as connection:
            return self._read(connection)

    def revoke(self, name: str) -> Token:
        """Take all rights from a token, for good; returns it as it was.

        :raises NoTokenError: there is none of that name.
        """
        found = next((token for token in self.all() if token.name == name), None)
        if found is None:
            raise NoTokenError(
                f"there is no token {shown(name)}",
                hint="axletree token list shows their names",
            )
        if found.revoked_at is None:
            now = self.clock()
            with self.house.database.writing() as connection:
                named = update(tables.tokens).where(tables.tokens.c.name == name)
                connection.execute(named.values(revoked_at=now))
                self._note(connection, "revoke token", name)
        return found

    def note_use(self, token: Token) -> None:
        """Note that a token was used now, unless that was noted within the hour."""
        now = self.clock()
        if token.used_at is not None and now - token.used_at < USE_NOTED_EVERY:
            return
        named = update(tables.tokens).where(tables.tokens.c.name == token.name)
        with self.house.database.writing() as connection:
            connection.execute(named.values(used_at=now))

    def _read(self, connection: Connection) -> tuple[Token, ...]:
        query = select(tables.tokens).order_by(tables.tokens.c.id)
        with sound_rows(self.house.database.where):
            return tuple(map(_token, connection.execute(query).mappings()))

    def _note(
        self,
        connection: Connection,
        action: Literal["make token", "revoke token"],
        name: str,
    ) -> None:
        history.note(connection, action, [name], at=self.clock())


def by_digest(tokens: Iterable[Token]) -> Mapping[Sha256, Token]:
    """Map the digests of secrets to their tokens, also of those that open nothing now."""
    return {token.sha256: token for token in tokens}


def _row(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "sha256": token.sha256,
        "rights": json.dumps([str(right) for right in token.rights]),
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "used_at": token.used_at,
    }


def _token(row: RowMapping) -> Token:
    try:
        rights = tuple(map(Right.parse, json.loads(row["rights"])))
    except InvalidRightError as error:
        raise ValueError(row) from error
    return Token(
        name=as_text(row["name"]),
        sha256=Sha256(as_text(row["sha256"])),
        rights=rights,
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        used_at=row["used_at"],
    )
