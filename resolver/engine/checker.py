"""An independent look at an answer: packaging's own words, no masks, no solver.

It shares no code with the search, on purpose: what both say is believed. Every answer
passes through it before anybody sees it. What packaging says is `Evidence`: asked for
now (`axletree.resolver.engine.checked_files`), or once when tables were made
(`axletree.resolver.engine.checked_tables`), since importing it takes longer than many
an answer. Source: RESOLVING.md 1.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Protocol

    class Evidence(Protocol):
        """What is true of the chosen releases, one of each project."""

        @property
        def allow_prereleases(self) -> bool:
            """Tell whether all pre-releases are let in."""
            ...

        def roots(self) -> Iterable[Line]:
            """Return what is asked for."""
            ...

        def constraints(self) -> Iterable[Line]:
            """Return what limits and asks for nothing."""
            ...

        def lines(self, name: str, extras: Iterable[str]) -> Iterable[Line]:
            """Return what a chosen release requires, with some of its extras."""
            ...

        def version(self, name: str) -> str:
            """Spell the chosen version."""
            ...

        def fits(self, name: str, specifier: str) -> bool:
            """Tell whether a specifier admits the chosen version."""
            ...

        def is_pinned(self, name: str, specifier: str) -> bool:
            """Tell whether the chosen version is pinned by a part of a specifier."""
            ...

        def opts_in(self, specifier: str) -> bool:
            """Tell whether a specifier names a pre-release as pin or lower bound."""
            ...

        def is_yanked(self, name: str) -> bool:
            """Tell whether the chosen file is yanked."""
            ...

        def is_prerelease(self, name: str) -> bool:
            """Tell whether the chosen version is a pre-release."""
            ...

        def has_fitting(
            self, name: str, specifiers: Collection[str], *, finals_only: bool
        ) -> bool:
            """Tell whether some version with a usable, unyanked file fits."""
            ...

        def without_python(self) -> str:
            """Name the Python that is looked at, if not all that is chosen is for it."""
            ...


class Line:
    """One requirement that is in force."""

    __slots__ = ("extras", "has_address", "name", "specifier")

    def __init__(
        self,
        name: str,
        specifier: str,
        extras: Iterable[str],
        *,
        has_address: bool = False,
    ) -> None:
        self.name = name
        self.specifier = specifier
        self.extras = frozenset(extras)
        self.has_address = has_address


class _Demands:
    """All requirements on one project that are in force."""

    __slots__ = ("extras", "specifiers")

    def __init__(self) -> None:
        self.specifiers: dict[str, None] = {}
        self.extras: set[str] = set()


class Check:
    """One answer to look at."""

    def __init__(self, evidence: Evidence, chosen: Collection[str]) -> None:
        """Take what is known of the chosen projects."""
        self._evidence = evidence
        self._chosen = chosen
        self._demands: dict[str, _Demands] = {}
        self._required: dict[str, None] = {}
        self._admitted: set[str] = set()
        self._by_address: dict[tuple[str, str], None] = {}
        self._taken: dict[str, int] = {}
        """How many extras were asked for when an admitted release's lines were taken."""

    def run(self) -> Iterator[str]:
        """Say what is wrong.

        The answer must satisfy roots, constraints and every true line of what is
        chosen, hold nothing that none of them asks for, let no gated release in
        without a founded reason, and all files must be for the patch release of Python.
        """
        for constraint in self._evidence.constraints():
            self._demand(constraint)
        limited = frozenset(self._demands)
        for root in self._evidence.roots():
            self._require(root)
        while self._admit_more():
            pass
        for name, demands in self._demands.items():
            if name in self._required or name not in limited:
                yield from self._unmet(name, demands)
        for name in self._chosen:
            if name not in self._admitted:
                yield f"{name} is chosen, but nothing admitted asks for it"
        for name, target in self._by_address:
            yield f"{name} asks for {target} by an address"
        if python := self._evidence.without_python():
            yield f"not all chosen files are for Python {python}"

    def _require(self, line: Line) -> None:
        self._required[line.name] = None
        self._demand(line)

    def _demand(self, line: Line) -> None:
        demands = self._demands.setdefault(line.name, _Demands())
        demands.specifiers[line.specifier] = None
        demands.extras |= line.extras

    def _admit_more(self) -> bool:
        """Admit what can be, and take its lines; True if that was news."""
        is_news = False
        for name in list(self._required):
            extras = self._demands[name].extras
            if name not in self._chosen or self._taken.get(name) == len(extras):
                continue
            # What once was open stays so: more that is asked for leaves less that fits.
            if name not in self._admitted and not self._is_open(name):
                continue
            self._admitted.add(name)
            self._taken[name] = len(extras)
            is_news = True
            for line in self._evidence.lines(name, tuple(extras)):
                self._require(line)
                if line.has_address:
                    self._by_address[name, line.name] = None
        return is_news

    def _is_open(self, name: str) -> bool:
        evidence, specifiers = self._evidence, self._demands[name].specifiers
        if evidence.is_yanked(name) and (
            not any(evidence.is_pinned(name, each) for each in specifiers)
            or evidence.has_fitting(name, specifiers, finals_only=False)
        ):
            return False
        if not evidence.is_prerelease(name) or evidence.allow_prereleases:
            return True
        return any(map(evidence.opts_in, specifiers)) or not evidence.has_fitting(
            name, specifiers, finals_only=True
        )

    def _unmet(self, name: str, demands: _Demands) -> Iterator[str]:
        if name not in self._chosen:
            yield f"{name} is required, but nothing of it is chosen"
            return
        for specifier in demands.specifiers:
            if not self._evidence.fits(name, specifier):
                version = self._evidence.version(name)
                yield f"{name} {version} is chosen, but {specifier} is required"
