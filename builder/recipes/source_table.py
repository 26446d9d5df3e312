"""The `[source]` table of a recipe: where the source is, and which of it is built."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from axletree.builder.recipes.tables import Table
from axletree.late_dataclasses import dataclass
from axletree.reading import folder_of
from axletree.resolver.model.file_names import SafeName

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REF = re.compile(
    # Source: git-check-ref-format. None begins like an option.
    r"(?!-|.*(?:\.\.|@\{|//|/\.|\.lock(?:/|$)|\.$|/$))(?!@$)[^\x00-\x20\x7f~^:?*\[\\./]"
    r"[^\x00-\x20\x7f~^:?*\[\\]{0,250}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFile:
    """A file beside the recipe that a Git LFS pointer stands for."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitSource:
    """One commit of a git repository."""

    url: str
    """With its scheme; a path in the recipe has become a `file:` URL."""
    bundle: Path | None = None
    """A file beside the recipe that holds the repository, in place of a URL."""
    ref: str | None
    """The branch or tag that is fetched for the commit; None: all branches."""
    commit: str
    """40 hexadecimal digits."""
    committed: datetime
    """The committer's time of `commit`, UTC."""
    subdirectory: str = ""
    """Folder of the tree that is built, with slashes; empty: the tree itself."""
    submodules: bool | None = None
    """Fetch them, or leave their folders empty; None: nobody said so."""
    history: bool = False
    """Give the build a `.git`."""
    large_files: tuple[LargeFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistSource:
    """One source distribution, found by its hash."""

    filename: SafeName
    sha256: str
    committed: datetime
    """When it was published, UTC."""


Source: TypeAlias = GitSource | SdistSource


def is_ref(text: str) -> bool:
    """Tell whether git may be asked for a branch, tag or commit of that name."""
    return _REF.fullmatch(text) is not None


def url_of(folder: Path, text: str) -> str:
    """Let a path, relative to a folder, stand for a repository on this machine."""
    return _url(folder / "recipe.toml", text)


def read_source(path: Path, table: Table) -> Source:
    """Read the table of the recipe at `path`."""
    committed = table.time("committed").astimezone(UTC)
    named = [key for key in ("git", "bundle", "sdist") if key in table.values]
    for other in named[1:]:
        table.problem(other, f"stands beside {named[0]}: a source is one of the two")
    if "sdist" in named[:1]:
        source: Source = SdistSource(
            filename=table.plain_file("sdist"),
            sha256=table.text("sha256", _SHA256, "must be 64 hexadecimal digits"),
            committed=committed,
        )
    else:
        source = _git_source(path, table, committed)
    if not named[1:]:
        table.refuse_unread()
    return source


def read_mirrors(path: Path, table: Table) -> Mapping[str, str]:
    """Read `[mirrors]`; a path stands for a folder on this machine."""
    return {key: _url(path, table.text(key)) for key in table.values}


def _git_source(path: Path, table: Table, committed: datetime) -> GitSource:
    is_bundle = "bundle" in table.values and "git" not in table.values
    bundle = beside_recipe(path, table, "bundle") if is_bundle else None
    return GitSource(
        url=f"bundle:{bundle.name}" if bundle else _url(path, table.text("git")),
        bundle=bundle,
        ref=table.optional_text("ref", _REF, "must be a branch or tag"),
        commit=table.text("commit", _COMMIT, "must be a whole commit, 40 digits"),
        committed=committed,
        subdirectory=_subdirectory(table),
        submodules=table.flag("submodules"),
        history=table.flag("history") or False,
        large_files=tuple(_large_file(path, each) for each in table.tables("lfs")),
    )


def _url(path: Path, text: str) -> str:
    """Let a path, relative to the recipe, stand for a repository on this machine."""
    if not text.startswith((".", "/")):
        return text
    url = Path(folder_of(path), text).resolve().as_uri()
    # Of a mirror's start, the last slash is a part of what is replaced.
    return f"{url}/" if text.endswith("/") else url


def _subdirectory(table: Table) -> str:
    text = table.optional_text("subdirectory")
    if text is None:
        return ""
    parts = text.removesuffix("/").split("/")
    if "\\" in text or not set(parts).isdisjoint({"", ".", ".."}):
        table.problem("subdirectory", "must be a folder of the source: `sdk/python`")
    return "/".join(parts)


def _large_file(path: Path, table: Table) -> LargeFile:
    found = LargeFile(
        path=beside_recipe(path, table, "file"),
        sha256=table.text("sha256", _SHA256, "must be 64 hexadecimal digits"),
    )
    table.refuse_unread()
    return found


def beside_recipe(path: Path, table: Table, key: str) -> Path:
    """Read the name of a file that lies beside the recipe, or below its folder."""
    name = PurePosixPath(table.text(key))
    if name.is_absolute() or ".." in name.parts:
        table.problem(key, "must lie beside the recipe")
    return Path(folder_of(path), name)
