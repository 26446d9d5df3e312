"""Bare mirrors of git repositories, of which only whole commits are asked for.

Git is the one place where a recipe's text meets a program of many powers, so little of
it gets through: a checked URL, a checked ref, a whole commit. No configuration of the
user or the system is read (it can name programs to run); what reaches the network
through a proxy or a private CA does so by the environment (`https_proxy`,
`GIT_SSL_CAINFO`). What comes in is checked by git's own fsck.
"""

import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from git import GitCommandError, Repo

from axletree.builder.errors import (
    CommitNotFoundError,
    IncompleteSourceError,
    InvalidRecipeError,
    SourceUnreachableError,
    UnsafeSourceError,
)
from axletree.builder.sources.addresses import (
    BUNDLE,
    Address,
    GitAccess,
    address_of,
    without_secrets,
)
from axletree.builder.sources.git_errors import unreachable
from axletree.builder.sources.git_login import GitAddress, without_login

_SETTINGS = {
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "transfer.fsckObjects": "true",
    # Blemishes of text that old programs left in commits of respected projects.
    **{
        f"fetch.fsck.{blemish}": "ignore"
        for blemish in (
            "badDate",
            "badDateOverflow",
            "badEmail",
            "badName",
            "badTimezone",
            "missingEmail",
            "missingNameBeforeEmail",
            "missingSpaceBeforeDate",
            "missingSpaceBeforeEmail",
            "multipleAuthors",
            "zeroPaddedDate",
            "zeroPaddedFilemode",
        )
    },
}
_BUNDLE_STARTS = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_OF_HOOKS = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG_PARAMETERS",
    "GIT_NAMESPACE",
)
_TAGS_AT_ONCE = 500
_BEGINS_A_COMMIT = re.compile(r"[0-9a-f]{7,39}")
_REFUSED_OBJECT = re.compile(r"error: (object \w+: \w+: .+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """The mirror of one repository, while it is locked for us."""

    repo: Repo
    url: str
    """As the recipe or a `.gitmodules` has it, for messages."""
    address: GitAddress

    def bring(self, commit: str, ref: str | None) -> None:
        """Fetch a commit, unless it is there.

        :param ref: branch or tag that has it; None: all branches.
        :raises SourceUnreachableError: when the host cannot be reached.
        :raises CommitNotFoundError: when it has no such commit.
        :raises UnsafeSourceError: when git's fsck refuses what it gives.
        """
        if self.has_commit(commit):
            return
        for refspec in _refspecs(ref):
            if self._fetch_if_there(refspec):
                break
        if not self.has_commit(commit):
            self._fetch_alone(commit, ref)

    def has_commit(self, commit: str) -> bool:
        """Tell whether the commit is there."""
        try:
            self.repo.git.get_object_header(f"{commit}^{{commit}}")
        except ValueError:
            return False
        return True

    def newest(self, ref: str) -> str:
        """Fetch a branch or tag as it is now; return its commit.

        :raises SourceUnreachableError: when the host cannot be reached.
        :raises CommitNotFoundError: when it has none of that name.
        """
        for refspec in _refspecs(ref):
            if self._fetch_if_there(refspec):
                name = refspec.rpartition(":")[2]
                return str(self.repo.git.rev_parse("--verify", f"{name}^{{commit}}"))
        raise CommitNotFoundError(
            f"the repository has no branch or tag {ref}",
            where=without_secrets(self.url),
            hint="a commit is named by all of its 40 digits"
            if _BEGINS_A_COMMIT.fullmatch(ref)
            else "`git ls-remote` lists them",
        )

    def first_branch(self) -> str:
        """Return the branch that a clone shows first.

        :raises SourceUnreachableError: when the host cannot be reached.
        :raises CommitNotFoundError: when it does not say one.
        """
        try:
            said = self.repo.git.ls_remote("--symref", "--", self.address.url, "HEAD")
        except GitCommandError as error:
            raise self._unreachable(error) from error
        match = re.match(r"ref: refs/heads/(\S+)\tHEAD", str(said))
        if match is None:
            raise CommitNotFoundError(
                "the repository does not say which branch is its first",
                where=without_secrets(self.url),
                hint="name a branch, tag or commit: URL@REF",
            )
        return match[1]

    @property
    def scratch(self) -> Path:
        """Return a folder for what is made of it."""
        return Path(self.repo.git_dir)

    def bring_tags(self, commit: str) -> None:
        """Fetch the tags of what is there of a commit's ancestry, and of no more.

        Without the host those that were there at the last time are good enough.
        """
        seen = f"refs/axletree/tags-seen/{commit}"
        try:
            wanted = [f"+{name}:{name}" for name in self._tags_there()]
            for start in range(0, len(wanted), _TAGS_AT_ONCE):
                self._fetch(*wanted[start : start + _TAGS_AT_ONCE])
            self.repo.git.update_ref(seen, commit)
        except GitCommandError as error:
            if not self.repo.git.for_each_ref(seen):
                raise self._unreachable(error) from error

    def _tags_there(self) -> Iterator[str]:
        """Name the host's tags of commits that are here."""
        listed = str(self.repo.git.ls_remote("--tags", "--", self.address.url))
        commits: dict[str, str] = {}
        for line in listed.splitlines():
            object_id, _, name = line.partition("\t")
            # An annotated tag comes again, as the commit that it is put on.
            commits[name.removesuffix("^{}")] = object_id
        for name, object_id in commits.items():
            if name.startswith("refs/tags/") and self.has_commit(object_id):
                yield name

    def committed(self, commit: str) -> datetime:
        """Return the committer's time, UTC."""
        # Not `git show`, which walks through all trees of a first commit.
        said = self.repo.git.rev_list("--no-walk", "--timestamp", commit)
        return datetime.fromtimestamp(int(said.split()[0]), UTC)

    def _fetch_if_there(self, refspec: str) -> bool:
        try:
            self._fetch(refspec)
        except GitCommandError as error:
            if "couldn't find remote ref" not in str(error.stderr):
                raise self._unreachable(error) from error
            return False
        return True

    def _fetch_alone(self, commit: str, ref: str | None) -> None:
        # A branch that was moved on by force no longer has it; many hosts still do.
        try:
            self._fetch(commit)
        except GitCommandError as error:
            raise CommitNotFoundError(
                f"the repository has no commit {commit}"
                + (f" on {ref}" if ref else ""),
                where=without_secrets(self.url),
                hint="the branch was rewritten or the pin is wrong; take the commit "
                "from `git ls-remote`",
            ) from error

    def bring_ancestry(self, commit: str, ref: str | None) -> None:
        """Fetch what a shallow clone left out, if the host has it by now.

        :raises IncompleteSourceError: when it has not.
        """
        if not self._is_shallow(commit):
            return
        with suppress(GitCommandError):
            self._fetch(*islice(_refspecs(ref), 1), options=("--unshallow",))
        if self._is_shallow(commit):
            raise IncompleteSourceError(
                "the repository is a shallow clone and has not the history of the commit",
                where=without_secrets(self.url),
                hint="make it whole with `git fetch --unshallow --tags`, or name the "
                "repository that it was cloned from",
            )

    def _is_shallow(self, commit: str) -> bool:
        if "true" not in str(self.repo.git.rev_parse("--is-shallow-repository")):
            return False
        edges = Path(self.repo.git_dir, "shallow").read_text(encoding="ascii").split()
        ancestry = str(self.repo.git.rev_list(commit)).split()
        return not set(edges).isdisjoint(ancestry)

    def _fetch(self, *refspecs: str, options: Sequence[str] = ()) -> None:
        try:
            self.repo.git.fetch(
                "--no-tags",
                "--no-recurse-submodules",
                "--no-auto-gc",
                "--no-write-fetch-head",
                # From a shallow clone, whose commit is whole if its ancestry is not.
                "--update-shallow",
                *options,
                "--",
                self.address.url,
                *refspecs,
            )
        except GitCommandError as error:
            refused = _REFUSED_OBJECT.search(str(error.stderr))
            if refused is None:
                raise
            raise UnsafeSourceError(
                f"git refuses an {refused[1]}", where=without_secrets(self.url)
            ) from error

    def _unreachable(self, error: GitCommandError) -> SourceUnreachableError:
        return unreachable(self.repo, error, self.url, self.address.url)


@contextmanager
def open_mirror(
    url: str, access: GitAccess, bundle: Path | None = None
) -> Iterator[Mirror]:
    """Open the mirror of a repository, made if need be, and keep others out.

    :param bundle: the file to fetch from, in place of `url`.
    :raises InvalidRecipeError: when git may not fetch from there.
    """
    if bundle is None:
        allowed = address_of(url, access)
        address, key = without_login(allowed.url), url
    else:
        # Git runs in the mirror's folder: a path relative to ours is none there.
        allowed = Address(url=str(bundle.absolute()), protocols="file")
        address = GitAddress(url=allowed.url, configuration={}, environment={})
        key = _checked_bundle(bundle)
    name = hashlib.sha256(key.encode()).hexdigest()[:24]
    folder = access.cache / f"{name}.git"
    access.cache.mkdir(parents=True, exist_ok=True)
    with (
        _locked(access.cache / f"{name}.lock"),
        _opened(folder) as repo,
        repo.git.custom_environment(**_environment(folder, allowed.protocols, address)),
    ):
        yield Mirror(repo=repo, url=url, address=address)


def _checked_bundle(bundle: Path) -> str:
    """Return what a bundle is kept by: a key of its content.

    Git would take a folder as well, and a file that names one.
    """
    try:
        if not bundle.is_file():
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        with bundle.open("rb") as file:
            is_bundle = file.read(len(_BUNDLE_STARTS[0])) in _BUNDLE_STARTS
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidRecipeError(
            f"the bundle cannot be read: {error.strerror}",
            where=str(bundle),
            hint="put it beside the recipe",
        ) from error
    if not is_bundle:
        raise InvalidRecipeError(
            "the file is no git bundle",
            where=str(bundle),
            hint="make it with `git bundle create FILE --all`",
        )
    return f"{BUNDLE}{digest}"


def _refspecs(ref: str | None) -> Iterator[str]:
    if ref is None:
        yield "+refs/heads/*:refs/heads/*"
    elif ref.startswith("refs/"):
        yield f"+{ref}:{ref}"
    else:
        yield f"+refs/heads/{ref}:refs/heads/{ref}"
        yield f"+refs/tags/{ref}:refs/tags/{ref}"


def _environment(
    mirror: Path, protocols: str, address: GitAddress | None = None
) -> Mapping[str, str]:
    settings = {**_SETTINGS, **(address.configuration if address else {})}
    environment = {
        **(address.environment if address else {}),
        "GIT_DIR": str(mirror),
        # Set where we are run by a hook of git's.
        "GIT_OBJECT_DIRECTORY": str(mirror / "objects"),
        **dict.fromkeys(_OF_HOOKS, ""),
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
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
def _opened(mirror: Path) -> Iterator[Repo]:
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
