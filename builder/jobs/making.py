"""A recipe becomes wheels that are finished, and neither checked nor let in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from packaging.utils import parse_wheel_filename

from axletree.builder.checks.installation import Checklist, runs_here
from axletree.builder.errors import InterpreterMissingError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.job import build_recipe
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import SdistSource
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.catalog.universe import Stock
from axletree.wheelhouse.model import IncomingFile


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
    house: Stock,
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


def _stored_sdist(house: Stock, folder: Path, source: SdistSource) -> Path | None:
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
