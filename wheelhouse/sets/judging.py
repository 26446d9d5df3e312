"""Whether a set has a lock over what a wheelhouse holds: the resolver's answer.

All that the resolver has asked for is noted, what is not there as well: only a change of
that can change the answer.
"""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from packaging.utils import NormalizedName, canonicalize_name

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.locks.starting import starting_from
from axletree.resolver.model.answers import Conflict, Resolution
from axletree.resolver.model.environment import environment_for, limit_python
from axletree.resolver.model.facts import Fact
from axletree.resolver.model.limits import Policy
from axletree.resolver.model.question import Limits, Question, ask
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.check import cause
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.placed import placed
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.universe import Readable, WheelhouseUniverse
from axletree.wheelhouse.errors import InvalidSetError
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.policy.effects import WarnedUniverse
from axletree.wheelhouse.policy.reading import document_of
from axletree.wheelhouse.sets import locks
from axletree.wheelhouse.sets.records import Result, SetText, Target
from axletree.wheelhouse.sets.texts import parse_set
from axletree.wheelhouse.views.definition import View
from axletree.wheelhouse.views.keeping import Views
from axletree.wheelhouse.views.seen import policy_of, seen_through

_PLACE = "in the wheelhouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One environment of a set, to be judged."""

    name: str
    text: SetText
    target: Target
    view: View | None = None
    """Over what it leaves; None: over all."""
    kept: str | None = None
    """The lock whose pins stay where they can."""
    upgrades: tuple[RootRequirement, ...] = ()
    """What need not stay of it; with a version it is a limit, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came out."""

    result: Result
    reads: frozenset[NormalizedName]
    lock: str | None = None
    filenames: tuple[str, ...] = ()
    """Of the lock."""
    report: str = ""
    """Why there is no lock."""
    clash: str = ""
    """The same in one clause."""
    concerned: frozenset[NormalizedName] = field(default_factory=frozenset)
    """The projects that the explanation, or the lock, is about."""


def judge(wanted: Wanted, house: Readable, generation: int, policy: Policy) -> Judged:
    """Resolve over a generation, under the policy of that time."""
    universe: Universe = WheelhouseUniverse(house, generation)
    if wanted.view is not None:
        universe = seen_through(universe, wanted.view, None)
    if policy.warned:
        universe = WarnedUniverse(base=universe, policy=policy)
    memo = MemoUniverse(universe)
    try:
        answer = Resolver(memo).resolve(_question(wanted, policy), is_brief=True)
    except AxletreeError as error:
        if error.exit_code not in {1, 2, 3}:
            raise
        return Judged(
            result="unknown",
            reads=frozenset(memo.page_of),
            report="; ".join(filter(None, (error.what, error.where))),
            clash=error.what,
        )
    if isinstance(answer, Resolution):
        return _whole(answer, wanted, frozenset(memo.page_of))
    return _broken(answer.conflict, frozenset(memo.page_of), wanted.view)


def _question(wanted: Wanted, policy: Policy) -> Question:
    parsed = parse_set(wanted.text, wanted.name)
    target = wanted.target
    environment = environment_for(target.python_version, target.platform)
    asked = ask(
        parsed.roots,
        limit_python(environment, parsed.pythons),
        constraints=parsed.constraints,
        limits=Limits(
            allow_prereleases=parsed.has_pre, formats=parsed.formats, policy=policy
        ),
        pythons=parsed.pythons,
    )
    return starting_from(asked, locks.pins_of(wanted.kept), wanted.upgrades)


def _whole(
    answer: Resolution, wanted: Wanted, reads: frozenset[NormalizedName]
) -> Judged:
    files = [file for pin in answer.pins for file in (pin.files or (pin.file,))]
    return Judged(
        result="whole",
        reads=reads.union(pin.name for pin in answer.pins),
        lock=locks.written(answer, wanted.name, wanted.target),
        filenames=tuple(dict.fromkeys(file.filename for file in files)),
        concerned=frozenset(pin.name for pin in answer.pins),
    )


def _broken(
    conflict: Conflict, reads: frozenset[NormalizedName], view: View | None
) -> Judged:
    place = _PLACE if view is None else f"in the view {view.name} of the wheelhouse"
    told = placed(conflict, place)
    facts = [fact for core in told.conflicts for fact in core.facts]
    return Judged(
        result="unknown" if conflict.holds_here_only else "broken",
        reads=reads,
        report="\n".join(line.text for line in conflict_report(told)).strip(),
        clash=cause(told.conflicts[0]),
        concerned=_projects(facts),
    )


def view_of(house: Wheelhouse, text: SetText) -> View | None:
    """Read the view over what a set is locked; None: over all.

    :raises NoViewError: it is not there.
    :raises InvalidSetError: it hangs on sets itself.
    """
    if not text.view:
        return None
    view = Views(house=house).find(text.view)
    if view.sets:
        raise InvalidSetError(
            f"the view {view.name} is of {view.of_sets}, and no set can be over it",
            hint="name a view that is as of a day, or under a policy",
        )
    return view


def policy_of_all(
    stored: StoredPolicy | None, view: View | None, at: datetime | None
) -> Policy:
    """Join what the wheelhouse's policy says, and a view's, at a moment."""
    policy = Policy()
    if stored is not None and at is not None:
        policy = document_of(stored).at(at)
    return policy if view is None else policy.joined(policy_of(view, at or utc_now()))


def _projects(facts: Sequence[Fact]) -> frozenset[NormalizedName]:
    named = [name for fact in facts for name in (fact.project, fact.target) if name]
    return frozenset(map(canonicalize_name, named))
