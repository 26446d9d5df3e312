"""How far behind its newest release each root would be left (RESOLVING.md 2).

The lag of a root's project is counted in whole days between two uploads, or, when any
candidate of any root has no upload time, in releases. It is measured from the highest
final, unyanked version that the environment and the roots and constraints on that
project alone admit.
"""

from __future__ import annotations

from axletree.resolver.universe.tables import unpack_file
from axletree.resolver.universe.tables_read import bits, lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal, TypeAlias

    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

    LagUnit: TypeAlias = Literal["days", "releases"]

DAY = 86_400_000_000
"""In microseconds."""


class Lags:
    """The lags of one question's roots, over what is read at the moment.

    The pages of all roots must have been read. The lag of a release that is not read
    is never more than its true lag, once the newest releases are read.
    """

    def __init__(self, reading: Reading, asked: Problem) -> None:
        self._reading = reading
        self.projects = tuple(dict.fromkeys(root.name for root in asked.roots))
        """Those that roots name, each once, in written order."""
        admitted = {name: _admitted(reading, asked, name) for name in self.projects}
        self.newest = {n: lowest(mask) for n, mask in admitted.items() if mask}
        """What lags are measured from; a project without one has no lag."""
        self._admitted = admitted
        is_timed = all(map(self._has_times, self.projects))
        self.unit: LagUnit = "days" if is_timed else "releases"

    def unread(self) -> list[tuple[str, int]]:
        """List the newest releases that may yet turn out not to be valid."""
        read = self._reading.releases
        return [(name, at) for name, at in self.newest.items() if at not in read[name]]

    def of(self, name: str, position: int) -> int:
        """Return the lag of a root's release, in `unit`; 0 for the newest."""
        newest = self.newest.get(name)
        if newest is None or position <= newest:
            return 0
        if self.unit == "releases":
            read, unread = self._reading.releases[name], self._reading.unread
            newer = self.newer(name, position)
            return sum(at in read and (name, at) not in unread for at in newer)
        lag = self._time(name, newest) - self._time(name, position)
        return max(0, lag // DAY)

    def measures_by(self, place: tuple[str, int], decided: Mapping[str, int]) -> bool:
        """Tell whether it hangs on a release that cannot be read how much roots lag.

        In releases those that others than the decided would lag by count for nothing:
        so these lag by no less than is taken.
        """
        name, position = place
        if self.unit == "days":
            return self.newest.get(name) == position
        is_admitted = bool(self._admitted.get(name, 0) >> position & 1)
        return is_admitted and position < decided.get(name, 0)

    def uncounted(self, name: str, position: int) -> list[tuple[str, int]]:
        """List what must be read before the lag of a release is known."""
        if self.unit == "days" or name not in self.newest:
            return []
        read = self._reading.releases[name]
        return [(name, at) for at in self.newer(name, position) if at not in read]

    def newer(self, name: str, position: int) -> Sequence[int]:
        """List the final, unyanked releases that are newer, as far as is known."""
        return tuple(bits(self._admitted[name] & ((1 << position) - 1)))

    def _has_times(self, name: str) -> bool:
        # By the page's word alone: which files have valid metadata is not looked at.
        project = self._reading.projects[name]
        return project is None or None not in self._uploads(project)

    def _time(self, name: str, position: int) -> int:
        """Return when it was uploaded; of one not read, the latest it may be."""
        project = self._reading.projects[name]
        release = self._reading.releases[name].get(position)
        uploaded = None
        if release is not None:
            uploaded = unpack_file(release[4])[2]
        elif project is not None:
            uploaded = self._uploads(project)[position]
        return uploaded or 0

    def _uploads(self, project: Project) -> Sequence[int | None]:
        return self._reading.universe.uploads(project)


def _admitted(reading: Reading, asked: Problem, name: str) -> int:
    """Return the final releases that roots and constraints on a project admit."""
    project = reading.projects[name]
    mask = 0 if project is None else project.finals
    for limit in (*asked.roots, *asked.constraints) if mask else ():
        # What holds for some patch releases of Python only is no measure for all.
        if limit.name == name and limit.specifier and not limit.micros:
            mask &= reading.mask(name, limit.specifier)[0]
    return mask
