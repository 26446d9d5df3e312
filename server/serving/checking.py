"""What `axletree serve` would be started with: each setting, and what is wrong with it.

Nothing is started: the address is taken for a moment, and the wheelhouse is opened as it
would be.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from axletree.errors import AxletreeError
from axletree.house_place import HousePlace
from axletree.late_dataclasses import dataclass
from axletree.server.answers.proxies import networks_of
from axletree.server.guard import AccessSettings
from axletree.server.serving.app import check_location, prefix_of
from axletree.server.serving.serve import (
    ServerSettings,
    allow_connections,
    reserved,
)
from axletree.sizes import size_words
from axletree.wheelhouse.access.rights import Verb
from axletree.wheelhouse.access.tokens import Token, Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.errors import ReadOnlyWheelhouseError
from axletree.wheelhouse.policy.reading import document_of
from axletree.wheelhouse.sql.database import check_writable
from axletree.wheelhouse.store.host import look_around

_login = re.compile(r"//[^/]*@")
WORKER_BYTES = 150 * 1024**2
"""What a worker may come to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A setting, and how it is."""

    name: str
    value: str
    problem: AxletreeError | None = None
    """With which the server would not start, or not answer."""
    note: str = ""
    """What it starts with, and may not be meant."""


def check_config(
    place: HousePlace,
    settings: ServerSettings,
    *,
    public_url: str,
    access: AccessSettings,
) -> tuple[Checked, ...]:
    """Check all settings, also after one that is wrong."""
    return (
        *_house(place, access),
        _tried("address", f"{settings.host}:{settings.port}", lambda: _take(settings)),
        _tried(
            "public url",
            _login.sub("//", public_url) or "what each request says",
            lambda: prefix_of(public_url),
        ),
        _tried(
            "trusted proxies",
            ", ".join(access.proxies) or "none",
            lambda: networks_of(access.proxies),
        ),
        _workers(settings),
        Checked(
            name="connections", value=f"{allow_connections()} at once in each worker"
        ),
        _plain_http(settings, access),
        Checked(name="access log", value=settings.access_log),
        Checked(
            name="figures",
            value="/metrics, for this machine and tokens with the right metrics",
        ),
    )


def exit_code(found: tuple[Checked, ...]) -> int:
    """Give what a start would end with; what the caller has said wrongly goes first."""
    codes = {each.problem.exit_code for each in found if each.problem is not None}
    return next((code for code in (2, 4, 3) if code in codes), min(codes, default=0))


def _tried(name: str, value: str, attempt: Callable[[], object]) -> Checked:
    try:
        attempt()
    except AxletreeError as error:
        return Checked(name=name, value=value, problem=error)
    return Checked(name=name, value=value)


def _take(settings: ServerSettings) -> None:
    with reserved(settings.host, settings.port):
        pass


def _house(place: HousePlace, access: AccessSettings) -> Iterator[Checked]:
    try:
        with Wheelhouse.open_to_read(place) as house:
            generation, tokens = house.generation(), Tokens(house=house).all()
            yield Checked(name="wheelhouse", value=f"{place}, generation {generation}")
            if place.files:
                yield _tried(
                    "files", place.files, lambda: next(house.files.blobs(), None)
                )
            yield _policy(house)
            yield _location(house, access)
    except AxletreeError as error:
        yield Checked(name="wheelhouse", value=str(place), problem=error)
        return
    valid = [token for token in tokens if token.state(utc_now()) == "valid"]
    yield _reading(valid, access)
    yield _uploads(place, valid, access)


def _policy(house: Wheelhouse) -> Checked:
    stored = house.policy()
    if stored is None:
        return Checked(name="policy", value="none")
    return _tried("policy", stored.name, lambda: document_of(stored))


def _location(house: Wheelhouse, access: AccessSettings) -> Checked:
    value = f"nginx, from {access.location}" if access.location else "this server"
    return _tried(
        "sending files", value, lambda: check_location(access.location, house)
    )


def _reading(tokens: list[Token], access: AccessSettings) -> Checked:
    if not access.needs_token_to_read:
        return Checked(name="reading", value="everybody")
    count = _with_right(tokens, "read")
    note = ""
    if not count:
        note = "nobody can read: axletree token make NAME --right read"
    return Checked(name="reading", value=f"tokens ({count} may)", note=note)


def _uploads(place: HousePlace, tokens: list[Token], access: AccessSettings) -> Checked:
    count = _with_right(tokens, "upload")
    most = access.max_file_bytes
    value = f"tokens ({count} may), files of up to {size_words(most)}"
    try:
        # In front of a bucket, only what is on its way in is here.
        check_writable(place.home if place.files else place.home / "files")
        free = shutil.disk_usage(_existing(place.home)).free
    except ReadOnlyWheelhouseError:
        note = "none can be taken: the wheelhouse can only be read" if count else ""
        return Checked(name="uploads", value=value, note=note)
    except OSError as error:
        note = f"none can be taken: {error.strerror}"
        return Checked(name="uploads", value=value, note=note)
    note = ""
    if count and free < most:
        note = f"the disk has room for {size_words(free)}, and a file may be larger"
    return Checked(name="uploads", value=value, note=note)


def _existing(home: Path) -> Path:
    """Give the folder, or the one that it will be made in."""
    return next(path for path in (home, *home.parents) if path.exists())


def _with_right(tokens: list[Token], verb: Verb) -> int:
    return sum(any(right.verb == verb for right in each.rights) for each in tokens)


def _workers(settings: ServerSettings) -> Checked:
    memory = look_around().memory_bytes
    note = ""
    if settings.workers * WORKER_BYTES > memory:
        note = (
            f"each may come to hold {size_words(WORKER_BYTES)}, and there are "
            f"{size_words(memory)}"
        )
    return Checked(name="workers", value=str(settings.workers), note=note)


def _plain_http(settings: ServerSettings, access: AccessSettings) -> Checked:
    if not access.is_plain_http_allowed:
        return Checked(name="uploads over plain http", value="from this machine only")
    note = ""
    if not _is_own(settings.host):
        note = "tokens can be read on the way"
    return Checked(name="uploads over plain http", value="from everywhere", note=note)


def _is_own(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
