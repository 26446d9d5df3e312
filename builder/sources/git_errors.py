"""What git's own words mean: whose fault it is that nothing was fetched, and what helps."""

from urllib.parse import urlsplit

from git import GitCommandError, Repo

from axletree.builder.errors import SourceUnreachableError
from axletree.builder.sources.addresses import BUNDLE, without_secrets

_DAMAGE = ("fatal: bad object", "corrupt", "not send all necessary objects")
_OF_THE_HOST = {
    "on the remote side": "the repository there lacks objects: name the one that it was "
    "cloned from, or make it whole (a partial clone by `git fetch --refetch --no-filter`)",
    "mismatched algorithms": "its commits are named by SHA-256, and only those named by "
    "SHA-1 are fetched: name such a repository, or take an sdist as the source",
}
"""By what git says of a repository that no new fetch makes better."""
_REMEDIES = {
    "file": "check the path: it is a repository's folder, in full",
    BUNDLE: "make the bundle with all that the commit needs: "
    "`git bundle create FILE --all`",
}


def unreachable(
    repo: Repo, error: GitCommandError, url: str, address: str
) -> SourceUnreachableError:
    """Say why nothing could be fetched into a mirror.

    :param url: as the recipe has it.
    :param address: what git was told.
    """
    said = str(error.stderr)
    theirs = next((hint for words, hint in _OF_THE_HOST.items() if words in said), "")
    if not theirs and any(words in said for words in _DAMAGE):
        return damaged(repo, error)
    kind = BUNDLE if url.startswith(BUNDLE) else urlsplit(address).scheme
    usual = "check the network and https_proxy, or name a mirror in [mirrors]"
    return SourceUnreachableError(
        f"the git repository cannot be fetched: {without_secrets(_reason(error))}",
        where=without_secrets(url),
        hint=theirs or _REMEDIES.get(kind, usual),
    )


def damaged(repo: Repo, error: Exception) -> SourceUnreachableError:
    """Say that a mirror is no good."""
    said = _reason(error) if isinstance(error, GitCommandError) else str(error)
    return SourceUnreachableError(
        f"the mirror of the repository lacks objects, or is damaged: {said}",
        where=str(repo.git_dir),
        hint="remove that folder: it is fetched again",
    )


def _reason(error: GitCommandError) -> str:
    """Return what git says went wrong; advice may follow it."""
    said = str(error.stderr).strip().removeprefix("stderr: '").strip("'").strip()
    lines = said.splitlines() or ["git gives no reason"]
    lacking = (line for line in lines if "lacks these prerequisite" in line)
    fatal = (line for line in lines if line.startswith("fatal:"))
    return next(lacking, next(fatal, lines[-1])).removesuffix(":")
