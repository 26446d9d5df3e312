"""What goes into a build, each file by its hash."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import parse_wheel_filename

from axletree.builder.interpreters.find import Interpreter
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sources.addresses import without_secrets
from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.store.files import digest_of, translate_storage_errors

Descriptor = Mapping[str, object]
"""A resource descriptor. Source: in-toto attestation framework, spec/v1."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedWheel:
    """A wheel of a build environment, as it went in."""

    filename: str
    sha256: str

    @property
    def pin(self) -> str:
        """Name its release: `setuptools==60.7.1`."""
        project, version, _, _ = parse_wheel_filename(self.filename)
        return f"{project}=={version}"

    @property
    def line(self) -> str:
        """Spell it as a requirements file does, with its hash."""
        return f"{self.pin} --hash=sha256:{self.sha256}"


def lock_wheels(wheels: Sequence[Path]) -> tuple[LockedWheel, ...]:
    """Hash what a build environment is made of; sorted."""
    found = [LockedWheel(filename=w.name, sha256=_digest(w)) for w in wheels]
    return tuple(sorted(found, key=lambda wheel: (wheel.pin, wheel.filename)))


def recipe_materials(recipe: Recipe) -> list[Descriptor]:
    """Describe what a recipe names: its source, and the files that lie beside it."""
    source = recipe.source
    if not isinstance(source, GitSource):
        return [
            sdist_material(source.filename, source.sha256),
            *_patches(recipe),
        ]
    found: dict[str, object] = {
        "uri": f"{_git_uri(source.url)}@{source.commit}",
        "digest": {"gitCommit": source.commit},
        "annotations": {"role": "source"},
    }
    if source.bundle is not None:
        found["name"] = source.bundle.name
    large = [
        {
            "name": file.path.name,
            "digest": {"sha256": file.sha256},
            "annotations": {"role": "lfs"},
        }
        for file in source.large_files
    ]
    return [found, *large, *_patches(recipe)]


def sdist_material(filename: str, sha256: str) -> Descriptor:
    """Describe an sdist that is built."""
    return {
        "name": filename,
        "digest": {"sha256": sha256},
        "annotations": {"role": "source"},
    }


def environment_materials(
    wheels: Sequence[LockedWheel], interpreter: Interpreter
) -> list[Descriptor]:
    """Describe what a build runs with: its Python, and its build requirements."""
    python: Descriptor = {
        "name": f"python-{interpreter.version}",
        "digest": {"sha256": _digest(interpreter.executable)},
        "annotations": {"role": "interpreter"},
    }
    others: list[Descriptor] = [
        {
            "name": wheel.filename,
            "digest": {"sha256": wheel.sha256},
            "annotations": {"role": "build-requirement"},
        }
        for wheel in wheels
    ]
    return [python, *others]


def _patches(recipe: Recipe) -> list[Descriptor]:
    return [
        {
            "name": patch.name,
            "digest": {"sha256": _digest(patch)},
            "annotations": {"role": "patch"},
        }
        for patch in recipe.patches
    ]


def _git_uri(url: str) -> str:
    """Write a git URL as SLSA and pip do: `git+https://…`."""
    hidden = without_secrets(url)
    if not _SCHEME.match(hidden) or "://" not in hidden:
        # `git@host:path`, or `bundle:name`.
        return (
            hidden if hidden.startswith("bundle:") else f"git+ssh://{_slashed(hidden)}"
        )
    return f"git+{hidden}"


def _slashed(address: str) -> str:
    host, _, path = address.partition(":")
    return f"{host}/{path.lstrip('/')}"


def _digest(path: Path) -> str:
    with translate_storage_errors(path):
        return digest_of(path)
