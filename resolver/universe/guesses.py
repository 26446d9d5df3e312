"""What an index is likely to be asked for next, while it still answers.

A guess changes no answer: what was read by one counts as unread until a round asks for
it, and is there then (RESOLVING.md 3). It goes by less than a round: a project's newest
final release that the lines read so far admit. Where they clash, it is the one that the
last of them admits, which who explains the clash will look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from itertools import islice

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import Question
from axletree.resolver.universe.candidates import PageCompiler, Releases
from axletree.resolver.universe.dependencies import parse_dependencies
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.release_sets import bits


@dataclass(slots=True)
class _Outlook:
    """What is left of a project by the lines that were heard."""

    page: Page
    releases: Releases
    fitting: int = field(init=False)
    heard: int = field(init=False, default=-1)
    """Lines; -1: nobody asked for any."""

    def __post_init__(self) -> None:
        self.fitting = self.releases.finals

    def hear(self, said: Mapping[str, SpecifierSet]) -> int:
        """Hear what is new of some lines; return what may be chosen, first of it first.

        Where nothing is left of it now, that is what the last line admits.
        """
        before, last = self.fitting, self.fitting
        masks = self.releases.masks
        for specifier in islice(said.values(), max(0, self.heard), None):
            last = self.releases.finals & masks.of(specifier)
            self.fitting &= last
        self.heard = len(said)
        return self.fitting or (last if before else 0)


class Guesses:
    """Names the pages that an answer asks for, and guesses the file that a page does."""

    def __init__(
        self, compiler: PageCompiler, evaluator: MarkerEvaluator, changes: Changes
    ) -> None:
        """Know of no line yet."""
        self._compiler = compiler
        self._evaluator = evaluator
        self._changes = changes
        self._said: dict[NormalizedName, dict[str, SpecifierSet]] = {}
        """Project -> what lines say about it, by its spelling."""
        self._kept: Mapping[NormalizedName, Version] = {}
        self._compiled: dict[NormalizedName, tuple[Page, Releases]] = {}
        self._outlooks: dict[NormalizedName, _Outlook] = {}

    def hear(self, question: Question) -> None:
        """Take in what somebody asks."""
        self._kept = question.preferences
        for line in (*question.roots, *question.constraints):
            requirement = line.requirement
            self._note(canonicalize_name(requirement.name), requirement.specifier)

    def __call__(self, answer: MetadataAnswer) -> Iterable[NormalizedName]:
        """Name the projects of the lines that are true without an extra."""
        if isinstance(answer, UnusableMetadata):
            return ()
        parsed = parse_dependencies(answer, self._evaluator, self._changes)
        if isinstance(parsed, UnusableMetadata):
            return ()
        lines = tuple(parsed.lines())
        for line in lines:
            self._note(line.target, line.specifier)
        return tuple(line.target for line in lines)

    def likely(self, page: Page) -> DistributionFile | None:
        """Return the wheel that is most likely asked for; None: there is none new."""
        name = page.project
        outlook, said = self._outlook(page), self._said.get(name, {})
        if outlook.heard == len(said):
            return None
        releases, fitting = outlook.releases, outlook.hear(said)
        kept = releases.by_version.get(self._kept[name]) if name in self._kept else None
        position = kept.position if kept is not None else next(bits(fitting), None)
        files = () if position is None else releases.all[position].files
        return files[0] if files and files[0].kind == "wheel" else None

    def _outlook(self, page: Page) -> _Outlook:
        found = self._outlooks.get(page.project)
        if found is None or found.page is not page:
            found = _Outlook(page, self._compiler.compile(page))
            self._outlooks[page.project] = found
            self._compiled[page.project] = page, found.releases
        return found

    def compile(self, page: Page) -> Releases:
        """List the releases of a page, once: those of a guess are good."""
        source, known = self._compiled.pop(page.project, (None, None))
        if (
            known is None
            or source is None
            or source.files is not page.files
            or source.excluded is not page.excluded
        ):
            return self._compiler.compile(page)
        known.page = replace(known.page, unasked=page.unasked, status=page.status)
        return known

    def _note(self, name: NormalizedName, specifier: SpecifierSet) -> None:
        self._said.setdefault(name, {})[str(specifier)] = specifier
