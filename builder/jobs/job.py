"""Build one recipe: source, patches, environment, wheel, stamp, checks."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from axletree.builder.checks.inspection import check_recipe_wheel
from axletree.builder.errors import InvalidRecipeError
from axletree.builder.hooks.environment import build_raw
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.finishing import Finishing
from axletree.builder.provenance.materials import LockedWheel, lock_wheels
from axletree.builder.provenance.statement import Surroundings, recipe_statement
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.scm_tools import told_version
from axletree.builder.recipes.source_table import GitSource, SdistSource
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.patches import apply_patches
from axletree.builder.sources.source import (
    Source,
    check_out,
    open_sdist,
)
from axletree.late_dataclasses import dataclass
from axletree.reading import folder_of
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.store.files import digest_of

OLDEST_EPOCH = 315532800
"""1980-01-01, the oldest time that a zip can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """A finished wheel, and how it came about."""

    path: Path
    sha256: str
    revision: str
    """The commit, or `sha256:…` of the sdist."""
    source_time: datetime
    """UTC; what `--exclude-newer` goes by."""
    isolation: Isolation
    python_version: str
    """Of the interpreter that built it: `3.9.18`."""
    built_with: tuple[LockedWheel, ...]
    """The build environment."""
    attestation: Attestation
    """The statement about all this."""
    log_path: Path
    notes: tuple[str, ...] = ()
    """What is worth knowing of it."""

    @property
    def filename(self) -> str:
        """Return the wheel's file name."""
        return self.path.name

    @property
    def build_requirements(self) -> tuple[str, ...]:
        """Return the pins of the build environment, sorted: `setuptools==60.7.1`."""
        return tuple(wheel.pin for wheel in self.built_with)


FindSdist: TypeAlias = Callable[[SdistSource], Path | None]
"""Gives an sdist that is kept elsewhere than beside the recipe."""


def _nowhere_else(source: SdistSource) -> None:
    del source


def build_recipe(
    recipe: Recipe,
    environment: Environment,
    workshop: Workshop,
    folder: Path,
    find_sdist: FindSdist = _nowhere_else,
) -> BuiltWheel:
    """Build `recipe` for `environment` and put the checked wheel into `folder`.

    The same recipe, interpreter and build requirements give the same bytes.

    :raises BuilderError: the errors of each step; nothing is left half done.
    """
    begun_at = datetime.now(UTC)
    log = _log_of(recipe, environment, workshop)
    build = recipe.build
    workshop = workshop.for_build(build.memory_bytes, build.time_s, recipe.path)
    with workshop.scratch() as scratch:
        workshop.reporter.step(f"fetching the source of {recipe.name}")
        source, sandbox = _open(recipe, environment, workshop, scratch, find_sdist)
        backend = _backend(recipe, source, sandbox, scratch, log)
        workshop.reporter.announce(f"building {_what_is_built(recipe, environment)}")
        built = build_raw(
            backend,
            environment,
            workshop,
            scratch / "raw",
            extra=build.requires,
            constraints=build.constraints,
        )
        locked = lock_wheels(built.environment)
        workshop.reporter.step(f"checking {built.wheel.name}")
        finishing = Finishing(
            workshop=workshop, environment=environment, scratch=scratch, log=log
        )
        finished = finishing.finish(
            built.wheel,
            stamp=_stamp(recipe),
            source_time=source.source_time,
            built_with=built.environment,
        )
        check_recipe_wheel(finished.path, finished.inspected, recipe, finished.pinned)
        folder.mkdir(parents=True, exist_ok=True)
        path = keep(finished.path, folder)
    place = Surroundings(
        environment=environment,
        interpreter=sandbox.interpreter,
        isolation=workshop.isolation,
        wheels=locked,
        epoch=backend.epoch,
        begun_at=begun_at,
        log=log.path,
        pinned=finished.pinned,
    )
    notes = (*source.notes, *finished.notes)
    return _attested(recipe, path, source, workshop, place, notes)


