"""Repairs by the name that was meant, where a requirement names no project.

The cheapest of all: nothing that was wanted is given up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.known_names import IMPORTED_AS
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.fact_keys import AbsentKey, FallenKey, RootKey
from axletree.resolver.model.limits import hash_limits
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import Edit, RootRequirement
from axletree.resolver.repairs.costs import NEAR_NAME, cost_of
from axletree.resolver.repairs.proving import Prover, name_of
from axletree.resolver.universe.near_names import near_names


@dataclass(slots=True)
class NearNameRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    is_complete: bool = field(init=False, default=True)

    def find(self) -> Iterator[Repair]:
        """Yield one for each near name, or for the nearest of all names together."""
        near = {name: self._near(name) for name in self._misspelled()}
        near = {name: others for name, others in near.items() if others}
        found = False
        for name, others in near.items():
            for other in others:
                for repair in self._renamed({name: other}, is_irreducible=True):
                    found = True
                    yield repair
        if not found and len(near) > 1:
            # What one of them leaves is refused for the others.
            all_names = {name: others[0] for name, others in near.items()}
            yield from self._renamed(all_names, is_irreducible=self.is_complete)

    def _misspelled(self) -> dict[NormalizedName, None]:
        """Name the projects of roots that there are not, or that are no use at all."""
        question = self.prover.question
        found: dict[NormalizedName, None] = {}
        for core in self.prover.cores:
            roots = [key for key in core.keys if isinstance(key, RootKey)]
            others = [key for key in core.keys if not isinstance(key, RootKey)]
            for root in roots:
                name = name_of(question, root)
                unreadable = FallenKey(name, "metadata")
                is_meant = name in IMPORTED_AS and others == [unreadable]
                if AbsentKey(name) in others or is_meant:
                    found[name] = None
        return found

    def _near(self, name: NormalizedName) -> list[NormalizedName]:
        return near_names(self.prover.explanation.knowledge, name)

    def _renamed(
        self, names: Mapping[NormalizedName, NormalizedName], *, is_irreducible: bool
    ) -> Iterator[Repair]:
        question, edits = _renamed(self.prover.question, names)
        what = " and ".join(names.values())
        self.prover.reporter.proving(f"{what} by its near name")
        found = self.prover.resolve(question)
        if isinstance(found, GaveUp):
            self.is_complete = False
        if not isinstance(found, Found):
            return
        texts = (f"{edit.new} instead of {edit.old}" for edit in edits)
        yield Repair(
            kind="near-name",
            text=f"use {' and '.join(texts)}",
            changes=tuple(edit.new for edit in edits),
            edits=tuple(edits),
            cost=cost_of([NEAR_NAME] * len(edits)),
            claim=self.prover.claim(found, is_irreducible=is_irreducible),
            resolution=found.value,
            notes=self.prover.notes(found.unread),
        )


def _renamed(
    question: Question, names: Mapping[NormalizedName, NormalizedName]
) -> tuple[Question, list[Edit]]:
    """Exchange names in all that was written."""
    edits: list[Edit] = []

    def renamed(line: RootRequirement) -> RootRequirement:
        new = names.get(canonicalize_name(line.requirement.name))
        if new is None:
            return line
        requirement = Requirement(str(line.requirement))
        requirement.name = new
        text = line.text.replace(line.requirement.name, new, 1)
        edits.append(Edit(origin=line.origin, old=line.text, new=text))
        return replace(line, requirement=requirement, text=text)

    roots = tuple(map(renamed, question.roots))
    constraints = tuple(map(renamed, question.constraints))
    limits = replace(question.limits, hashes=hash_limits((*roots, *constraints)))
    question = replace(question, roots=roots, constraints=constraints, limits=limits)
    return question, edits
