"""What all repairs share: a refused question, changed and resolved again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.candidates import Release
from axletree.resolver.conflict import Explanation
from axletree.resolver.cores import KeyCore
from axletree.resolver.fact_keys import ConstraintKey, FactKey, FallenKey, RootKey
from axletree.resolver.file_limits import hash_limits
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.model import Resolution, RootRequirement
from axletree.resolver.question import Question
from axletree.resolver.reporter import Reporter, SilentReporter
from axletree.resolver.resolve import Refusal, Resolver

WrittenKey: TypeAlias = RootKey | ConstraintKey
"""What the user wrote and may change."""


@dataclass(slots=True)
class Prover:
    """Resolves changes of one refused question; what was read stays read."""

    universe: MemoUniverse
    question: Question
    refusal: Refusal
    reporter: Reporter = field(default_factory=SilentReporter)

    @property
    def resolver(self) -> Resolver:
        """Return who refused the question: what it has read stays read."""
        return self.refusal.resolver

    @property
    def explanation(self) -> Explanation:
        """Return the refused question as facts."""
        return self.refusal.explanation

    @property
    def cores(self) -> Sequence[KeyCore]:
        """Return the conflicts found."""
        return self.refusal.cores

    def resolve(self, question: Question) -> Resolution | None:
        """Resolve a changed question; None if it is refused, too."""
        return self.resolver.answer(question)

    def newest(
        self, question: Question, name: NormalizedName
    ) -> tuple[Release, Sequence[Release]] | None:
        """Find the newest release of a root with which a solution exists.

        :returns: it and all that could be used, newest first; None if there is none.
        """
        search = self.resolver.search(replace(question, prefer="newest"), lead=name)
        decisions = self.resolver.run(search)
        releases = search.knowledge.releases[name] if decisions is not None else None
        if decisions is None or releases is None:
            return None
        listed = [release for release in releases.all if release.files]
        return decisions.releases[name], listed

    def is_solvable(self, question: Question) -> bool:
        """Tell whether a changed question has a solution, all of it read."""
        search = self.resolver.search(replace(question, prefer="newest"))
        return self.resolver.run(search) is not None

    def may_hold_without(self, left_out: Sequence[FactKey]) -> bool:
        """Tell whether the other facts can hold together, as far as is known."""
        others = {*left_out, *self._hash_facts(left_out)}
        if any(others.isdisjoint(core.keys) for core in self.cores):
            return False
        return self.explanation.can_hold_without(others)

    def _hash_facts(self, left_out: Sequence[FactKey]) -> Iterator[FactKey]:
        """Yield what lines that are changed say by hashes, which go with them."""
        for key in left_out:
            if isinstance(key, RootKey | ConstraintKey):
                line = written(self.question, key)
                if line.hashes:
                    yield FallenKey(name_of(self.question, key), "hash")


def written(question: Question, key: WrittenKey) -> RootRequirement:
    """Return the root or constraint of a fact."""
    listed = question.roots if isinstance(key, RootKey) else question.constraints
    return listed[key.index]


def name_of(question: Question, key: WrittenKey) -> NormalizedName:
    """Return the project that a root or constraint names."""
    return canonicalize_name(written(question, key).requirement.name)


def with_specifier(question: Question, key: WrittenKey, specifier: str) -> Question:
    """Give a root or constraint another specifier."""
    listed = question.roots if isinstance(key, RootKey) else question.constraints
    text = spell(listed[key.index], specifier)
    # The hashes of a line are those of the versions it named.
    changed = replace(
        listed[key.index], requirement=Requirement(text), text=text, hashes=()
    )
    both = (*listed[: key.index], changed, *listed[key.index + 1 :])
    if isinstance(key, RootKey):
        question = replace(question, roots=both)
    else:
        question = replace(question, constraints=both)
    hashes = hash_limits((*question.roots, *question.constraints))
    return replace(question, limits=replace(question.limits, hashes=hashes))


def spell(root: RootRequirement, specifier: str) -> str:
    """Spell a requirement with another specifier; extras and marker stay."""
    requirement = root.requirement
    extras = ",".join(sorted(requirement.extras))
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{f'[{extras}]' if extras else ''}{specifier}{marker}"
