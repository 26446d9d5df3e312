"""Witnesses: models in which facts hold together, and of which all is read.

One is looked for with as little reading as may be, since over an index that is what
takes time (RESOLVING.md 4, "irreducible").
"""

from __future__ import annotations

from axletree.resolver.model.fact_keys import (
    AbsentKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.universe.tables_read import Unread, bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.model.fact_keys import FactKey

ONE_BY_ONE = 2
"""Releases of a project that are read alone, before ever more are at once."""
MAX_DOUBLINGS = 12
"""More releases than any project has."""


class Witnesses:
    """Looks for witnesses of one question's facts."""

    def __init__(self, models: FactModels, root_names: Sequence[str]) -> None:
        """Take what can be asked of the facts.

        :param root_names: the projects that the roots name, in their order.
        """
        self._models = models
        self._root_names = root_names
        self.lacks_some = False
        """Some facts hold together only by releases that cannot be read."""

    def has_one(self, facts: Sequence[FactKey], *, without: FactKey) -> bool:
        """Tell whether the facts of a core hold together, once one is left out."""
        names = self._led_to(facts)
        times_read: dict[str, int] = {}
        is_plain = True
        while True:
            built = self._to_be_built()
            known = [*self._models.never_read(), *built]
            # Where usable files alone are chosen, little is read in vain; but all of a
            # thousand releases may have to be read to learn that none of them will do.
            plain = [*facts, *self._exclusions(without)]
            if not (
                self._has_read(plain, names)
                or self._has_read(facts, names)
                or (is_plain and self._has_newest(plain, names, known))
                or self._has_newest(facts, names, known)
            ):
                left = self._models.holds if built else self._models.settles
                is_left = bool(known) and left(facts)
                self.lacks_some |= is_left
                return is_left
            reached = self._reached(facts)
            wanted = list(self._beside(reached.releases, times_read))
            if not self._models.read(wanted, reached.pages):
                return True
            is_plain = not is_plain

    def _to_be_built(self) -> list[int]:
        """Return literals that keep out more sdists of what could not be read here.

        Where one cannot be built, others are most often the same, and each takes time.
        """
        reading, chosen = self._models.reading, self._models.clauses.chosen
        projects = {name: reading.projects[name] for name, _ in reading.unread}
        return [
            -chosen[name][at]
            for name, project in projects.items()
            if project is not None and name in chosen
            for at in bits(project.sdists)
            if at not in reading.releases[name]
        ]

    def _has_read(self, facts: Sequence[FactKey], names: Sequence[str]) -> bool:
        """Find a model for which nothing must be read."""
        return self._models.holds(facts, *self._models.unread_of(names))

    def _has_newest(
        self, facts: Sequence[FactKey], names: Sequence[str], known: Sequence[int]
    ) -> bool:
        """Find the model with the newest releases, nearest to the roots first.

        So it is one project after the other of which more is read, and first what is
        likeliest to differ from what was read before.

        :param known: literals to assume besides.
        """
        holds, clauses = self._models.holds, self._models.clauses
        if not holds(facts, *known):
            return False
        kept = list(known)
        for name in names:
            order, chosen = clauses.order(name), clauses.chosen_in_model()
            middle, first, last = 0, 0, chosen.get(name, 0)
            while first < last:
                if holds(facts, *kept, order[middle]):
                    last = clauses.chosen_in_model()[name]
                else:
                    first = middle + 1
                middle = (first + last) // 2
            if name in chosen:
                kept.append(order[last])
                # A refusal leaves no model to look at.
                holds(facts, *kept)
        return True

    def _exclusions(self, without: FactKey) -> list[FactKey]:
        """List the facts that leave only usable files to choose."""
        clauses = self._models.clauses
        return [
            key
            for key in clauses.selectors
            if isinstance(key, (FallenKey, AbsentKey))
            and key not in clauses.gates
            and key != without
        ]

    def _reached(self, facts: Sequence[FactKey]) -> Unread:
        """Return what the last model chose along roots and edges.

        With the pages of what is required there, and may not be there at all.
        """
        chosen = self._models.clauses.chosen_in_model()
        missing = set(self._models.clauses.missing_in_model())
        names = self._led_to(
            [k for k in facts if not isinstance(k, EdgeKey) or k.project in chosen]
        )
        return Unread(
            [(name, chosen[name]) for name in names if name in chosen],
            [name for name in names if name in missing],
        )

    def _beside(
        self, reached: Iterable[tuple[str, int]], times_read: dict[str, int]
    ) -> Iterator[tuple[str, int]]:
        """Yield what was reached, and what is likely to be reached next.

        Of a project whose releases are reached again and again: 1, 2, 4, 8… at once. A
        fact that hides hundreds of them is to spare once each of them was looked at.

        :param times_read: how often it was reached of each, which is counted here.
        """
        reading = self._models.reading
        for name, position in reached:
            yield name, position
            project, read = reading.projects[name], reading.releases[name]
            if position in read or project is None:
                continue
            times = times_read[name] = times_read.get(name, 0) + 1
            most = (1 << min(max(times - ONE_BY_ONE, 0), MAX_DOUBLINGS)) - 1
            # Those of its kind: others were looked at by the search. No sdists, which
            # may have to be built.
            alive = bool(project.alive >> position & 1)
            alike = project.alive if alive else ~project.alive
            others = alike & ~project.sdists & (1 << len(project.versions)) - 1
            following = (at for at in bits(others >> position << position))
            unread = (at for at in following if at != position and at not in read)
            yield from ((name, at) for at, _ in zip(unread, range(most), strict=False))

    def _led_to(self, facts: Sequence[FactKey]) -> list[str]:
        """Name the projects that roots and edges lead to, nearest first."""
        edges = [key for key in facts if isinstance(key, EdgeKey)]
        roots = [key.index for key in facts if isinstance(key, RootKey)]
        waiting = [self._root_names[index] for index in roots]
        found: dict[str, None] = {}
        # It grows on the way.
        for name in waiting:
            if name not in found:
                found[name] = None
                waiting += [key.target for key in edges if key.project == name]
        return list(found)
