"""What changed between two versions of a set: its text, and its locks."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Literal

from axletree.late_dataclasses import dataclass
from axletree.resolver.locks.difference import LockDifference
from axletree.wheelhouse.errors import NoSetError
from axletree.wheelhouse.sets import locks
from axletree.wheelhouse.sets.reading import SetPast
from axletree.wheelhouse.sets.records import SetVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDifference:
    """What changed of a lock."""

    environment: str
    change: Literal["kept", "added", "removed"]
    """Of the environment itself."""
    locks: LockDifference


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDifference:
    """What changed between two versions; of the same version, its last two locks."""

    name: str
    old: SetVersion
    new: SetVersion
    requirements: tuple[str, ...]
    """Lines of a unified diff; none: they are the same."""
    constraints: tuple[str, ...]
    environments: tuple[EnvironmentDifference, ...]

    @property
    def is_none(self) -> bool:
        """Tell whether both are the same."""
        return not (
            self.requirements
            or self.constraints
            or any(e.change != "kept" or not e.locks.is_none for e in self.environments)
        )


def difference(
    past: SetPast, old: int | None = None, new: int | None = None
) -> SetDifference:
    """Compare two versions of a set.

    :param old: None: where the newest version was locked more than once, what it was
        locked as before; else the version before `new`.
    :param new: None: the newest.
    :raises NoSetError: the set has no such version.
    """
    after = _version(past, past.versions[-1].number if new is None else new)
    if old is None and new is None and _was_locked_again(past, after.number):
        before = after
    else:
        before = _version(past, max(1, after.number - 1) if old is None else old)
    return SetDifference(
        name=after.name,
        old=before,
        new=after,
        requirements=_changed(before.text.written, after.text.written),
        constraints=_changed(before.text.constraints, after.text.constraints),
        environments=tuple(_environments(past, before, after)),
    )


def _version(past: SetPast, number: int) -> SetVersion:
    for version in past.versions:
        if version.number == number:
            return version
    name, newest = past.versions[-1].name, past.versions[-1].number
    raise NoSetError(
        f"the requirement set {name} has no version {number}",
        hint=f"its versions are 1 to {newest}; axletree set show {name} lists them",
    )


def _was_locked_again(past: SetPast, number: int) -> bool:
    environments = {
        name for name, outcome in past.outcomes if outcome.version == number
    }
    return any(len(_locks(past, number, name)) > 1 for name in environments)


def _changed(before: str, after: str) -> tuple[str, ...]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    # Two lines name the files; an option that went begins as the first of them does.
    return tuple(line for line in list(lines)[2:] if not line.startswith("@@"))


def _environments(
    past: SetPast, before: SetVersion, after: SetVersion
) -> Iterator[EnvironmentDifference]:
    old = {target.name: target for target in before.targets}
    new = {target.name: target for target in after.targets}
    for name in dict.fromkeys((*new, *old)):
        change: Literal["kept", "added", "removed"] = "kept"
        if name not in old:
            change = "added"
        elif name not in new:
            change = "removed"
        first, last = (
            _locks(past, before.number, name),
            _locks(past, after.number, name),
        )
        is_same = before.number == after.number
        earlier = first[-2:-1] if is_same and len(first) > 1 else first[-1:]
        yield EnvironmentDifference(
            environment=name,
            change=change,
            locks=locks.differ(_only(earlier), _only(last[-1:])),
        )


def _locks(past: SetPast, version: int, environment: str) -> Sequence[str]:
    return [
        outcome.lock
        for name, outcome in past.outcomes
        if name == environment
        and outcome.version == version
        and outcome.lock is not None
    ]


def _only(found: Sequence[str]) -> str | None:
    return found[0] if found else None
