"""Files that the user hides: by kind, by the hashes they give, or by policy.

Source of the kinds: pip, `--no-binary` and `--only-binary`: each takes names, `:all:`
or `:none:`, and the later option takes a name away from the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import counted

ALL = ":all:"
NONE = ":none:"
_UPSTREAM = ("http:", "https:")
"""How the addresses of files begin that others have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatControl:
    """The state after some `--no-binary` and `--only-binary` options."""

    no_binary: frozenset[str] = field(default_factory=frozenset)
    """Normalised names that come as sdist, or `:all:`."""
    only_binary: frozenset[str] = field(default_factory=frozenset)
    """Normalised names that come as wheel, or `:all:`."""
    unlimited: frozenset[NormalizedName] = field(default_factory=frozenset)
    """Projects that may come as both, whatever the options say."""

    def without_binary(self, value: str) -> "FormatControl":
        """Apply one `--no-binary` option."""
        target, other = _apply(value, self.no_binary, self.only_binary)
        return replace(self, no_binary=target, only_binary=other)

    def with_only_binary(self, value: str) -> "FormatControl":
        """Apply one `--only-binary` option."""
        target, other = _apply(value, self.only_binary, self.no_binary)
        return replace(self, no_binary=other, only_binary=target)

    def without_limits(self, project: NormalizedName) -> "FormatControl":
        """Let a project come as wheel and as sdist."""
        return replace(self, unlimited=self.unlimited | {project})

    def allows_wheel(self, project: NormalizedName) -> bool:
        """Tell whether a wheel of `project` may be used; a name beats `:all:`."""
        if project in self.only_binary | self.unlimited:
            return True
        return project not in self.no_binary and ALL not in self.no_binary

    def allows_sdist(self, project: NormalizedName) -> bool:
        """Tell whether an sdist of `project` may be used; a name beats `:all:`."""
        if project in self.no_binary | self.unlimited:
            return True
        return project not in self.only_binary and ALL not in self.only_binary


