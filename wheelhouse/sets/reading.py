"""Sets as they are and were, and their names."""

import re
from collections.abc import Sequence

from sqlalchemy import Connection

from axletree.late_dataclasses import dataclass
from axletree.likeness import meant
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import InvalidSetError, NoSetError
from axletree.wheelhouse.sets import rows, state_rows
from axletree.wheelhouse.sets.records import Outcome, SetState, SetVersion, Target

_is_name = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSet:
    """A set, and what holds of it now."""

    version: SetVersion
    states: tuple[SetState, ...]
    """In the order of its environments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPast:
    """All that a set ever was, also one that is removed."""

    versions: tuple[SetVersion, ...]
    outcomes: tuple[tuple[str, Outcome], ...]
    """Each with its environment; the oldest first."""

    def of(self, environment: str) -> "SetPast":
        """Leave what was found in one environment."""
        found = tuple(each for each in self.outcomes if each[0] == environment)
        return SetPast(versions=self.versions, outcomes=found)


def read_set(house: Wheelhouse, name: str) -> KeptSet:
    """Read a set.

    :raises NoSetError: there is none of that name.
    """
    with house.database.reading() as connection:
        version = current_version(connection, name)
        return _kept(version, state_rows.read_states(connection, name))


def read_last(house: Wheelhouse, name: str) -> KeptSet:
    """Read a set, also one that is removed: of that nothing holds any more.

    :raises NoSetError: there never was one of that name.
    """
    version = read_past(house, name).versions[-1]
    if not version.is_removed:
        return read_set(house, name)
    return KeptSet(version=version, states=())


def read_sets(house: Wheelhouse) -> tuple[KeptSet, ...]:
    """Read all sets, by name."""
    with house.database.reading() as connection:
        states = state_rows.read_states(connection)
        return tuple(
            _kept(version, [each for each in states if each.name == version.name])
            for version in rows.read_current(connection)
        )


def read_past(house: Wheelhouse, name: str) -> SetPast:
    """Read the past of a set.

    :raises NoSetError: there never was one of that name.
    """
    with house.database.reading() as connection:
        versions = rows.read_versions(connection, name)
        if not versions:
            raise _no_set(connection, name)
        outcomes = rows.read_outcomes(connection, name)
    return SetPast(versions=tuple(versions), outcomes=tuple(outcomes))


def _kept(version: SetVersion, states: Sequence[SetState]) -> KeptSet:
    order = {target.name: place for place, target in enumerate(version.targets)}
    own = [state for state in states if state.environment in order]
    return KeptSet(
        version=version,
        states=tuple(sorted(own, key=lambda state: order[state.environment])),
    )


def current_version(connection: Connection, name: str) -> SetVersion:
    """Read the newest text of a set.

    :raises NoSetError: there is none of that name.
    """
    versions = rows.read_versions(connection, name)
    if not versions or versions[-1].is_removed:
        raise _no_set(connection, name)
    return versions[-1]


def _no_set(connection: Connection, name: str) -> NoSetError:
    known = [version.name for version in rows.read_current(connection)]
    near = list(meant(name, known))[:1]
    said = name if _is_name(name) else repr(shown(name))
    error = NoSetError(f"there is no requirement set {said}", where="wheelhouse")
    if near:
        error.hint = f"did you mean {near[0]}? axletree set list shows all"
    return error


def check_name(name: str) -> None:
    """Refuse what a set cannot be called: it is a part of addresses.

    :raises InvalidSetError: saying what can be.
    """
    if not _is_name(name):
        raise InvalidSetError(
            f"a requirement set cannot be called {shown(name)!r}",
            hint="small letters, digits, . _ and - make its name, 64 at most: "
            "jupyter-scipy",
        )


def find_target(version: SetVersion, environment: str) -> Target:
    """Find an environment of a set by its name.

    :raises NoSetError: the set has none of that name.
    """
    target = version.target(environment)
    if target is None:
        names = ", ".join(each.name for each in version.targets)
        raise NoSetError(
            f"the requirement set {version.name} has no environment "
            f"{shown(environment)}",
            hint=f"it has {names}",
        )
    return target
