"""What a quick answer needs when its tables lack something; imported late."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from axletree.commands.sources.local import (
    open_folder,
    open_wheelhouse,
)
from axletree.commands.sources.snapshots import read_snapshot
from axletree.resolver.model.environment import environment_for
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.table_reader import (
    KnowledgeReader,
    unlimited_knowledge,
)
from axletree.resolver.universe.tables import BeyondTablesError
from axletree.wheelhouse.sources.compiled_store import Place
from axletree.wheelhouse.sources.merged import MergedUniverse


@dataclass(kw_only=True)
class ClosingReader(KnowledgeReader):
    """A compiler that closes what its universe is read from."""

    opened: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Close the universe."""
        self.opened.close()


def compiler_for(
    place: Place, generation: int | None, python_version: str, platform: str
) -> ClosingReader:
    """Open a universe for compiling.

    :param generation: of a wheelhouse: the one that the tables are of.
    :raises AxletreeError: it cannot be read, or there is no such environment.
    :raises BeyondTablesError: not all of it is at hand.
    """
    with ExitStack() as stack:
        universe = _universe(place, generation, stack)
        if not universe.is_frozen:
            # What was recorded of an index claims and reads as over that index.
            raise BeyondTablesError(place.path)
        environment = environment_for(python_version, platform)
        knowledge = unlimited_knowledge(universe, environment)
        return ClosingReader(knowledge=knowledge, opened=stack.pop_all())


def _universe(place: Place, generation: int | None, stack: ExitStack) -> Universe:
    match place.kind:
        case "snapshot":
            return read_snapshot(Path(place.path))
        case "folder":
            return MergedUniverse([open_folder(place.path)])
        case "wheelhouse":
            return open_wheelhouse(stack, Path(place.path), generation)
