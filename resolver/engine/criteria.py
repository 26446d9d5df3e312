"""What has been said about a project: which releases, behind which gates."""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import TypeAlias

    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.model.origins import Origin
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

    Requester: TypeAlias = Origin | str
    """A line of the user's, or a decided project."""


class Criterion:
    """What roots, constraints and decided releases say about one project."""

    __slots__ = ("allowed", "extras", "pinned", "prereleases_open", "requested_by")

    def __init__(
        self, reading: Reading, asked: Problem, name: str, allowed: int, python: int
    ) -> None:
        """Begin with what constraints say.

        :param allowed: mask of the releases to begin with.
        :param python: the patch release of Python, by its place.
        """
        self.allowed = allowed
        self.prereleases_open = asked.allow_prereleases
        self.pinned = 0
        """Mask of the releases named by a `==` or `===` pin, whose yank is no bar."""
        self.extras: dict[str, None] = {}
        """Asked for so far, in order."""
        self.requested_by: dict[Requester, None] = {}
        for constraint in asked.constraints_at(python):
            if constraint.name == name and reading.projects.get(name) is not None:
                self.admit(reading, name, constraint.specifier)

    def admit(self, reading: Reading, name: str, specifier: str) -> None:
        """Take one more requirement on the project into account."""
        if specifier:
            mask, pinned, names_prerelease = reading.mask(name, specifier)
            self.allowed &= mask
            self.pinned |= pinned
            self.prereleases_open |= names_prerelease

    def shut(self, project: Project) -> int:
        """Return the releases whose gate is not open."""
        return self.shut_yanks(project) | self.shut_prereleases(project)

    def shut_yanks(self, project: Project) -> int:
        """Return the yanked releases that no pin lets in.

        A pin does so only when all that fits is yanked (PEP 592).
        """
        has_unyanked = self.allowed & project.alive & ~project.yanked
        return project.yanked if has_unyanked else project.yanked & ~self.pinned

    def shut_prereleases(self, project: Project) -> int:
        """Return the pre-releases, if nothing lets them in."""
        is_shut = not self.prereleases_open and self.allowed & project.finals
        return project.prereleases if is_shut else 0


def asked_for(reading: Reading, asked: Problem, project: Project, python: int) -> int:
    """Return the releases of a project that roots and constraints alone admit.

    :param python: the patch release of Python, by its place.
    """
    found = Criterion(reading, asked, project.name, project.alive, python)
    for root in asked.roots_at(python):
        if root.name == project.name:
            found.admit(reading, root.name, root.specifier)
    return found.allowed
