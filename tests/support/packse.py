"""The scenarios of packse: our own excerpt of what they say, and as a universe.

The excerpt is made by `python -m tests.support.packse SCENARIOS`, SCENARIOS being that
folder of a checkout. What is about `--universal` is left out: we have no such thing.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tests.support.command_line import snapshot_file

if TYPE_CHECKING:
    from axletree.resolver.model.json_types import JsonObject

DATA = Path(__file__).parents[1] / "scenarios" / "packse.toml"
HEAD = """\
# What packse's scenarios say (astral-sh/packse at commit {commit}, those without
# `universal`), made of them by `python -m tests.support.packse`. No code of packse's
# stands here. `files`: wheel tags, and `sdist`. `pins`: what comes out; absent where the
# scenario says only whether there is a solution.
"""
_PYTHON = "3.12"
"""For which packse asks where a scenario says nothing."""
Toml: TypeAlias = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One of them."""

    name: str
    requires: tuple[str, ...]
    options: tuple[str, ...]
    releases: Mapping[str, Mapping[str, Toml]]
    has_solution: bool
    pins: tuple[str, ...] | None
    """`name version`; None: it does not say."""


def load() -> tuple[Scenario, ...]:
    """Read the excerpt."""
    form = tomllib.loads(DATA.read_text())
    return tuple(
        Scenario(
            name=each["name"],
            requires=tuple(each["requires"]),
            options=tuple(each["options"]),
            releases=each.get("releases", {}),
            has_solution=each["has-solution"],
            pins=tuple(each["pins"]) if "pins" in each else None,
        )
        for each in form["scenario"]
    )


def universe_of(scenario: Scenario) -> "JsonObject":
    """Give a scenario's releases as a snapshot."""
    projects: dict[str, list[JsonObject]] = {}
    for label, release in scenario.releases.items():
        name, version = label.split()
        extras = _texts_by(release.get("extras", {}))
        lines = [
            *_texts(release.get("requires", [])),
            *(f'{line} ; extra == "{e}"' for e in extras for line in extras[e]),
        ]
        for tag in _texts(release.get("files", ["py3-none-any", "sdist"])):
            file = snapshot_file(name, version, lines, tag=tag)
            if tag == "sdist":
                file["filename"] = f"{name.replace('-', '_')}-{version}.tar.gz"
            metadata = file["metadata"]
            assert isinstance(metadata, dict)
            metadata["provides_extra"] = list(extras)
            if "python" in release:
                file["requires_python"] = str(release["python"])
                metadata["requires_python"] = str(release["python"])
            if release.get("yanked"):
                file["yanked"] = ""
            projects.setdefault(name, []).append(file)
    return {
        "format": "axletree.universe/1",
        "projects": {name: list(files) for name, files in projects.items()},
    }


def _texts(value: Toml) -> list[str]:
    assert isinstance(value, list)
    return list(map(str, value))


def _texts_by(value: Toml) -> dict[str, list[str]]:
    assert isinstance(value, dict)
    return {str(key): _texts(texts) for key, texts in value.items()}


# The excerpt.


def main(folder: Path, commit: str) -> None:
    """Write the excerpt of a checkout's scenarios."""
    listed = sorted(folder.glob("*/*.toml"), key=lambda path: path.stem)
    parts = [
        "\n".join(_excerpt(tomllib.loads(path.read_text())))
        for path in listed
        if path.parent.name != "examples"
    ]
    text = "\n".join(filter(None, parts))
    DATA.write_text(f"{HEAD.format(commit=commit)}\n{text}")


def _excerpt(said: Mapping[str, Toml]) -> Iterator[str]:
    options, expected = _table(said, "resolver_options"), _table(said, "expected")
    if options.get("universal"):
        return
    pins = [f"{name} {at}" for name, at in _table(expected, "packages").items()]
    yield "[[scenario]]"
    yield f"name = {_spell(said['name'])}"
    yield f"requires = {_spell(_table(said, 'root')['requires'])}"
    python = options.get("python") or _table(said, "environment").get("python", _PYTHON)
    yield f"options = {_spell([*_options(options, str(python))])}"
    yield f"has-solution = {_spell(expected['satisfiable'])}"
    if pins:
        yield f"pins = {_spell(sorted(pins))}"
    for name, package in _table(said, "packages").items():
        assert isinstance(package, dict)
        for version, release in _table(package, "versions").items():
            assert isinstance(release, dict)
            found = dict(_release(release))
            parts = ", ".join(
                f"{key} = {_spell(value)}" for key, value in found.items()
            )
            yield f'releases."{name} {version}" = {{ {parts} }}'.replace("{  }", "{}")
    yield ""


def _options(options: Mapping[str, Toml], python: str) -> Iterator[str]:
    yield f"--python-version={python}"
    yield f"--python-platform={options.get('python_platform', 'linux')}"
    if options.get("prereleases"):
        yield "--pre"
    for key, option in (("no_binary", "--no-binary"), ("no_build", "--only-binary")):
        for name in _texts(options.get(key, [])):
            yield f"{option}={name}"


def _release(said: Mapping[str, Toml]) -> Iterator[tuple[str, Toml]]:
    if said.get("requires"):
        yield "requires", said["requires"]
    if said.get("extras"):
        yield "extras", said["extras"]
    if "requires_python" in said:
        yield "python", said["requires_python"]
    if said.get("yanked"):
        yield "yanked", True
    has_wheel, has_sdist = said.get("wheel", True), said.get("sdist", True)
    if not has_wheel or not has_sdist or "wheel_tags" in said:
        tags = said.get("wheel_tags", ["py3-none-any"]) if has_wheel else []
        yield "files", [*_texts(tags), *(["sdist"] if has_sdist else [])]


def _table(said: Mapping[str, Toml], key: str) -> Mapping[str, Toml]:
    found = said.get(key, {})
    assert isinstance(found, dict)
    return found


def _spell(value: Toml) -> str:
    """Spell a value of TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_spell, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{k} = {_spell(v)}' for k, v in value.items())} }}"
    quote = "'" if '"' in str(value) else '"'
    return f"{quote}{value}{quote}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
