"""What the wheelhouse keeps: files with their digests, and finished collections."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Literal, NewType, TypeAlias, get_args

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import (
    FileKind,
    SafeName,
)
from axletree.wheelhouse.errors import WheelhouseError, WrongHashError
from axletree.wheelhouse.gate import Kind

Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits."""

Strictness: TypeAlias = Literal["strict", "lenient"]
"""Lenient: what a public index already published with harmless flaws may enter."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def parse_sha256(text: str) -> Sha256:
    """Accept 64 hexadecimal digits in either case.

    :raises WrongHashError: it is anything else.
    """
    lowered = text.lower()
    if not _SHA256.fullmatch(lowered):
        raise WrongHashError(f"{text!r} is not a SHA-256 digest")
    return Sha256(lowered)


COLLECTED = "collect"
"""The origin of what a collect brings."""
BUILT_FROM = "built from "
"""Begins the origin of what a collect builds from an sdist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One published distribution file."""

    project: NormalizedName
    version: str
    """As spelled in the file name."""
    filename: SafeName
    kind: FileKind
    tag: str = ""
    """Compressed tag set of a wheel, as spelled in the file name."""
    build: str = ""
    """Build tag of a wheel, or empty."""
    sha256: Sha256
    size_bytes: int
    requires_python: str | None = None
    upload_time: datetime | None = None
    """When it appeared upstream, or the time of its source; aware, UTC."""
    entered_at: datetime
    """When it was published here; aware, UTC."""
    yanked: str | None = None
    """None: not yanked. Else the reason, which may be empty."""
    origin: str
    """Where it came from, for people: `collect`, `add`, `upload`, a recipe's name."""
    metadata_sha256: Sha256 | None = None
    """None for an sdist whose requirements are only known after building it."""
    generation: int
    """The first generation that has it."""
    withdrawn: str | None = None
    """None: not withdrawn. Else the reason for which no door gives it out."""
    withdrawn_since: int | None = None
    """The generation that withdrew it."""
    provenance_sha256: Sha256 | None = None
    """Of the attestations that its index gives along (PEP 740); None: there are none."""

    def is_withdrawn_in(self, generation: int | None) -> bool:
        """Tell whether a generation has it withdrawn; None: the newest."""
        since = self.withdrawn_since
        return since is not None and (generation is None or since <= generation)

    @property
    def is_from_upstream(self) -> bool:
        """Tell whether it was collected, or built from what was."""
        return self.origin == COLLECTED or self.origin.startswith(BUILT_FROM)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsFile:
    """What a listing of variants held in some generations (PEP 825)."""

    number: int = 0
    """Its row; 0: it has none yet."""
    project: NormalizedName
    version: str
    """Normalised."""
    filename: SafeName
    since: int
    until: int | None = None
    """The first generation that lists it no more, or something else by its name."""
    sha256: Sha256
    size_bytes: int
    upload_time: datetime | None = None
    """When its index says that it came there; aware, UTC."""
    entered_at: datetime
    """Aware, UTC."""
    origin: str
    """As of a file."""
    withdrawn: str | None = None
    """None: not withdrawn. Else the reason for which no door gives it out."""
    withdrawn_since: int | None = None

    def is_withdrawn_in(self, generation: int | None) -> bool:
        """Tell whether a generation has it withdrawn; None: the newest."""
        since = self.withdrawn_since
        return since is not None and (generation is None or since <= generation)

    @property
    def is_listed(self) -> bool:
        """Tell whether it is given out now."""
        return self.until is None and self.withdrawn is None


def variants_beside(
    files: Iterable[StoredFile], variants: Iterable[VariantsFile]
) -> tuple[VariantsFile, ...]:
    """Choose the listings that are of a release of which one of the files is."""
    found = tuple(variants)
    if not found:
        return ()
    versions = {_version(file.version) for file in files}
    return tuple(each for each in found if _version(each.version) in versions)


def _version(text: str) -> Version | str:
    try:
        return Version(text)
    except InvalidVersion:
        return text


ProjectMarker: TypeAlias = Literal["active", "archived", "deprecated", "quarantined"]
"""Source: PEP 792."""
PROJECT_MARKERS: tuple[ProjectMarker, ...] = get_args(ProjectMarker)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """What is said of a project as a whole."""

    marker: ProjectMarker = "active"
    reason: str = ""

    @property
    def is_quarantined(self) -> bool:
        """Tell whether none of its files may be offered."""
        return self.marker == "quarantined"


ACTIVE = ProjectStatus()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPolicy:
    """A policy as it was set."""

    since: int
    """The generation from which it holds."""
    name: str
    """Of the file that it was set from."""
    content: str
    """TOML."""


AttestationKind: TypeAlias = Literal["built", "upstream"]
ATTESTATION_LIMIT_BYTES = 8 << 20
"""Of one attestation; a large one that a public index gives has 100 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What somebody says of how a file came about, byte for byte as it was said."""

    kind: AttestationKind
    """Whether we say so, who built it, or an index has given it along (PEP 740)."""
    content: bytes
    """JSON: an envelope (DSSE), or a provenance object."""
    unsigned: str = ""
    """Why we have not signed it, as a clause; empty: we have, or it is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file that asks to be published."""

    path: Path
    filename: str
    """Its published name; `path` may be called anything."""
    project: NormalizedName | None = None
    """Whose file it is, where an index has said so: names of old sdists do not tell."""
    expected_sha256: Sha256 | None = None
    upload_time: datetime | None = None
    """Aware; None: unknown, `--exclude-newer` then hides the file."""
    origin: str
    strictness: Strictness = "strict"
    yanked: str | None = None
    attestations: tuple[Attestation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A harmless flaw with which a file was let in."""

    filename: str
    text: str
    kind: Kind | None = None
    """Its finding; None: it is about where it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publish has changed."""

    generation: int
    """The generation that has all the files."""
    new: tuple[StoredFile, ...]
    already_there: tuple[StoredFile, ...]
    repaired: tuple[StoredFile, ...]
    """Those of them that had been damaged, in their bytes or their METADATA."""
    notes: tuple[Note, ...]
    refused: Mapping[str, WheelhouseError] = field(default_factory=dict)
    """File name -> why it was not let in, where the others came in without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A finished collect, so that the same one again has nothing to do."""

    key: str
    """Digest of everything that decides the outcome; the caller's to make."""
    requirements: str
    environment: str
    """`Environment.whole_label`."""
    exclude_newer: datetime | None
    pins: Mapping[str, str]
    """Project -> version."""
    filenames: tuple[str, ...]
    """All files that the collect needs, also those of build requirements."""
    generation: int
    """The generation that was current when it was recorded."""
    recorded_at: datetime


Action: TypeAlias = Literal[
    "publish",
    "collect",
    "repair",
    "yank",
    "unyank",
    "remove",
    "withdraw",
    "status",
    "pin",
    "unpin",
    "gc",
    "restore",
    "index",
    "make token",
    "revoke token",
    "policy",
    "make view",
    "remove view",
    "set add",
    "set update",
    "set lock",
    "set check",
    "set rm",
    "make key",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """Who did what, when."""

    at: datetime
    actor: str
    action: Action
    generation: int
    """The generation after it; what changes no listing makes no new one."""
    subjects: tuple[str, ...]
    """File names, projects, a generation, a collection's key, a token's name, or a
    view's."""
    detail: str = ""
    """The reason that was given, and what else there is to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A generation that `gc` is to keep."""

    generation: int
    reason: str
    until: datetime | None = None
    """None: for ever."""
    actor: str
    at: datetime
