"""What a new wheel needs, resolved over the wheelhouse and what was built with it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier

from axletree.builder.errors import CheckFailedError, ClosureMissingError
from axletree.builder.hooks.resolved_requirements import collecting
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.sight import Sight, sight_of
from axletree.builder.jobs.stored import Fetch
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.distribution import DistributionFile, FileMetadata
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.foreign_text import (
    parse_version,
    read_requirement,
    read_specifiers,
)
from axletree.resolver.model.limits import Exemption, Policy
from axletree.resolver.model.question import Limits, ask, skipping
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import to_text
from axletree.resolver.reports.placed import placed
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse, OverlayUniverse
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.policy.effects import seen_under


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """Finds what wheels that were built together need."""

    house: Wheelhouse
    group: Sequence[BuiltWheel]
    """They may need one another."""
    fetch: Fetch
    """Lays stored files out."""
    sight: Sight | None = None
    """The wheelhouse, as it is looked at; None: all of it, as it is."""

    def of(self, wheel: BuiltWheel, environment: Environment) -> Sequence[Path]:
        """Return the wheel and all that it needs, in one environment.

        :raises CheckFailedError: not all of it is there.
        """
        added = dict(map(described_wheel, self.group))
        paths = {
            file.filename: each.path
            for file, each in zip(added, self.group, strict=True)
        }
        own = next(file for file in added if file.filename == wheel.filename)
        sight = self.sight or sight_of(self.house)
        policy = _sparing(sight.policy, added)
        kept = seen_under(sight.universe, policy)
        universe = OverlayUniverse(base=kept, added=added)
        root = parse_requirement(f"{own.project}==={own.version}")
        # What only a build would tell is not in the wheelhouse.
        question = skipping(ask([root], environment, limits=Limits(policy=policy)))
        answer = Resolver(MemoUniverse(universe)).resolve(question, is_brief=True)
        if isinstance(answer, Refusal):
            told = placed(answer.conflict, f"in {sight.words}")
            conflict = to_text(conflict_report(told)).strip()
            _refuse_python(own, environment, wheel)
            hint = _remedy(added[own], environment)
            what = f"what the built wheel requires is not all in {sight.words}"
            if _is_refused(answer.conflict):
                what = "the policy allows the built wheel not, or not what it requires"
                hint = "axletree policy show prints the policy"
            raise ClosureMissingError(
                f"{what}: {conflict}", where=wheel.filename, hint=hint
            )
        files = [pin.file for pin in answer.pins]
        stored = [file for file in files if file.filename not in paths]
        sdists = [file.filename for file in stored if file.kind == "sdist"]
        if sdists:
            raise ClosureMissingError(
                f"{', '.join(sdists)} are in {sight.words} as sdists only",
                where=wheel.filename,
                hint="axletree collect builds them into wheels",
            )
        built = [paths[file.filename] for file in files if file.filename in paths]
        return [*built, *self.fetch(stored)]


def _sparing(policy: Policy, added: Iterable[DistributionFile]) -> Policy:
    """Let what was just built be as young as it is; all else holds for it, too."""
    built = [(file.project, parse_version(file.version)) for file in added]
    exempted = [Exemption(project=name, version=v) for name, v in built if v]
    return replace(
        policy,
        minimum_ages=tuple(
            replace(age, exemptions=(*age.exemptions, *exempted))
            for age in policy.minimum_ages
        ),
    )


def _is_refused(conflict: Conflict) -> bool:
    """Tell whether a policy has a part in a conflict."""
    facts = (fact for core in conflict.conflicts for fact in core.facts)
    return any(each.kind == "policy" for fact in facts for each in fact.evidence)


def _refuse_python(
    own: DistributionFile, environment: Environment, wheel: BuiltWheel
) -> None:
    """Say that a wheel is none for the Python that it was built with.

    :raises CheckFailedError: it says so itself.
    """
    if not own.requires_python:
        return
    try:
        takes = read_specifiers(own.requires_python)
    except InvalidSpecifier:
        return
    if not takes.contains(environment.python_version, prereleases=True):
        raise CheckFailedError(
            f"the built wheel requires Python {own.requires_python}, and is for "
            f"{environment.python_version}",
            where=wheel.filename,
            hint="name another in [build] pythons, or with --python-version; a recipe "
            "lowers it by requires-python in [requires-dist]",
        )


def _remedy(metadata: FileMetadata, environment: Environment) -> str:
    """Say what would bring what a wheel requires, or require what can be brought."""
    for text in metadata.requires_dist:
        requirement = _read(text)
        if requirement is not None and requirement.url:
            # Collected or not, what a wheel takes from an address is in no wheelhouse.
            return (
                "require a release in its place, in the recipe: [requires-dist] "
                f"{json.dumps(text)} = {json.dumps(requirement.name)}"
            )
    return f"collect its requirements first: {_collecting(metadata, environment)}"


def _collecting(metadata: FileMetadata, environment: Environment) -> str:
    """Spell the command that brings what a wheel requires."""
    parsed = {text: _read(text) for text in metadata.requires_dist}
    wanted = [
        text
        for text, requirement in parsed.items()
        if requirement and "extra" not in str(requirement.marker or "")
    ]
    return collecting(wanted, environment)


def _read(text: str) -> Requirement | None:
    try:
        return read_requirement(text)
    except InvalidRequirement:
        return None


def described_wheel(wheel: BuiltWheel) -> tuple[DistributionFile, FileMetadata]:
    """Read what a built wheel says of itself.

    :raises CheckFailedError: it cannot be understood.
    """
    inspected = inspect_wheel(wheel.path, wheel.filename, "lenient")
    file = DistributionFile(
        project=inspected.project,
        filename=safe_name(wheel.filename),
        version=inspected.version,
        kind="wheel",
        tag=inspected.tag,
        requires_python=inspected.requires_python,
        upload_time=wheel.source_time,
    )
    metadata = parse_metadata(inspected.metadata or b"", file)
    if not isinstance(metadata, FileMetadata):
        raise CheckFailedError(metadata.reason, where=wheel.filename)
    return file, metadata
