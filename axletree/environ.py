"""The one place that reads the environment of this process.

Apart from `axletree.config`, which needs it too, because a quick answer has no time to
import what settings files take.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping


SETTINGS = (
    *(
        "home",
        "database",
        "files",
        "cache-dir",
        "index-url",
        "index-strategy",
        "certificate",
        "timeout",
    ),
    *("retries", "max-page", "max-metadata", "max-headers", "max-file"),
    *("max-redirects", "max-wait", "min-rate", "min-rate-time", "build-memory"),
    *("build-room", "build-processes", "build-time", "question-time", "git-http-hosts"),
)
"""Keys of a settings file; each has a variable, too."""
PREFIX = "AXLETREE_"
_OTHERS = frozenset({"AXLETREE_GIT_USER", "AXLETREE_GIT_PASSWORD"})
"""Variables that are no settings: a file should not hold what they do."""

_HOSTS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
_NO = frozenset({"", "0", "false"})


def variable_of(key: str) -> str:
    """Name the variable of a setting."""
    return f"{PREFIX}{key.upper().replace('-', '_')}"


def foreign_variables(environ: Mapping[str, str]) -> list[str]:
    """List the variables that are called as if they were settings, and are none."""
    named = [name for name in environ if name.startswith(PREFIX)]
    if not named:
        return []
    known = set(map(variable_of, SETTINGS))
    return [name for name in named if name not in known | _OTHERS]


def reads_commands(environ: Mapping[str, str]) -> bool:
    """Tell whether what runs us takes some lines of our output for commands."""
    return any(environ.get(name, "").lower() not in _NO for name in _HOSTS)


def process_environment() -> Mapping[str, str]:
    """Return a copy of this process's environment variables."""
    return dict(os.environ)


def default_home(environ: Mapping[str, str]) -> str:
    """Return where the wheelhouse is that nobody names."""
    return f"{_folder(environ, 'XDG_DATA_HOME', '.local/share')}/axletree"


def default_cache(environ: Mapping[str, str]) -> str:
    """Return where pages and metadata are kept, where nobody says."""
    return f"{_folder(environ, 'XDG_CACHE_HOME', '.cache')}/axletree"


def home_folder(environ: Mapping[str, str]) -> str:
    """Return the user's own folder."""
    return environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  pathlib costs more than a quick answer


def _folder(environ: Mapping[str, str], variable: str, usual: str) -> str:
    return environ.get(variable) or f"{home_folder(environ)}/{usual}"
