"""Tools that ask git while a project is built, and what they are told instead.

Nothing is asked of the network and of no clone, so those that can be told the version
are told that of the recipe. Those that ask for the list of files need a repository.
"""

import re
from collections.abc import Mapping

from packaging.utils import NormalizedName
from packaging.version import Version

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
"""Where a project names its tools."""

_TOLD = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",  # hatch-vcs, flit-scm, scikit-build-core as well
    "VCS_VERSIONING_PRETEND_VERSION",
    "PBR_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "UV_DYNAMIC_VERSIONING_BYPASS",
)
_LISTING = re.compile(
    rb"\b(?:setuptools[-_.]scm|setuptools[-_.]git|pbr)\b", re.IGNORECASE
)


def told_version(project: NormalizedName, version: Version) -> Mapping[str, str]:
    """Return the variables by which tools are told the version that is built."""
    named = project.upper().replace("-", "_")
    names = (*_TOLD, f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{named}")
    return dict.fromkeys(names, str(version))


def lists_files_by_git(content: bytes) -> bool:
    """Tell whether a file of `PROJECT_FILES` names a tool that packs what git lists.

    Without a repository such a tool packs less, and says nothing.
    """
    return _LISTING.search(content) is not None


def is_unknown(version: Version) -> bool:
    """Tell whether a version is one of those that tools give for want of a tag."""
    is_first = version.release[:2] == (0, 1) and version.is_devrelease
    return not any(version.release) or is_first or "unknown" in str(version.local)
