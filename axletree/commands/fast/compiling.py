"""What a quick answer needs when its tables lack something; imported late."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.commands.sources.local import (
    open_folder,
    open_wheelhouse,
)
from axletree.commands.sources.snapshots import read_snapshot
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.table_reader import (
    KnowledgeReader,
    unlimited_knowledge,
)
from axletree.resolver.universe.tables import BeyondTablesError
from axletree.wheelhouse.sources.compiled_store import Place, policy_in
from axletree.wheelhouse.sources.merged import MergedUniverse

if TYPE_CHECKING:
    from axletree.wheelhouse.sources.compiled_store import State


@dataclass(kw_only=True)
class ClosingReader(KnowledgeReader):
    """A compiler that closes what its universe is read from."""

    opened: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Close the universe."""
        self.opened.close()


def compiler_for(
    place: Place, state: "State", python_version: str, platform: str
) -> ClosingReader:
    """Open a universe for compiling.

    :param state: the one that the tables are of: what is published meanwhile is not
        mixed into them.
    :raises AxletreeError: it cannot be read, or there is no such environment.
    :raises BeyondTablesError: not all of it is at hand.
    """
    with ExitStack() as stack:
        generation = state[0] if isinstance(state, tuple) else None
        universe = _universe(place, generation, stack)
        if not universe.is_frozen:
            # What was recorded of an index claims and reads as over that index.
            raise BeyondTablesError(place.path)
        environment = environment_for(python_version, platform)
        held = policy_in(state)
        if held is None:
            knowledge = unlimited_knowledge(universe, environment)
        else:
            knowledge = _limited_knowledge(universe, environment, *held)
        return ClosingReader(knowledge=knowledge, opened=stack.pop_all())


def _limited_knowledge(
    universe: Universe, environment: Environment, day: int, name: str, content: str
) -> Knowledge:
    """Know nothing yet, for tables of what a policy allows."""
    from axletree.wheelhouse.policy.document import read_policy  # noqa: PLC0415  late
    from axletree.wheelhouse.policy.effects import seen_under  # noqa: PLC0415  as above

    document = read_policy(content.encode(), name)
    policy = document.at(datetime.fromtimestamp(day * 86_400, UTC))
    seen = seen_under(universe, policy)
    return Knowledge(seen, environment, Limits(policy=policy))


def _universe(place: Place, generation: int | None, stack: ExitStack) -> Universe:
    match place.kind:
        case "snapshot":
            return read_snapshot(Path(place.path))
        case "folder":
            return MergedUniverse([open_folder(place.path)])
        case "wheelhouse":
            return open_wheelhouse(stack, Path(place.path), generation)
