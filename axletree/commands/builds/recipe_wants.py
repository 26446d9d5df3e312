"""What recipes need of an index: build requirements, and the sdists that they pin."""

from collections.abc import Sequence
from pathlib import Path

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.hooks.build_system import DEFAULT_REQUIRES
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import SdistSource
from axletree.commands.sources.opened import Opened
from axletree.reading import folder_of
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import below


def pinned_by(recipes: Sequence[Recipe]) -> list[str]:
    """List the hashes of the sdists that recipes name."""
    sources = (recipe.source for recipe in recipes)
    return [each.sha256 for each in sources if isinstance(each, SdistSource)]


def needs_of(recipes: Sequence[Recipe]) -> list[str]:
    """List what they are built with: `wheel`, `cython<3`."""
    builds = [recipe.build for recipe in recipes]
    needs = (each for build in builds for each in (*build.requires, *build.constraints))
    return sorted({*needs, *DEFAULT_REQUIRES}) if recipes else []


def sdists_of(recipes: Sequence[Recipe], opened: Opened) -> list[DistributionFile]:
    """Find the sdists that recipes pin, where they are not beside them.

    :raises InvalidRecipeError: none of the sources has it.
    """
    found = []
    for recipe in recipes:
        source = recipe.source
        if not isinstance(source, SdistSource):
            continue
        if below(Path(folder_of(recipe.path)), source.filename).is_file():
            continue
        page = opened.universe.pages([recipe.project])[recipe.project]
        files = page.files if page is not None else ()
        same = [file for file in files if file.hashes.get("sha256") == source.sha256]
        if not same:
            raise InvalidRecipeError(
                f"the sdist {source.filename} that the recipe pins is not beside it, "
                f"and {' and '.join(opened.sources)} has none of that hash",
                where=str(recipe.path),
                hint="name an index that has it, or put it beside the recipe",
            )
        found.append(same[0])
    return found
