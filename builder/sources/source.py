"""Bring a source as one archive: a commit of a git repository, or an sdist.

Git is the one place where a recipe's text meets a program of many powers, so little of
it gets through: a checked URL, a checked ref, a whole commit. No configuration of the
user or the system is read (it can name programs to run); what reaches the network
through a proxy or a private CA does so by the environment (`https_proxy`,
`GIT_SSL_CAINFO`).
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from git import GitCommandError, Repo

from axletree.builder.archives.source_archive import (
    SourceArchive,
    look_into,
)
from axletree.builder.errors import (
    CommitNotFoundError,
    InvalidRecipeError,
    PinMismatchError,
    SourceUnreachableError,
)
from axletree.builder.recipes.recipe import (
    GitSource,
    SdistSource,
)
from axletree.builder.sources.git_login import (
    GitAddress,
    without_login,
)

_SETTINGS = {
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "tar.umask": "0022",
}
_CREDENTIALS = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source and what it was made from."""

    archive: SourceArchive
    revision: str
    """A commit, or `sha256:…` of an sdist."""
    source_time: datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAccess:
    """From where git may take sources."""

    cache: Path
    """Folder of bare mirrors, shared by all builds."""
    mirrors: Mapping[str, str]
    """Start of a URL -> what to fetch instead."""
    allows_file: bool = False
    """Let `file:` URLs and paths through."""


def check_out(source: GitSource, archive: Path, access: GitAccess) -> Source:
    """Put the pinned commit's files into a tar at `archive`.

    What the mirror cache has already is not fetched again.

    :raises SourceUnreachableError: when the host cannot be reached.
    :raises CommitNotFoundError: when it has no such branch or commit.
    :raises PinMismatchError: when the commit's time is not the recipe's.
    :raises UnsafeSourceError: when it holds links or names that lead out of it.
    """
    address = without_login(_mirrored(source.url, access.mirrors))
    protocols = _check_url(address.url, access)
    name = hashlib.sha256(source.url.encode()).hexdigest()[:24]
    mirror = access.cache / f"{name}.git"
    access.cache.mkdir(parents=True, exist_ok=True)
    with (
        _locked(access.cache / f"{name}.lock"),
        _open_mirror(mirror) as repo,
        repo.git.custom_environment(**_environment(mirror, protocols, address)),
    ):
        if not _has_commit(repo, source.commit):
            _fetch(repo, address.url, source)
        _archive(repo, source.commit, archive)
        seconds = repo.git.show("-s", "--format=%ct", source.commit)
    committed = datetime.fromtimestamp(int(seconds), UTC)
    if committed != source.committed:
        raise PinMismatchError(
            f"commit {source.commit} was made at {committed:%Y-%m-%dT%H:%M:%SZ}, "
            f"the recipe says {source.committed:%Y-%m-%dT%H:%M:%SZ}",
            where=_shown(source.url),
            hint="put the first of the two into [source] committed",
        )
    return Source(
        archive=look_into(archive, name=archive.name, has_top=False),
        revision=source.commit,
        source_time=committed,
    )


def open_sdist(source: SdistSource, sdist: Path) -> Source:
    """Look through an sdist.

    :raises PinMismatchError: when the file's hash is not the recipe's.
    :raises UnsafeSourceError: when it holds links or names that lead out of it.
    """
    with sdist.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        raise PinMismatchError(
            f"{sdist.name} has sha256 {found}, the recipe pins {source.sha256}",
            where=str(sdist),
        )
    return Source(
        archive=look_into(sdist, name=sdist.name, has_top=True),
        revision=f"sha256:{found}",
        source_time=source.committed,
    )


def _mirrored(url: str, mirrors: Mapping[str, str]) -> str:
    """Replace the longest known start of `url`, as git's insteadOf does."""
    starts = [start for start in mirrors if url.startswith(start)]
    if not starts:
        return url
    longest = max(starts, key=len)
    return mirrors[longest] + url.removeprefix(longest)


def _check_url(url: str, access: GitAccess) -> str:
    allowed = ["https", "ssh", *(["file"] if access.allows_file else [])]
    scheme = urlsplit(url).scheme
    if scheme == "file" and not access.allows_file:
        raise InvalidRecipeError(
            "the recipe builds from a git repository on this machine, which is not "
            "allowed unless you say so",
            where=_shown(url),
            hint="if you trust that repository, allow it with --allow-file-sources",
        )
    if scheme not in allowed or not url.isprintable():
        raise InvalidRecipeError(
            f"git sources are fetched over {', '.join(allowed)} only",
            where=_shown(url),
            hint="write the whole URL, such as https://example.com/project.git",
        )
    return ":".join(allowed)


def _environment(
    mirror: Path, protocols: str, address: GitAddress | None = None
) -> dict[str, str]:
    settings = {**_SETTINGS, **(address.configuration if address else {})}
    environment = {
        **(address.environment if address else {}),
        "GIT_DIR": str(mirror),
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _open_mirror(mirror: Path) -> Iterator[Repo]:
    # Whether or not it exists: `git init` mends what an interrupted one left.
    repo = Repo.init(
        mirror,
        expand_vars=False,
        bare=True,
        env=_environment(mirror, "none"),
    )
    try:
        yield repo
    finally:
        repo.close()


def _has_commit(repo: Repo, commit: str) -> bool:
    try:
        repo.git.cat_file("-e", f"{commit}^{{commit}}")
    except GitCommandError:
        return False
    return True


def _fetch(repo: Repo, url: str, source: GitSource) -> None:
    refs = f"refs/heads/{source.ref}" if source.ref else "refs/heads/*"
    try:
        _fetch_refs(repo, url, f"+{refs}:{refs}")
    except GitCommandError as error:
        if "couldn't find remote ref" not in str(error.stderr):
            raise _unreachable(source, url, error) from error
    if _has_commit(repo, source.commit):
        return
    # A branch that was moved on by force no longer has it; many hosts still do.
    try:
        _fetch_refs(repo, url, source.commit)
    except GitCommandError as error:
        raise CommitNotFoundError(
            f"the repository has no commit {source.commit}"
            + (f" on {source.ref}" if source.ref else ""),
            where=_shown(source.url),
            hint="the branch was rewritten or the pin is wrong; take the commit from "
            "`git ls-remote`",
        ) from error


def _fetch_refs(repo: Repo, url: str, refspec: str) -> None:
    repo.git.fetch(
        "--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--", url, refspec
    )


def _unreachable(
    source: GitSource, url: str, error: GitCommandError
) -> SourceUnreachableError:
    is_local = urlsplit(url).scheme == "file"
    return SourceUnreachableError(
        f"the git repository cannot be fetched: {_shown(_reason(error))}",
        where=_shown(source.url),
        hint="check the path: it is a repository's folder, in full"
        if is_local
        else "check the network and https_proxy, or name a mirror in [mirrors]",
    )


def _reason(error: GitCommandError) -> str:
    """Return what git says went wrong; advice may follow it."""
    said = str(error.stderr).strip().removeprefix("stderr: '").strip("'").strip()
    lines = said.splitlines() or ["git gives no reason"]
    return next((line for line in lines if line.startswith("fatal:")), lines[-1])


def _archive(repo: Repo, commit: str, archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with archive.open("wb") as file:
        repo.archive(file, treeish=commit, format="tar")


def _shown(text: str) -> str:
    """Hide credentials, which a URL may carry."""
    return _CREDENTIALS.sub("//***@", text)
