"""Build one recipe: source, patches, environment, wheel, stamp, checks."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from axletree.builder.checks.inspection import check_recipe_wheel
from axletree.builder.errors import InvalidRecipeError
from axletree.builder.hooks.environment import build_raw
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import Build, BuiltWheel, Origin, epoch_of
from axletree.builder.provenance.statement import recipe_statement
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.scm_tools import told_version
from axletree.builder.recipes.source_table import GitSource, SdistSource
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.patches import apply_patches
from axletree.builder.sources.source import (
    Source,
    check_out,
    open_sdist,
)
from axletree.reading import folder_of
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below

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
    build = recipe.build
    workshop = workshop.for_build(recipe.path, build.memory_bytes, build.time_s)
    begun = Build.begin(f"{recipe.project}-{recipe.version}", environment, workshop)
    with workshop.scratch() as scratch:
        workshop.reporter.step(f"fetching the source of {recipe.name}")
        source, sandbox = _open(recipe, environment, workshop, scratch, find_sdist)
        backend = _backend(recipe, source, sandbox, scratch, begun.log)
        workshop.reporter.announce(f"building {_what_is_built(recipe, environment)}")
        raw = build_raw(
            backend,
            environment,
            workshop,
            scratch / "raw",
            extra=build.requires,
            constraints=build.constraints,
        )
        finished = begun.finish(raw, scratch, source.source_time, _stamp(recipe))
        check_recipe_wheel(finished.path, finished.inspected, recipe, finished.pinned)
        finished = replace(finished, notes=(*source.notes, *finished.notes))
        origin = Origin(
            revision=source.revision,
            time=source.source_time,
            state=partial(recipe_statement, recipe),
        )
        return begun.end(finished, raw, backend, origin, folder)


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


def _stamp(recipe: Recipe) -> Stamp:
    return Stamp(local=recipe.local, redeclared=recipe.redeclared, recipe=recipe.path)


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
