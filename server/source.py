"""What the index reads from: the part of a wheelhouse that the server needs.

A Protocol, so that HTTP behaviour is tested without a database and its failures can be
made at will; `axletree.wheelhouse.catalog.house.Wheelhouse` is the one that serves.
"""

from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.wheelhouse.model import ProjectStatus, StoredFile


class IndexSource(Protocol):
    """A wheelhouse, read only; each method sees one generation whole."""

    def generation(self) -> int:
        """Count the visible changes so far."""
        ...

    def projects(self) -> tuple[NormalizedName, ...]:
        """List the projects that have files."""
        ...

    def files_of(self, project: NormalizedName) -> tuple[StoredFile, ...]:
        """List the files of a project; empty for an unknown one."""
        ...

    def knows(self, project: NormalizedName) -> bool:
        """Tell whether anything was ever kept, or said, of a project."""
        ...

    def status_of(self, project: NormalizedName) -> ProjectStatus:
        """Say how a project is."""
        ...

    def find_kept(self, filename: str) -> StoredFile | None:
        """Look a file up by its exact name, listed or not; its record says if withdrawn."""
        ...

    def path_of(self, stored: StoredFile) -> Path:
        """Say where the file's bytes lie."""
        ...

    def metadata_of(self, stored: StoredFile) -> bytes:
        """Read the METADATA that `metadata_sha256` names."""
        ...
