"""Answers on tables as plain pins, where nothing else has to be said of them."""

from __future__ import annotations

from axletree.resolver.engine.checked_tables import refuse_wrong
from axletree.resolver.model.origins import Requirer
from axletree.resolver.universe.tables import unpack_file
from axletree.resolver.universe.tables_read import lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from axletree.resolver.engine.search import Decided, Search
    from axletree.resolver.model.origins import RequestedBy
    from axletree.resolver.universe.table_types import ReleaseTable
    from axletree.resolver.universe.tables import Project

FAR_BEHIND = 365 * 86_400_000_000
"""From more microseconds than this there may be a note (`axletree.resolver.pinning.lag_notes`)."""


class TablePin:
    """One release of an answer."""

    __slots__ = ("extras", "hashes", "name", "requested_by", "version")

    def __init__(
        self,
        *,
        name: str,
        version: str,
        extras: Sequence[str],
        requested_by: Sequence[RequestedBy],
        hashes: Sequence[str],
    ) -> None:
        self.name = name
        self.version = version
        self.extras = tuple(extras)
        self.requested_by = requested_by
        self.hashes = hashes


def table_pins(search: Search) -> tuple[TablePin, ...] | None:
    """Answer a question that was not run; the pins by name.

    :returns: None if there is no answer, or something is to be noted with it.
    """
    decided = search.run()
    if decided is None or decided.unread:
        return None
    universe = search.reading.universe
    refuse_wrong(universe, search.asked, decided.positions, decided.python)
    return _Pins(search, decided).run()


class _Pins:
    def __init__(self, search: Search, decided: Decided) -> None:
        self._asked = search.asked
        self._reading = search.reading
        self._decided = decided

    def run(self) -> tuple[TablePin, ...] | None:
        """Put the answer into pins; None: there is something to note."""
        if any(self._is_far_behind(root.name) for root in self._asked.roots):
            return None
        if any(self._is_far_behind(name, said) for name, said in self._direct()):
            return None
        pins = [self._pin(name) for name in sorted(self._decided.positions)]
        found = tuple(pin for pin in pins if pin is not None)
        return found if len(found) == len(pins) else None

    def _pin(self, name: str) -> TablePin | None:
        project, position = self._reading.projects[name], self._decided.positions[name]
        release = self._reading.release(name, position)
        if project is None or release is None:
            return None
        criterion = self._decided.criteria[name]
        _, hashes, _, is_yanked, _ = unpack_file(release[4])
        has_note = release[5] or any(e not in release[1] for e in criterion.extras)
        has_note = has_note or project.has_excluded or is_yanked
        has_note = has_note or self._is_for_some(release)
        if has_note or _has_fallen_above(project, position):
            return None
        return TablePin(
            name=name,
            version=project.versions[position],
            extras=sorted(criterion.extras),
            requested_by=[
                self._requirer(who) if isinstance(who, str) else who
                for who in criterion.requested_by
            ],
            hashes=hashes,
        )

    def _is_for_some(self, release: ReleaseTable) -> bool:
        """Tell whether an answer with it holds for some patch releases of Python."""
        everything = (1 << self._reading.universe.micros) - 1
        return release[2] != everything or any(line[4] for line in release[0])

    def _requirer(self, name: str) -> Requirer:
        project = self._reading.projects[name]
        versions = () if project is None else project.versions
        return Requirer(name, versions[self._decided.positions[name]])

    def _direct(self) -> Iterator[tuple[str, str]]:
        """Yield what roots require directly, with one specifier each."""
        decided = self._decided.positions
        names = [root.name for root in self._asked.roots if root.name in decided]
        for name in dict.fromkeys(names):
            position = decided[name]
            extras = tuple(self._decided.criteria[name].extras)
            python = self._decided.python
            active = self._reading.active(name, position, extras, python)
            for line in () if active is None else active.lines:
                if line[0] not in names and line[0] in decided:
                    yield line[0], line[1] or ""

    def _is_far_behind(self, name: str, said: str = "") -> bool:
        """Tell whether a project may be so far behind that it is noted.

        :param said: versions that must be admitted, too.
        """
        project, position = self._reading.projects[name], self._decided.positions[name]
        chosen = self._reading.release(name, position)
        if project is None or chosen is None or self._is_kept(name, position):
            return False
        allowed = project.finals
        if said:
            allowed &= self._reading.mask(name, said)[0]
        for other in (*self._asked.roots, *self._asked.constraints):
            if other.name == name and other.specifier:
                allowed &= self._reading.mask(name, other.specifier)[0]
        newer = None
        while newer is None:
            # One that turns out to be dead is no final any more.
            allowed &= project.finals
            if not allowed or lowest(allowed) >= position:
                return False
            newer = self._reading.release(name, lowest(allowed))
        times = [unpack_file(release[4])[2] for release in (newer, chosen)]
        if times[0] is None or times[1] is None:
            return False
        return times[0] - times[1] > FAR_BEHIND

    def _is_kept(self, name: str, position: int) -> bool:
        """Tell whether it is where the user had it: of that nothing is noted."""
        version = self._asked.kept.get(name)
        if version is None:
            return False
        return bool(self._reading.kept(name, version) >> position & 1)


def _has_fallen_above(project: Project, position: int) -> bool:
    """Tell whether a newer release turned out to be of no use when it was read."""
    read = project.releases.items()
    return any(above < position and release[3] for above, release in read)
