"""What to do when a source builds another version than its recipe says."""

from packaging.version import Version

from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.scm_tools import is_unknown
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.recipes.stamp import unstamped_version


def version_hint(recipe: Recipe, stamped: Version) -> str:
    """Say which key mends it; a version given for want of a tag is never one to take.

    :param stamped: what the built wheel has.
    """
    found = unstamped_version(stamped, recipe.local)
    is_git = isinstance(recipe.source, GitSource)
    has_history = isinstance(recipe.source, GitSource) and recipe.source.history
    asks_git = "add history = true to [source], which gives the build its git history"
    if not is_unknown(found):
        hint = f"if {found} is the source's own version, put it into [project] version"
        return f"{hint}; if it asks git, {asks_git}" if is_git != has_history else hint
    if has_history:
        return (
            "no tag that the commit descends from gives the source its version; pin a "
            "tagged commit, or put the version in by a patch"
        )
    if is_git:
        return f"the source does not know its version and may ask git: {asks_git}"
    return "the sdist does not know its version; put it in by a patch"
