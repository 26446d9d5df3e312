"""One entry of an index page into a `DistributionFile`, or why it is none.

What an index says is not trusted: an entry that cannot be read whole is left out by
itself, with the reason, and the others stay. boto3's page has 4,000 files, a
resolution reads 70,000, so this is the hot path of every cold run: no URL is parsed
whose origin was seen before, and nothing is looked at twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import unquote

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.variants_names import (
    BadVariantsNameError,
    is_variants_name,
    read_variants_name,
)
from axletree.resolver.model.bounds import (
    LONGEST_REQUIRES_PYTHON,
    LONGEST_URL,
)
from axletree.resolver.model.distribution import (
    NO_ADDRESS,
    DistributionFile,
    ExcludedFile,
    ListedVariants,
    Page,
)
from axletree.resolver.model.file_names import (
    FileKind,
    FileNames,
    RefusedName,
    SafeName,
    shown_name,
)
from axletree.wheelhouse.pages.links import Links
from axletree.wheelhouse.pages.values import (
    BadEntryError,
    are_digests,
    digests,
    metadata_hashes,
    named_digest,
    said_of_metadata,
    size_bytes,
    upload_time,
    yank_reason,
)

_NEVER = datetime.max.replace(tzinfo=UTC)
_SMALL = 1 << 40
"""Bytes up to which a size needs no second look."""
_SHORT_URL = 1_000
"""Characters up to which a link needs no second look."""
MOST_NAMED = 1_000
"""Files of one page that are left out by name; a page may have a million."""


_Get: TypeAlias = Callable[[str], object]


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
    address: None = None
    own_since: None = None
    provenance: str = ""


class PageEntries:
    """Gathers what the entries of one page are."""

    def __init__(
        self,
        project: NormalizedName,
        links: Links,
        *,
        is_plain: bool = False,
        until: datetime | None = None,
    ) -> None:
        """Begin with no entry.

        :param is_plain: every text of the page is known to be printable ASCII.
        :param until: what came then or later is passed over.
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
        self._variants: dict[str, ListedVariants] = {}
        self._unnamed = 0
        self._until = until
        self.hidden: list[str] = []
        """Names of what is passed over."""

    @property
    def is_torn(self) -> bool:
        """Tell whether a name stands in both parts, so that it takes all to know which."""
        hidden = set(self.hidden)
        return any(file.filename in hidden for file in self._files)

    def page(self) -> Page:
        """Return all that was gathered; of a name that is listed twice, the last."""
        files = self._files
        if not are_digests(self._unchecked):
            files = [file for file in map(self._checked, files) if file is not None]
        if len({file.filename for file in files}) != len(files):
            files = list(self._once(files))
        excluded = self._excluded
        if self._unnamed:
            name, reason = f"{self._unnamed} others", "they are no better"
            excluded = [*excluded, ExcludedFile(name=name, reason=reason)]
        return Page(
            project=self._project,
            files=tuple(files),
            excluded=tuple(excluded),
            variants=tuple(self._variants.values()),
        )

    def _checked(self, file: DistributionFile) -> DistributionFile | None:
        """Look at the hashes of one file, as some on the page are none."""
        try:
            digests(file.hashes)
        except BadEntryError as error:
            self._exclude(file.filename, str(error), file.upload_time)
            return None
        return replace(file, metadata_hashes=metadata_hashes(file.metadata_hashes))

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
                    file.upload_time,
                )

    def _exclude(
        self, name: str, reason: str, uploaded: datetime | None = None
    ) -> None:
        if len(self._excluded) < MOST_NAMED:
            excluded = ExcludedFile(
                name=shown_name(name), reason=reason, upload_time=uploaded
            )
            self._excluded.append(excluded)
        else:
            self._unnamed += 1

    def add_json(self, entries: Iterable[object]) -> None:
        """Take the entries of a JSON page. Source: PEP 691, PEP 700."""
        # One loop over local names: a call for each entry takes a tenth of its time.
        read, pythons, add = self._names.read, self._pythons, self._files.append
        for get, text, when in self._named(entries):
            name = read(text)
            if not isinstance(name, tuple):
                if name is not None:
                    self._exclude(text, name.reason, when)
                elif is_variants_name(text):
                    self._add_variants(text, get("url"), get("hashes"), when)
                continue
            filename, kind, version, build, tag = name
            link, hashes, size = get("url"), get("hashes"), get("size")
            python, yanked = get("requires-python"), get("yanked")
            metadata = get("core-metadata")
            if metadata is None:
                metadata = get("dist-info-metadata")
            try:
                draft = _Draft(
                    self._project,
                    filename,
                    version,
                    kind,
                    build,
                    tag,
                    # Most links begin as the one before; of few more must be known.
                    link
                    if link.__class__ is str
                    and link.startswith(self._plain_origin)
                    and len(link) < _SHORT_URL
                    and "@" not in link
                    and "#" not in link
                    else self._address(link),
                    self._sole_sha256(hashes) or digests(hashes),
                    pythons[python]
                    if python.__class__ is str and python in pythons
                    else self._python(python),
                    size
                    if size.__class__ is int and 0 < size < _SMALL
                    else size_bytes(size),
                    when,
                    yank_reason(yanked) if yanked else None,
                    (self._sole_sha256(metadata) or metadata_hashes(metadata))
                    if metadata
                    else None,
                )
            except BadEntryError as error:
                self._exclude(text, str(error), when)
                continue
            said = get("provenance")
            if said:
                draft.provenance = self._provenance(said)
            draft.__class__ = DistributionFile  # type: ignore[assignment] # see _Draft
            add(draft)  # type: ignore[arg-type] # it is one now

    def _named(
        self, entries: Iterable[object]
    ) -> Iterator[tuple[_Get, str, datetime | None]]:
        """Yield what reads an entry, its file name, and when it came; hide the late."""
        until, hides = self._until or _NEVER, self._hides
        for number, entry in enumerate(entries):
            text = entry.get("filename") if isinstance(entry, dict) else None
            if isinstance(entry, dict) and isinstance(text, str):
                when = upload_time(entry.get("upload-time"))
                if when is None or when < until or not hides(text):
                    yield entry.get, text, when
            else:
                self._exclude(f"entry {number}", _why_nameless(entry))

    def _sole_sha256(self, said: object) -> Mapping[str, str] | None:
        """Take one hash of the usual kind, which is looked at later with all others."""
        try:
            digest = said["sha256"]  # type: ignore[index]  # what it is for
            if len(said) != 1:  # type: ignore[arg-type]  # as above
                return None
        except (KeyError, TypeError):
            return None
        self._unchecked.append(digest)
        return said  # type: ignore[return-value]  # it is one

    def add_html(self, anchors: Iterable[Mapping[str, str]]) -> None:
        """Take the anchors of an HTML page. Source: PEP 503."""
        for anchor in anchors:
            link, _, fragment = anchor.get("href", "").partition("#")
            text = link.partition("?")[0].rpartition("/")[2]
            if "%" in text:
                text = unquote(text)
            when = upload_time(anchor.get("data-upload-time"))
            is_late = when is not None and when >= (self._until or _NEVER)
            if is_late and self._hides(text):
                continue
            try:
                self._add_html(anchor, text, link, fragment, when)
            except BadEntryError as error:
                self._exclude(text, str(error), when)

    def _hides(self, text: str) -> bool:
        """Pass over what came late, but for what may change: its time says little."""
        if is_variants_name(text):
            return False
        self.hidden.append(text)
        return True

    def _add_html(
        self,
        anchor: Mapping[str, str],
        text: str,
        link: str,
        fragment: str,
        when: datetime | None,
    ) -> None:
        name = self._names.read(text)
        if name is None:
            if is_variants_name(text):
                self._add_variants(text, link, named_digest(fragment), when)
            return
        if isinstance(name, RefusedName):
            raise BadEntryError(name.reason)
        filename, kind, version, build, tag = name
        hashes = named_digest(fragment)
        metadata = said_of_metadata(
            anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
        )
        draft = _Draft(
            self._project,
            filename,
            version,
            kind,
            build,
            tag,
            self._address(link),
            self._sole_sha256(hashes) or digests(hashes),
            self._python(anchor.get("data-requires-python")),
            None,
            when,
            anchor.get("data-yanked"),
            (self._sole_sha256(metadata) or metadata_hashes(metadata))
            if metadata
            else None,
        )
        draft.provenance = self._provenance(anchor.get("data-provenance", ""))
        self._files.append(_finished(draft))

    def _add_variants(
        self, text: str, link: object, hashes: object, when: datetime | None
    ) -> None:
        """Take a listing of variants; of a name that is listed twice, the last."""
        try:
            name = read_variants_name(text)
            found = ListedVariants(
                project=name.project,
                filename=name.filename,
                version=name.version,
                url=self._address(link),
                sha256=digests(hashes).get("sha256"),
                upload_time=when,
            )
        except (BadVariantsNameError, BadEntryError) as error:
            self._exclude(text, str(error))
            return
        if found.project == self._project:
            self._variants[found.filename] = found
        else:
            self._exclude(text, f"it is a file of {found.project}")

    def _provenance(self, link: object) -> str:
        """Read where attestations are; what is no address is told of by who wants them."""
        try:
            return self._address(link) if link else ""
        except BadEntryError as error:
            return f"{NO_ADDRESS}{error}"

    def _address(self, link: object) -> str:
        if not isinstance(link, str):
            raise BadEntryError("its url is not text")
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
            raise BadEntryError("its requires-python is not text") from None

    def _new_python(self, said: object) -> str | None:
        if not isinstance(said, str):
            raise BadEntryError("its requires-python is not text")
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


def _why_nameless(entry: object) -> str:
    is_object = isinstance(entry, dict)
    return "its filename is not text" if is_object else "it is not an object"
