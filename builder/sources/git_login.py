"""A login in a git URL, handed to git where nobody else sees it.

A URL on a command line is shown to every user of the machine by `ps`, and git hands it
on to a helper's. So the URL goes there without its login, which waits in the environment
until git asks for it: for that very host, wherever a redirect leads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from axletree.builder.errors import InvalidRecipeError

_HELPER = (
    "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' "
    '"$AXLETREE_GIT_USER" "$AXLETREE_GIT_PASSWORD"; }; f'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAddress:
    """Where git fetches from, and as whom."""

    url: str
    """Without secrets."""
    configuration: Mapping[str, str]
    """Settings for git beside its usual ones."""
    environment: Mapping[str, str]


def without_login(url: str) -> GitAddress:
    """Part a URL and the login in it.

    :raises InvalidRecipeError: the URL or its login is none.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError as error:
        raise _invalid("the git URL is not an address") from error
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isprintable():
        raise _invalid("the login in the git URL has characters that none has")
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "ssh" and parts.username:
        # ssh takes the user from there, and passwords from nowhere.
        host = f"{parts.username}@{host}"
    clean = _replaced(parts, host)
    if parts.scheme not in {"https", "http"} or not (user or password):
        return GitAddress(url=clean, configuration={}, environment={})
    name = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return GitAddress(
        url=clean,
        configuration={f"credential.{parts.scheme}://{name}{port}.helper": _HELPER},
        environment={"AXLETREE_GIT_USER": user, "AXLETREE_GIT_PASSWORD": password},
    )


def _replaced(parts: SplitResult, host: str) -> str:
    # Not geturl() of parts without "@": it writes file:/x for file:///x.
    return (
        parts._replace(netloc=host).geturl() if "@" in parts.netloc else parts.geturl()
    )


def _invalid(what: str) -> InvalidRecipeError:
    # The text itself may hold a password in a place where we do not find it.
    return InvalidRecipeError(what, where="[source] url, or a mirror of it")
