"""What `axletree build` is to build: recipes, folders of them, and sdists."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.sdist_job import Pinned
from axletree.builder.recipes.recipe import (
    Recipe,
    load_recipe,
    load_recipes,
    no_recipe_in,
)
from axletree.builder.reporter import BuildReporter
from axletree.builder.running.targets import Target, is_sdist
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sources.addresses import without_secrets
from axletree.commands.builds.workshops import open_workshop
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.options.question import target_environment
from axletree.config import Settings
from axletree.resolver.model.file_names import below
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.records import Job
from axletree.wheelhouse.store.scratch import own_folder

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+:)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What is said of all that is built."""

    pythons: tuple[str, ...] = ()
    """None: each recipe's own, else the usual one."""
    platform: str | None = None
    isolation: Isolation = "full"
    allows_file_sources: bool = False
    view: str = ""
    """What is seen of the wheelhouse: a view of this name; empty: all of it."""


def targets_of(paths: Sequence[Path], how: How) -> tuple[Target, ...]:
    """Read what is to be built, each once.

    :raises InvalidRecipeError: a recipe is wrong, or a folder has none.
    """
    refuse_missing([str(path) for path in paths])
    found = [_target(what, how) for path in paths for what in _in(path)]
    return tuple({target.path: target for target in found}.values())


def _in(path: Path) -> Sequence[Recipe | Path]:
    if path.is_dir():
        recipes = load_recipes(path)
        if not recipes:
            raise no_recipe_in(path)
        return recipes
    if is_sdist(path):
        return [path]
    _refuse_other(path)
    return [load_recipe(path)]


def _refuse_other(path: Path) -> None:
    """Tell of what is no recipe what may have been meant.

    :raises InvalidRecipeError: it is an address, a wheel, or nothing at all.
    """
    if path.suffix == ".whl" and path.exists():
        raise InvalidRecipeError(
            "a wheel is built already",
            where=str(path),
            hint=f"axletree add {shlex.quote(str(path))} takes it into the wheelhouse",
        )
    address = _ADDRESS.match(str(path))
    if address is not None and not path.exists():
        # As a path it has lost a slash.
        url = f"{address[1]}//{str(path)[address.end() :]}"
        raise InvalidRecipeError(
            "an address is no recipe",
            where=without_secrets(url),
            hint=f"axletree recipe new {shlex.quote(without_secrets(url))} writes one "
            "for the newest commit there",
        )


def _target(what: Recipe | Path, how: How) -> Target:
    own = what.build.pythons if isinstance(what, Recipe) else ()
    pythons: Sequence[str | None] = how.pythons or own or [None]
    target = Target(
        what=what,
        environments=tuple(
            target_environment(python, how.platform) for python in pythons
        ),
        isolation=how.isolation,
        allows_file_sources=how.allows_file_sources,
        view=how.view,
    )
    _ = target.release  # An sdist of no name is told of before anything is built.
    return target


@contextmanager
def targets_again(job: Job, settings: Settings) -> Iterator[tuple[Target, ...]]:
    """Read what a job was to build, as it is now.

    :raises InvalidRecipeError: it is no longer there.
    """
    path, how = how_of(job.spec)
    if job.spec.get("is_stored") is not True:
        yield targets_of([path], how)
        return
    with (
        own_folder(settings.cache_dir / "builds" / "scratch") as folder,
        Wheelhouse.open_to_read(settings.place) as house,
    ):
        stored = house.find(path.name)
        if stored is None:
            raise InvalidRecipeError(
                f"{path.name} is no longer in the wheelhouse", where=f"job {job.id}"
            )
        named = below(folder, stored.filename)
        house.lay_out(stored, named)
        pinned = Pinned(
            release=(stored.project, Version(stored.version)),
            source_time=stored.upload_time or stored.entered_at,
            key=job.key,
            is_fresh=True,
        )
        yield (replace(_target(named, how), pinned=pinned),)


def how_of(spec: Mapping[str, Json]) -> tuple[Path, How]:
    """Read what a job was asked to do."""
    pythons, platform = spec.get("pythons"), spec.get("platform")
    levels: tuple[Isolation, ...] = ("full", "pod", "none")
    named = [each for each in levels if each == spec.get("isolation")]
    return Path(str(spec.get("path"))), How(
        pythons=tuple(map(str, pythons)) if isinstance(pythons, list) else (),
        platform=platform if isinstance(platform, str) else None,
        isolation=named[0] if named else "full",
        allows_file_sources=spec.get("allows_file_sources") is True,
        view=str(spec.get("view", "")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsWorkshop:
    """Opens workshops as the settings say, in whichever process."""

    settings: Settings

    @contextmanager
    def __call__(
        self, house: Wheelhouse, reporter: BuildReporter
    ) -> Iterator[tuple[Workshop, Path]]:
        """Open one."""
        with open_workshop(self.settings, house, reporter) as opened:
            yield opened
