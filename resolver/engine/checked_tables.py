"""What packaging said of an answer when tables were made, for the independent checker.

Of the tables only texts are read, and verdicts of packaging on texts: whether a version
is in a specifier, which extras make a line true, which patch releases of Python a file
is for. Masks of specifiers, the solver and the rule play no part.
"""

from __future__ import annotations

from axletree.resolver.engine.checker import Check, Line
from axletree.resolver.universe.tables import (
    OPTS_IN,
    unpack_file,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from axletree.resolver.engine.problem import (
        Demand,
        Problem,
    )
    from axletree.resolver.universe.table_types import ReleaseTable
    from axletree.resolver.universe.tables import (
        Project,
        Tables,
    )

_LETTERS = ("a", "b", "rc", "dev")
"""A version in its normal form has one of them just when it is a pre-release."""


def refuse_wrong(
    tables: Tables, asked: Problem, chosen: Mapping[str, int], python: int
) -> None:
    """Look at an answer.

    :param python: the patch release of Python, by its place.
    :raises AssertionError: the checker refuses it.
    """
    wrong = violations_on_tables(tables, asked, chosen, python)
    if wrong:
        message = f"the checker refuses the search's answer: {'; '.join(wrong)}"
        raise AssertionError(message)


def violations_on_tables(
    tables: Tables, asked: Problem, chosen: Mapping[str, int], python: int
) -> tuple[str, ...]:
    """Say what is wrong with an answer; empty when it is a true solution.

    :param chosen: project -> position.
    :param python: the patch release of Python, by its place.
    """
    evidence = _Tables(tables, asked, chosen, python)
    return (*evidence.excluded(), *Check(evidence, chosen).run())


class _Tables:
    """What stands in tables about the releases that were chosen."""

    def __init__(
        self, tables: Tables, asked: Problem, chosen: Mapping[str, int], python: int
    ) -> None:
        self._tables = tables
        self._asked = asked
        self._chosen = chosen
        self._python = python

    def excluded(self) -> Iterator[str]:
        """Say which releases have no file that can be used."""
        for name in self._chosen:
            if self._release(name)[3]:
                yield f"{name} {self.version(name)} has no file that can be used"

    @property
    def allow_prereleases(self) -> bool:
        """Tell whether all pre-releases are let in."""
        return self._asked.allow_prereleases

    def roots(self) -> Iterable[Line]:
        """Return what is asked for."""
        return map(_as_line, filter(self._is_for_python, self._asked.roots))

    def constraints(self) -> Iterable[Line]:
        """Return what limits and asks for nothing."""
        return map(_as_line, filter(self._is_for_python, self._asked.constraints))

    def lines(self, name: str, extras: Iterable[str]) -> Iterator[Line]:
        """Return what a chosen release requires, with some of its extras."""
        for target, specifier, wanted, when, micros in self._release(name)[0]:
            if micros and not micros & 1 << self._python:
                continue
            if when is None or any(extra in when for extra in extras):
                is_address = specifier is None
                yield Line(target, specifier or "", wanted, has_address=is_address)

    def version(self, name: str) -> str:
        """Spell the chosen version."""
        return self._project(name).versions[self._chosen[name]]

    def fits(self, name: str, specifier: str) -> bool:
        """Tell whether a specifier admits the chosen version."""
        if not specifier:
            return True
        project = self._project(name)
        return self._tables.verdict(project, self._chosen[name], specifier)

    def is_pinned(self, name: str, specifier: str) -> bool:
        """Tell whether the chosen version is pinned by a part of a specifier."""
        return any(
            part.startswith("==") and not part.endswith(".*") and self.fits(name, part)
            for part in specifier.split(",")
        )

    def opts_in(self, specifier: str) -> bool:
        """Tell whether a specifier names a pre-release as pin or lower bound."""
        if not specifier:
            return False
        project = self._project(next(iter(self._chosen)))
        return self._tables.verdict(project, OPTS_IN, specifier)

    def is_yanked(self, name: str) -> bool:
        """Tell whether the chosen file is yanked."""
        return unpack_file(self._release(name)[4])[3]

    def is_prerelease(self, name: str) -> bool:
        """Tell whether the chosen version is a pre-release."""
        return _is_prerelease(self.version(name))

    def has_fitting(
        self, name: str, specifiers: Collection[str], *, finals_only: bool
    ) -> bool:
        """Tell whether some version with a usable, unyanked file fits."""
        project = self._project(name)
        return any(
            all(not s or self._tables.verdict(project, at, s) for s in specifiers)
            for at in self._unyanked(project)
            if not finals_only or not _is_prerelease(project.versions[at])
        )

    def without_python(self) -> str:
        """Name the Python that is looked at, if not all that is chosen is for it."""
        bit = 1 << self._python
        is_fit = all(self._release(name)[2] & bit for name in self._chosen)
        return "" if is_fit else "of the target"

    def _is_for_python(self, asked: Demand) -> bool:
        return not asked.micros or bool(asked.micros & 1 << self._python)

    def _unyanked(self, project: Project) -> Sequence[int]:
        """List the releases with a usable, unyanked file, by what pages say."""
        usable = project.alive & ~project.yanked
        return [at for at in range(len(project.versions)) if usable >> at & 1]

    def _project(self, name: str) -> Project:
        project = self._tables.project(name)
        if project is None:
            message = f"{name} is decided, and there is no such project"
            raise AssertionError(message)
        return project

    def _release(self, name: str) -> ReleaseTable:
        return self._tables.release(self._project(name), self._chosen[name])


def _as_line(asked: Demand) -> Line:
    return Line(asked.name, asked.specifier, asked.extras)


def _is_prerelease(version: str) -> bool:
    public = version.partition("+")[0]
    return any(letters in public for letters in _LETTERS)
