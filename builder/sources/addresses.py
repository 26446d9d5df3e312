"""Which addresses git may fetch from: each is checked before git sees it.

A recipe's text, and a `.gitmodules` that its author never saw, name them. Git has
transports that run programs (`ext::`), options that look like addresses, and folders of
this machine: none of them gets through unless the user has allowed it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from axletree.builder.errors import InvalidRecipeError
from axletree.late_dataclasses import dataclass

_CREDENTIALS = re.compile(r"//[^/@\s]+@")
_SCP = re.compile(r"(?:[A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9][A-Za-z0-9.-]+:(?!//)[^\s:]+")
"""`git@host:path`, as ssh users write it; not `C:`, and not `ext::`."""
BUNDLE = "bundle:"
"""Before the name of a bundle, where a URL would stand; nothing is fetched from it."""
_ABOVE = re.compile(r"(?:\.{1,2}/)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAccess:
    """From where git may take sources."""

    cache: Path
    """Folder of bare mirrors, shared by all builds."""
    mirrors: Mapping[str, str]
    """Start of a URL -> what to fetch instead."""
    allows_file: bool = False
    """Let `file:` URLs and paths through."""
    http_hosts: frozenset[str] = frozenset()
    """Let plain `http:` through to these: `git.internal`, `git.internal:8080`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where git fetches from, and by which transports."""

    url: str
    """May hold a login."""
    protocols: str
    """For GIT_ALLOW_PROTOCOL."""


def address_of(url: str, access: GitAccess) -> Address:
    """Let a URL through, or its mirror.

    :raises InvalidRecipeError: when it is of another kind than git may fetch from.
    """
    found = _mirrored(url, access.mirrors)
    scheme = scheme_of(found)
    allowed = ["https", "ssh", *(["file"] if access.allows_file else [])]
    if scheme == "http" and urlsplit(found).netloc.rpartition("@")[2].lower() in (
        access.http_hosts
    ):
        # For this one only: no redirect of another leads to plain http.
        allowed.append("http")
    if scheme == "file" and not access.allows_file:
        raise InvalidRecipeError(
            "the recipe builds from a git repository on this machine, which is not "
            "allowed unless you say so",
            where=without_secrets(found),
            hint="if you trust that repository, allow it with --allow-file-sources",
        )
    if scheme not in allowed or not found.isprintable():
        raise InvalidRecipeError(
            f"git sources are fetched over {', '.join(allowed)} only",
            where=without_secrets(found),
            hint="let git fetch from that host without encryption, if it is your own: "
            "git-http-hosts in the settings"
            if scheme == "http"
            else "write the whole URL, such as https://example.com/project.git",
        )
    return Address(url=found, protocols=":".join(allowed))


def scheme_of(url: str) -> str:
    """Return the scheme that git will fetch by; empty for what it must not see."""
    if _SCP.fullmatch(url):
        return "ssh"
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def beside(url: str, base: str) -> str | None:
    """Resolve the URL of a submodule against that of the repository around it.

    Git's own rule: each `../` takes one part off the end. None when it leads out of
    the host, or is a path of this machine where the repository around it is none.
    """
    above = _ABOVE.match(url)
    if base.startswith(BUNDLE) and above is not None:
        return None
    if above is None:
        if url.startswith("/"):
            url = Path(url).as_uri()
        is_stranger = scheme_of(url) == "file" and scheme_of(base) != "file"
        return None if is_stranger else url
    start = base.rstrip("/")
    # What stands before is the host, which no submodule changes.
    floor = start.find("/", start.find("://") + 3) if "://" in start else 1
    separator = "/"
    for _ in range(above[0].count("../")):
        cut = start.rfind("/")
        if cut < 0:
            cut, separator = start.rfind(":"), ":"
        if floor < 0 or cut < floor:
            return None
        start = start[:cut]
    return start + separator + url[above.end() :].rstrip("/")


def without_secrets(text: str) -> str:
    """Hide credentials, which a URL may carry."""
    return _CREDENTIALS.sub("//***@", text)


def _mirrored(url: str, mirrors: Mapping[str, str]) -> str:
    """Replace the longest known start of `url`, as git's insteadOf does."""
    starts = [start for start in mirrors if url.startswith(start)]
    if not starts:
        return url
    longest = max(starts, key=len)
    return mirrors[longest] + url.removeprefix(longest)
