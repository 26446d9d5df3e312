"""Submodules: a commit of another repository, at a folder of this one.

`.gitmodules` is read as data, by git's own reader of that format, and `git submodule`
is never run: each commit is fetched as a mirror of its own, whose address is checked
like that of any other source.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from git import GitCommandError, Repo

from axletree.builder.errors import UnsafeSourceError
from axletree.builder.sources.git_tree import Entry

DEPTH = 3
"""Submodules within submodules."""
MOST = 100
"""Submodules of one source in all."""

_LISTED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Submodule:
    """What a commit says of one of its submodules."""

    path: bytes
    """Within its own repository."""
    commit: str
    url: str | None
    """As it stands in `.gitmodules`; None: it does not stand there."""


def submodules_of(repo: Repo, entries: Sequence[Entry]) -> tuple[Submodule, ...]:
    """Return the submodules of a commit, in the order of their paths.

    :param entries: all that the commit holds.
    :raises UnsafeSourceError: when its `.gitmodules` is none.
    """
    links = [entry for entry in entries if entry.kind == "submodule"]
    if not links:
        return ()
    listed = next((each for each in entries if each.path == b".gitmodules"), None)
    urls = _urls(repo, listed) if listed is not None else {}
    return tuple(
        Submodule(path=entry.path, commit=entry.object_id, url=urls.get(entry.path))
        for entry in links
    )


def _urls(repo: Repo, listed: Entry) -> Mapping[bytes, str]:
    """Read `.gitmodules`: path of a submodule -> its URL."""
    if listed.kind == "link" or listed.size_bytes > _LISTED_BYTES:
        raise UnsafeSourceError("its .gitmodules is a link, or too large")
    found: dict[bytes, dict[bytes, bytes]] = {}
    for name, key, value in _settings(repo, listed):
        found.setdefault(name, {}).setdefault(key, value)
    urls: dict[bytes, str] = {}
    for settings in found.values():
        path, url = settings.get(b"path"), settings.get(b"url")
        if path is None or url is None:
            continue
        if path in urls:
            raise UnsafeSourceError(
                "its .gitmodules names a submodule twice: "
                + ascii(path.decode("utf-8", "replace"))
            )
        urls[path] = url.decode("utf-8", "surrogateescape")
    return urls


def _settings(repo: Repo, listed: Entry) -> Iterator[tuple[bytes, bytes, bytes]]:
    try:
        said: bytes = repo.git.config(
            "--no-includes",
            "--list",
            "-z",
            "--blob",
            listed.object_id,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
        )
    except GitCommandError as error:
        raise UnsafeSourceError("its .gitmodules cannot be read") from error
    for setting in said.split(b"\0"):
        name, newline, value = setting.partition(b"\n")
        section, _, rest = name.partition(b".")
        submodule, _, key = rest.rpartition(b".")
        if newline and section == b"submodule" and submodule:
            yield submodule, key, value
