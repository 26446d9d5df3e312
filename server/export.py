"""The index as files, for any web server: the same pages, ready to send.

A page is written after the files that it names, and the list of all projects last, so
that who reads meanwhile finds what a page promises. What is no longer listed goes at the
end. Each body is there plain and compressed (`index.html`, `index.html.gz`).
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import below
from axletree.server.answers.errors import NotASiteError
from axletree.server.answers.negotiation import Format
from axletree.server.answers.rendering import (
    offered_metadata,
    render_project,
    render_project_list,
)
from axletree.server.answers.variants import RenderedPage
from axletree.server.live.policed import (
    ALL_LISTED,
    ListingRule,
    with_reasons,
)
from axletree.server.live.source import VariantsSource
from axletree.wheelhouse.errors import CorruptStoredFileError
from axletree.wheelhouse.model import (
    ProjectStatus,
    StoredFile,
    VariantsFile,
    variants_beside,
)
from axletree.wheelhouse.store.atomic import write_atomically
from axletree.wheelhouse.store.files import translate_storage_errors

MARK = ".axletree-site"
"""Lies in a folder that we have made, so that nothing of anybody else is removed."""
RESERVED = "reserved.map"
"""Lists beginnings of names that are reserved: `deploy/nginx/site.conf` includes it."""
BODIES = {Format.HTML: "index.html", Format.SIMPLE_JSON: "index.json"}


class ExportSource(Protocol):
    """A wheelhouse, as of one generation."""

    def generation(self) -> int:
        """Count the publishes so far."""
        ...

    def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
        """List the projects that have files."""
        ...

    def known_projects(self) -> tuple[NormalizedName, ...]:
        """List the projects of which anything was ever kept, or said."""
        ...

    def status_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> ProjectStatus:
        """Say how a project is."""
        ...

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """List the files of a project."""
        ...

    @property
    def variants(self) -> VariantsSource:
        """Give its listings of variants."""
        ...

    def metadata_of(self, stored: StoredFile) -> bytes:
        """Read the METADATA that `metadata_sha256` names.

        :raises CorruptStoredFileError: it is gone or changed.
        """
        ...

    def provenance_of(self, stored: StoredFile) -> bytes:
        """Read the attestations that `provenance_sha256` names.

        :raises CorruptStoredFileError: they are gone or changed.
        """
        ...

    def lay_out(self, stored: StoredFile, path: Path) -> None:
        """Copy a file's bytes, checked.

        :raises CorruptStoredFileError: they are gone or changed.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export did."""

    generation: int
    projects: int
    new: int
    """Files that were not there before."""
    kept: int
    removed: int
    """Files and pages that are no longer listed."""
    damaged: tuple[str, ...]
    """Files that are damaged in the wheelhouse: on no page."""


def export_site(
    source: ExportSource,
    target: Path,
    tell: Callable[[int, int], None],
    listing: ListingRule = ALL_LISTED,
) -> Exported:
    """Write all pages and files of a wheelhouse below `target`, or bring them up to date.

    :param listing: says what pages list of a project's files.
    :param tell: hears how many of how many projects are written.
    :raises NotASiteError: there is something in `target` that no export has put there.
    :raises StorageError: no space left, or it cannot be written.
    """
    generation = source.generation()
    # Of a project that has lost its files, or whose name is reserved, there is an empty
    # page: an installer that is told of no such project would take it from elsewhere.
    projects = sorted({*source.known_projects(), *listing.reserved_names()})
    listed = source.projects(generation)
    with translate_storage_errors(target), _alone_in(target):
        site = _Site(source, target)
        for number, project in enumerate(projects, start=1):
            files = source.files_of(project, generation)
            shown = listing.listed(files)
            reasons = () if shown else listing.reasons(project, files)
            status = with_reasons(source.status_of(project, generation), reasons)
            variants = source.variants.of(project, generation)
            site.write_project(project, shown, status, variants)
            tell(number, len(projects))
        site.write_page(target / "simple", render_project_list(listed, is_alone=True))
        site.write_reserved(listing.reserved_prefixes())
        removed = site.remove_others()
    return Exported(
        generation=generation,
        projects=len(listed),
        new=site.new,
        kept=site.kept,
        removed=removed,
        damaged=tuple(site.damaged),
    )


@contextmanager
def _alone_in(target: Path) -> Iterator[None]:
    """Take the folder as ours, and wait until no other export writes into it."""
    target.mkdir(parents=True, exist_ok=True)
    mark = target / MARK
    if not mark.exists():
        if any(target.iterdir()):
            raise NotASiteError(
                "the folder holds what no export has put there",
                where=str(target),
                hint="name a new or an empty folder",
            )
        mark.touch()
    with mark.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Site:
    """Writes, and remembers what belongs to the site."""

    def __init__(self, source: ExportSource, target: Path) -> None:
        self._source = source
        self._target = target
        self._own: set[Path] = {target / MARK}
        self.damaged: list[str] = []
        self.new = 0
        self.kept = 0

    def write_project(
        self,
        project: NormalizedName,
        files: Iterable[StoredFile],
        status: ProjectStatus,
        variants: Iterable[VariantsFile],
    ) -> None:
        offered = () if status.is_quarantined else files
        sound = [stored for stored in offered if self._write_file(stored)]
        beside = variants_beside(sound, variants)
        there = [listed for listed in beside if self._write_variants(listed)]
        page = render_project(project, sound, status, variants=there, is_alone=True)
        self.write_page(self._target / "simple" / project, page)

    def write_page(self, folder: Path, page: RenderedPage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, name in BODIES.items():
            self._write(folder / name, page.plain[kind].body)
            self._write(folder / f"{name}.gz", page.compressed[kind].body)

    def write_reserved(self, prefixes: Iterable[NormalizedName]) -> None:
        """List names of which there is no end, as a map of nginx takes them."""
        lines = [
            f'"~^/simple/{name}-[a-z0-9-]+/$" "{name}-*";\n'
            for name in sorted(prefixes)
        ]
        self._write(self._target / RESERVED, "".join(lines).encode())

    def _write_variants(self, listed: VariantsFile) -> bool:
        """Write a listing of variants; False: it is damaged."""
        try:
            content = self._source.variants.content(listed)
        except CorruptStoredFileError:
            self.damaged.append(listed.filename)
            return False
        folder = self._folder_of(listed.sha256)
        folder.mkdir(parents=True, exist_ok=True)
        self._write(below(folder, listed.filename), content)
        return True

    def _folder_of(self, digest: str) -> Path:
        return self._target / "files" / digest[:2] / digest[2:]

    def _write_file(self, stored: StoredFile) -> bool:
        """Write a file and its METADATA; False: it is damaged."""
        try:
            metadata = (
                None
                if offered_metadata(stored) is None
                else self._source.metadata_of(stored)
            )
            provenance = (
                None
                if stored.provenance_sha256 is None
                else self._source.provenance_of(stored)
            )
        except CorruptStoredFileError:
            self.damaged.append(stored.filename)
            return False
        folder = self._folder_of(stored.sha256)
        path = below(folder, stored.filename)
        if path.exists() and path.stat().st_size == stored.size_bytes:
            self.kept += 1
        else:
            folder.mkdir(parents=True, exist_ok=True)
            new = folder / ".new"
            try:
                self._source.lay_out(stored, new)
            except CorruptStoredFileError:
                self.damaged.append(stored.filename)
                return False
            new.replace(path)
            self.new += 1
        self._own.add(path)
        if metadata is not None:
            self._write(path.with_name(f"{path.name}.metadata"), metadata)
        if provenance is not None:
            self._write(path.with_name(f"{path.name}.provenance"), provenance)
        return True

    def _write(self, path: Path, content: bytes) -> None:
        self._own.add(path)
        # An unchanged page keeps its time, by which web servers tell that it is.
        if not path.exists() or path.read_bytes() != content:
            write_atomically(path, content)

    def remove_others(self) -> int:
        """Remove what belongs to it no more; returns how many files that were."""
        removed = 0
        for path in _deepest_first(self._target):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in self._own:
                path.unlink()
                removed += 1
        return removed


def _deepest_first(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _deepest_first(path)
        yield path
