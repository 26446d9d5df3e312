"""One conflict as a minimal index, proved to be the same one.

Proved by resolving: the slice gives the very facts again, and what installers see of
it is refused, and no longer once any one fact is left out. Source: RESOLVING.md 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName

from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.errors import NotReproducibleError
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    FactKey,
    RootKey,
)
from axletree.resolver.model.facts import Core
from axletree.resolver.model.markers import names_patch
from axletree.resolver.model.question import Question
from axletree.resolver.queries.reproducer_index import (
    MiniIndex,
    mini_index,
)
from axletree.resolver.queries.reproducer_slice import (
    Slice,
    Slicer,
)
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """A conflict cut out, and its proof."""

    sliced: Slice
    core: Core
    """As the slice gives it again."""
    index: MiniIndex
    """What installers are shown."""

    def without(self, key: FactKey) -> MiniIndex:
        """Show installers all but one fact of `sliced.keys`."""
        return mini_index(self.sliced, key)


def reproduce(explanation: Explanation, core: KeyCore, written: Core) -> Reproduction:
    """Cut a core out of what was read, and prove that it is the same conflict.

    :param written: the core in words, whose versions are those that matter most.
    :raises NotReproducibleError: when no folder of wheels can show it.
    """
    for slicer in _slicers(explanation, core, written):
        found = _proved(slicer.cut())
        if found is not None:
            return found
    raise NotReproducibleError(
        "no folder of wheels shows installers this conflict and nothing else",
        where="--reproduce",
    )


def _slicers(
    explanation: Explanation, core: KeyCore, written: Core
) -> Iterator[Slicer]:
    """Yield ways to cut, the one that keeps least first."""
    whole = Slicer(explanation=explanation, keys=core.keys)
    yield replace(whole, within=_versions(written))
    for keeps_fallen in (False, True):
        whole = replace(whole, keeps_fallen=keeps_fallen)
        yield whole
        # A core without the gate of pre-releases may need them to be let in.
        yield replace(whole, prereleases="let in")
        yield replace(whole, prereleases="dropped")


def _versions(written: Core) -> dict[NormalizedName, frozenset[str]]:
    """Gather the versions that facts are about: those the others leave possible."""
    found: dict[NormalizedName, frozenset[str]] = {}
    for fact in written.facts:
        if fact.versions:
            known = found.get(fact.project, frozenset())
            found[fact.project] = known | set(fact.versions)
    return found


def _proved(sliced: Slice) -> Reproduction | None:
    asked_for = (*sliced.question.roots, *sliced.question.constraints)
    if any(line.url for file in sliced.files for line in file.lines) or any(
        line.address is not None for line in asked_for
    ):
        # Installers would go and fetch it.
        return None
    if _rests_on_patch(sliced):
        # Installers read markers for the one Python that they run on.
        return None
    answer = _resolve(sliced.universe(), sliced.question)
    if not isinstance(answer, Refusal) or answer.cores[0].keys != _moved(sliced.keys):
        return None
    asked = sliced.question
    index = mini_index(sliced)
    if not isinstance(_resolve(index.universe(), index.question(asked)), Refusal):
        return None
    for key in sliced.keys:
        other = mini_index(sliced, key)
        left = _resolve(other.universe(), other.question(asked))
        if not isinstance(left, Resolution):
            return None
    return Reproduction(sliced=sliced, core=answer.conflict.conflicts[0], index=index)


def _rests_on_patch(sliced: Slice) -> bool:
    """Tell whether a marker is true for some patch releases of Python only."""
    asked = sliced.question
    texts = [line.text for file in sliced.files for line in file.lines]
    texts += (root.text for root in (*asked.roots, *asked.constraints))
    return len(asked.environment.micros) > 1 and any(map(names_patch, texts))


def _resolve(universe: Universe, question: Question) -> Resolution | Refusal:
    return Resolver(MemoUniverse(universe)).resolve(question)


def _moved(keys: tuple[FactKey, ...]) -> tuple[FactKey, ...]:
    """Give roots and constraints the places that they have among the core's."""
    roots = sorted(key.index for key in keys if isinstance(key, RootKey))
    limits = sorted(key.index for key in keys if isinstance(key, ConstraintKey))
    moved: list[FactKey] = []
    for key in keys:
        match key:
            case RootKey(index):
                moved.append(RootKey(roots.index(index)))
            case ConstraintKey(index):
                moved.append(ConstraintKey(limits.index(index)))
            case _:
                moved.append(key)
    return tuple(moved)
