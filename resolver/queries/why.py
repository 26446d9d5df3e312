"""Why an answer has a project: who asked for it, and why it is not newer.

Why not newer is asked of the solver itself: with the newest version that could be
used required as well, there is either no solution, and its core is the reason, or one
that the answer rule passed over for a newer version of a project decided before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.answers import (
    Pin,
    Repair,
    Resolution,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import NotInAnswerError
from axletree.resolver.model.fact_keys import ConstraintKey, RootKey
from axletree.resolver.model.facts import (
    Core,
    Fact,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.overrides import overridden
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import Override, RootRequirement
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.newer_releases import (
    Barred,
    NewerReleases,
)
from axletree.resolver.queries.pin_changes import (
    PinChange,
    pin_changes,
)
from axletree.resolver.queries.requirers import (
    Chain,
    Chains,
)
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.repairs.relaxing import WrittenRepairs
from axletree.resolver.repairs.repairer import sparing_for
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.near_names import MOST_NEAR, nearest
from axletree.resolver.universe.sparing import ReadEnoughError, SparingUniverse
from axletree.resolver.universe.verdicts import admits

Verdict: TypeAlias = Literal["newest", "held-back", "passed-over"]

SUPPOSED = Origin(file="--why")
"""Where the requirement stands that nobody wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotNewer:
    """What keeps a project from being newer."""

    verdict: Verdict
    version: str | None = None
    """The newest that could be used; None if the answer has it."""
    core: Core | None = None
    """Held back: the facts that rule it out. That it is wanted is not among them."""
    repairs: tuple[Repair, ...] = ()
    """Held back: the other versions of requirements that free it, each resolved."""
    changes: tuple[PinChange, ...] = ()
    """Passed over: what else would differ in an answer with it."""
    barred: tuple[Barred, ...] = ()
    """Newer ones that are no candidates at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """All that is said about one project of an answer."""

    environment: Environment
    pin: Pin
    projects: int
    """How many the answer has."""
    chains: tuple[Chain, ...]
    newer: WhyNotNewer


@dataclass(frozen=True)
class Asker:
    """Asks why, of one question and its answer."""

    resolver: Resolver
    question: Question
    answer: Resolution

    def why(self, project: str) -> Why:
        """Say who asked for a project and why it is not newer.

        :raises NotInAnswerError: when the answer does not have the project.
        """
        pin = _pin(self.answer, project)
        # The same question again, of which everything is known by now.
        search = self.resolver.search(self.question)
        decisions = self.resolver.run(search)
        if decisions is None:
            message = f"{project} was in an answer that is none"
            raise AssertionError(message)
        chains = Chains(self.question, search.knowledge, decisions)
        return Why(
            environment=self.answer.environment,
            pin=pin,
            projects=len(self.answer.pins),
            chains=chains.to(pin.name),
            newer=self._not_newer(decisions, pin),
        )

    def _not_newer(self, decisions: Decisions, pin: Pin) -> WhyNotNewer:
        releases = NewerReleases.than(
            pin, decisions.standings[pin.name], self.resolver.universe, self.question
        )
        newest = releases.newest()
        barred = releases.barred(newest)
        if newest is None:
            return WhyNotNewer(verdict="newest", barred=barred)
        found = self._with_release(newest)
        return replace(found, version=str(newest.version), barred=barred)

    def _with_release(self, release: Release) -> WhyNotNewer:
        self.resolver.reporter.proving(f"with {release.label}")
        supposed = self._supposing(release)
        outcome = self.resolver.resolve(supposed)
        overriding = self._overriding(release)
        if isinstance(outcome, Resolution) and overriding:
            # It is there because it is supposed: no requirement of yours asks for it.
            constraints = (*supposed.constraints, *overriding)
            supposed = replace(supposed, constraints=constraints)
            outcome = self.resolver.resolve(supposed)
        if isinstance(outcome, Refusal):
            core = _without_supposition(outcome.conflict.conflicts[0])
            repairs = self._repairs(release, supposed, outcome)
            return WhyNotNewer(verdict="held-back", core=core, repairs=repairs)
        changes = pin_changes(self.answer, outcome)
        others = tuple(change for change in changes if change.name != release.project)
        return WhyNotNewer(verdict="passed-over", changes=others)

    def _supposing(self, release: Release) -> Question:
        """Require a release as well; the text is what a user would write."""
        name = release.project
        # `==2` would take 2+local, too.
        exact = Requirement(f"{name}==={release.files[0].version}")
        text = f"{name}=={release.version}"
        root = RootRequirement(requirement=exact, text=text, origin=SUPPOSED)
        return replace(self.question, roots=(*self.question.roots, root))

    def _overriding(self, release: Release) -> list[RootRequirement]:
        """Return the overrides by which nobody may require a release, as constraints.

        Not where one requirer has an override of its own that allows it.
        """
        name, changes = release.project, self.question.changes
        requirers = {each.requirer for each in changes.overrides}
        barring = [
            [o for o in changes.of(each, name) if not _names(o, release)]
            for each in (None, *requirers)
        ]
        return [
            RootRequirement(
                requirement=overridden(Requirement(name), [override]),
                text=override.text,
                origin=override.origin,
                overrides=(override,),
            )
            for override in (barring[0] if all(barring) else ())
        ]

    def _repairs(
        self, release: Release, supposed: Question, refusal: Refusal
    ) -> tuple[Repair, ...]:
        """Find other versions of what the user wrote, with which the release is taken."""
        written, asked = len(self.question.constraints), len(supposed.constraints)
        overriding = map(ConstraintKey, range(written, asked))
        ours = {RootKey(len(supposed.roots) - 1), *overriding}
        cores = [
            KeyCore(
                keys=tuple(key for key in core.keys if key not in ours),
                claim=core.claim,
            )
            for core in refusal.cores
        ]
        universe, reporter = self.resolver.universe, self.resolver.reporter
        base, narrowed = universe.base, replace(refusal, cores=tuple(cores))
        if not isinstance(base, SparingUniverse) or base.is_frozen:
            prover = Prover(universe, supposed, narrowed, reporter=reporter)
            return tuple(_taking(release, WrittenRepairs(prover)))
        # What is taken as unknown must be so for nobody else.
        aside = Resolver(universe, reporter=reporter)
        narrowed = replace(narrowed, resolver=aside)
        prover = Prover(universe, supposed, narrowed, reporter=reporter, spared=[base])
        with base.sparing(sparing_for(supposed, universe, narrowed.cores)):
            found = tuple(_taking(release, WrittenRepairs(prover)))
        universe.forget(base.forgotten())
        return found


def _taking(release: Release, repairs: WrittenRepairs) -> Iterator[Repair]:
    """Yield those with the very release: else none would be an edit that frees it."""
    try:
        for repair in repairs.find():
            if isinstance(repair, Repair):
                pins = {(pin.name, pin.version) for pin in repair.resolution.pins}
                if (release.project, release.version) in pins:
                    yield repair
    except ReadEnoughError:
        return


def _names(override: Override, release: Release) -> bool:
    return admits(override.specifier, release.files[0].version)


def _pin(answer: Resolution, project: str) -> Pin:
    name = canonicalize_name(project)
    pins = {pin.name: pin for pin in answer.pins}
    if name in pins:
        return pins[name]
    near = nearest(name, pins)[:MOST_NEAR]
    projects = counted(len(pins), "project")
    raise NotInAnswerError(
        f"{name} is not among the {projects} of the solution: nothing requires it",
        where=SUPPOSED.file,
        hint=f"did you mean {' or '.join(near)}?" if near else "",
    )


def _without_supposition(core: Core) -> Core:
    """Leave the supposed requirement out of a core: it is what is asked about."""
    facts = tuple(fact for fact in core.facts if not _is_supposed(fact))
    return Core(facts=facts, claim=core.claim)


def _is_supposed(fact: Fact) -> bool:
    return any(evidence.file == SUPPOSED.file for evidence in fact.evidence)
