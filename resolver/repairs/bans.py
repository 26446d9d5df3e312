"""Bans that can be lifted: each as wide as it can be, then as narrow as it may be.

Wide, a lift finds out whether it helps at all; narrow, around the solution that this
led to, it is what a repair asks for. The date is `axletree.resolver.repairs.date_ban`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from operator import eq

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.fact_keys import (
    FactKey,
    FallenKey,
)
from axletree.resolver.model.limits import (
    Exemption,
    Rule,
    refusals,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import in_brackets
from axletree.resolver.repairs.costs import LIFT
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.universe.candidates import PageCompiler, Release

MOST_YANKED = 25
"""Yanked releases of one project that are tried."""
_HASHES = ("sha256", "sha384", "sha512")
"""Those that pip accepts, the usual one first."""
_WAYS: Mapping[Rule, str] = {
    "reserved": "out of reserved",
    "blocked": "out of [[blocked]]",
    "minimum-age": "into [[minimum-age.exceptions]]",
}
"""Where a release goes in a policy's file that is to let it through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A ban lifted as narrowly as it may be."""

    on: Callable[[Question], Question]
    """Asks with it lifted."""
    text: str
    change: str
    rank: int = LIFT
    distance: int = 0
    """How far a limit moves, where it does."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lift:
    """One ban, and how it is lifted; compared by identity."""

    covers: Callable[[FactKey], bool]
    """Tells what is no fact without it."""
    what: str
    """Its name, for who watches."""
    widely: Callable[[Question], Iterator[Question]]
    """Lifts it, in one way after the other; any that has a solution will do."""
    narrowly: Callable[[Prover, Question, Resolution], Lifted | None]
    """Lifts it for what a solution takes; None if that needs no such lift."""
    moves_date: bool = False
    opens: NormalizedName | None = None
    """The project whose pre-releases it lets in."""
    is_complete: bool = True
    """If no way that `widely` knows has a solution, none has."""


def lift_of(key: FallenKey, prover: Prover) -> Lift | None:
    """Return the lift of what a fact says of one project; None if there is none."""
    name = key.project
    match key.reason:
        case "pre-release":
            what, widely, narrowly = (
                f"pre-releases of {name}",
                partial(_constrained_alone, f"{name}>=0.dev0"),
                partial(_name_prerelease, name),
            )
        case "yanked":
            what, widely, narrowly = (
                f"yanked releases of {name}",
                partial(_pin_yanked, _yanked(name, prover)),
                partial(_take_yanked, name),
            )
        case "binary-policy":
            what, widely, narrowly = (
                f"wheels and sdists of {name}",
                partial(_allow_formats, name),
                partial(_name_format, name),
            )
        case "hash":
            what, widely, narrowly = (
                f"other files of {name}",
                partial(_allow_hashes, name),
                partial(_name_hash, name),
            )
        case "policy":
            what, widely, narrowly = (
                f"{name} against the policy",
                partial(_exempt, name),
                partial(_name_exemption, name),
            )
        case _:
            return None
    return Lift(
        covers=partial(eq, key),
        what=what,
        widely=widely,
        narrowly=narrowly,
        opens=name if key.reason == "pre-release" else None,
        is_complete=key.reason != "yanked" or len(_yanked(name, prover)) <= MOST_YANKED,
    )


def _pin(solution: Resolution, name: NormalizedName) -> Pin | None:
    return next((pin for pin in solution.pins if pin.name == name), None)


def _constrained(text: str, question: Question) -> Question:
    constraint = RootRequirement(
        requirement=Requirement(text), text=text, origin=Origin(file="a repair")
    )
    return replace(question, constraints=(*question.constraints, constraint))


# Pre-releases.


def _constrained_alone(text: str, question: Question) -> Iterator[Question]:
    yield _constrained(text, question)


def _name_prerelease(
    name: NormalizedName, _: Prover, __: Question, solution: Resolution
) -> Lifted | None:
    """Name the chosen pre-release as a lower bound."""
    pin = _pin(solution, name)
    if pin is None or not pin.version.is_prerelease:
        return None
    text = f"{name}>={pin.version.public}"
    return Lifted(
        on=partial(_constrained, text),
        text=f"allow pre-releases of {name}, by the constraint {text}",
        change=text,
    )


# Yanked releases.


def _yanked(name: NormalizedName, prover: Prover) -> list[Release]:
    """List the releases of a project with a yanked file, later than a date or not."""
    page, question = prover.universe.pages([name])[name], prover.question
    if page is None:
        return []
    limits = replace(question.limits, exclude_newer=None)
    releases = PageCompiler(question.environment, limits).compile(page).all
    yanked = [r for r in releases if any(f.yanked is not None for f in r.files)]
    # A pin lets a pre-release in as well, which nobody should ask for unawares.
    return sorted(
        yanked,
        key=lambda release: (not release.version.is_prerelease, release.version),
        reverse=True,
    )


def _pin_yanked(releases: list[Release], question: Question) -> Iterator[Question]:
    for release in releases[:MOST_YANKED]:
        yield _constrained(f"{release.project}=={release.version}", question)


def _take_yanked(
    name: NormalizedName, _: Prover, __: Question, solution: Resolution
) -> Lifted | None:
    pin = _pin(solution, name)
    if pin is None or pin.file.yanked is None:
        return None
    text = f"{name}=={pin.version}"
    because = in_brackets(pin.file.yanked)
    return Lifted(
        on=partial(_constrained, text),
        text=f"take {name} {pin.version}, which is yanked{because}, "
        f"by the constraint {text}",
        change=text,
    )


# Kinds of files.


def _allow_formats(name: NormalizedName, question: Question) -> Iterator[Question]:
    yield _with_formats(name, question)


def _with_formats(name: NormalizedName, question: Question) -> Question:
    formats = question.limits.formats.without_limits(name)
    return replace(question, limits=replace(question.limits, formats=formats))


def _name_format(
    name: NormalizedName, _: Prover, question: Question, solution: Resolution
) -> Lifted | None:
    pin, formats = _pin(solution, name), question.limits.formats
    if pin is None:
        return None
    is_wheel = pin.file.kind == "wheel"
    if formats.allows_wheel(name) if is_wheel else formats.allows_sdist(name):
        return None
    return Lifted(
        on=partial(_with_formats, name),
        text=f"allow both wheels and sdists of {name}",
        change=f"no --only-binary or --no-binary for {name}",
    )


# Hashes.


def _allow_hashes(name: NormalizedName, question: Question) -> Iterator[Question]:
    others = tuple(h for h in question.limits.hashes if h.project != name)
    yield replace(question, limits=replace(question.limits, hashes=others))


def _name_hash(
    name: NormalizedName, _: Prover, question: Question, solution: Resolution
) -> Lifted | None:
    """Give the hash of the chosen file, beside those that are there."""
    pin = _pin(solution, name)
    value = None if pin is None else _hash_of(pin.file)
    given = [limit for limit in question.limits.hashes if limit.project == name]
    if pin is None or value is None or not given:
        return None
    places = " and ".join(dict.fromkeys(str(limit.origin) for limit in given))
    return Lifted(
        on=partial(_with_hash, name, value),
        text=f"take {pin.file.filename}, whose hash is not among those that you give "
        f"({places})",
        change=f"{name}=={pin.version} --hash={value}",
        notes=(f"make sure that {pin.file.filename} is the file that you want",),
    )


def _with_hash(name: NormalizedName, value: str, question: Question) -> Question:
    hashes = tuple(
        replace(limit, hashes=limit.hashes | {value})
        if limit.project == name
        else limit
        for limit in question.limits.hashes
    )
    return replace(question, limits=replace(question.limits, hashes=hashes))


def _hash_of(file: DistributionFile) -> str | None:
    kinds = (kind for kind in _HASHES if kind in file.hashes)
    return next((f"{kind}:{file.hashes[kind]}".lower() for kind in kinds), None)


# Policies.


def _exempt(name: NormalizedName, question: Question) -> Iterator[Question]:
    yield _exempted(Exemption(project=name), question)


def _exempted(exemption: Exemption, question: Question) -> Question:
    policy = question.limits.policy
    policy = replace(policy, exemptions=(*policy.exemptions, exemption))
    return replace(question, limits=replace(question.limits, policy=policy))


def _name_exemption(
    name: NormalizedName, _: Prover, question: Question, solution: Resolution
) -> Lifted | None:
    """Exempt the chosen release."""
    pin = _pin(solution, name)
    if pin is None:
        return None
    said = refusals(question.limits.policy, [(pin.file, pin.version)])
    if not said:
        return None
    reasons = "; ".join(map(str, said))
    ways = ", and ".join(dict.fromkeys(_WAYS[each.rule] for each in said))
    return Lifted(
        on=partial(_exempted, Exemption(project=name, version=pin.version)),
        text=f"allow {name} {pin.version} against the policy: {reasons}",
        change=f"{name}=={pin.version} {ways}",
    )
