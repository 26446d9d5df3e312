"""What people want to know of what is kept: a summary of all, and all of one thing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import lru_cache

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version
from sqlalchemy import select

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import attestations, history, records, tables
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import Subject, found
from axletree.wheelhouse.catalog.records import KeptFile
from axletree.wheelhouse.catalog.stored_rows import sound_rows
from axletree.wheelhouse.model import ACTIVE, Attestation, ProjectStatus, StoredFile


@dataclass(slots=True, kw_only=True)
class ProjectSummary:
    """One project of a generation."""

    project: NormalizedName
    status: ProjectStatus = ACTIVE
    versions: dict[str, bool] = field(default_factory=dict)
    """Each, the newest first, with whether all of its files are yanked."""
    file_count: int = 0
    size_bytes: int = 0

    @property
    def newest(self) -> str:
        """Return the newest version that is not yanked, if there is one."""
        fine = [
            version for version, is_yanked in self.versions.items() if not is_yanked
        ]
        return next(iter(fine or self.versions), "")


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
    found: dict[str, ProjectSummary] = {}
    with house.database.reading() as connection:
        number = _number(history.read_generation(connection), generation)
        history.require_generation(connection, number)
        with sound_rows(house.database.where):
            brief = records.read_brief(connection, number)
            if listed is not None:
                brief = _brief(house, number, listed)
            for project, version, size, yanked in brief:
                name = NormalizedName(project)
                each = found.setdefault(name, ProjectSummary(project=name))
                is_yanked = each.versions.get(version, True) and yanked is not None
                each.versions[version] = is_yanked
                each.file_count += 1
                each.size_bytes += size
        names = [each.project for each in found.values()]
        statuses = records.read_statuses(connection, names, number)
    for each in found.values():
        each.status = statuses.get(each.project, ACTIVE)
        ordered = sorted(each.versions, key=version_order, reverse=True)
        each.versions = {version: each.versions[version] for version in ordered}
    return Summary(
        generation=number, projects=tuple(found[name] for name in sorted(found))
    )


def _brief(
    house: Wheelhouse,
    generation: int,
    listed: Callable[[Sequence[StoredFile]], Sequence[StoredFile]],
) -> Iterator[tuple[str, str, int, str | None]]:
    """Read of each file what is summed up, for those that are to be counted."""
    for files in house.files_of_all(house.projects(generation), generation).values():
        for each in listed(files):
            yield each.project, each.version, each.size_bytes, each.yanked


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
