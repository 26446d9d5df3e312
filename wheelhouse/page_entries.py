"""One entry of an index page into a `DistributionFile`, or why it is none.

What an index says is not trusted: an entry that cannot be read whole is left out by
itself, with the reason, and the others stay. boto3's page has 4,000 files, a
resolution reads 70,000, so this is the hot path of every cold run: no URL is parsed
whose origin was seen before, and nothing is looked at twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import IPv6Address
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import NormalizedName

from axletree.resolver.bounds import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONGEST_REQUIRES_PYTHON,
    LONGEST_URL,
)
from axletree.resolver.distribution import DistributionFile, ExcludedFile, Page
from axletree.resolver.file_names import (
    FileKind,
    FileNames,
    RefusedName,
    SafeName,
    shown_name,
)
from axletree.wheelhouse.credentials import Credentials

_DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64, "md5": 16, "sha1": 20}
_MOST_BYTES = 1 << 53
"""JSON's numbers are exact up to here."""
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[([0-9a-f:.]{2,45})\])(?::([0-9]{1,5}))?", re.IGNORECASE
)
_LAST_PORT = 65_535
_NO_HASHES: Mapping[str, str] = {}


_SHORT_URL = 1_000


class BadEntryError(ValueError):
    """An entry that is left out; the message is the reason, one clause."""


@dataclass(slots=True, eq=False)
class _Draft:
    """A `DistributionFile` while it is filled; same slots, so it can become one.

    The constructor of a frozen dataclass goes through `object.__setattr__` for each
    field, 4 µs a file; this way it is 0.8 (a fifth of a whole page's time).
    """

    project: NormalizedName
    filename: SafeName
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


