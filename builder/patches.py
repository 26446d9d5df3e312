"""Apply unified diffs to a tree, each cleanly or not at all."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from git import Git, GitCommandError

from axletree.builder.errors import InvalidRecipeError, PatchFailedError
from axletree.builder.unpack import refuse_leaving_links

_REFUSAL = re.compile(r"error: (.+?)'?$", re.MULTILINE)


def apply_patches(tree: Path, patches: Sequence[Path]) -> None:
    """Apply `patches` in order; git allows moved lines, but no changed context.

    :raises PatchFailedError: naming the patch, and the file and line that refuse it.
    :raises InvalidRecipeError: when a patch is not there.
    """
    for patch in patches:
        if not patch.is_file():
            raise InvalidRecipeError("the patch does not exist", where=str(patch))
        _apply(tree.resolve(), patch.resolve())
    if patches:
        refuse_leaving_links(tree)


def _apply(tree: Path, patch: Path) -> None:
    # A tree inside another repository's work tree (such as our own checkout) would
    # make git skip the patch without a word; the ceiling hides that repository.
    environment = {
        "GIT_CEILING_DIRECTORIES": str(tree.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DIR": str(tree / ".git-is-not-here"),
        "LC_ALL": "C",
    }
    git = Git(tree)
    try:
        with git.custom_environment(**environment):
            git.apply("--whitespace=nowarn", "--", str(patch))
    except GitCommandError as error:
        refusals = _REFUSAL.findall(str(error.stderr))
        raise PatchFailedError(
            f"the patch does not apply: {'; '.join(refusals) or error.stderr}",
            where=str(patch),
            hint="make it anew against the pinned commit",
        ) from error