def _apply(
    value: str, target: frozenset[str], other: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    for name in filter(None, map(str.strip, value.split(","))):
        if name == ALL:
            target, other = frozenset({ALL}), frozenset()
        elif name == NONE:
            target = frozenset()
        else:
            project = canonicalize_name(name)
            target, other = target | {project}, other - {project}
    return target, other


@dataclass(frozen=True, slots=True, kw_only=True)
class HashLimit:
    """The only files of a project that one requirement line allows."""

    project: NormalizedName
    hashes: frozenset[str]
    """`sha256:…`, in lower case."""
    origin: Origin

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of hashes that the line gives."""
        return frozenset(value.partition(":")[0] for value in self.hashes)

    def verdict(self, known: Mapping[str, str]) -> bool | None:
        """Tell whether a file is one of those; None: its bytes would tell.

        :param known: its hashes, by kind.
        """
        own = {f"{kind}:{digest}".lower() for kind, digest in known.items()}
        if not own.isdisjoint(self.hashes):
            return True
        return False if self.kinds <= {kind.lower() for kind in known} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Releases that a policy forbids."""

    project: NormalizedName
    specifier: SpecifierSet
    """Empty: all of them. `==1` takes 1+local in, `===1` does not."""
    reason: str
    """A clause for people: `kfp 2 fails on Kubeflow 1.4`."""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Releases that a policy, or one rule of it, lets through."""

    project: NormalizedName
    version: Version | None = None
    """None: all of them."""

    def is_of(self, file: DistributionFile, version: Version) -> bool:
        """Tell whether the release of a file is one of them."""
        return file.project == self.project and self.version in {None, version}


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumAge:
    """How long a file must have been on its index."""

    age: timedelta
    now: datetime
    """The moment from which it counts (aware, UTC)."""
    origin: Origin
    exemptions: tuple[Exemption, ...] = ()
    """What may be younger."""

    @property
    def latest(self) -> datetime:
        """Return the last moment at which a file may have been uploaded."""
        return self.now - self.age

    def refuses(self, file: DistributionFile, version: Version) -> bool:
        """Tell whether a file is younger than it must be, or its age is not known."""
        began = file.own_since or file.upload_time
        is_young = began is None or began > self.latest
        return is_young and not any(e.is_of(file, version) for e in self.exemptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Names that are an organisation's own: no index of others has their files."""

    pattern: str
    """A normalised name, or its beginning and `-*`."""
    origin: Origin

    def covers(self, project: NormalizedName) -> bool:
        """Tell whether a project is one of them."""
        return is_of_family(project, self.pattern)


def is_of_others(file: DistributionFile) -> bool:
    """Tell whether a file stands on an index of others."""
    return file.url.startswith(_UPSTREAM)


def is_of_family(project: NormalizedName, pattern: str) -> bool:
    """Tell whether a pattern is for a project; `acme-*` is for `acme` as well."""
    family = pattern.removesuffix("-*")
    if family == pattern:
        return project == family
    return project == family or project.startswith(f"{family}-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an organisation allows, whoever asks."""

    blocked: tuple[Block, ...] = ()
    warned: tuple[Block, ...] = ()
    """Releases that are shown as yanked."""
    reserved: tuple[Reserved, ...] = ()
    minimum_ages: tuple[MinimumAge, ...] = ()
    """A file must have them all."""
    exemptions: tuple[Exemption, ...] = ()
    """What is let through whatever is blocked, or too young."""

    def joined(self, other: "Policy") -> "Policy":
        """Return what holds where both do."""
        return Policy(
            blocked=(*self.blocked, *other.blocked),
            warned=(*self.warned, *other.warned),
            reserved=(*self.reserved, *other.reserved),
            minimum_ages=(*self.minimum_ages, *other.minimum_ages),
            exemptions=(*self.exemptions, *other.exemptions),
        )

    def exempts(self, file: DistributionFile, version: Version) -> bool:
        """Tell whether the release of a file is let through in any case."""
        return any(each.is_of(file, version) for each in self.exemptions)

    def reserving(self, file: DistributionFile) -> Reserved | None:
        """Return what keeps a file out that others have under a name of one's own."""
        if not is_of_others(file):
            return None
        covering = (each for each in self.reserved if each.covers(file.project))
        return next(covering, None)

    def warning(self, file: DistributionFile, version: Version) -> str | None:
        """Return why the release of a file is shown as yanked; None: it is not."""
        block = self._warning(file, version)
        return None if block is None else f"{block.reason} ({block.origin})"

    def shown_yank(self, file: DistributionFile, version: Version) -> Block | None:
        """Return the warning as which a file is shown as yanked; None: an index's yank."""
        if not self.warned or file.yanked is None:
            return None
        is_ours = file.yanked == self.warning(file, version)
        return self._warning(file, version) if is_ours else None

    def _warning(self, file: DistributionFile, version: Version) -> Block | None:
        of_project = (each for each in self.warned if each.project == file.project)
        naming = (each for each in of_project if _names(each.specifier, file, version))
        return next(naming, None)

    def blocks(self, file: DistributionFile, version: Version) -> list[Block]:
        """Return all that forbids the release of a file."""
        return [
            block
            for block in self.blocked
            if block.project == file.project and _names(block.specifier, file, version)
        ]

    def ages_refusing(
        self, file: DistributionFile, version: Version
    ) -> list[MinimumAge]:
        """Return the ages that a file has not."""
        return [each for each in self.minimum_ages if each.refuses(file, version)]


def hash_limits(lines: Iterable[RootRequirement]) -> tuple[HashLimit, ...]:
    """Collect what the hashes of requirement lines allow."""
    return tuple(
        HashLimit(
            project=canonicalize_name(line.requirement.name),
            hashes=frozenset(value.lower() for value in line.hashes),
            origin=line.origin,
        )
        for line in lines
        if line.hashes
    )


@dataclass(slots=True)
class FileLimits:
    """Tells which files a run's hashes and policy let through."""

    hashes: Sequence[HashLimit]
    policy: Policy
    _hashes_of: defaultdict[NormalizedName, list[HashLimit]] = field(
        init=False, default_factory=lambda: defaultdict(list)
    )
    _blocked: frozenset[NormalizedName] = field(init=False)

    def __post_init__(self) -> None:
        """Find limits by project: most projects have none."""
        for limit in self.hashes:
            self._hashes_of[limit.project].append(limit)
        self._blocked = frozenset(block.project for block in self.policy.blocked)

    def lacks_hash(self, file: DistributionFile) -> bool:
        """Tell whether some line gives hashes, and the file is known to have none."""
        limits = self._hashes_of.get(file.project)
        return limits is not None and any(
            limit.verdict(file.hashes) is False for limit in limits
        )

    def unknown_hashes(self, file: DistributionFile) -> Sequence[HashLimit]:
        """Return the lines to which only the file's bytes can be held."""
        limits = self._hashes_of.get(file.project, ())
        return [limit for limit in limits if limit.verdict(file.hashes) is None]

    def breaks_policy(self, file: DistributionFile, version: Version) -> bool:
        """Tell whether a policy forbids a file."""
        policy = self.policy
        if policy.reserved and policy.reserving(file) is not None:
            return True
        is_blocked = file.project in self._blocked and policy.blocks(file, version)
        if not is_blocked and not policy.minimum_ages:
            return False
        if policy.exempts(file, version):
            return False
        return bool(is_blocked or policy.ages_refusing(file, version))


Rule: TypeAlias = Literal["reserved", "blocked", "minimum-age"]
"""What of a policy's file forbids a release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRefusal:
    """One reason for which a policy forbids files."""

    rule: Rule
    reason: str
    origin: Origin

    def __str__(self) -> str:
        return f"{self.reason} ({self.origin})"


def refusals(
    policy: Policy, files: Iterable[tuple[DistributionFile, Version]]
) -> tuple[PolicyRefusal, ...]:
    """Say why a policy forbids files: each reason once, with where it stands."""
    said = (each for pair in files for each in _refusals(policy, *pair))
    return tuple(dict.fromkeys(said))


def _refusals(
    policy: Policy, file: DistributionFile, version: Version
) -> Iterator[PolicyRefusal]:
    reserved = policy.reserving(file)
    if reserved is not None:
        reason = f"{reserved.pattern} is reserved: no index of others may have it"
        yield PolicyRefusal(rule="reserved", reason=reason, origin=reserved.origin)
    if policy.exempts(file, version):
        return
    for block in policy.blocks(file, version):
        yield PolicyRefusal(rule="blocked", reason=block.reason, origin=block.origin)
    for limit in policy.ages_refusing(file, version):
        began = file.own_since or file.upload_time
        what = "has no upload time" if began is None else "is younger"
        reason = f"a file must be {counted(limit.age.days, 'day')} old, and one {what}"
        yield PolicyRefusal(rule="minimum-age", reason=reason, origin=limit.origin)


def _names(specifiers: SpecifierSet, file: DistributionFile, version: Version) -> bool:
    return all(
        specifier.version.lower() == file.version.lower()
        if specifier.operator == "==="
        else specifier.contains(version, prereleases=True)
        for specifier in specifiers
    )
