"""Repairs that lift a ban: on pre-releases, on yanked files, on kinds of files.

They come last, since somebody put the ban there for a reason (RESOLVING.md 5).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.candidates import Release
from axletree.resolver.fact_keys import FallenKey
from axletree.resolver.masks import bits
from axletree.resolver.model import Origin, Repair, Resolution, RootRequirement
from axletree.resolver.proving import Prover
from axletree.resolver.question import Question

LIFT = 4
"""Rank of the kind in the published order of costs."""
MOST_YANKED = 25
"""Yanked releases of one project that are tried."""


@dataclass(slots=True)
class GateRepairs:
    """Looks for repairs of this kind, one ban each."""

    prover: Prover

    def find(self) -> Iterator[Repair]:
        """Yield what was proved."""
        keys = (key for core in self.prover.cores for key in core.keys)
        fallen = dict.fromkeys(key for key in keys if isinstance(key, FallenKey))
        for key in fallen:
            if not self.prover.may_hold_without([key]):
                continue
            self.prover.reporter.proving(f"{key.project} without its ban")
            match key.reason:
                case "pre-release":
                    repair = self._let_prereleases_in(key.project)
                case "yanked":
                    repair = self._take_yanked(key.project)
                case "binary-policy":
                    repair = self._allow_files(key.project)
                case _:
                    repair = None
            if repair is not None:
                yield repair

    def _let_prereleases_in(self, name: NormalizedName) -> Repair | None:
        """Name the newest pre-release that works as a lower bound."""
        opened = self._constrained(f"{name}>=0.dev0")
        found = self.prover.resolve(opened)
        pins = found.pins if found is not None else ()
        version = next((pin.version for pin in pins if pin.name == name), None)
        if version is None:
            return None
        text = f"{name}>={version.public}"
        resolution = self.prover.resolve(self._constrained(text))
        if resolution is None:
            return None
        return self._lift(
            f"let pre-releases of {name} in, by the constraint {text}", text, resolution
        )

    def _take_yanked(self, name: NormalizedName) -> Repair | None:
        for release in self._yanked(name)[:MOST_YANKED]:
            text = f"{name}=={release.version}"
            resolution = self.prover.resolve(self._constrained(text))
            if resolution is not None:
                reason = next((f.yanked for f in release.files if f.yanked), "")
                because = f" ({reason})" if reason else ""
                return self._lift(
                    f"take {release.label}, which is yanked{because}, "
                    f"by the constraint {text}",
                    text,
                    resolution,
                )
        return None

    def _yanked(self, name: NormalizedName) -> list[Release]:
        knowledge = self.prover.explanation.knowledge
        releases = knowledge.releases[name]
        if releases is None:
            return []
        gates = knowledge.gates(releases)
        found = [releases.all[place] for place in bits(gates.yanked & gates.alive)]
        return sorted(found, key=lambda release: release.version, reverse=True)

    def _allow_files(self, name: NormalizedName) -> Repair | None:
        limits = self.prover.question.limits
        formats = limits.formats.without_limits(name)
        question = replace(
            self.prover.question, limits=replace(limits, formats=formats)
        )
        resolution = self.prover.resolve(question)
        if resolution is None:
            return None
        return self._lift(
            f"allow both wheels and sdists of {name}",
            f"no --only-binary or --no-binary for {name}",
            resolution,
        )

    def _constrained(self, text: str) -> Question:
        constraint = RootRequirement(
            requirement=Requirement(text), text=text, origin=Origin(file="a repair")
        )
        question = self.prover.question
        return replace(question, constraints=(*question.constraints, constraint))

    def _lift(self, text: str, change: str, resolution: Resolution) -> Repair:
        return Repair(
            kind="lift",
            text=text,
            changes=(change,),
            cost=(LIFT, 1),
            claim="irreducible",
            resolution=resolution,
        )
