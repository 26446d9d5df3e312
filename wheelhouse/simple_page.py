"""Index pages, JSON (PEP 691) and HTML (PEP 503) alike, into `Page` values.

boto3's page has 4,000 files, a resolution reads 70,000, so this is the hot path of
every cold run: one pass, no URL parsing where a prefix shows that none is needed, no
HTML parser (regular expressions that know quotes take a third of its time), and no
collector of cyclic garbage, of which there is none.
"""

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from packaging.utils import NormalizedName

from axletree.resolver.distribution import (
    DistributionFile,
    FileKind,
    Page,
    split_filename,
)
from axletree.wheelhouse.credentials import Credentials, printable
from axletree.wheelhouse.upstream_errors import NotAnIndexError

ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
)
JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPES = frozenset(
    {"application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml"}
)

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ATTRIBUTES = r"""((?:[^>"']|"[^"]*"|'[^']*')*)"""
_ANCHOR = re.compile(rf"<a\s{_ATTRIBUTES}>", re.IGNORECASE)
_BASE = re.compile(rf"<base\s{_ATTRIBUTES}>", re.IGNORECASE)
# What indexes and web servers write over a list, empty or not.
_LISTING = re.compile(r"\b(links for|index of)\b", re.IGNORECASE)
_META = re.compile(rf"<meta\s{_ATTRIBUTES}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][-a-z0-9_:]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""",
    re.IGNORECASE,
)


@dataclass(slots=True, eq=False)
class _Draft:
    """A `DistributionFile` while it is filled; same slots, so it can become one.

    The constructor of a frozen dataclass goes through `object.__setattr__` for each
    field, 4 µs a file; this way it is 0.8 (a fifth of a whole page's time).
    """

    project: NormalizedName
    filename: str
    version: str
    kind: FileKind
    build: str
    tag: str
    url: str
    hashes: Mapping[str, str]
    requires_python: str | None
    size_bytes: int | None
    upload_time: datetime | None
    yanked: str | None
    metadata_hashes: Mapping[str, str] | None
    index_rank: int = 0


def parse_page(
    project: NormalizedName,
    body: bytes,
    *,
    content_type: str,
    url: str,
    credentials: Credentials,
) -> Page:
    """Read a page in the form that `content_type` names; links are joined to `url`.

    Logins in links go to `credentials`.

    :raises NotAnIndexError: if this is no page of a Simple index of version 1.
    """
    kind = content_type.partition(";")[0].strip().lower()
    where = f"{project} at {printable(url)}"
    with without_collector():
        if kind == JSON_TYPE:
            files = _read_json(project, body, _Links(url, credentials), where)
        elif kind in HTML_TYPES:
            files = _read_html(project, body, url, credentials, where)
        else:
            raise NotAnIndexError(
                f"the answer is no index page, but {kind or 'of no type'}",
                where=where,
                hint="an index URL usually ends in /simple/",
            )
    return Page(project=project, files=tuple(files))


