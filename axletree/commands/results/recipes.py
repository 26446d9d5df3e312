"""What is told of recipes that were written, read or changed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.recipes.recipe import Recipe, load_recipe
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.recipes.stamp import stamped_version
from axletree.builder.sources.addresses import scheme_of, without_secrets
from axletree.builder.sources.newest import Newest
from axletree.console import Console
from axletree.errors import Step
from axletree.reading import folder_of
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.house import Wheelhouse

_OURS = re.compile(r"(?:.*\.)?axle\.(\d+)")


def tell_new(console: Console, path: Path, environment: Environment) -> None:
    """Say what was written, and what comes next."""
    recipe = load_recipe(path)
    if console.is_json:
        console.document({"format": "axletree.recipe/1", **recipe_to_json(recipe)})
        return
    console.result(
        f"wrote {path}: {recipe.name} {recipe.version}, {origin_of(recipe)}\n"
    )
    for beside in _wanted_beside(recipe):
        console.say(beside)
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
                command=shlex.join(["axletree", "build", str(path), *_allowed(recipe)]),
            ),
        ]
    )


def _wanted_beside(recipe: Recipe) -> Iterator[str]:
    """Say which files have to be put beside the recipe."""
    source = recipe.source
    folder = Path(folder_of(recipe.path))
    if isinstance(source, GitSource):
        names = [str(each.path.relative_to(folder)) for each in source.large_files]
        if names:
            yield (
                "Git LFS keeps files elsewhere: put them beside the recipe, from a "
                f"clone after `git lfs pull`: {', '.join(names)}"
            )
    elif not below(folder, source.filename).is_file():
        yield f"put {source.filename} beside the recipe, if no index has it"


def _allowed(recipe: Recipe) -> tuple[str, ...]:
    source = recipe.source
    is_here = isinstance(source, GitSource) and scheme_of(source.url) == "file"
    return ("--allow-file-sources",) if is_here else ()


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
                "is_rewritten": newest.is_rewritten,
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
    if newest.is_rewritten:
        console.say(
            f"{newest.ref} does not hold the old commit any more: it was rewritten, "
            "look at it"
        )


def origin_of(recipe: Recipe) -> str:
    """Name what a recipe builds from, in a few words."""
    source = recipe.source
    if isinstance(source, GitSource):
        return f"{without_secrets(source.url)} at {source.commit[:12]}"
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


def next_number(house: Wheelhouse | None, name: str, version: Version) -> int:
    """Return the first N that no wheel of ours has, of a version."""
    if house is None:
        return 1
    taken = [0]
    for stored in house.files_of(canonicalize_name(name)):
        local = Version(stored.version).local or ""
        match = _OURS.fullmatch(local)
        if match and Version(stored.version) == Version(
            stamped(str(version), int(match[1]))
        ):
            taken.append(int(match[1]))
    return max(taken) + 1


def stamped(version: str, number: int) -> str:
    """Write a version as the N-th build of ours has it."""
    return str(stamped_version(Version(version), f"axle.{number}"))
