"""What a word on the command line names: a file, a release, or a project."""

from collections.abc import Sequence
from typing import TypeAlias

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version
from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.variants_names import SUFFIX, is_variants_name
from axletree.resolver.model.shown_text import shown
from axletree.resolver.universe.near_names import nearest
from axletree.wheelhouse.catalog import kept_files, records
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.errors import NotKeptError
from axletree.wheelhouse.sql import tables

_ENDINGS = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", SUFFIX)
_MOST_NEAR = 3
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """One file."""

    filename: str

    @property
    def text(self) -> str:
        """Name it."""
        return self.filename

    @property
    def is_variants(self) -> bool:
        """Tell whether it is a listing of variants, which has a past of its own."""
        return is_variants_name(self.filename)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRelease:
    """All files of one version, or of all versions, of a project."""

    project: NormalizedName
    version: str | None = None
    """As it was spelled."""

    @property
    def text(self) -> str:
        """Name it as pip does."""
        return (
            self.project if self.version is None else f"{self.project}=={self.version}"
        )

    def has(self, version: str) -> bool:
        """Tell whether a file of that version belongs to it."""
        if self.version is None:
            return True
        try:
            return Version(version) == Version(self.version)
        except InvalidVersion:
            return version == self.version


Subject: TypeAlias = NamedFile | NamedRelease


def parse_subject(word: str) -> Subject:
    """Read the name of a file, `project==version`, or a project's name.

    :raises NotKeptError: it can be none of them.
    """
    # What the system gives as a word may be no text.
    text = word.strip().encode("utf-8", "replace").decode()
    if text.lower().endswith(_ENDINGS):
        return NamedFile(filename=text.rpartition("/")[2])
    name, is_release, version = text.partition("==")
    try:
        project = canonicalize_name(name.strip(), validate=True)
    except InvalidName as error:
        raise NotKeptError(
            f"{shown(text[:_LONGEST])!r} names no file, release or project",
            hint="write demo, demo==1.0 or demo-1.0-py3-none-any.whl",
        ) from error
    version = version.strip().lstrip("=").strip()
    if is_release and not version:
        raise NotKeptError(
            f"{shown(text[:_LONGEST])!r} names no version",
            hint=f"write {project}==1.0, or {project} for all of them",
        )
    return NamedRelease(project=project, version=version or None)


def found(
    connection: Connection,
    subjects: Sequence[Subject],
    *,
    is_ever_listed: bool = False,
) -> list[KeptFile]:
    """Give the files that are meant, each once: those that are listed now.

    :param is_ever_listed: also those that older generations list, and withdrawn ones.
    :raises NotKeptError: there are none of one; it says what may have been meant.
    """
    files = {
        file.number: file
        for subject in subjects
        for file in _of(connection, subject, is_ever_listed=is_ever_listed)
    }
    return list(files.values())


def _of(
    connection: Connection, subject: Subject, *, is_ever_listed: bool
) -> list[KeptFile]:
    columns = tables.files.c
    if isinstance(subject, NamedFile):
        files = kept_files.find_kept(connection, columns.filename == subject.filename)
    else:
        files = kept_files.find_kept(connection, columns.project == subject.project)
        files = [file for file in files if subject.has(file.stored.version)]
    meant = [file for file in files if is_ever_listed or _is_there(file)]
    if not meant:
        raise _not_kept(connection, subject, files)
    return meant


def _is_there(file: KeptFile) -> bool:
    return file.is_listed and file.stored.withdrawn is None


def _not_kept(
    connection: Connection, subject: Subject, former: list[KeptFile]
) -> NotKeptError:
    if former:
        withdrawn = former[0].stored.withdrawn
        how = "was removed" if withdrawn is None else f"was withdrawn: {withdrawn}"
        return NotKeptError(
            f"{subject.text} {how}",
            hint="axletree log says when, and by whom",
        )
    if isinstance(subject, NamedFile):
        project = canonicalize_name(subject.filename.partition("-")[0])
        others = kept_files.find_kept(connection, tables.files.c.project == project)
        names = [file.stored.filename for file in others if _is_there(file)]
        return _none("file", subject.text, names)
    others = kept_files.find_kept(connection, tables.files.c.project == subject.project)
    versions = [file.stored.version for file in others if _is_there(file)]
    if versions:
        return _none("release", subject.text, [*dict.fromkeys(versions)])
    return no_project(connection, subject.project)


def no_project(connection: Connection, project: NormalizedName) -> NotKeptError:
    """Say that there is no such project, and which may have been meant."""
    near = nearest(project, records.known_projects(connection))
    return NotKeptError(
        f"there is no project {project} in the wheelhouse",
        hint=f"did you mean {' or '.join(near[:_MOST_NEAR])}?" if near else "",
    )


def _none(kind: str, name: str, others: Sequence[str]) -> NotKeptError:
    named = others[-_MOST_NEAR:]
    verb = "is" if len(named) == 1 else "are"
    return NotKeptError(
        f"there is no {kind} {shown(name[:_LONGEST])} in the wheelhouse",
        hint=f"there {verb} {', '.join(named)}" if named else "",
    )
