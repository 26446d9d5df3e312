"""What people want to know of what is kept: a summary of all, and all of one thing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version
from sqlalchemy import select

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import attestations, history, records, tables
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import Subject, found
from axletree.wheelhouse.catalog.records import KeptFile, Tally
from axletree.wheelhouse.catalog.stored_rows import sound_rows
from axletree.wheelhouse.model import ACTIVE, Attestation, ProjectStatus, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """One project of a generation."""

    tally: Tally
    status: ProjectStatus

    @property
    def project(self) -> NormalizedName:
        """Return its name."""
        return self.tally.project

    def versions(self) -> Mapping[str, bool]:
        """Say of each version, the newest first, whether all its files are yanked."""
        found = self._versions()
        ordered = sorted(found, key=version_order, reverse=True)
        return {version: found[version] for version in ordered}

    def brief(self) -> "Brief":
        """Say what is told of its versions in a line."""
        found = self._versions()
        yanked = sum(found.values())
        fine = [v for v in found if not found[v]] if yanked else found
        return Brief(
            newest=max(fine or found, key=version_order),
            versions=len(found),
            yanked=yanked,
        )

    def _versions(self) -> Mapping[str, bool]:
        found: dict[str, bool] = {}
        for line in self.tally.marked.split("\n"):
            version = line[1:]
            found[version] = line[0] == "1" and found.get(version, True)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The versions of a project, in a line."""

    newest: str
    """Of those that are not yanked, if there are any."""
    versions: int
    yanked: int
    """Those of which all files are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All projects of a generation, by name."""

    generation: int
    projects: tuple[ProjectSummary, ...]


def summarize(
    house: Wheelhouse,
    generation: int | None = None,
    listed: Callable[[Sequence[StoredFile]], Sequence[StoredFile]] | None = None,
) -> Summary:
    """Summarize a generation; None: the newest.

    :param listed: says what is to be counted of a project's files; None: all.
    :raises UnknownGenerationError: there is none.
    :raises GoneGenerationError: it cannot be had any more.
    """
    with house.database.reading() as connection:
        number = _number(history.read_generation(connection), generation)
        history.require_generation(connection, number)
        with sound_rows(house.database.where):
            tallies = (
                records.read_tallies(connection, number)
                if listed is None
                else _tallies(house, number, listed)
            )
            statuses = records.all_statuses(connection, number)
            projects = [
                ProjectSummary(tally=each, status=statuses.get(each.project, ACTIVE))
                for each in tallies
            ]
    # Sorted here: a server sorts as its country does.
    projects.sort(key=lambda each: each.project)
    return Summary(generation=number, projects=tuple(projects))


def _tallies(
    house: Wheelhouse,
    generation: int,
    listed: Callable[[Sequence[StoredFile]], Sequence[StoredFile]],
) -> Iterator[Tally]:
    """Add up what is to be counted, as `records.read_tallies` does what there is."""
    files = house.files_of_all(house.projects(generation), generation)
    for project, own in files.items():
        if left := listed(own):
            marked = (f"{int(f.yanked is not None)}{f.version}" for f in left)
            yield Tally(
                project=project,
                file_count=len(left),
                size_bytes=sum(file.size_bytes for file in left),
                marked="\n".join(marked),
            )


def _number(newest: int, generation: int | None) -> int:
    return newest if generation is None else generation


@lru_cache(maxsize=100_000)
def version_order(version: str) -> tuple[bool, Version, str]:
    """Sort versions, what is none of PEP 440 before all others."""
    try:
        return True, Version(version), version
    except InvalidVersion:
        return False, Version("0"), version


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What was true of a file from one generation to another."""

    since: int
    until: int | None
    """The first generation of which it is true no more."""
    yanked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """A file and its past."""

    file: KeptFile
    listings: tuple[Listing, ...]
    """The oldest first."""
    attestations: tuple[Attestation, ...] = ()


def look_at(house: Wheelhouse, subject: Subject) -> Sequence[Particulars]:
    """Tell all of what a name means, also of what is not listed any more.

    :raises NotKeptError: there never was such a thing.
    """
    table = tables.listings
    with house.database.reading() as connection:
        files = found(connection, [subject], is_ever_listed=True)
        past = {
            file.number: connection.execute(
                select(table.c.since, table.c.until, table.c.yanked)
                .where(table.c.file_id == file.number)
                .order_by(table.c.id)
            ).all()
            for file in files
        }
        said = attestations.read_of(connection, [file.number for file in files])
    return [
        Particulars(
            file=file,
            listings=tuple(
                Listing(since=since, until=until, yanked=yanked)
                for since, until, yanked in past[file.number]
            ),
            attestations=said.get(file.number, ()),
        )
        for file in files
    ]
