"""The wheels that recipes say they would build, which may help against a conflict."""

from pathlib import Path

from axletree.resolver.repairs.repairer import FutureWheel


def future_wheels(recipes: Path | None) -> tuple[FutureWheel, ...]:
    """Return the wheels that a folder's recipes say they would build.

    :raises InvalidRecipeError: for a recipe that cannot be read.
    """
    if recipes is None:
        return ()
    from axletree.builder.recipe import load_recipes  # noqa: PLC0415  rarely needed

    return tuple(
        FutureWheel(recipe=str(recipe.path), file=file, metadata=metadata)
        for recipe in load_recipes(recipes)
        if (file := recipe.expected_file()) is not None
        and (metadata := recipe.expected_metadata()) is not None
    )
