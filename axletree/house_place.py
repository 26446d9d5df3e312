"""Where a wheelhouse is: in a folder of this machine, or in a database and a bucket.

Its folder is there in any case, for what is on its way in.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from urllib.parse import urlsplit

from axletree.late_dataclasses import dataclass

DATABASE_FORM = "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
FILES_FORM = "s3://BUCKET/PREFIX"
ENDPOINT_FORM = "https://HOST:PORT"
_SCHEMES = frozenset({"postgresql+psycopg", "postgresql", "postgres"})
_is_broken = re.compile(r"[\s\x00-\x1f\x7f]").search
_is_scheme = re.compile(r"[a-z][a-z0-9+]*").fullmatch
_is_host = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::[0-9]{1,5})?"
).fullmatch
_is_bucket = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]").fullmatch
_is_prefix = re.compile(r"[A-Za-z0-9!_.*'()/-]*").fullmatch
"""What S3 calls safe. Source: Amazon S3 user guide, "Naming Amazon S3 objects"."""
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_is_region = re.compile(r"[A-Za-z0-9_-]*").fullmatch


class AwsVariableError(ValueError):
    """A variable by which no bucket can be reached."""

    def __init__(self, variable: str, what: str) -> None:
        """Name it, and say what is wrong with it."""
        super().__init__(what)
        self.variable = variable


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
    if _is_broken(url):
        raise ValueError("holds spaces or line breaks")
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


def check_aws(aws: Mapping[str, str]) -> None:
    """Refuse variables by which no bucket can be reached.

    :raises AwsVariableError: naming one, without what it holds.
    """
    for name in (*_KEYS, "AWS_SESSION_TOKEN"):
        text = aws.get(name, "")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise AwsVariableError(
                name, "holds spaces, line breaks or letters that no key has"
            )
    given = [name for name in _KEYS if aws.get(name)]
    if len(given) == 1:
        lacking = next(name for name in _KEYS if name != given[0])
        raise AwsVariableError(lacking, f"is not set, and {given[0]} is")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if not _is_region(aws.get(name, "")):
            raise AwsVariableError(name, "must be such as us-east-1")
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if aws.get(name) and not _is_endpoint(aws[name]):
            raise AwsVariableError(
                name, f"must be such as {ENDPOINT_FORM}, without a login"
            )


def _is_endpoint(url: str) -> bool:
    if _is_broken(url) or not url.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if parts.query or parts.fragment or not url.isascii():
        return False
    return bool(parts.hostname and _is_host(parts.netloc))


def address_of(url: str) -> str:
    """Give a database's URL without its login and its options."""
    return f"postgresql://{_split(url.partition('://')[2])[2]}"
