"""Index pages, JSON (PEP 691) and HTML (PEP 503) alike, into `Page` values.

One pass, and no collector of cyclic garbage, of which there is none. As of a day most of
a page is hidden, and is not read before somebody looks at it.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

import orjson
from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import ExcludedFile, Page
from axletree.wheelhouse.pages.entries import PageEntries
from axletree.wheelhouse.pages.html import read_tags
from axletree.wheelhouse.pages.late import late_page
from axletree.wheelhouse.pages.links import Links
from axletree.wheelhouse.pages.size import (
    MOST_FILES,
    check_html_size,
    check_json_size,
)
from axletree.wheelhouse.pages.values import project_status
from axletree.wheelhouse.transport.credentials import (
    Credentials,
    printable,
)
from axletree.wheelhouse.transport.errors import NotAnIndexError

ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
)
JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPES = frozenset(
    {"application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml"}
)

# What indexes and web servers write over a list, empty or not.
_LISTING = re.compile(r"\b(links for|index of)\b", re.IGNORECASE)
_STATUS = ("pypi:project-status", "pypi:project-status-reason")
"""Names of the tags that say how a project is, and why. Source: PEP 792."""
_MOST_SHOWN = 100
"""Characters of what an index says that a message shows."""


def parse_page(  # noqa: PLR0913  one argument for each part of an answer
    project: NormalizedName,
    body: bytes,
    *,
    content_type: str,
    url: str,
    credentials: Credentials,
    until: datetime | None = None,
) -> Page:
    """Read a page in the form that `content_type` names; links are joined to `url`.

    Logins in links go to `credentials`.

    :param until: files that came then or later are read when somebody looks at them.
    :raises NotAnIndexError: if this is no page of a Simple index of version 1.
    :raises TooLargeError: if it would take too much memory.
    """
    answer = _Answer(
        project=project,
        body=body,
        kind=content_type.partition(";")[0].strip().lower(),
        url=url,
        credentials=credentials,
        where=f"{project} at {printable(url)}",
    )
    with without_collector():
        found = _read(answer, until)
        if found.is_torn:
            found = _read(answer, None)
    if until is None or not found.hides:
        return found.page
    return late_page(found.page, until, lambda: _read_whole(answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came from an index."""

    project: NormalizedName
    body: bytes
    kind: str
    """Its media type."""
    url: str
    credentials: Credentials
    where: str


class _Found(NamedTuple):
    """What it says."""

    page: Page
    hides: bool = False
    """It lists more."""
    is_torn: bool = False
    """All of it must be read to know what counts."""


def _read_whole(answer: _Answer) -> Page:
    with without_collector():
        return _read(answer, None).page


def _read(answer: _Answer, until: datetime | None) -> _Found:
    if answer.kind == JSON_TYPE:
        return _read_json(answer, until)
    if answer.kind in HTML_TYPES:
        return _read_html(answer, until)
    kind = ascii(answer.kind[:_MOST_SHOWN]) or "of no type"
    raise NotAnIndexError(
        f"the answer is not an index page, but {kind}",
        where=answer.where,
        hint="an index URL usually ends in /simple/",
    )


def _read_json(answer: _Answer, until: datetime | None) -> _Found:
    body, where = answer.body, answer.where
    check_json_size(body, where)
    document = _load(body, where)
    meta, files = document.get("meta", {}), document.get("files")
    if not isinstance(meta, dict) or not isinstance(files, list):
        raise NotAnIndexError(
            "the index page cannot be read: its meta is not an object, or its files are "
            "not an array",
            where=where,
        )
    _check_version(meta.get("api-version", "1.0"), where)
    is_plain = body.isascii() and b"\\" not in body and b"\x7f" not in body
    entries = PageEntries(
        answer.project,
        Links(answer.url, answer.credentials),
        is_plain=is_plain,
        until=until if len(files) <= MOST_FILES else None,
    )
    entries.add_json(files)
    said = document.get("project-status")
    status = said if isinstance(said, dict) else {}
    return _found(entries, status.get("status"), status.get("reason"))


def _found(entries: PageEntries, marker: object, reason: object) -> _Found:
    page = _with_status(entries.page(), marker, reason)
    return _Found(page, hides=bool(entries.hidden), is_torn=entries.is_torn)


def _with_status(page: Page, marker: object, reason: object) -> Page:
    """Add what is said of the project; of a quarantined one no file is chosen."""
    status = project_status(marker, reason)
    if status is None:
        return page
    if status[0] != "quarantined":
        return replace(page, status=status)
    because = f": {status[1]}" if status[1] else ""
    all_of_it = ExcludedFile(
        name="all its files", reason=f"the project is quarantined{because}"
    )
    return replace(page, files=(), excluded=(all_of_it,), status=status, variants=())


def _load(body: bytes, where: str) -> dict[object, object]:
    try:
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            # pip reads it so, which knows NaN, lone surrogates and byte order marks:
            # they may stand in one entry, and the others are to be had.
            import json  # noqa: PLC0415  late: hardly any page needs it

            document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnIndexError(
            f"the index page cannot be read: {str(error)[:_MOST_SHOWN]}", where=where
        ) from error
    if not isinstance(document, dict):
        raise NotAnIndexError(
            "the index page cannot be read: it is not an object", where=where
        )
    return document


def _read_html(answer: _Answer, until: datetime | None) -> _Found:
    url, where = answer.url, answer.where
    check_html_size(answer.body, where)
    text = answer.body.decode("utf-8", "replace")
    is_sure = _LISTING.search(text) is not None
    base = url
    anchors = []
    said: dict[str, str] = {}
    for name, attributes in read_tags(text):
        if name == "a":
            anchors.append(attributes)
        elif name == "meta":
            meta = attributes.get("name", "").lower()
            if meta in _STATUS:
                said[meta] = attributes.get("content", "")
            if meta == "pypi:repository-version":
                _check_version(attributes.get("content", ""), where)
                is_sure = True
        elif base == url:
            base = attributes.get("href", "")
    try:
        links = Links(urljoin(url, base), answer.credentials)
    except ValueError:
        raise NotAnIndexError("its <base> is no address", where=where) from None
    until = until if len(anchors) <= MOST_FILES else None
    entries = PageEntries(answer.project, links, until=until)
    entries.add_html(anchors)
    found = _found(entries, *map(said.get, _STATUS))
    page = found.page
    is_empty = not (page.files or page.excluded or page.variants)
    if is_empty and not is_sure and found.hides:
        return found._replace(is_torn=True)
    if is_empty and not is_sure:
        # A login page or a hotspot's: it must not pass for a project without files.
        raise NotAnIndexError("the answer is a page that lists no files", where=where)
    return found


def _check_version(version: object, where: str) -> None:
    """Refuse what a newer protocol may mean otherwise. Source: PEP 629."""
    said = str(version)
    if said.partition(".")[0] != "1":
        raise NotAnIndexError(
            f"the index speaks version {ascii(said[:_MOST_SHOWN])[1:-1]} of the "
            "protocol, and Axletree speaks 1",
            where=where,
        )


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector off while pages are read."""
    # A page makes thousands of objects and no cycle: looking for some takes a third of
    # the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
