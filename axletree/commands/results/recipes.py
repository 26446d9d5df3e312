"""What is told of recipes that were written, read or changed."""

import shlex
from pathlib import Path

from axletree.builder.recipes.recipe import Recipe, load_recipe
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sources.newest import Newest
from axletree.console import Console
from axletree.errors import Step
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted


def tell_new(console: Console, path: Path, environment: Environment) -> None:
    """Say what was written, and what comes next."""
    recipe = load_recipe(path)
    if console.is_json:
        console.document({"format": "axletree.recipe/1", **recipe_to_json(recipe)})
        return
    console.result(
        f"wrote {path}: {recipe.name} {recipe.version}, {origin_of(recipe)}\n"
    )
    words = [f"{recipe.name}=={recipe.upstream_version}", "--recipes", str(path.parent)]
    console.steps(
        [
            Step(
                purpose="download what it needs, where an index has its release",
                command=shlex.join(
                    [
                        *("axletree", "collect", *words),
                        *("--python-version", environment.python),
                    ]
                ),
            ),
            Step(
                purpose="then build it",
                command=shlex.join(["axletree", "build", str(path)]),
            ),
        ]
    )


def tell_update(
    console: Console, path: Path, recipe: Recipe, newest: Newest, number: int | None
) -> None:
    """Say what is pinned now, and what came since.

    :param number: N of `axle.N`; None: nothing was newer.
    """
    if console.is_json:
        console.document(
            {
                "format": "axletree.recipe-update/1",
                "path": str(path),
                "is_changed": number is not None,
                "commit": newest.commit,
                "committed": newest.committed.isoformat(),
                "local": recipe.local if number is None else f"axle.{number}",
                "log": list(newest.log),
                "more": newest.more,
            }
        )
        return
    if number is None:
        console.result(f"{path} pins the newest commit of {newest.ref} already\n")
        return
    console.result(f"{path}: axle.{number}, {newest.commit} of {newest.committed:%F}\n")
    for line in newest.log:
        console.result(f"  {line}\n")
    if newest.more:
        console.result(f"  and {counted(newest.more, 'commit')} before these\n")
    if not newest.log:
        console.say("the branch does not hold the old commit any more: look at it")


def origin_of(recipe: Recipe) -> str:
    """Name what a recipe builds from, in a few words."""
    source = recipe.source
    if isinstance(source, GitSource):
        return f"{source.url} at {source.commit[:12]}"
    return str(source.filename)


def recipe_to_json(recipe: Recipe) -> JsonObject:
    """Describe a recipe."""
    return {
        "path": str(recipe.path),
        "project": str(recipe.project),
        "version": str(recipe.version),
        "source": origin_of(recipe),
        "pythons": list(recipe.build.pythons),
    }
