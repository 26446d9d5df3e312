"""Bring a source as one archive: a commit of a git repository, or an sdist."""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from axletree.builder.archives.source_archive import (
    GitState,
    SourceArchive,
    look_into,
)
from axletree.builder.errors import (
    InvalidRecipeError,
    PinMismatchError,
    UnsafeSourceError,
)
from axletree.builder.recipes.source_table import (
    GitSource,
    SdistSource,
)
from axletree.builder.sources.addresses import GitAccess, without_secrets
from axletree.late_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source and what it was made from."""

    archive: SourceArchive
    revision: str
    """A commit, or `sha256:…` of an sdist."""
    source_time: datetime
    """UTC."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of it."""


def check_out(source: GitSource, archive: Path, access: GitAccess) -> Source:
    """Put the pinned commit's files into a tar at `archive`.

    :raises BuilderError: as `export`.
    :raises UnsafeSourceError: when it holds links or names that lead out of it.
    :raises InvalidRecipeError: when it has no such subdirectory.
    """
    from axletree.builder.sources.checkout import export  # noqa: PLC0415  late: GitPython

    exported = export(source, archive, access)
    found = _looked_into(source, archive, exported.git)
    notes = (
        f"nothing in the source points to {file.path.name}, which [[source.lfs]] gives "
        f"(sha256 {file.sha256}): take the table out of the recipe"
        for file in exported.unused
    )
    return replace(found, notes=tuple(notes))


def check_out_draft(
    source: GitSource, archive: Path, access: GitAccess
) -> tuple[GitSource, Source]:
    """Check out a commit of which no recipe says yet what it needs.

    :return: the source with the keys that its recipe needs, and its files.
    :raises BuilderError: as `check_out`.
    """
    from axletree.builder.sources.checkout import export_draft  # noqa: PLC0415  as above

    needed, git = export_draft(source, archive, access)
    return needed, _looked_into(needed, archive, git)


def _looked_into(source: GitSource, archive: Path, git: GitState) -> Source:
    try:
        found = look_into(
            archive,
            name=archive.name,
            has_top=False,
            folder=source.subdirectory,
            git=git,
        )
    except UnsafeSourceError as error:
        # The archive is ours, and gone when this is read.
        where = f"{without_secrets(source.url)} at {source.commit}"
        raise UnsafeSourceError(error.what, where=where, hint=error.hint) from error
    if not found.has_folder:
        named = ", ".join(found.projects)
        raise InvalidRecipeError(
            f"the source has no folder {source.subdirectory}",
            where=without_secrets(source.url),
            hint="[source] subdirectory names the folder of the project"
            + (f": one of {named}" if named else ""),
        )
    return Source(archive=found, revision=source.commit, source_time=source.committed)


def open_sdist(source: SdistSource, sdist: Path) -> Source:
    """Look through an sdist.

    :raises PinMismatchError: when the file's hash is not the recipe's.
    :raises UnsafeSourceError: when it holds links or names that lead out of it.
    """
    with sdist.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        raise PinMismatchError(
            f"{sdist.name} has sha256 {found}, the recipe pins {source.sha256}",
            where=str(sdist),
        )
    return Source(
        archive=look_into(sdist, name=sdist.name, has_top=True),
        revision=f"sha256:{found}",
        source_time=source.committed,
    )