def _open(
    recipe: Recipe,
    environment: Environment,
    workshop: Workshop,
    scratch: Path,
    find_sdist: FindSdist,
) -> tuple[Source, Sandbox]:
    """Fetch the source, and make the sandbox ready."""
    with ThreadPoolExecutor(1) as other:
        # Both wait for other programs most of the time.
        opened = other.submit(workshop.sandbox, environment, scratch / "sandbox")
        try:
            source = _open_source(recipe, workshop, scratch, find_sdist)
        finally:
            # What this machine has not is told first.
            sandbox = opened.result()
    return source, sandbox


def _what_is_built(recipe: Recipe, environment: Environment) -> str:
    """Name it; of one that is built with several Pythons, each is told apart."""
    what = f"{recipe.name} {recipe.version}"
    if len(recipe.build.pythons) > 1:
        return f"{what} for Python {environment.python}"
    return what


def _attested(  # noqa: PLR0913, PLR0917  what is known of one build
    recipe: Recipe,
    path: Path,
    source: Source,
    workshop: Workshop,
    place: Surroundings,
    notes: tuple[str, ...],
) -> BuiltWheel:
    """Say of a finished wheel how it came about."""
    sha256 = digest_of(path)
    said = recipe_statement(recipe, path.name, sha256, place)
    return BuiltWheel(
        path=path,
        sha256=sha256,
        revision=source.revision,
        source_time=source.source_time,
        isolation=place.isolation,
        python_version=place.interpreter.version,
        built_with=tuple(place.wheels),
        attestation=workshop.attester.attest(said, place.isolation),
        log_path=place.log,
        notes=notes,
    )


def _backend(
    recipe: Recipe, source: Source, sandbox: Sandbox, scratch: Path, log: BuildLog
) -> Backend:
    """Open the source to its backend, patched."""
    return Backend(
        source=apply_patches(source.archive, recipe.patches, sandbox, log),
        sandbox=sandbox,
        log=log,
        scratch=scratch,
        epoch=epoch_of(source.source_time),
        told={
            **told_version(recipe.project, recipe.upstream_version),
            **recipe.build.environment,
        },
    )


def _log_of(recipe: Recipe, environment: Environment, workshop: Workshop) -> BuildLog:
    name = f"{recipe.project}-{recipe.version}-py{environment.python}.log"
    return BuildLog(workshop.work_dir / "logs" / name, workshop.reporter)


def _stamp(recipe: Recipe) -> Stamp:
    return Stamp(local=recipe.local, edits=recipe.edits, recipe=recipe.path)


def epoch_of(time: datetime) -> int:
    """Return SOURCE_DATE_EPOCH for a source of that time, in seconds."""
    return max(int(time.timestamp()), OLDEST_EPOCH)


def keep(made: Path, folder: Path) -> Path:
    """Move a finished file to its place, whole or not at all.

    Scratch folders lie on the same disk as what is kept.
    """
    return made.replace(folder / made.name)


def git_access(workshop: Workshop, mirrors: Mapping[str, str]) -> GitAccess:
    """Say from where git may fetch.

    :param mirrors: of a recipe, beside those of the workshop.
    """
    return GitAccess(
        cache=workshop.work_dir / "git",
        mirrors={**mirrors, **workshop.mirrors},
        allows_file=workshop.allows_file_sources,
        http_hosts=workshop.git_http_hosts,
    )


def _open_source(
    recipe: Recipe, workshop: Workshop, scratch: Path, find_sdist: FindSdist
) -> Source:
    # The file's name shows in messages; nothing else comes from the recipe.
    archive = scratch / "source" / recipe.project
    if isinstance(recipe.source, GitSource):
        return check_out(recipe.source, archive, git_access(workshop, recipe.mirrors))
    sdist = below(Path(folder_of(recipe.path)), recipe.source.filename)
    if not sdist.is_file():
        kept = find_sdist(recipe.source)
        if kept is None:
            raise InvalidRecipeError(
                f"the sdist {recipe.source.filename} is neither beside the recipe nor "
                "in the wheelhouse",
                where=str(recipe.path),
                hint="axletree collect with --recipes brings it from an index; or put "
                "it beside the recipe",
            )
        sdist = kept
    return open_sdist(recipe.source, sdist)
