"""What pip would do with the same input, and at what price.

resolvelib is the algorithm inside pip; this runs it with pip's preferences and
counts what pip would read. It may stop early by a cap of ours: then it says so, and
claims nothing about how pip would have ended.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version
from resolvelib import (
    BaseReporter,
    ResolutionImpossible,
    ResolutionTooDeep,
)
from resolvelib import (
    Resolver as Following,
)

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.decisions import tables_of
from axletree.resolver.model.answers import AsPip
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.question import Question
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.pip_index import InPassing, PipIndex, TooManyFilesError
from axletree.resolver.queries.pip_provider import PipProvider
from axletree.resolver.queries.pip_requirements import (
    PipCandidate,
    PipRequirement,
    collect_roots,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.protocol import Universe
from axletree.sizes import size_words

_OLDEST_PYTHON = Version("3.9")
"""For which a pip is made whose rules are followed here. Source: pip 26.0.1 (3.9) and
26.3; pip 25.0.1, the last one for Python 3.8, prefers and backtracks otherwise."""
PIP_ROUNDS = 200_000
"""Where pip gives up. Source: pip, `resolution/resolvelib/resolver.py`."""
MOST_FILES = 1_000
"""Files whose metadata is read before we stop following pip."""
MOST_ROUNDS = 500
"""Rounds after which we stop following pip in passing: about a tenth of a second, in
which pip would have downloaded for minutes."""
MOST_NEW_FILES = 100
"""Files that are read over an index to follow pip in passing, beside those that were
read before. Where all is at hand it is no matter what was."""
ROUNDS_IF_ASKED = 20_000
"""The same where nothing else is asked for: some seconds."""
_NAMED_FROM = 3
"""Versions of one project from which it is named: pip walked back over it."""

_End: TypeAlias = Literal[
    "resolved", "conflict", "unbuildable", "too-deep", "crash", "rounds", "files"
]
_Pins: TypeAlias = tuple[tuple[str, str], ...]
_OUTCOMES: Mapping[_End, Literal["resolved", "conflict"]] = {
    "resolved": "resolved",
    "conflict": "conflict",
    "unbuildable": "conflict",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """How following pip ended."""

    end: _End
    pins: _Pins = ()
    lost: tuple[NormalizedName, ...] = ()
    """Projects that the pins require and that pip would not install."""
    unheeded: tuple[str, ...] = ()
    """What the pins require, and do not fit."""
    unbuilt: str = ""
    """The sdist at which we stopped, if that is why."""


class _TooManyRoundsError(Exception):
    """The caller's cap, not pip's."""


@dataclass(slots=True, kw_only=True)
class _RoundCounter(BaseReporter[PipRequirement, PipCandidate, str]):
    most: int
    rounds: int = 0

    def starting_round(self, index: int) -> None:
        if index >= self.most:
            raise _TooManyRoundsError
        self.rounds = index + 1


def as_pip(
    universe: Universe,
    question: Question,
    *,
    most_files: int = MOST_FILES,
    most_rounds: int = MOST_ROUNDS,
) -> AsPip:
    """Follow pip, reading `universe` one project and one file at a time.

    :param most_files: stop following when more metadata would be read.
    :param most_rounds: stop following after so many rounds; pip's own limit, 200,000,
        holds as well.
    """
    question = _as_pip_reads(question)
    knowledge = _unread(universe, question)
    index = PipIndex(
        tables=tables_of(knowledge),
        knowledge=knowledge,
        allow_prereleases=question.limits.allow_prereleases,
        most_files=most_files,
    )
    return _opinion(question, index, _RoundCounter(most=most_rounds))


def as_pip_in_passing(
    universe: MemoUniverse,
    question: Question,
    unread: Collection[DistributionFile],
    resolver: Resolver | None = None,
) -> AsPip:
    """Follow pip as far as it is worth where something else was asked for.

    :param unread: files that would have to be built to be read; `universe` adds to
        them as they are met.
    :param resolver: what it has read is there, where it is of the same universe and
        all of that is at hand.
    """
    question = _as_pip_reads(question)
    is_frozen = universe.is_frozen
    if resolver is not None and resolver.universe is universe and is_frozen:
        inquiry = resolver.search(question)
        knowledge, tables = inquiry.knowledge, inquiry.search.reading.universe
    else:
        knowledge = _unread(universe, question)
        tables = tables_of(knowledge)
    index = PipIndex(
        tables=tables,
        knowledge=knowledge,
        allow_prereleases=question.limits.allow_prereleases,
        most_files=MOST_FILES,
        in_passing=InPassing(
            most_new_files=None if is_frozen else MOST_NEW_FILES, unread=unread
        ),
    )
    return _opinion(question, index, _RoundCounter(most=MOST_ROUNDS))


def _as_pip_reads(question: Question) -> Question:
    """Leave out nothing that cannot be built, as pip does."""
    limits = replace(question.limits, skip_unbuildable=False)
    return replace(question, limits=limits)


def _unread(universe: Universe, question: Question) -> Knowledge:
    limits, changes = question.limits, question.changes
    return Knowledge(universe, question.environment, limits, changes)


def _opinion(question: Question, index: PipIndex, counter: _RoundCounter) -> AsPip:
    roots = collect_roots(
        question.roots, question.constraints, index.knowledge, index.range
    )
    found = _follow(PipProvider(index=index, roots=roots), counter)
    return AsPip(
        outcome=_OUTCOMES.get(found.end, "too-deep"),
        text=_premise(question) + _sentence(found, index, counter.rounds),
        rounds=counter.rounds,
        fetched=dict(sorted(index.fetched.items())),
        pins=found.pins,
    )


def _follow(provider: PipProvider, counter: _RoundCounter) -> _Followed:
    resolver = Following(provider, counter)
    try:
        # pip's own limit also steers how long it backjumps optimistically, so it is
        # passed on although ours is lower.
        result = resolver.resolve(provider.roots.requirements, max_rounds=PIP_ROUNDS)
    except ResolutionImpossible:
        return _Followed(end="conflict")
    except ResolutionTooDeep:
        return _Followed(end="too-deep")
    except RecursionError:
        # It looks for a way to the roots from what a refused candidate had required,
        # and does not notice a cycle among that (resolvelib 1.2, also inside pip).
        return _Followed(end="crash")
    except _TooManyRoundsError:
        return _Followed(end="rounds")
    except TooManyFilesError as error:
        return _Followed(end=error.end, unbuilt=error.unbuilt)
    chosen = result.mapping.values()
    pins = {(one.project, str(one.version)) for one in chosen}
    lines = [(one, line) for one in chosen for line in provider.get_dependencies(one)]
    # resolvelib 1.2 drops what it thinks nobody asks for any more, and after some
    # backjumps that is something else, too, or a requirement (seen with pip 26.3).
    lost = {line.project for _, line in lines} - {one.project for one in chosen}
    unheeded = {
        f"{one.project} {one.version} requires {line.identifier}{line.range}"
        for one, line in lines
        if (found := result.mapping.get(line.identifier)) is not None
        and not provider.is_satisfied_by(line, found)
    }
    return _Followed(
        end="resolved",
        pins=tuple(sorted(pins)),
        lost=tuple(sorted(lost)),
        unheeded=tuple(sorted(unheeded)),
    )


def is_simulated(environment: Environment) -> bool:
    """Tell whether the pip that is followed is one that runs there.

    Older Pythons have the last pip that was made for them, with rules of its own.
    """
    return Version(environment.python_version) >= _OLDEST_PYTHON


def _premise(question: Question) -> str:
    # pip knows of no overrides.
    changed = "With requirements as you changed them, " if question.changes else ""
    if is_simulated(question.environment):
        return changed
    rules = "by the rules of a pip that does not run on"
    python = f"Python {question.environment.python_version}"
    said = f"{changed}{rules} {python}, "
    return said[0].upper() + said[1:]


def _sentence(found: _Followed, index: PipIndex, rounds: int) -> str:
    does = f"pip would {_price(index)}"
    match found.end:
        case "resolved":
            return f"{does}, then install {_installed(found)}."
        case "conflict":
            return f"{does}, then fail." if index.fetched else "pip would fail at once."
        case "too-deep":
            return f"{does}, then give up as too deep after {PIP_ROUNDS:,} rounds."
        case "crash":
            return (
                f"{does}, then crash with a RecursionError: projects that it has "
                "refused require each other."
            )
        case "rounds":
            return (
                f"{does} and still not be done after {counted(rounds, 'round')}, where "
                f"we stopped following it (it gives up after {PIP_ROUNDS:,})."
            )
        case "files" | "unbuildable":
            return _stopped(found, does)


def _installed(found: _Followed) -> str:
    lost = f" without {', '.join(found.lost)}, which is required"
    unheeded = f", though {' and '.join(found.unheeded)}"
    return (
        counted(len(found.pins), "project")
        + (lost if found.lost else "")
        + (unheeded if found.unheeded else "")
    )


def _stopped(found: _Followed, does: str) -> str:
    if found.end == "unbuildable":
        return f"{does}, then stop at {found.unbuilt}, which it cannot build."
    if found.unbuilt:
        does = f"{does}, then build {found.unbuilt} to read it"
    return f"{does} and still not be done, where we stopped following it."


def _price(index: PipIndex) -> str:
    """Say what is fetched: `fetch 41 versions of botocore, 612 MB`."""
    counted = _counted(index.fetched)
    if not index.size_bytes:
        return f"read the metadata of {counted}"
    return f"fetch {counted}, {size_words(index.size_bytes)}"


def _counted(fetched: Mapping[NormalizedName, int]) -> str:
    if not fetched:
        return "no versions"
    total = sum(fetched.values())
    most = min(fetched, key=lambda name: (-fetched[name], name))
    others = len(fetched) - 1
    if not others:
        return f"{counted(total, 'version')} of {most}"
    if fetched[most] < _NAMED_FROM:
        return f"{counted(total, 'version')} of {len(fetched)} projects"
    walked = f"{counted(fetched[most], 'version')} of {most}"
    return f"{walked} and {total - fetched[most]} of {counted(others, 'other project')}"
