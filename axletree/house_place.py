"""Where a wheelhouse is: in a folder of this machine, or in a database and a bucket.

Its folder is there in any case, for what is on its way in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATABASE_FORM = "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
FILES_FORM = "s3://BUCKET/PREFIX"
_SCHEMES = frozenset({"postgresql+psycopg", "postgresql", "postgres"})
_is_scheme = re.compile(r"[a-z][a-z0-9+]*").fullmatch
_is_host = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::[0-9]{1,5})?"
).fullmatch
_is_bucket = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]").fullmatch
_is_prefix = re.compile(r"[A-Za-z0-9!_.*'()/-]*").fullmatch
"""What S3 calls safe. Source: Amazon S3 user guide, "Naming Amazon S3 objects"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePlace:
    """Names a wheelhouse, and all that is needed to reach it."""

    home: Path
    database: str = field(default="", repr=False)
    """A URL, maybe with a login; empty: a file in the folder."""
    files: str = ""
    """A URL; empty: in the folder."""
    aws: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables AWS_…, by which a bucket is reached."""

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether something of it is not in the folder."""
        return bool(self.database or self.files)

    def __str__(self) -> str:
        """Name it for people, without any login."""
        parts = [
            address_of(self.database) if self.database else "",
            self.files or (str(self.home) if not self.database else ""),
        ]
        if self.files and not self.database:
            parts[0] = str(self.home)
        return " with ".join(filter(None, parts))


def place_at(place: "Path | HousePlace") -> HousePlace:
    """Take a folder for a place."""
    return HousePlace(home=place) if isinstance(place, Path) else place


def check_database(url: str) -> None:
    """Refuse what names no database.

    :raises ValueError: saying what is wrong, without the URL, which may hold a password.
    """
    scheme, _, rest = url.partition("://")
    login, _, where = _split(rest)
    if scheme not in _SCHEMES:
        raise ValueError(
            f"must be such as {DATABASE_FORM}, not of the kind {scheme[:20]!r}"
            if rest and _is_scheme(scheme)
            else f"must be such as {DATABASE_FORM}"
        )
    host, _, name = where.partition("/")
    if "@" in login:
        raise ValueError("has an @ in its password: write %40 for it")
    if not _is_host(host):
        raise ValueError(f"must be such as {DATABASE_FORM}")
    if not name:
        raise ValueError(f"names no database: it must be such as {DATABASE_FORM}")


def _split(rest: str) -> tuple[str, str, str]:
    """Split what follows the scheme into login, `@`, and host with the name.

    Whatever stands before the last `@` may be of a password, as SQLAlchemy reads it.
    """
    login, at, where = rest.rpartition("@")
    return login, at, where.partition("?")[0]


def check_files(url: str) -> None:
    """Refuse what names no bucket.

    :raises ValueError: saying what is wrong.
    """
    scheme, _, rest = url.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3":
        raise ValueError(f"must be such as {FILES_FORM}")
    if not _is_bucket(bucket):
        raise ValueError(f"must name a bucket, such as {FILES_FORM}")
    steps = prefix.strip("/").split("/")
    if not _is_prefix(prefix) or (prefix.strip("/") and {"", ".", ".."} & set(steps)):
        raise ValueError(
            f"must be such as {FILES_FORM}, with a prefix of letters, digits and -_."
        )


def address_of(url: str) -> str:
    """Give a database's URL without its login and its options."""
    return f"postgresql://{_split(url.partition('://')[2])[2]}"
