"""What a policy does: to what an index lists, and to what a resolution sees."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile, ExcludedFile, Page
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.limits import FileLimits, Policy, refusals
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Relay,
    Universe,
    begin,
    read_ahead,
)
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.model import StoredFile

Effect: TypeAlias = Literal["hidden", "warned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A file to which a policy does something."""

    stored: StoredFile
    effect: Effect
    reasons: tuple[str, ...]
    """Each with where it stands."""


def affected(files: Iterable[StoredFile], policy: Policy) -> Iterator[Affected]:
    """Yield the files that a policy takes off the pages, or warns of."""
    limits = FileLimits((), policy)
    for stored in files:
        file, version = as_distribution(stored), parse_version(stored.version)
        if version is None:
            continue
        if limits.breaks_policy(file, version):
            reasons = tuple(map(str, refusals(policy, [(file, version)])))
            yield Affected(stored=stored, effect="hidden", reasons=reasons)
        elif (why := policy.warning(file, version)) is not None:
            yield Affected(stored=stored, effect="warned", reasons=(why,))


def listed(files: Sequence[StoredFile], policy: Policy) -> tuple[StoredFile, ...]:
    """Return what an index shows of files: what it warns of is yanked, with why.

    A yank that is there already keeps its reason.
    """
    found = {each.stored.filename: each for each in affected(files, policy)}
    shown: list[StoredFile] = []
    for stored in files:
        effect = found.get(stored.filename)
        if effect is None:
            shown.append(stored)
        elif effect.effect == "warned":
            reason = stored.yanked if stored.yanked is not None else effect.reasons[0]
            shown.append(replace(stored, yanked=reason))
    return tuple(shown)


def seen_under(universe: Universe, policy: Policy) -> Universe:
    """Show of a universe as yanked what a policy warns of."""
    if not policy.warned:
        return universe
    return WarnedUniverse(base=universe, policy=policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedUniverse(Relay):
    """A universe without what a policy refuses, for who is not told of policies."""

    base: Universe
    policy: Policy
    left_out: set[str] = field(default_factory=set)
    """Names of files that were read and are not shown."""

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Leave files out of the base's pages, with the reasons."""
        limits = FileLimits((), self.policy)
        found = self.base.pages(projects)
        return {n: page and self._allowed(page, limits) for n, page in found.items()}

    def _allowed(self, page: Page, limits: FileLimits) -> Page:
        refused: list[ExcludedFile] = []
        kept: list[DistributionFile] = []
        for file in page.files:
            version = parse_version(file.version)
            if version is None or not limits.breaks_policy(file, version):
                kept.append(file)
                continue
            said = "; ".join(map(str, refusals(self.policy, [(file, version)])))
            reason = f"it is refused by policy: {said}"
            refused.append(ExcludedFile(name=file.filename, reason=reason))
        self.left_out.update(each.name for each in refused)
        return replace(page, files=tuple(kept), excluded=(*page.excluded, *refused))


@dataclass(frozen=True, slots=True, kw_only=True)
class WarnedUniverse(Relay):
    """A universe in which what a policy warns of is yanked."""

    base: Universe
    policy: Policy
    _own: dict[DistributionFile, DistributionFile] = field(default_factory=dict)
    """Files as shown -> as the base has them."""

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Mark files of the base's pages."""
        found = self.base.pages(projects)
        return {name: page and self._marked(page) for name, page in found.items()}

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Ask for the base's own files."""
        own = {self._own.get(file, file): file for file in files}
        found = read_ahead(self.base, list(own), names)
        return {own[file]: answer for file, answer in found.items()}

    def begin(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Collection[DistributionFile]:
        """Let the base begin with its own files."""
        own = {self._own.get(file, file): file for file in files}
        return [own[file] for file in begin(self.base, list(own), names)]

    def _marked(self, page: Page) -> Page:
        return replace(page, files=tuple(map(self._mark, page.files)))

    def _mark(self, file: DistributionFile) -> DistributionFile:
        version = parse_version(file.version)
        if version is None or file.yanked is not None:
            return file
        why = self.policy.warning(file, version)
        if why is None:
            return file
        marked = replace(file, yanked=why)
        self._own[marked] = file
        return marked
