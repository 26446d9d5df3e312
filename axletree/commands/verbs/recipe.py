"""`axletree recipe …`: recipes checked and brought up to date."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.jobs.job import git_access
from axletree.builder.recipes.drafting import (
    Place,
    changed_text,
)
from axletree.builder.recipes.recipe import Recipe, load_recipe, no_recipe_in
from axletree.builder.recipes.source_table import (
    GitSource,
    SdistSource,
)
from axletree.builder.sources.addresses import GitAccess, address_of, without_secrets
from axletree.builder.sources.newest import look_up
from axletree.commands.builds.workshops import open_workshop
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.recipes import (
    next_number,
    origin_of,
    recipe_to_json,
    tell_update,
)
from axletree.commands.sources.house import opened_if_there
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.reading import folder_of
from axletree.resolver.model.file_names import below
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.store.atomic import write_atomically


@click.command(cls=VerbCommand)
@options_of("recipe check")
def recipe_check(
    paths: tuple[Path, ...], *, as_json: bool, verbose: int, quiet: int
) -> int:
    """Read recipes whole, and look for the files that they name; build nothing."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing(list(map(str, paths)))
    http_hosts = settings_for().git_http_hosts
    good: list[Recipe] = []
    bad: list[InvalidRecipeError] = []
    for path in _files(paths):
        try:
            good.append(_whole(path, http_hosts))
        except InvalidRecipeError as error:
            bad.append(error)
    if len(bad) == 1:
        raise bad[0]
    if bad:
        lines = "".join(f"\n  {error.where}: {error.what}" for error in bad)
        raise InvalidRecipeError(
            f"{len(bad)} of {counted(len(bad) + len(good), 'recipe')} are not valid:"
            f"{lines}",
            where=", ".join(map(str, paths)),
        )
    if console.is_json:
        console.document(
            {
                "format": "axletree.recipes/1",
                "recipes": [recipe_to_json(recipe) for recipe in good],
            }
        )
        return 0
    for recipe in good:
        console.result(
            f"{recipe.path}: {recipe.name} {recipe.version}, from {origin_of(recipe)}\n"
        )
    return 0


@click.command(cls=VerbCommand)
@options_of("recipe update")
def recipe_update(
    path: Path,
    *,
    allow_file_sources: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Pin the newest commit of a recipe's branch, and show what came since.

    Sets commit and committed in [source] and the next axle.N in [project]; all else in
    the file stays as it is.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing([str(path)])
    recipe = load_recipe(path)
    source = recipe.source
    if not isinstance(source, GitSource) or source.bundle is not None:
        raise InvalidRecipeError(
            "only a recipe that builds from a git repository has a newer commit",
            where=str(path),
            hint="write a new one of the newer file: axletree recipe new FILE",
        )
    settings = settings_for()
    with ExitStack() as stack:
        house = stack.enter_context(opened_if_there(settings))
        progress = stack.enter_context(console.progress())
        workshop, _ = stack.enter_context(
            open_workshop(
                settings, house, progress, allows_file_sources=allow_file_sources
            )
        )
        access = git_access(workshop, recipe.mirrors)
        newest = look_up(source.url, source.ref, access, since=source.commit)
        own = int(recipe.local.rpartition(".")[2])
        number = max(own + 1, next_number(house, recipe.name, recipe.upstream_version))
    if newest.commit == source.commit:
        tell_update(console, path, recipe, newest, None)
        return 0
    text = path.read_bytes().decode()
    values: dict[Place, str | datetime] = {
        ("project", "local"): f"axle.{number}",
        ("source", "commit"): newest.commit,
        ("source", "committed"): newest.committed,
    }
    write_atomically(path, changed_text(text, values, path).encode())
    tell_update(console, path, recipe, newest, number)
    return 0


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            recipes = sorted(path.glob("*.toml"))
            if not recipes:
                raise no_recipe_in(path)
            yield from recipes
        else:
            yield path


def _check_address(
    recipe: Recipe, source: GitSource, http_hosts: frozenset[str]
) -> None:
    """Refuse an address that no build would fetch from, this machine's own excepted."""
    if source.bundle is not None:
        return
    access = GitAccess(
        cache=Path(),
        mirrors=recipe.mirrors,
        allows_file=True,
        http_hosts=http_hosts,
    )
    try:
        address_of(source.url, access)
    except InvalidRecipeError as error:
        raise InvalidRecipeError(
            f"[source] git {without_secrets(source.url)!r}: {error.what}",
            where=str(recipe.path),
            hint=error.hint,
        ) from error


def _whole(path: Path, http_hosts: frozenset[str]) -> Recipe:
    """Read a recipe, and look at the files that it names.

    :raises InvalidRecipeError: it is not valid, or one is missing or another.
    """
    recipe = load_recipe(path)
    source = recipe.source
    wanted = list(recipe.patches)
    if isinstance(source, GitSource):
        _check_address(recipe, source, http_hosts)
        wanted += [each.path for each in source.large_files]
        wanted += [source.bundle] if source.bundle is not None else []
    missing = [each.name for each in wanted if not each.is_file()]
    if missing:
        raise InvalidRecipeError(
            f"the recipe names files that are not there: {', '.join(missing)}",
            where=str(path),
            hint="put them beside the recipe",
        )
    if isinstance(source, SdistSource):
        sdist = below(Path(folder_of(path)), source.filename)
        if sdist.is_file():
            _check_hash(sdist, source.sha256, path)
    else:
        for large in source.large_files:
            _check_hash(large.path, large.sha256, path)
    return recipe


def _check_hash(path: Path, sha256: str, recipe: Path) -> None:
    """Hold a file against its pin.

    :raises InvalidRecipeError: it is another.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise InvalidRecipeError(
            f"{path.name} has sha256 {found}, the recipe pins {sha256}",
            where=str(recipe),
            hint="ask where the file comes from before you change the pin",
        )
