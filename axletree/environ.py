"""The one place that reads the environment of this process.

Apart from `axletree.config`, which needs it too, because a quick answer has no time to
import what settings files take.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping


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
