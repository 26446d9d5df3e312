"""What the index reads from: the part of a wheelhouse that the server needs.

A Protocol, so that page rendering and HTTP behaviour are tested with plain records,
and so that a static export or a replica can stand behind the same pages.
"""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName


class ListedFile(Protocol):
    """One file as a page lists it."""

    @property
    def project(self) -> NormalizedName:
        """Name the project."""
        ...

    @property
    def version(self) -> str:
        """Give the version as the file's name spells it."""
        ...

    @property
    def filename(self) -> str:
        """Give the file's exact name."""
        ...

    @property
    def sha256(self) -> str:
        """Give the hex digest of the content."""
        ...

    @property
    def size_bytes(self) -> int:
        """Give the content's length."""
        ...

    @property
    def requires_python(self) -> str | None:
        """Give the file's own Requires-Python, if it has one."""
        ...

    @property
    def upload_time(self) -> datetime | None:
        """Say when it was published upstream, or here; aware."""
        ...

    @property
    def yanked(self) -> str | None:
        """Give the reason of a yank, which may be empty; None: not yanked."""
        ...

    @property
    def metadata_sha256(self) -> str | None:
        """Give the digest of the extracted METADATA; None: none is offered."""
        ...


class IndexSource(Protocol):
    """A wheelhouse, read only; each method sees one generation whole."""

    def generation(self) -> int:
        """Count the publishes so far; rises with every visible change."""
        ...

    def projects(self) -> tuple[NormalizedName, ...]:
        """List the projects that have files."""
        ...

    def files_of(self, project: NormalizedName) -> tuple[ListedFile, ...]:
        """List the files of a project; empty for an unknown one."""
        ...

    def find(self, filename: str) -> ListedFile | None:
        """Look a file up by its exact name."""
        ...

    def path_of(self, stored: ListedFile) -> Path:
        """Say where the file's bytes lie."""
        ...

    def metadata_of(self, stored: ListedFile) -> bytes:
        """Read the METADATA that `metadata_sha256` names."""
        ...
