"""Scenarios of the engine: a small universe, a question, and what is to come out.

A file has `description`, `[question]` (requirements, and constraints, overrides,
exclude, policy, only-binary, no-binary, python, platform, pre, prefer, as-of), `[universe.PROJECT]` with releases by
version (requires, python, yanked, uploaded, hashes, broken; more than one pure wheel:
`files`, each with its own), `[upstream.PROJECT]` alike, for what `explain --upstream`
looks at, and `[expected]`: `pins` (and `notes`), or `claim` with `facts` (of the first
conflict; `over-index` where they are others there), their `evidence` and the `picture`,
and how many `conflicts`, and `repairs` (and their `claims`, their notes as `advice`, the `commands` of those that have one, and the `changes`
that they write).
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from axletree.resolver.inputs.override_files import (
    OverrideFile,
    parse_overrides,
)
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.limits import (
    Block,
    FormatControl,
    MinimumAge,
    Policy,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
)
from axletree.resolver.model.requirements import (
    Exclusion,
    RootRequirement,
)
from axletree.resolver.repairs.collecting import Upstream
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json

FOLDER = Path(__file__).parents[1] / "scenarios"
NOT_OURS = {"as_pip", "universes"}
"""Folders that other tests read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is to come out."""

    pins: Mapping[str, str] | None = None
    notes: tuple[str, ...] | None = None
    """None: not looked at."""
    claim: str | None = None
    facts: tuple[str, ...] = ()
    over_index: tuple[str, ...] | None = None
    """The facts of the first core when metadata is read as needed; None: any."""
    evidence: tuple[str, ...] | None = None
    """Of these facts, one after the other; None: not looked at."""
    picture: tuple[str, ...] | None = None
    """Versions, then who allows which; None: not looked at."""
    conflicts: int = 1
    repairs: tuple[str, ...] | None = None
    """None: not looked at."""
    claims: tuple[str, ...] | None = None
    """Likewise."""
    advice: tuple[str, ...] | None = None
    """The notes of all repairs; likewise."""
    commands: tuple[str, ...] | None = None
    """Likewise."""
    changes: tuple[str, ...] | None = None
    """What they write, one after the other; None: not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One file."""

    question: Question
    for_target: Callable[[str, str], Question]
    """The same question for another version of Python, or on another platform."""
    universe: Universe
    upstream: Upstream | None
    expected: Expected


def scenario_names() -> list[str]:
    """List the scenarios: folder and file name."""
    paths = sorted(FOLDER.glob("*/*.toml"))
    return [
        f"{path.parent.name}/{path.stem}"
        for path in paths
        if path.parent.name not in NOT_OURS
    ]


@cache
def load_scenario(name: str) -> Scenario:
    """Read a scenario."""
    form = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    upstream = (
        Upstream(universe=MemoUniverse(_universe(form["upstream"])), name="public")
        if "upstream" in form
        else None
    )
    expected = form["expected"]
    return Scenario(
        question=_question(
            form["question"],
            form["question"].get("python", "3.9"),
            form["question"].get("platform", "linux"),
        ),
        for_target=partial(_question, form["question"]),
        universe=_universe(form.get("universe", {})),
        upstream=upstream,
        expected=Expected(
            pins=expected.get("pins"),
            notes=_told(expected, "notes"),
            claim=expected.get("claim"),
            facts=tuple(expected.get("facts", ())),
            over_index=_told(expected, "over-index"),
            evidence=_told(expected, "evidence"),
            picture=_told(expected, "picture"),
            conflicts=expected.get("conflicts", 1),
            repairs=_told(expected, "repairs"),
            claims=_told(expected, "claims"),
            advice=_told(expected, "advice"),
            commands=_told(expected, "commands"),
            changes=_told(expected, "changes"),
        ),
    )


def _universe(form: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Universe:
    projects = {
        project: [
            file
            for version, release in releases.items()
            for file in _files(project, version, release)
        ]
        for project, releases in form.items()
    }
    document = {"format": "axletree.universe/1", "projects": projects}
    return universe_from_json(document)


def _question(form: Mapping[str, object], python: str, platform: str) -> Question:
    return ask(
        map(_line, _texts(form, "requirements")),
        environment_for(python, platform),
        constraints=map(parse_requirement, _texts(form, "constraints")),
        limits=Limits(
            exclude_newer=_day_after(form.get("as-of")),
            allow_prereleases=form.get("pre") is True,
            policy=_policy(form),
            formats=FormatControl(
                only_binary=frozenset(_texts(form, "only-binary")),
                no_binary=frozenset(_texts(form, "no-binary")),
            ),
        ),
        changes=_changes(form),
        prefer="balanced" if form.get("prefer") == "balanced" else "newest",
    )


def _line(text: str) -> RootRequirement:
    """Read a requirement and the `--hash` options behind it."""
    demand, *hashes = text.split(" --hash=")
    return replace(parse_requirement(demand), hashes=tuple(hashes))


def _policy(form: Mapping[str, object]) -> Policy:
    """Read `policy`: `PROJECT RANGE: reason`, or `N days on DATE`, one a line."""
    blocked: list[Block] = []
    ages: list[MinimumAge] = []
    for line, text in enumerate(_texts(form, "policy"), start=1):
        origin = Origin(file="policy.toml", line=line)
        what, is_block, reason = text.partition(": ")
        if is_block:
            name, _, versions = what.partition(" ")
            blocked.append(
                Block(
                    project=canonicalize_name(name),
                    specifier=SpecifierSet(versions),
                    reason=reason,
                    origin=origin,
                )
            )
        else:
            days, _, _, day = text.split()
            now = datetime.fromisoformat(day).replace(tzinfo=UTC)
            age = timedelta(days=int(days))
            ages.append(MinimumAge(age=age, now=now, origin=origin))
    return Policy(blocked=tuple(blocked), minimum_ages=tuple(ages))


def _changes(form: Mapping[str, object]) -> Changes:
    text = "\n".join(_texts(form, "overrides"))
    return Changes(
        overrides=parse_overrides(
            [OverrideFile(path="overrides.txt")], read=lambda _: text, environ={}
        ),
        exclusions=tuple(
            Exclusion(project=canonicalize_name(name), origin=Origin())
            for name in _texts(form, "exclude")
        ),
    )


def _day_after(day: object) -> datetime | None:
    if not isinstance(day, date):
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def _files(
    project: str, version: str, release: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    """Give the files of a release as a snapshot spells them."""
    match release.get("files"):
        case list() as listed:
            for facts in listed:
                yield _file(str(facts["name"]), {**release, **facts})
        case _:
            stem = f"{project.replace('-', '_')}-{version}"
            yield _file(f"{stem}-py3-none-any.whl", release)


def _file(filename: str, facts: Mapping[str, object]) -> dict[str, object]:
    form: dict[str, object] = {"filename": filename}
    if "python" in facts:
        form["requires_python"] = facts["python"]
    if "hashes" in facts:
        form["hashes"] = facts["hashes"]
    if "yanked" in facts:
        form["yanked"] = facts["yanked"]
    if "uploaded" in facts:
        form["upload_time"] = f"{facts['uploaded']}T12:00:00+00:00"
    form["metadata"] = {
        "requires_dist": _texts(facts, "requires"),
        "provides_extra": _texts(facts, "extras"),
        "requires_python": facts.get("own-python"),
    }
    if "broken" in facts:
        form["metadata"] = {"unusable": facts["broken"]}
    return form


def _told(expected: Mapping[str, object], key: str) -> tuple[str, ...] | None:
    return tuple(_texts(expected, key)) if key in expected else None


def _texts(form: Mapping[str, object], key: str) -> list[str]:
    match form.get(key):
        case list() as listed:
            return [str(text) for text in listed]
        case _:
            return []


NAMES = scenario_names()
SOLVED = [name for name in NAMES if load_scenario(name).expected.pins is not None]
REFUSED = [name for name in NAMES if name not in SOLVED]
REPAIRED = [name for name in NAMES if load_scenario(name).expected.repairs is not None]
