"""The text of a recipe: written new, or changed in some of its lines."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import tomli_w

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.recipes.source_table import GitSource, Source, is_ref

Place = tuple[str, str]
"""A table and a key."""

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_FRAGMENT = re.compile(r"#((?:(?:egg|subdirectory)=[^&#]*&?)+)$")
_AFTER_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://[^/]*/|[^/:]*:|\.{0,2}/)")


def split_address(text: str) -> tuple[str, str | None, str]:
    """Split `URL@REF#subdirectory=DIR`, as pip and uv write it too.

    Pip's `egg=NAME` says nothing that is not found; another `#` is a part of REF.

    :returns: the URL, the ref or None, and the folder or nothing.
    """
    text = text.removeprefix("git+")
    text, folder = _without_fragment(text)
    start = _AFTER_HOST.match(text)
    at = text.find("@", start.end() if start else 0)
    if at < 0:
        return text, None, folder
    return text[:at], text[at + 1 :], folder


def _without_fragment(text: str) -> tuple[str, str]:
    match = _FRAGMENT.search(text)
    if match is None:
        return text, ""
    keys = dict(each.partition("=")[::2] for each in match[1].split("&"))
    return text[: match.start()], keys.get("subdirectory", "").strip("/")


def checked_ref(ref: str | None, where: str) -> str | None:
    """Let only what git takes for a branch, tag or commit through.

    :raises InvalidRecipeError: it is none.
    """
    if ref is not None and not is_ref(ref):
        raise InvalidRecipeError(
            f"{ref!r} is no branch, tag or commit",
            where=where,
            hint="write URL@REF, such as https://example.com/project.git@main",
        )
    return ref


def draft_recipe(
    source: Source, *, name: str, version: str, number: int, python: str
) -> str:
    """Write a whole recipe.

    :param number: N of `axle.N`.
    """
    table: dict[str, object] = {}
    if isinstance(source, GitSource):
        table["git"] = source.url
        if source.ref:
            table["ref"] = source.ref
        table["commit"] = source.commit
        if source.subdirectory:
            table["subdirectory"] = source.subdirectory
        if source.submodules is not None:
            table["submodules"] = source.submodules
        if source.history:
            table["history"] = True
        if source.large_files:
            table["lfs"] = [
                {"file": each.path.as_posix(), "sha256": each.sha256}
                for each in source.large_files
            ]
    else:
        table |= {"sdist": source.filename, "sha256": source.sha256}
    table["committed"] = source.committed.astimezone(UTC).replace(microsecond=0)
    return tomli_w.dumps(
        {
            "project": {"name": name, "version": version, "local": f"axle.{number}"},
            "source": table,
            "build": {"pythons": [python]},
        }
    )


def changed_text(text: str, values: Mapping[Place, str | datetime], path: Path) -> str:
    """Give keys of a recipe new values; all else, comments too, stays as it is.

    :raises InvalidRecipeError: one does not stand on a line of its own.
    """
    lines = text.splitlines(keepends=True)
    table = ""
    for at, line in enumerate(lines):
        header = _HEADER.fullmatch(line.rstrip("\r\n"))
        if header is not None:
            table = header[1].strip()
        match = re.match(r"(\s*([\w-]+)\s*=\s*)", line)
        if match is None or (table, match[2]) not in values:
            continue
        end = line[len(line.rstrip("\r\n")) :]
        comment = re.search(r"\s+#[^\"']*$", line.rstrip("\r\n"))
        value = _spelled(values[(table, match[2])])
        lines[at] = f"{match[1]}{value}{comment[0] if comment else ''}{end}"
    changed = "".join(lines)
    if not _is_as_wanted(text, changed, values):
        named = ", ".join(f"[{each}] {key}" for each, key in values)
        raise InvalidRecipeError(
            f"the recipe cannot be changed in place: {named}",
            where=str(path),
            hint="write each of these keys on a line of its own, below its [table]",
        )
    return changed


def _spelled(value: str | datetime) -> str:
    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")


def _is_as_wanted(
    before: str, after: str, values: Mapping[Place, str | datetime]
) -> bool:
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    for (table, key), value in values.items():
        old.setdefault(table, {})[key] = value
    return bool(old == new)
