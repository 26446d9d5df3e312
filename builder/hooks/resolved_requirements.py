"""Build requirements resolved by our own resolver, from the same universe as all else.

So a build as of a date gets the build requirements of that date, and a build inside
the cluster gets them from the wheelhouse or not at all.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.builder.errors import BuildRequirementsError
from axletree.builder.hooks.build_system import DEFAULT_REQUIRES
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.distribution import (
    DistributionFile,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import ResolverError
from axletree.resolver.model.file_names import below
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
)
from axletree.resolver.reports.placed import placed
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.unbuilt import UnbuiltUniverse

_NOT_BUILT = UnusableMetadata(reason="sdists are not built for builds")
_LEGACY_SINCE = datetime(2019, 2, 6, tzinfo=UTC)
"""The end of the day on which setuptools 40.8.0 came: no build without a build system of
its own can be made as of an earlier one, since nothing older has the legacy backend. No
source asked for that release, so the date of what is asked for is not held against it."""

_WITHOUT_VIEW = "build without --view, or over a view that has them"


def collecting(requirements: Sequence[str], environment: Environment) -> str:
    """Spell the command that brings what is required for an environment."""
    words = [
        *("axletree", "collect", *requirements),
        *("--python-version", environment.python_version),
        *("--python-platform", environment.platform),
    ]
    return shlex.join(words)


def _limits_of(question: Question) -> Iterator[str]:
    """Spell the constraints on what is asked for itself."""
    asked = {canonicalize_name(root.requirement.name) for root in question.roots}
    for limit in question.constraints:
        if canonicalize_name(limit.requirement.name) in asked:
            yield limit.text


def _empty() -> Universe:
    return FrozenUniverse(page_of={}, metadata_of={})


def _bring_nothing(files: Sequence[DistributionFile]) -> Sequence[Path]:
    return [below(Path(), file.filename) for file in files]


@dataclass(slots=True)
class ResolvedBuildRequirements:
    """Resolve build requirements over a universe and bring their wheels."""

    universe: Universe = field(default_factory=_empty)
    fetch: Callable[[Sequence[DistributionFile]], Sequence[Path]] = _bring_nothing
    """Brings files, verified; returns one path for each, in order."""
    limits: Limits = field(default_factory=Limits)
    source: str = ""
    """What they are looked for in, where that is less than the wheelhouse."""
    provided: dict[DistributionFile, Path] = field(default_factory=dict)
    """All that was brought so far: what a later build needs in the wheelhouse."""
    _known: dict[tuple[tuple[str, ...], str], tuple[Path, ...]] = field(
        default_factory=dict
    )

    _refused: dict[tuple[tuple[str, ...], str], BuildRequirementsError] = field(
        default_factory=dict
    )

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Return the wheels that satisfy `requirements`, each file verified.

        :raises BuildRequirementsError: when they clash or a wheel is missing; sdists
            are not built for builds.
        """
        key = ((*requirements, "", *constraints), environment.label)
        if key in self._refused:
            raise self._refused[key]
        if key not in self._known:
            try:
                self._known[key] = self._bring(requirements, environment, constraints)
            except BuildRequirementsError as error:
                self._refused[key] = error
                raise
        return self._known[key]

    def forget_refused(self) -> None:
        """Ask again for what was not available: there is more by now."""
        self._refused.clear()

    def _bring(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str],
    ) -> tuple[Path, ...]:
        question = self._question(requirements, environment, constraints)
        # To explain why there are none, sdists would be read: by builds, which have build
        # requirements that cannot be had for the same reason, and so on.
        wheels = UnbuiltUniverse(base=MemoUniverse(self.universe), unread=_NOT_BUILT)
        answer = Resolver(MemoUniverse(wheels)).resolve(question, is_brief=True)
        if isinstance(answer, Refusal):
            place = f"in {self.source or 'what builds take theirs from'}"
            raise BuildRequirementsError(
                f"the build requirements {', '.join(requirements)} are not available"
                f"{self.source and f' in {self.source}'}: "
                + _because(placed(answer.conflict, place)),
                where=environment.label,
                hint=_WITHOUT_VIEW
                if self.source
                else "bring them from an index: "
                + collecting([*requirements, *_limits_of(question)], environment),
            )
        files = [pin.file for pin in answer.pins]
        paths = tuple(self.fetch(files))
        self.provided.update(zip(files, paths, strict=True))
        return paths

    def _question(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str],
    ) -> Question:
        origin = Origin(file="build requirements")
        try:
            return ask(
                [parse_requirement(text, origin) for text in requirements],
                environment,
                constraints=[
                    parse_requirement(text, Origin(file="build constraints"))
                    for text in constraints
                ],
                limits=self._limits(requirements),
            )
        except ResolverError as error:
            # The source wrote them, not the user.
            raise BuildRequirementsError(
                f"the build requirements cannot be asked for: {error.what}",
                where=environment.label,
                hint="take another version of it, or a wheel",
            ) from error

    def _limits(self, requirements: Sequence[str]) -> Limits:
        # What the user lets in is said of what is asked for.
        limits = replace(self.limits, formats=FormatControl())
        limit = limits.exclude_newer
        is_legacy = DEFAULT_REQUIRES[0] in requirements
        if limit is None or not is_legacy or limit >= _LEGACY_SINCE:
            return limits
        return replace(limits, exclude_newer=_LEGACY_SINCE)


def _because(conflict: Conflict) -> str:
    """Say the cause in a clause, for what names it as the reason of something else."""
    core = conflict.conflicts[0]
    if not core.verdict:
        told = "; ".join(fact.text for fact in core.facts)
        return told.replace("you require ", "its build requires ")
    as_of = f"as of {conflict.as_of}, " if conflict.as_of else ""
    return f"{as_of}{core.verdict.rstrip('.')}"