class _Links:
    """Makes links absolute and takes logins out of them."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        self._base = base
        self._folder = base.rpartition("/")[0] + "/"
        parts = urlsplit(base)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._credentials = credentials

    def absolute(self, link: str) -> str:
        if not link.startswith(("https://", "http://")):
            link = self._join(link)
        if "@" in link:
            link = self._credentials.detach(link)
        return link

    def _join(self, link: str) -> str:
        if link.startswith("//") or "./" in link:
            return urljoin(self._base, link)
        if link.startswith("/"):
            return self._origin + link
        if ":" in link or link.startswith("?"):
            return urljoin(self._base, link)
        return self._folder + link


def _read_json(
    project: NormalizedName, body: bytes, links: _Links, where: str
) -> list[DistributionFile]:
    try:
        document = orjson.loads(body)
        _check_version(document.get("meta", {}).get("api-version", "1.0"), where)
        return list(_json_files(project, document["files"], links))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAnIndexError(
            f"the index page cannot be read: {error!r}", where=where
        ) from error


def _json_files(
    project: NormalizedName,
    entries: Sequence[Mapping[str, object]],
    links: _Links,
) -> Iterator[DistributionFile]:
    # mypy cannot know what a page holds. Types are checked where a wrong one would
    # not show by itself.
    for entry in entries:
        get = entry.get
        filename = str(entry["filename"])
        parts = split_filename(project, filename)
        if parts is None:
            continue
        hashes, size = get("hashes"), get("size")
        metadata = get("core-metadata", get("dist-info-metadata"))
        yanked, python = get("yanked"), get("requires-python")
        draft = _Draft(
            project,
            filename,
            parts["version"],
            _kind(parts),
            parts.get("build", ""),
            parts.get("tag", ""),
            links.absolute(str(entry["url"]).partition("#")[0]),
            hashes if isinstance(hashes, dict) else {},
            str(python) if python else None,
            size if isinstance(size, int) else None,
            _time(get("upload-time")),
            (yanked if isinstance(yanked, str) else "") if yanked else None,
            (metadata if isinstance(metadata, dict) else {}) if metadata else None,
        )
        yield _finished(draft)


def _read_html(
    project: NormalizedName,
    body: bytes,
    url: str,
    credentials: Credentials,
    where: str,
) -> list[DistributionFile]:
    text = _COMMENT.sub("", body.decode("utf-8", "replace"))
    is_sure = _LISTING.search(text) is not None
    for match in _META.finditer(text):
        meta = _attributes(match[1])
        if meta.get("name", "").lower() == "pypi:repository-version":
            _check_version(meta.get("content", ""), where)
            is_sure = True
    base = _BASE.search(text)
    if base:
        url = urljoin(url, _attributes(base[1]).get("href", ""))
    links = _Links(url, credentials)
    anchors = (_attributes(match[1]) for match in _ANCHOR.finditer(text))
    files = list(_html_files(project, anchors, links))
    if not files and not is_sure:
        # A login page or a hotspot's: it must not pass for a project without files.
        raise NotAnIndexError("the answer is a page that lists no files", where=where)
    return files


def _html_files(
    project: NormalizedName, anchors: Iterable[Mapping[str, str]], links: _Links
) -> Iterator[DistributionFile]:
    for anchor in anchors:
        link, _, fragment = anchor.get("href", "").partition("#")
        filename = link.partition("?")[0].rpartition("/")[2]
        if "%" in filename:
            filename = unquote(filename)
        parts = split_filename(project, filename)
        if parts is None:
            continue
        metadata = anchor.get(
            "data-core-metadata", anchor.get("data-dist-info-metadata")
        )
        draft = _Draft(
            project,
            filename,
            parts["version"],
            _kind(parts),
            parts.get("build", ""),
            parts.get("tag", ""),
            links.absolute(link),
            _hashes(fragment),
            anchor.get("data-requires-python") or None,
            None,
            _time(anchor.get("data-upload-time")),
            anchor.get("data-yanked"),
            None if metadata in {None, "false"} else _hashes(metadata or ""),
        )
        yield _finished(draft)


def _finished(draft: _Draft) -> DistributionFile:
    draft.__class__ = DistributionFile  # type: ignore[assignment] # see _Draft
    return draft  # type: ignore[return-value] # it is one now


def _kind(parts: Mapping[str, str]) -> FileKind:
    return "wheel" if parts["kind"] == "wheel" else "sdist"


def _attributes(text: str) -> dict[str, str]:
    attributes = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        attributes[name.lower()] = unescape(value) if "&" in value else value
    return attributes


def _hashes(text: str) -> dict[str, str]:
    """Read `sha256=…`; anything else (`true`) holds no hash."""
    for part in text.split("&"):
        algorithm, is_there, digest = part.partition("=")
        if is_there and algorithm in {"sha256", "sha384", "sha512", "md5", "sha1"}:
            return {algorithm: digest}
    return {}


def _time(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _check_version(version: str, where: str) -> None:
    """Refuse what a newer protocol may mean otherwise. Source: PEP 629."""
    if version.partition(".")[0] != "1":
        raise NotAnIndexError(
            f"the index speaks version {version} of the protocol, we speak 1",
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
