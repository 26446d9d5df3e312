"""What is to be built: a recipe or an sdist, for some environments."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    NormalizedName,
    parse_sdist_filename,
)
from packaging.version import Version

import axletree
from axletree.builder.errors import InvalidRecipeError
from axletree.builder.jobs.sdist_job import Pinned
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import GitSource, SdistSource
from axletree.builder.sandbox.isolation import Isolation
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.jobs.records import Wanted
from axletree.wheelhouse.provenance.attesting import SIGNED_AT

SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to build."""

    what: Recipe | Path
    """A recipe, or the path of an sdist."""
    environments: tuple[Environment, ...]
    isolation: Isolation
    allows_file_sources: bool = False
    view: str = ""
    """What is seen of the wheelhouse: a view of this name; empty: all of it."""
    pinned: Pinned | None = None
    """Of an sdist that was resolved, and stands in the wheelhouse."""

    @property
    def release(self) -> tuple[NormalizedName, Version]:
        """Return whose wheels come out.

        :raises InvalidRecipeError: an sdist's name does not say so.
        """
        if isinstance(self.what, Recipe):
            return self.what.project, self.what.version
        if self.pinned is not None:
            return self.pinned.release
        try:
            return parse_sdist_filename(self.what.name)
        except InvalidSdistFilename as error:
            raise InvalidRecipeError(
                f"{self.what.name} is not the name of an sdist: {error}",
                where=str(self.what),
                hint="an sdist is called NAME-VERSION.tar.gz",
            ) from error

    @property
    def path(self) -> Path:
        """Return where it lies."""
        return self.what.path if isinstance(self.what, Recipe) else self.what

    @property
    def label(self) -> str:
        """Name it for people."""
        project, version = self.release
        pythons = ", ".join(each.python_version for each in self.environments)
        return f"{project} {version} for Python {pythons}"

    @property
    def memory_bytes(self) -> int | None:
        """Return what its build needs, where that is said."""
        return self.what.build.memory_bytes if isinstance(self.what, Recipe) else None

    def wanted(self, signer: str = "") -> Wanted:
        """Describe its job.

        :param signer: the key that signs what is said of it.
        """
        return Wanted(
            key=self._key(signer),
            kind="recipe" if isinstance(self.what, Recipe) else "sdist",
            label=self.label,
            spec=self._spec(),
        )

    def _spec(self) -> JsonObject:
        is_stored = self.pinned is not None
        return {
            "path": self.path.name if is_stored else str(self.path.absolute()),
            "is_stored": is_stored,
            "pythons": [each.python_version for each in self.environments],
            "platform": self.environments[0].platform,
            "isolation": self.isolation,
            "allows_file_sources": self.allows_file_sources,
            "view": self.view,
        }

    def _key(self, signer: str) -> str:
        if self.pinned is not None and self.pinned.key:
            return self.pinned.key
        decides: JsonObject = {
            "signer": signer if self.isolation == SIGNED_AT else "",
            "axletree": axletree.__version__,
            "what": self._content(),
            "environments": [each.whole_label for each in self.environments],
            "isolation": self.isolation,
            "allows_file_sources": self.allows_file_sources,
        }
        if self.view:
            decides["view"] = self.view
        text = json.dumps(decides, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _content(self) -> list[str]:
        if isinstance(self.what, Path):
            return [self.what.name, _digest(self.what)]
        recipe = self.what
        files = [_digest(path) for path in _files_of(recipe)]
        source = recipe.source
        if isinstance(source, GitSource):
            source = replace(source, bundle=None, large_files=())
        # What stands in it, wherever it lies and whatever its comments say.
        return [repr(replace(recipe, path=Path(), patches=(), source=source)), *files]


def _files_of(recipe: Recipe) -> Iterator[Path]:
    yield from recipe.patches
    source = recipe.source
    if isinstance(source, SdistSource):
        return  # Its hash stands in the recipe.
    if source.bundle is not None:
        yield source.bundle
    for large in source.large_files:
        yield large.path


def _digest(path: Path) -> str:
    """Hash a file; what cannot be read says so when it is built."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"unread: {error.strerror}"


def is_sdist(path: Path) -> bool:
    """Tell whether a path is called like an sdist."""
    return path.name.endswith(SDIST_ENDINGS)


def refuse_twins(targets: Sequence[Target]) -> None:
    """Refuse two targets that make the same wheel of other contents.

    :raises InvalidRecipeError: there are such.
    """
    by_release: dict[tuple[NormalizedName, Version], Target] = {}
    for target in targets:
        first = by_release.setdefault(target.release, target)
        if first is not target and first.wanted().key != target.wanted().key:
            project, version = target.release
            raise InvalidRecipeError(
                f"two of them make {project} {version}: {first.path} and {target.path}",
                where=str(target.path),
                hint="name one of the two",
            )
