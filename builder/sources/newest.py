"""What a repository has now: the newest commit of a branch or tag, and what came since."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git import GitCommandError

from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.git_mirror import Mirror, open_mirror
from axletree.resolver.model.shown_text import shown

MOST_SHOWN = 50
"""Commits of a log."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A commit, and how it was found."""

    ref: str | None
    """The branch or tag that has it; None: it was named itself."""
    commit: str
    committed: datetime
    """UTC."""
    log: tuple[str, ...] = ()
    """A line for each commit since an older one, newest first."""
    is_rewritten: bool = False
    """It does not descend from the older one."""
    more: int = 0
    """Commits beside those of the log."""


def look_up(
    url: str,
    ref: str | None,
    access: GitAccess,
    *,
    since: str | None = None,
    bundle: Path | None = None,
) -> Newest:
    """Fetch the newest commit of a branch or tag.

    :param ref: None: the branch that the repository shows first; or a whole commit.
    :param since: an older commit, to say what came after it.
    :raises SourceUnreachableError: the host cannot be reached.
    :raises CommitNotFoundError: there is no such branch, tag or commit.
    :raises InvalidRecipeError: git may not fetch from there.
    """
    with open_mirror(url, access, bundle) as mirror:
        if ref is not None and _COMMIT.fullmatch(ref):
            mirror.bring(ref, None)
            commit, named = ref, None
        else:
            named = ref or mirror.first_branch()
            commit = mirror.newest(named)
        log: Sequence[str] = ()
        more = 0
        if since is not None and mirror.has_commit(since):
            log, more = _log(mirror, since, commit)
        return Newest(
            ref=named,
            commit=commit,
            committed=mirror.committed(commit),
            log=tuple(log),
            is_rewritten=since is not None and not _descends(mirror, commit, since),
            more=more,
        )


def _descends(mirror: Mirror, commit: str, older: str) -> bool:
    if not mirror.has_commit(older):
        return False
    try:
        mirror.repo.git.merge_base("--is-ancestor", older, commit)
    except GitCommandError:
        return False
    return True


def _log(mirror: Mirror, since: str, commit: str) -> tuple[Sequence[str], int]:
    span = f"{since}..{commit}"
    git = mirror.repo.git
    said = str(
        git.log("--no-color", "--format=%h %cs %s", f"--max-count={MOST_SHOWN}", span)
    )
    lines = [shown(line)[:200] for line in said.splitlines()]
    count = int(str(git.rev_list("--count", span)))
    return lines, max(0, count - len(lines))
