"""A recipe becomes published wheels: built, checked with their whole closures, let in.

Everything comes from the wheelhouse: what the build needs and what the wheels need. One
wheel for each Python enters, or none does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.utils import parse_wheel_filename

from axletree.builder.checks.installation import (
    Checklist,
    check_install,
    foreign_wheels,
    runs_here,
)
from axletree.builder.errors import CheckFailedError, InterpreterMissingError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.closure import Closures, stored_wheels
from axletree.builder.jobs.job import BuiltWheel, build_recipe
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import SdistSource
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import IncomingFile, Published, parse_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A wheel that passed in one environment."""

    environment: Environment
    wheel: BuiltWheel
    closure: int
    """Projects that were installed beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """Wheels of one recipe that were built and let in."""

    checked: tuple[Checked, ...]
    """One for each environment; a wheel that fits several was built once."""
    published: Published

    @property
    def wheels(self) -> tuple[BuiltWheel, ...]:
        """Return each wheel once."""
        return tuple({each.wheel.path: each.wheel for each in self.checked}.values())


def produce(  # noqa: PLR0913  what is built, and with what
    recipe: Recipe,
    environments: Sequence[Environment],
    house: Wheelhouse,
    workshop: Workshop,
    folder: Path,
    *,
    gate: Gate | None = None,
) -> Produced:
    """Build `recipe`, check it and publish it; `folder` takes scratch files.

    :param gate: may say no to what would come in.
    :raises BuilderError: a build or a check failed; nothing is published.
    :raises WheelhouseError: a wheel is not let in; nothing is published.
    """
    for environment in environments:
        _require_own_platform(environment)
    wheels: list[BuiltWheel] = []
    for environment in environments:
        if not any(_fits(wheel, environment) for wheel in wheels):
            wheels.append(
                build_recipe(
                    recipe,
                    environment,
                    workshop,
                    folder / "built",
                    partial(_stored_sdist, house, folder / "sdists"),
                )
            )
    fetch = stored_wheels(house, folder / "closure")
    check = _Check(
        recipe=recipe,
        closures=Closures(house=house, group=wheels, fetch=fetch),
        workshop=workshop,
        folder=folder,
    )
    checked = tuple(
        check(next(wheel for wheel in wheels if _fits(wheel, environment)), environment)
        for environment in environments
    )
    incoming = [_incoming(recipe, wheel) for wheel in wheels]
    published = publish(house, incoming, gate=gate)
    return Produced(checked=checked, published=published)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    recipe: Recipe
    closures: Closures
    workshop: Workshop
    folder: Path

    def __call__(self, wheel: BuiltWheel, environment: Environment) -> Checked:
        """Install a wheel with its closure, and see whether it works.

        :raises CheckFailedError: it does not.
        """
        recipe, workshop = self.recipe, self.workshop
        paths = self.closures.of(wheel, environment)
        foreign = foreign_wheels(paths)
        if foreign:
            raise CheckFailedError(
                f"the built wheel cannot be installed here to be checked, since "
                f"{foreign[0]} is for another platform than this machine",
                where=wheel.filename,
                hint="build for this machine's platform, or on a machine of that one",
            )
        others = len(paths) - 1
        workshop.reporter.step(f"installing {wheel.filename} and {others} others")
        log = BuildLog(
            wheel.log_path.with_suffix(f".on-{environment.python}.check.log"),
            workshop.reporter,
        )
        sandbox = workshop.sandbox(environment, self.folder / "sandbox")
        checklist = Checklist(imports=recipe.imports, command=recipe.command)
        check_install(paths, checklist, sandbox=sandbox, log=log)
        return Checked(environment=environment, wheel=wheel, closure=others)


def _stored_sdist(house: Wheelhouse, folder: Path, source: SdistSource) -> Path | None:
    """Lay an sdist of the wheelhouse out, if it is the one that a recipe pins."""
    stored = house.find(source.filename)
    if stored is None or stored.sha256 != source.sha256:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = below(folder, source.filename)
    house.lay_out(stored, path)
    return path


def _require_own_platform(environment: Environment) -> None:
    if not runs_here(environment):
        raise InterpreterMissingError(
            "wheels are built for the platform of the machine that builds them, and "
            f"no Python of {environment.platform} runs on this one",
            where="--python-platform",
            hint="build on such a machine",
        )


def _fits(wheel: BuiltWheel, environment: Environment) -> bool:
    tags = {str(tag) for tag in parse_wheel_filename(wheel.filename)[3]}
    return not tags.isdisjoint(environment.tags)


def _incoming(recipe: Recipe, wheel: BuiltWheel) -> IncomingFile:
    return IncomingFile(
        path=wheel.path,
        filename=wheel.filename,
        expected_sha256=parse_sha256(wheel.sha256),
        upload_time=wheel.source_time,
        origin=f"recipe {recipe.path.name} at {wheel.revision}",
        strictness="lenient",
        attestations=(wheel.attestation,),
    )