class Links:
    """Makes links absolute, takes logins out of them, and refuses foreign schemes."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        """Join links to `base`.

        :raises ValueError: it is no URL.
        """
        self._base = base
        self._folder = base.rpartition("/")[0] + "/"
        parts = urlsplit(base)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._credentials = credentials
        self._fine: set[str] = set()

    def absolute(self, link: str) -> str:
        """Return a link's address.

        :raises BadEntryError: it is none, or not of http or https.
        """
        if not link.startswith(("https://", "http://")):
            link = self._join(link)
        if "@" in link:
            link = self._without_login(link)
        end = link.find("/", 8)
        origin = link[:end] if end > 0 else link
        if origin not in self._fine:
            self._check_origin(origin)
        return link

    def _join(self, link: str) -> str:
        if link.startswith("//") or "./" in link or ":" in link or link[:1] == "?":
            try:
                return urljoin(self._base, link)
            except ValueError:
                raise BadEntryError(_no_address(link)) from None
        if link.startswith("/"):
            return self._origin + link
        return self._folder + link

    def _without_login(self, link: str) -> str:
        try:
            return self._credentials.detach(link)
        except ValueError:
            raise BadEntryError("its URL is no address") from None

    def _check_origin(self, origin: str) -> None:
        match = _ORIGIN.fullmatch(origin)
        if match is None or int(match[2] or 0) > _LAST_PORT:
            raise BadEntryError(_no_address(origin))
        if match[1]:
            try:
                IPv6Address(match[1])
            except ValueError:
                raise BadEntryError(_no_address(origin)) from None
        self._fine.add(origin)


def _no_address(link: str) -> str:
    return f"its URL is no address of http or https: {shown_name(link)}"


class PageEntries:
    """Gathers what the entries of one page are."""

    def __init__(
        self, project: NormalizedName, links: Links, *, is_plain: bool = False
    ) -> None:
        """Begin with no entry.

        :param is_plain: every text of the page is known to be printable ASCII.
        """
        self._project = project
        self._links = links
        self._is_plain = is_plain
        self._names = FileNames(project)
        # Few distinct ones on a page.
        self._pythons: dict[object, str | None] = {"": None, None: None}
        self._unchecked: list[object] = []
        # No link begins so.
        self._plain_origin = "\n"
        self._files: list[DistributionFile] = []
        self._excluded: list[ExcludedFile] = []

    def page(self) -> Page:
        """Return all that was gathered; of a name that is listed twice, the last."""
        files = self._files
        if not _are_digests(self._unchecked):
            files = [file for file in map(self._checked, files) if file is not None]
        if len({file.filename for file in files}) != len(files):
            files = list(self._once(files))
        return Page(
            project=self._project, files=tuple(files), excluded=tuple(self._excluded)
        )

    def _checked(self, file: DistributionFile) -> DistributionFile | None:
        """Look at the hashes of one file, as some on the page are none."""
        try:
            digests(file.hashes)
        except BadEntryError as error:
            self._exclude(file.filename, str(error))
            return None
        return replace(file, metadata_hashes=_metadata_hashes(file.metadata_hashes))

    def _once(self, files: Iterable[DistributionFile]) -> Iterator[DistributionFile]:
        """Yield one file of each name: the last, as pip takes it."""
        last = {file.filename: file for file in files}
        for file in files:
            chosen = last[file.filename]
            if file is chosen:
                yield file
            elif file.hashes != chosen.hashes:
                self._exclude(
                    file.filename,
                    "it is listed twice, with other hashes: the last one counts",
                )

    def _exclude(self, name: str, reason: str) -> None:
        self._excluded.append(ExcludedFile(name=shown_name(name), reason=reason))

    def add_json(self, entries: Iterable[object]) -> None:
        """Take the entries of a JSON page. Source: PEP 691, PEP 700."""
        for number, entry in enumerate(entries):
            try:
                self._add_json(entry)
            except BadEntryError as error:
                self._exclude(_name_of(entry, number), str(error))

    def _add_json(self, entry: object) -> None:
        if not isinstance(entry, dict):
            raise BadEntryError("it is no object")
        get = entry.get
        text = get("filename")
        if not isinstance(text, str):
            raise BadEntryError("its filename is no text")
        name = self._names.read(text)
        if name is None:
            return
        if isinstance(name, RefusedName):
            raise BadEntryError(name.reason)
        filename, kind, version, build, tag = name
        link, python, yanked = get("url"), get("requires-python"), get("yanked")
        metadata = get("core-metadata")
        if metadata is None:
            metadata = get("dist-info-metadata")
        draft = _Draft(
            self._project,
            filename,
            version,
            kind,
            build,
            tag,
            # Most links begin as the one before; of few more needs to be known.
            link
            if link.__class__ is str
            and link.startswith(self._plain_origin)
            and len(link) < _SHORT_URL
            and "@" not in link
            and "#" not in link
            else self._address(link),
            self._hashes(get("hashes")),
            self._python(python) if python else None,
            _size(get("size")),
            _time(get("upload-time")),
            (yanked if isinstance(yanked, str) else "") if yanked else None,
            self._metadata_hashes(metadata) if metadata else None,
        )
        self._files.append(_finished(draft))

    def _hashes(self, said: object) -> Mapping[str, str]:
        return said if self._is_sha256(said) else digests(said)  # type: ignore[return-value]  # it is

    def _metadata_hashes(self, said: object) -> Mapping[str, str] | None:
        return said if self._is_sha256(said) else _metadata_hashes(said)  # type: ignore[return-value]  # it is

    def _is_sha256(self, said: object) -> bool:
        """Tell whether there is one hash, of the usual kind; it is looked at later."""
        try:
            digest = said["sha256"]  # type: ignore[index]  # what it is for
            is_one = len(said) == 1  # type: ignore[arg-type]  # as above
        except (KeyError, TypeError):
            return False
        if is_one:
            self._unchecked.append(digest)
        return is_one

    def add_html(self, anchors: Iterable[Mapping[str, str]]) -> None:
        """Take the anchors of an HTML page. Source: PEP 503."""
        for anchor in anchors:
            link, _, fragment = anchor.get("href", "").partition("#")
            text = link.partition("?")[0].rpartition("/")[2]
            if "%" in text:
                text = unquote(text)
            try:
                self._add_html(anchor, text, link, fragment)
            except BadEntryError as error:
                self._exclude(text, str(error))

    def _add_html(
        self, anchor: Mapping[str, str], text: str, link: str, fragment: str
    ) -> None:
        name = self._names.read(text)
        if name is None:
            return
        if isinstance(name, RefusedName):
            raise BadEntryError(name.reason)
        filename, kind, version, build, tag = name
        metadata = anchor.get(
            "data-core-metadata", anchor.get("data-dist-info-metadata")
        )
        draft = _Draft(
            self._project,
            filename,
            version,
            kind,
            build,
            tag,
            self._address(link),
            _named_digest(fragment),
            self._python(anchor.get("data-requires-python")),
            None,
            _time(anchor.get("data-upload-time")),
            anchor.get("data-yanked"),
            _metadata_hashes(_said_of_metadata(metadata)),
        )
        self._files.append(_finished(draft))

    def _address(self, link: object) -> str:
        if not isinstance(link, str):
            raise BadEntryError("its url is no text")
        if "#" in link:
            link = link.partition("#")[0]
        if len(link) > LONGEST_URL:
            raise BadEntryError(f"its URL has over {LONGEST_URL} characters")
        if not (self._is_plain or link.isprintable()):
            raise BadEntryError("its URL holds control characters")
        url = self._links.absolute(link)
        if self._is_plain:
            self._plain_origin = url[: url.find("/", 8)] + "/"
        return url

    def _python(self, text: object) -> str | None:
        try:
            return self._pythons[text]
        except KeyError:
            return self._new_python(text)
        except TypeError:
            raise BadEntryError("its requires-python is no text") from None

    def _new_python(self, said: object) -> str | None:
        if not isinstance(said, str):
            raise BadEntryError("its requires-python is no text")
        text = said.strip()
        if len(text) > LONGEST_REQUIRES_PYTHON:
            raise BadEntryError(
                f"its requires-python has over {LONGEST_REQUIRES_PYTHON} characters"
            )
        if not text.isprintable():
            raise BadEntryError("its requires-python holds control characters")
        self._pythons[said] = text or None
        return text or None


def _finished(draft: _Draft) -> DistributionFile:
    draft.__class__ = DistributionFile  # type: ignore[assignment] # see _Draft
    return draft  # type: ignore[return-value] # it is one now


def _name_of(entry: object, number: int) -> str:
    name = entry.get("filename") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else f"entry {number}"


def _are_digests(texts: Sequence[object]) -> bool:
    """Tell whether all of many texts are SHA-256 digests, in a tenth of the time."""
    try:
        together = bytes.fromhex("".join(texts))  # type: ignore[arg-type]  # what it is for
        # Which skips spaces, so all lengths count.
        return len(together) == 32 * len(texts) and set(map(len, texts)) <= {64}  # type: ignore[arg-type]  # as above
    except (TypeError, ValueError):
        return False


def digests(hashes: object) -> Mapping[str, str]:
    """Take the hashes of kinds that we know.

    :raises BadEntryError: one of them is none.
    """
    try:
        digest = hashes["sha256"]  # type: ignore[index]  # what it is for
        if len(hashes) == 1 and len(bytes.fromhex(digest)) * 2 == len(digest) == 64:  # type: ignore[arg-type]  # as above
            return hashes  # type: ignore[return-value]  # it is
    except (KeyError, TypeError, ValueError):
        pass
    if not isinstance(hashes, dict | None):
        raise BadEntryError("its hashes are no object")
    said = hashes or {}
    known = {kind: said[kind] for kind in _DIGEST_BYTES if kind in said}
    for kind, digest in known.items():
        if not is_digest(kind, digest):
            raise BadEntryError(f"its {kind} is no hash of that kind")
    return known


def is_digest(kind: str, digest: object) -> bool:
    """Tell whether a text is a hash of a kind that we know."""
    try:
        # `fromhex` skips spaces, so both lengths count.
        length = len(digest)  # type: ignore[arg-type]  # what it is for
        return length == 2 * _DIGEST_BYTES[kind] == 2 * len(bytes.fromhex(digest))  # type: ignore[arg-type]  # as above
    except (KeyError, TypeError, ValueError):
        return False


def _named_digest(text: str) -> Mapping[str, str]:
    """Read `sha256=…`; anything else (`true`) holds no hash.

    :raises BadEntryError: it names a kind, and has no hash of it.
    """
    for part in text.split("&"):
        kind, is_there, digest = part.partition("=")
        if is_there and kind in _DIGEST_BYTES:
            return digests({kind: digest})
    return _NO_HASHES


def _said_of_metadata(text: str | None) -> object:
    """Bring an attribute into the form that JSON has."""
    if text is None or text == "false":
        return None
    kind, is_there, digest = text.partition("=")
    return {kind: digest} if is_there else True


def _metadata_hashes(said: object) -> Mapping[str, str] | None:
    """Return None where nothing is offered, or what is offered cannot be checked."""
    if said is True:
        return _NO_HASHES
    if not isinstance(said, dict):
        return None
    try:
        return digests(said)
    except BadEntryError:
        return None


def _size(said: object) -> int | None:
    # A bool is an int to Python, not to JSON.
    if said.__class__ is int and 0 <= said <= _MOST_BYTES:
        return said
    if said is None:
        return None
    raise BadEntryError("its size is no number of bytes")


def _time(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        if not EARLIEST_YEAR < time.year < LATEST_YEAR:
            return None
    except ValueError:
        return None
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
