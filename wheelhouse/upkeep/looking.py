"""What people want to know of what is kept: a summary of all, and all of one thing."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from packaging.utils import NormalizedName
from sqlalchemy import Connection, select

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.catalog import (
    attestations,
    history,
    records,
    tallies,
    variants,
)
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.catalog.naming import NamedFile, Subject, found
from axletree.wheelhouse.catalog.tallies import Tally, tally_of
from axletree.wheelhouse.model import (
    ACTIVE,
    Attestation,
    ProjectStatus,
    StoredFile,
    VariantsFile,
)
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import sound_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All projects of a generation, by name."""

    generation: int
    projects: tuple[Tally, ...]
    statuses: Mapping[NormalizedName, ProjectStatus]
    """Of those of which more is said than that they are active."""

    def status_of(self, project: NormalizedName) -> ProjectStatus:
        """Say how a project is."""
        return self.statuses.get(project, ACTIVE)


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
            # Sorted here: a server sorts as its country does. By name, the first field.
            projects = tuple(sorted(_tallies(house, connection, number, listed)))
            statuses = records.all_statuses(connection, number)
    return Summary(generation=number, projects=projects, statuses=statuses)


def _tallies(
    house: Wheelhouse,
    connection: Connection,
    generation: int,
    listed: Callable[[Sequence[StoredFile]], Sequence[StoredFile]] | None,
) -> Iterable[Tally]:
    if listed is not None:
        files = house.files_of_all(house.projects(generation), generation)
        left = {project: listed(own) for project, own in files.items()}
        return [tally_of(project, own) for project, own in left.items() if own]
    if generation == history.read_generation(connection):
        return tallies.read_tallies(connection)
    return tallies.add_up(connection, generation)


def _number(newest: int, generation: int | None) -> int:
    return newest if generation is None else generation


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


def look_at_variants(house: Wheelhouse, subject: Subject) -> Sequence[VariantsFile]:
    """Tell of the listings of variants that a name means, with all that they ever held.

    :raises NotKeptError: it names one that never was.
    """
    with house.database.reading() as connection:
        if isinstance(subject, NamedFile):
            if not subject.is_variants:
                return ()
            known = variants.known(connection, [subject.filename])
            return known[subject.filename]
        listed = variants.find(connection, tables.variants.c.project == subject.project)
        return [each for each in listed if subject.has(each.version)]
