"""A recipe becomes published wheels: built, checked with their whole closures, let in.

Everything comes from the wheelhouse: what the build needs and what the wheels need. One
wheel for each Python enters, or none does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from axletree.resolver.universe.protocol import Universe
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import Settle, publish
from axletree.wheelhouse.model import IncomingFile, Published, parse_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A wheel that passed in one environment."""

    environment: Environment
    wheel: BuiltWheel
    closure: int
    """Projects that were installed beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Wheels that were built together, and are neither checked nor let in."""

    wheels: tuple[BuiltWheel, ...]
    environments: tuple[Environment, ...]
    """Each has one of the wheels."""
    checklist: Checklist
    origin: str
    """Where the wheels come from, as the wheelhouse notes it."""
    beside: tuple[IncomingFile, ...] = ()
    """Files that come in with them."""
    appeared: datetime | None = None
    """When their source did, if that is not its own time."""

    def wheel_for(self, environment: Environment) -> BuiltWheel:
        """Return the wheel of one of the environments."""
        return next(wheel for wheel in self.wheels if fits(wheel, environment))


def make(
    recipe: Recipe,
    environments: Sequence[Environment],
    house: Wheelhouse,
    workshop: Workshop,
    folder: Path,
) -> Made:
    """Build `recipe`; `folder` takes the wheels, and scratch files.

    :raises BuilderError: a build failed.
    """
    find_sdist = partial(_stored_sdist, house, folder / "sdists")
    wheels = each_once(
        environments,
        lambda environment: build_recipe(
            recipe, environment, workshop, folder / "built", find_sdist
        ),
    )
    return Made(
        wheels=wheels,
        environments=tuple(environments),
        checklist=Checklist(imports=recipe.imports, command=recipe.command),
        origin=f"recipe {recipe.path.name} at {wheels[0].revision}",
    )


def each_once(
    environments: Sequence[Environment],
    build: Callable[[Environment], BuiltWheel],
    *,
    is_for_here: bool = True,
) -> tuple[BuiltWheel, ...]:
    """Build a wheel for each environment that none of those before it serves.

    :param is_for_here: all are to be of this machine's platform.
    :raises InterpreterMissingError: one of them is of another machine.
    """
    for environment in environments if is_for_here else ():
        _require_own_platform(environment)
    wheels: list[BuiltWheel] = []
    for environment in environments:
        if not any(fits(wheel, environment) for wheel in wheels):
            wheels.append(build(environment))
    return tuple(wheels)


@dataclass(frozen=True, slots=True, kw_only=True)
class LettingIn:
    """Where wheels are checked and let in."""

    house: Wheelhouse
    workshop: Workshop
    folder: Path
    """Takes scratch files."""
    universe: Universe | None = None
    """The wheelhouse, as closures look at it; None: as it is."""
    gate: Gate | None = None
    """May say no to what would come in."""

    def check(self, group: Sequence[Made]) -> tuple[tuple[Checked, ...], ...]:
        """Install each wheel of a group with its closure, for each environment.

        :param group: what may need one another.
        :raises BuilderError: one of them does not work.
        """
        check = _Check(
            closures=Closures(
                house=self.house,
                group=[wheel for made in group for wheel in made.wheels],
                fetch=stored_wheels(self.house, self.folder / "closure"),
                universe=self.universe,
            ),
            workshop=self.workshop,
            folder=self.folder,
        )
        return tuple(
            tuple(check(made, environment) for environment in made.environments)
            for made in group
        )

    def publish(self, group: Sequence[Made], settle: Settle | None = None) -> Published:
        """Let a group in, all or none.

        :param settle: done in the same transaction.
        :raises WheelhouseError: a file is not let in.
        """
        incoming = [
            file
            for made in group
            for file in (*(_incoming(made, each) for each in made.wheels), *made.beside)
        ]
        return publish(self.house, incoming, gate=self.gate, settle=settle)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    closures: Closures
    workshop: Workshop
    folder: Path

    def __call__(self, made: Made, environment: Environment) -> Checked:
        """Install a wheel with its closure, and see whether it works.

        :raises CheckFailedError: it does not.
        """
        workshop, wheel = self.workshop, made.wheel_for(environment)
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
        check_install(paths, made.checklist, sandbox=sandbox, log=log)
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


def fits(wheel: BuiltWheel, environment: Environment) -> bool:
    """Tell whether an environment can use a wheel."""
    tags = {str(tag) for tag in parse_wheel_filename(wheel.filename)[3]}
    return not tags.isdisjoint(environment.tags)


def _incoming(made: Made, wheel: BuiltWheel) -> IncomingFile:
    return IncomingFile(
        path=wheel.path,
        filename=wheel.filename,
        expected_sha256=parse_sha256(wheel.sha256),
        upload_time=made.appeared or wheel.source_time,
        origin=made.origin,
        strictness="lenient",
        attestations=(wheel.attestation,),
    )
