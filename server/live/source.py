"""What the index reads from: the part of a wheelhouse that the server needs.

A Protocol, so that HTTP behaviour is tested without a database and its failures can be
made at will; `axletree.wheelhouse.catalog.house.Wheelhouse` is the one that serves.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.wheelhouse.access.tokens import Token
from axletree.wheelhouse.catalog.admission import Checked
from axletree.wheelhouse.model import (
    ProjectStatus,
    Published,
    StoredFile,
    VariantsFile,
)
from axletree.wheelhouse.store.blobs import BlobStream


class VariantsSource(Protocol):
    """The listings of variants of a wheelhouse, read only."""

    def of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[VariantsFile, ...]:
        """List those of a project; of a generation as `IndexSource.files_of`."""
        ...

    def find(self, filename: str, sha256: str) -> VariantsFile | None:
        """Look one up by its name and content, in whatever generation it was listed."""
        ...

    def content(self, file: VariantsFile) -> bytes:
        """Read a listing.

        :raises CorruptStoredFileError: it is gone or changed.
        """
        ...


class IndexSource(Protocol):
    """A wheelhouse, read only; each method sees one generation whole."""

    def generation(self) -> int:
        """Count the visible changes so far."""
        ...

    def state(self) -> tuple[int, int]:
        """Give the generation, and the number of the journal's newest entry."""
        ...

    def changed_since(self, generation: int) -> frozenset[NormalizedName]:
        """Name the projects of which something visible was changed after a generation.

        :raises UnknownGenerationError: a restore has lost it, and what it changed.
        """
        ...

    # As of a generation, the next three raise UnknownGenerationError where there never
    # was such a one, and GoneGenerationError where `gc` has taken some of it.

    def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
        """List the projects that have files."""
        ...

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """List the files of a project; empty for an unknown one."""
        ...

    def status_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> ProjectStatus:
        """Say how a project is."""
        ...

    @property
    def variants(self) -> VariantsSource:
        """Give its listings of variants."""
        ...

    def knows(self, project: NormalizedName) -> bool:
        """Tell whether anything was ever kept, or said, of a project."""
        ...

    def find_kept(self, filename: str) -> StoredFile | None:
        """Look a file up by its exact name, listed or not; its record says if withdrawn."""
        ...

    def place_of(self, stored: StoredFile) -> str:
        """Say where the file's bytes lie, for people."""
        ...

    def open_bytes(
        self, stored: StoredFile, start: int = 0, stop: int | None = None
    ) -> BlobStream:
        """Read the file's bytes, or a part of them, unchecked.

        :raises LostBlobError: they are gone, or can be read no more.
        :raises StorageError: the store cannot be read.
        """
        ...

    def metadata_of(self, stored: StoredFile) -> bytes:
        """Read the METADATA that `metadata_sha256` names."""
        ...

    def provenance_of(self, stored: StoredFile) -> bytes:
        """Read the attestations that `provenance_sha256` names."""
        ...


class TokenSource(Protocol):
    """Where the tokens are kept."""

    def tokens(self) -> Sequence[Token]:
        """List all, the revoked ones as well."""
        ...


class UploadTarget(Protocol):
    """Where uploads go."""

    def receiving(self) -> AbstractContextManager[Path]:
        """Give a folder for one upload, on the store's own file system."""
        ...

    def refuse_replacing(self, project: NormalizedName) -> None:
        """Refuse a project whose files came from upstream.

        :raises UpstreamProjectError: it is one.
        """
        ...

    def refuse_reserved(self, project: NormalizedName) -> None:
        """Refuse a project whose name the policy reserves.

        :raises ReservedProjectError: it is one.
        """
        ...

    def publish(self, checked: Checked, token: Token) -> Published:
        """Publish a checked file in a token's name.

        :raises WheelhouseError: it may not enter, or could not.
        """
        ...
