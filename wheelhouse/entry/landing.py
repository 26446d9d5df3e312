"""Where the files of a wheel land when it is installed, and what they would replace.

Source: binary distribution format, "The .data directory"; PEP 829 for `.start` files;
pip and uv refuse a scheme that they do not know, uv scripts that replace Python.
"""

import re
from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.foreign_text import parse_version
from axletree.wheelhouse.archives.paths import shown_path
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

SCHEMES = frozenset({"purelib", "platlib", "headers", "scripts", "data"})

_MODULES = frozenset({"purelib", "platlib"})
_PROGRAM_FOLDERS = frozenset({"bin", "scripts", "sbin"})
_PACKAGE_FOLDERS = frozenset({"site-packages", "dist-packages"})
_is_python = re.compile(
    r"(python|pypy|pip)w?(\d+(\.\d+)*)?t?(\.exe|\.bat|\.cmd|\.ps1|\.py)?", re.IGNORECASE
).fullmatch
_is_activation = re.compile(
    r"activate(\.(bat|csh|fish|nu|ps1))?|activate_this\.py|deactivate\.bat",
    re.IGNORECASE,
).fullmatch
"""What venv and virtualenv put into an environment, and shells run in their own process."""
_is_startup_module = re.compile(
    r"(sitecustomize|usercustomize)(\.(py|pyc|pyo|so|pyd)|\..+\.(so|pyd|pyc))?",
    re.IGNORECASE,
).fullmatch
_PATH_FILE, _START_FILE = ".pth", ".start"


def replaces_python(script: str, project: NormalizedName) -> bool:
    """Tell whether a script would stand where Python, pip or an environment's own do."""
    if _is_activation(script):
        return True
    found = _is_python(script)
    if found is None:
        return False
    return not (project == "pip" and found[1].lower() == "pip")


def check_landing(
    members: Iterable[str], dist_info: str, project: NormalizedName, findings: Findings
) -> None:
    """Look at the place of each file, by its path alone.

    :param dist_info: name of the wheel's own folder.
    """
    foreign: dict[str, None] = {}
    for path in members:
        top, slash, rest = path.partition("/")
        if not slash or not top.endswith(".data"):
            _check_module(path, path, dist_info, findings)
            continue
        if not _is_same(top, dist_info):
            foreign[top] = None
        scheme, slash, inside = rest.partition("/")
        if scheme not in SCHEMES or not slash:
            text = f"{shown_path(path)} is in no scheme: {shown_path(scheme)} is none"
            findings.found(Kind.UNKNOWN_SCHEME, text, path)
        elif scheme in _MODULES:
            _check_module(path, inside, dist_info, findings)
        elif scheme == "scripts":
            _check_script(path, inside, project, findings)
        elif scheme == "data":
            _check_data(path, inside, dist_info, project, findings)
    for top in foreign:
        text = f"{shown_path(top)} is not the wheel's own: pip spreads it, uv does not"
        findings.found(Kind.FOREIGN_DATA, text, top)


def _is_same(data: str, dist_info: str) -> bool:
    return _release(data) == _release(dist_info)


def _release(folder: str) -> tuple[str, object]:
    project, _, version = folder.rpartition(".")[0].rpartition("-")
    parsed = parse_version(version.replace("_", "-"))
    return canonicalize_name(project), version if parsed is None else parsed


def _check_module(path: str, inside: str, dist_info: str, findings: Findings) -> None:
    """Look at a file that lands in `site-packages`, at `inside`."""
    top, slash, _ = inside.partition("/")
    shown = shown_path(path)
    if slash and top.lower().endswith(".dist-info") and top != dist_info:
        text = f"{shown} would stand in the records of another installed project"
        findings.found(Kind.FOREIGN_DIST_INFO, text, path)
    elif _is_startup_module(top) and (slash or "." in top):
        text = f"{shown} would run whenever Python starts"
        findings.found(Kind.STARTUP_MODULE, text, path)
    elif not slash and top.lower().endswith(_PATH_FILE):
        text = f"{shown} adds to Python's path, or runs code, whenever Python starts"
        findings.found(Kind.PTH_FILE, text, path)
    elif not slash and top.lower().endswith(_START_FILE):
        text = f"{shown} names code that runs whenever Python starts (PEP 829)"
        findings.found(Kind.START_FILE, text, path)


def _check_script(
    path: str, name: str, project: NormalizedName, findings: Findings
) -> None:
    if replaces_python(name, project):
        text = f"{shown_path(path)} would replace {name}"
        findings.found(Kind.REPLACES_PYTHON, text, path)


def _check_data(
    path: str, inside: str, dist_info: str, project: NormalizedName, findings: Findings
) -> None:
    """Look at a file that lands below the environment itself."""
    folders = inside.split("/")
    name = folders.pop()
    if not folders:
        if name.lower() == "pyvenv.cfg":
            text = f"{shown_path(path)} would replace what makes an environment one"
            findings.found(Kind.REPLACES_PYTHON, text, path)
        _check_script(path, name, project, findings)  # python.exe, on Windows
    elif len(folders) == 1 and folders[0].lower() in _PROGRAM_FOLDERS:
        _check_script(path, name, project, findings)
    elif folders[0].lower() in {"lib", "lib64"}:
        _check_library(path, [*folders, name], dist_info, findings)


def _check_library(
    path: str, parts: list[str], dist_info: str, findings: Findings
) -> None:
    lowered = [part.lower() for part in parts]
    at = next(_packages(lowered), None)
    if at is not None:
        text = f"{shown_path(path)} lands among the modules of one Python, as data"
        findings.found(Kind.DATA_IN_PACKAGES, text, path)
        _check_module(path, "/".join(parts[at + 1 :]), dist_info, findings)
    elif lowered[1].startswith(("python", "pypy")) and len(parts) > 2:
        text = f"{shown_path(path)} would stand in the standard library"
        findings.found(Kind.REPLACES_PYTHON, text, path)


def _packages(parts: list[str]) -> Iterator[int]:
    return (at for at, part in enumerate(parts) if part in _PACKAGE_FOLDERS)
