"""Roots that an answer leaves behind, and what `--prefer balanced` would do about it."""

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.engine.decisions import Decisions, Inquiry
from axletree.resolver.engine.lags import Lags
from axletree.resolver.model.answers import RootLag
from axletree.resolver.model.question import Question
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.tables_read import lowest

_MOST_NAMED = 5
_DAYS_OF_A_MONTH = 30.44
FAR_BEHIND_DAYS = 365
"""From more days than this a root is worth a note."""


def root_lags(inquiry: Inquiry, decisions: Decisions) -> tuple[RootLag, ...]:
    """List the roots that are behind their newest release, in written order."""
    found = []
    lags = lags_of(inquiry)
    for name in map(NormalizedName, lags.projects):
        release = decisions.releases.get(name)
        if release is None:
            # Its root holds for other patch releases of Python.
            continue
        if amount := lags.of(name, release.position):
            page = inquiry.knowledge.releases[name]
            listed = () if page is None else page.all
            lag = RootLag(
                name=name,
                version=release.version,
                newest=listed[lags.newest[name]].version,
                amount=amount,
                unit=lags.unit,
            )
            found.append(lag)
    return tuple(found)


def lags_of(inquiry: Inquiry) -> Lags:
    """Measure the roots of a question."""
    return Lags(inquiry.search.reading, inquiry.search.asked)


def far_behind(found: Sequence[RootLag], question: Question) -> list[RootLag]:
    """Keep those that are more than a year behind, and not by an existing lock."""
    kept = question.preferences
    return [
        lag
        for lag in found
        if lag.unit == "days"
        and lag.amount > FAR_BEHIND_DAYS
        and kept.get(lag.name) != lag.version
    ]


def sentence(lag: RootLag) -> str:
    """Say how far behind a root is: `boto3 1.20.24 is 41 days behind 1.20.46`."""
    unit = lag.unit if lag.amount > 1 else lag.unit.removesuffix("s")
    return f"{lag.name} {lag.version} is {lag.amount} {unit} behind {lag.newest}"


def note(
    lag: RootLag,
    inquiry: Inquiry,
    decisions: Decisions,
    balanced: Mapping[NormalizedName, RootLag | Release] | None,
) -> str:
    """Say in a line that a root is far behind, why, and what can be done.

    :param balanced: what `--prefer balanced` would give each root: its lag, or the
        release that is not behind; None where it would take more reading to know.
    """
    behind = f"{lag.name} {lag.version} is {lag.amount} days behind its newest"
    blamed = _decided_before(lag, inquiry, decisions)
    if blamed is None:
        return f"{behind}, {lag.newest}: no solution has a newer one"
    advice = f"{behind}, because {blamed} was decided first: try --prefer balanced"
    if balanced is None:
        return advice
    return f"{advice} ({_price(lag, balanced)})"


def left_behind(inquiry: Inquiry, decisions: Decisions) -> list[str]:
    """Name what roots require directly, would take newer, and get far behind.

    By what is known without reading more.
    """
    kept = inquiry.question.preferences
    found = [
        f"{release.label} is {_months(days)} behind: axletree why {name}"
        for name, mask in _admitted_directly(inquiry, decisions).items()
        if (days := _days_behind(inquiry.knowledge, decisions.releases[name], mask))
        > FAR_BEHIND_DAYS
        and kept.get(name) != (release := decisions.releases[name]).version
    ]
    more = len(found) - _MOST_NAMED
    return found if more <= 0 else [*found[:_MOST_NAMED], f"so are {more} more"]


def _admitted_directly(
    inquiry: Inquiry, decisions: Decisions
) -> dict[NormalizedName, int]:
    """Map what roots require to the releases that roots and constraints admit."""
    question, knowledge = inquiry.question, inquiry.knowledge
    names = [canonicalize_name(root.requirement.name) for root in question.roots]
    found: dict[NormalizedName, int] = {}
    for name in filter(decisions.releases.__contains__, dict.fromkeys(names)):
        extras = frozenset(decisions.standings[name].extras)
        required = knowledge.dependencies[decisions.releases[name]]
        for line in required.lines(extras, among=1 << decisions.python):
            releases = knowledge.releases.get(line.target)
            if releases is not None and line.target not in names:
                all_of_it = found.get(line.target, knowledge.gates(releases).finals)
                found[line.target] = all_of_it & releases.masks.of(line.specifier)
    for limit in question.constraints:
        target = canonicalize_name(limit.requirement.name)
        releases = knowledge.releases.get(target)
        if target in found and releases is not None:
            found[target] &= releases.masks.of(limit.requirement.specifier)
    return {name: mask for name, mask in found.items() if name in decisions.releases}


def _days_behind(knowledge: Knowledge, chosen: Release, admitted: int) -> int:
    newer = admitted & ((1 << chosen.position) - 1)
    releases = knowledge.releases[chosen.project]
    if not newer or releases is None:
        return 0
    newest = releases.all[lowest(newer)]
    times = [knowledge.file_of(each).upload_time for each in (newest, chosen)]
    if times[0] is None or times[1] is None:
        return 0
    return (times[0] - times[1]).days


def _months(days: int) -> str:
    return f"{round(days / _DAYS_OF_A_MONTH)} months"


def _price(lag: RootLag, balanced: Mapping[NormalizedName, RootLag | Release]) -> str:
    own = balanced[lag.name]
    behind = f", {own.amount} days behind" if isinstance(own, RootLag) else ""
    others = [
        f"{name} {other.version} is then {other.amount} days behind"
        for name, other in balanced.items()
        if name != lag.name and isinstance(other, RootLag)
    ]
    return "; ".join((f"it gives {lag.name} {own.version}{behind}", *others))


def _decided_before(lag: RootLag, inquiry: Inquiry, decisions: Decisions) -> str | None:
    """Name the decision after which no newer release was possible; None: it never was.

    A refusal of what is known is a refusal in truth, so what is named is to blame.
    """
    clauses, position = inquiry.search.clauses, decisions.releases[lag.name].position
    assumed = [inquiry.search.switch]
    clauses.sync()
    chosen = clauses.chosen
    newer = lags_of(inquiry).newer(lag.name, position)
    one_of_them = clauses.better(chosen[lag.name][other] for other in newer)
    if not clauses.solve([*assumed, one_of_them]):
        return None
    if clauses.has_pythons:
        assumed.append(clauses.python(decisions.python))
        if not clauses.solve([*assumed, one_of_them]):
            pythons = inquiry.question.environment.pythons
            return f"Python {pythons[decisions.python]}"
    for name in _until(decisions, lag.name):
        assumed.append(chosen[name][decisions.releases[name].position])
        if not clauses.solve([*assumed, one_of_them]):
            return name
    return None


def _until(decisions: Decisions, last: NormalizedName) -> Iterator[NormalizedName]:
    for name in decisions.releases:
        if name == last:
            return
        yield name
