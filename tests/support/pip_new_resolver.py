"""What pip's own tests of its resolver are about, written into folders."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.wheels import (
    escape_name,
    make_metadata,
    make_sdist,
    make_wheel,
    wheel_members,
    write_wheel,
)

DATA = Path(__file__).parents[1] / "scenarios" / "pip-new-resolver.toml"
_PLACE = re.compile(r"\{(path|url|localhost|hash|digest) ([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question, and what comes out."""

    pins: tuple[str, ...] | None
    """`name version`, sorted; None: it is refused."""
    ask: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    """What is said or written besides."""
    lacks: tuple[str, ...] = ()
    keeps_lock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One test of pip's."""

    name: str
    files: tuple[str, ...]
    steps: tuple[Step, ...]
    differs: str | None = None
    """Where differences.md says why it comes out otherwise."""


def load() -> tuple[Scenario, ...]:
    """Read all."""
    form = tomllib.loads(DATA.read_text())
    return tuple(map(_scenario, form["scenario"]))


def _scenario(form: Mapping[str, object]) -> Scenario:
    steps = form["steps"]
    differs = form.get("differs")
    assert isinstance(steps, list)
    return Scenario(
        name=str(form["name"]),
        files=_texts(form, "files"),
        steps=tuple(map(_step, steps)),
        differs=None if differs is None else str(differs),
    )


def _step(form: Mapping[str, object]) -> Step:
    names = ("ask", "requirements", "constraints", "options", "has", "lacks")
    return Step(
        pins=None if form.get("refused") else tuple(sorted(_texts(form, "pins"))),
        keeps_lock=form.get("keeps_lock") is True,
        **{name: _texts(form, name) for name in names},
    )


def _texts(form: Mapping[str, object], name: str) -> tuple[str, ...]:
    listed = form.get(name, [])
    assert isinstance(listed, list)
    return tuple(map(str, listed))


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the files of a scenario lie."""

    root: Path
    _paths: dict[str, Path] = field(init=False, default_factory=dict)

    @property
    def searched(self) -> Path:
        """Name the folder that candidates come from."""
        return self.root / "links"

    def write(self, files: Sequence[str]) -> None:
        """Write them, in order: one may name those before it."""
        self.searched.mkdir(parents=True)
        for text in files:
            self._write(self.filled(text))

    def filled(self, text: str) -> str:
        """Put in where files are, or their hashes."""

        def fill(match: re.Match[str]) -> str:
            path = self._paths[match[2]]
            match match[1]:
                case "path":
                    return str(path)
                case "url":
                    return path.as_uri()
                case "localhost":
                    return path.as_uri().replace("///", "//localhost/")
                case kind:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    return digest if kind == "digest" else f"sha256:{digest}"

        return _PLACE.sub(fill, text)

    def _write(self, text: str) -> None:
        label, *rest = text.split(" | ")
        words = label.split()
        folder = self.root / "off" if words[0] == "off" else self.searched
        words = [word for word in words if word != "off"]
        is_tree = words[0] == "tree"
        name, version, *_ = words[is_tree:]
        facts = _Facts.of(rest)
        path = (
            _tree(folder / name, name, version, facts)
            if is_tree
            else _file(folder, name, version, facts)
        )
        self._paths[" ".join(words[is_tree:])] = path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    requires: tuple[str, ...]
    extras: Mapping[str, tuple[str, ...]]
    python: str | None
    others: Mapping[str, str]

    @classmethod
    def of(cls, parts: Sequence[str]) -> "_Facts":
        said = [part.partition(" ")[::2] for part in parts]
        extras = (value.partition(":")[::2] for key, value in said if key == "extra")
        others = {key: value for key, value in said if key != "extra"}
        return cls(
            requires=_listed(others.pop("requires", "")),
            extras={name: _listed(value) for name, value in extras},
            python=others.pop("python", None),
            others=others,
        )

    def lines(self) -> Iterator[str]:
        yield from self.requires
        for name, lines in self.extras.items():
            yield from (f'{line}; extra == "{name}"' for line in lines)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _file(folder: Path, name: str, version: str, facts: _Facts) -> Path:
    if "broken" in facts.others:
        files = {"setup.py": "assert False\n"}
        return make_sdist(folder, name, version, metadata_version="1.2", files=files)
    if "sdist" in facts.others:
        return make_sdist(folder, name, version, requires_dist=facts.lines())
    tag = facts.others.get("tag", "py3-none-any")
    if "inside" not in facts.others:
        return make_wheel(
            folder,
            name,
            version,
            requires_dist=facts.lines(),
            requires_python=facts.python,
            provides_extra=facts.extras,
            tag=tag,
        )
    # As pip's makers write it: the folder inside is spelled as METADATA is.
    own_name, own_version = facts.others["inside"].split()
    metadata = make_metadata(own_name, own_version, provides_extra=facts.extras)
    path = folder / f"{escape_name(name)}-{version}-{tag}.whl"
    return write_wheel(path, wheel_members(own_name, own_version, metadata=metadata))


def _tree(folder: Path, name: str, version: str, facts: _Facts) -> Path:
    folder.mkdir(parents=True)
    extras = "".join(f"{key} = {list(lines)}\n" for key, lines in facts.extras.items())
    python = f'requires-python = "{facts.python}"\n' if facts.python else ""
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\n'
        'build-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n{python}'
        f"dependencies = {list(facts.requires)}\n"
        f"[project.optional-dependencies]\n{extras}"
    )
    return folder
