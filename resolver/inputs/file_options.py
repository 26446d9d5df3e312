"""Options in requirements files: what of them counts, and what is said of the others.

No file is refused for an option that pip takes in files: it is heeded, or noted with
the reason why it is not. One that pip refuses is refused, with what to do instead.
Source: pip, `req/req_file.py`, `SUPPORTED_OPTIONS` and `SUPPORTED_OPTIONS_REQ`.
"""

from collections.abc import Mapping
from typing import TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.reading import beside
from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.inputs.requirement_text import Issue, shorten
from axletree.resolver.model.origins import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOption:
    """An option that counts."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is worth knowing of a line that was read."""

    text: str


OptionItem: TypeAlias = FileOption | Note | Issue

_HEEDED = frozenset(
    {"--index-url", "--extra-index-url", "--trusted-host", "--pre", "--no-index"}
    | {"--no-binary", "--only-binary"}
)
_ON_ANY_LINE = frozenset({"--no-binary", "--only-binary"})
"""What pip heeds behind a requirement as well, where all else says nothing."""
_NOTED: Mapping[str, str] = {
    "--require-hashes": "a lock has the hashes of all files anyway",
    "--no-require-hashes": "the hashes that are given count",
    "--prefer-binary": "the newest release is taken, as a wheel where it has one "
    "(no sdists at all: --only-binary :all:)",
    "--use-feature": "it is about how pip works, and changes no answer",
    "--all-releases": "only :all: counts, which is --pre; a requirement lets the "
    "pre-releases of its project in by a lower bound that is one",
    "--only-final": "pre-releases come in only for a reason",
    "--config-settings": "how a wheel is built is up to a recipe (axletree build)",
    "--hash": "it belongs to no requirement (a comment ends the line before it)",
}
_IN_A_RECIPE = "leave it out: how a wheel is built is up to a recipe (axletree build)"
_HINTS: Mapping[str, str] = {
    "--no-deps": "leave it out, or drop what is too much with --exclude",
    "--global-option": _IN_A_RECIPE,
    "--install-option": _IN_A_RECIPE,
    "--build-option": _IN_A_RECIPE,
    "--no-build-isolation": _IN_A_RECIPE,
    "--process-dependency-links": "leave it out: it is gone from pip; what such a "
    "link leads to is required by name, or by NAME @ URL",
}
"""What to do about options that pip has, or had, on its command line only."""


def read_option(name: str, value: str, file: str, origin: Origin) -> OptionItem:
    """Tell what an option on a line of its own says."""
    if name in _HEEDED:
        return FileOption(name=name, value=value)
    if name == "--all-releases" and value.strip() == ":all:":
        return FileOption(name="--pre", value="")
    if name == "--find-links":
        return _find_links(value, file, origin)
    if name in _NOTED:
        return _note(name, value, origin, _NOTED[name])
    return Issue(
        what=f"option {shorten(name)} is not known in a requirements file",
        origin=origin,
        hint=_HINTS.get(name, "leave it out: pip takes no such option in files either"),
    )


def read_behind(name: str, value: str, origin: Origin) -> OptionItem:
    """Tell what an option behind a requirement says; `--hash` is not for here."""
    if name in _ON_ANY_LINE:
        return FileOption(name=name, value=value)
    if name in _HEEDED or name == "--find-links":
        why = "after a requirement pip ignores it, too: give it a line"
        return _note(name, value, origin, f"{why} of its own")
    if name in _NOTED:
        return _note(name, value, origin, _NOTED[name])
    usual = "leave it out: pip takes no such option after a requirement either"
    return Issue(
        what=f"{shorten(name)} cannot follow a requirement",
        origin=origin,
        hint=_HINTS.get(name, usual),
    )


def _find_links(value: str, file: str, origin: Origin) -> OptionItem:
    if "://" in value and not value.startswith("file:"):
        why = (
            "pages of links are not read: an index is named with --index-url or "
            "--extra-index-url, and one file by NAME @ URL"
        )
        return _note("--find-links", value, origin, why)
    is_url = value.startswith("file:")
    return FileOption(
        name="--find-links", value=value if is_url else beside(file, value)
    )


def _note(name: str, value: str, origin: Origin, why: str) -> Note:
    shown = shorten(redact(f"{name} {value}".strip()))
    return Note(text=f"{shown} ({origin}) is ignored: {why}")
