"""A recipe: one TOML file that says how one wheel is built.

The file is read strictly and whole: a key that nobody reads is a mistake that somebody
made, so it is refused. docs/reference/recipe.md describes the form.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.recipes.build_table import BuildTable, read_build
from axletree.builder.recipes.redeclared import Redeclared, read_redeclared
from axletree.builder.recipes.source_table import (
    Source,
    beside_recipe,
    read_mirrors,
    read_source,
)
from axletree.builder.recipes.stamp import stamped_version
from axletree.builder.recipes.tables import (
    Problems,
    Table,
)
from axletree.late_dataclasses import dataclass
from axletree.reading import read_bytes
from axletree.resolver.inputs.foreign_toml import (
    ForeignTomlError,
    parse_toml,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.file_names import (
    LONGEST_FOREIGN_NAME,
    safe_name,
)
from axletree.resolver.universe.metadata_wheel import PURE

MOST_BYTES = 1024 * 1024
"""Of a recipe."""
# Source: core metadata specification, Name. It becomes a folder's name.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_LOCAL = re.compile(r"axle\.[1-9][0-9]{0,8}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_WORD = re.compile(r".{1,8192}", re.DOTALL)
_TAG = re.compile(r"[a-z0-9_.]+-[a-z0-9_.]+-[a-z0-9_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the finished wheel's METADATA will say, known before it is built."""

    requires_dist: tuple[Requirement, ...]
    requires_python: str | None = None
    tag: str = PURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one wheel is built."""

    path: Path
    name: str
    """As the project spells itself."""
    upstream_version: Version
    local: str
    """`axle.N`; N rises with every change of content."""
    source: Source
    build: BuildTable = field(default_factory=BuildTable)
    patches: tuple[Path, ...] = ()
    """Applied in this order."""
    expect: Expectation | None = None
    imports: tuple[str, ...] = ()
    """Modules that must import from the installed wheel."""
    command: tuple[str, ...] = ()
    """What must end well where the wheel is installed; empty: nothing is run."""
    redeclared: Redeclared = field(default_factory=Redeclared)
    """What METADATA of the built wheel is to say instead."""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    """Start of a URL -> what to fetch instead."""
    sha256: str = ""
    """Of the file's text."""

    @property
    def project(self) -> NormalizedName:
        """Return the project's normalised name."""
        return canonicalize_name(self.name)

    @property
    def version(self) -> Version:
        """Return the version of the finished wheel: `1.0.2+axle.1`."""
        return stamped_version(self.upstream_version, self.local)

    def expected_file(self) -> DistributionFile | None:
        """Describe the wheel before it exists; None without an `[expect]` table."""
        if self.expect is None:
            return None
        stem = f"{self.project.replace('-', '_')}-{self.version}"
        return DistributionFile(
            project=self.project,
            filename=safe_name(f"{stem}-{self.expect.tag}.whl"),
            version=str(self.version),
            kind="wheel",
            tag=self.expect.tag,
            requires_python=self.expect.requires_python,
            upload_time=self.source.committed,
        )

    def expected_metadata(self) -> FileMetadata | None:
        """Give the metadata of `expected_file`; None without an `[expect]` table."""
        if self.expect is None:
            return None
        return FileMetadata(
            requires_dist=tuple(map(str, self.expect.requires_dist)),
            requires_python=self.expect.requires_python,
        )


def load_recipes(folder: Path) -> tuple[Recipe, ...]:
    """Read every `*.toml` of a folder, sorted by file name.

    Of recipes for one version of one project, which explain the same wheel, the
    first stays (a stand-in is such a twin).

    :raises InvalidRecipeError: when one is wrong, or there is no such folder.
    """
    if not folder.is_dir():
        raise InvalidRecipeError("there is no such folder", where=str(folder))
    recipes: dict[tuple[NormalizedName, Version], Recipe] = {}
    for path in sorted(folder.glob("*.toml")):
        recipe = load_recipe(path)
        recipes.setdefault((recipe.project, recipe.version), recipe)
    return tuple(recipes.values())


def no_recipe_in(folder: Path) -> InvalidRecipeError:
    """Say that a folder has none, to be raised where one was asked for."""
    return InvalidRecipeError(
        "there is no recipe in the folder",
        where=str(folder),
        hint="a recipe is a file NAME.toml; axletree recipe new writes one",
    )


def load_recipe(path: Path) -> Recipe:
    """Read one recipe.

    :raises InvalidRecipeError: naming all that is wrong with it, with lines.
    """
    try:
        text = read_bytes(path, MOST_BYTES).decode()
        tables = parse_toml(text)
    except UnicodeDecodeError as error:
        raise InvalidRecipeError(
            f"the recipe is not UTF-8: {error}", where=str(path)
        ) from error
    except ForeignTomlError as error:
        raise InvalidRecipeError(
            f"the recipe cannot be read: {error}", where=str(path)
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise InvalidRecipeError(
            f"the recipe cannot be read: {reason or error}",
            where=str(path),
            hint="name a recipe's file: axletree recipe new writes one, axletree docs "
            "recipe describes its form",
        ) from error
    return _read(path, text, tables)


def check_draft(path: Path, text: str) -> Recipe:
    """Read the text of a recipe before it is written to `path`.

    :raises InvalidRecipeError: it would not be one.
    """
    return _read(path, text, parse_toml(text))


def _read(path: Path, text: str, tables: Mapping[str, object]) -> Recipe:
    problems = Problems(path=path, text=text)
    recipe = _recipe(path, Table(values=tables, section="", problems=problems))
    problems.raise_if_any()
    return replace(recipe, sha256=hashlib.sha256(text.encode()).hexdigest())


def _recipe(path: Path, root: Table) -> Recipe:
    project = root.table("project")
    check = root.table("check", is_required=False)
    mirrors = root.table("mirrors", is_required=False)
    recipe = Recipe(
        path=path,
        name=project.text("name", _NAME, "must be a project's name"),
        upstream_version=project.version("version"),
        local=project.text("local", _LOCAL, "must be `axle.N`, N from 1"),
        source=read_source(path, root.table("source")),
        build=read_build(root.table("build", is_required=False)),
        patches=tuple(_patch(path, table) for table in root.tables("patch")),
        expect=_expectation(root.table("expect", is_required=False)),
        redeclared=read_redeclared(root.table("requires-dist", is_required=False)),
        imports=check.texts("imports", _MODULE, "must name a module"),
        command=check.texts("command", _WORD, "must be one word of a command"),
        mirrors=read_mirrors(path, mirrors),
    )
    for table in (root, project, check):
        table.refuse_unread()
    if not any(recipe.upstream_version.release):
        project.problem(
            "version",
            "is what a build says that does not know its version; write that of the "
            "tag or the release",
        )
    tag = recipe.expect.tag if recipe.expect is not None else PURE
    if (
        not root.problems.found
        and len(f"{recipe.project}-{recipe.version}-{tag}.whl") > LONGEST_FOREIGN_NAME
    ):
        project.problem("version", "is too long for the name of a wheel")
    return recipe


def _patch(path: Path, table: Table) -> Path:
    found = beside_recipe(path, table, "file")
    table.refuse_unread()
    return found


def _expectation(table: Table) -> Expectation | None:
    if not table.values:
        return None
    expectation = Expectation(
        requires_dist=table.requirements("requires-dist"),
        requires_python=table.optional_text("requires-python"),
        tag=table.optional_text("tag", _TAG, "must be a wheel tag") or PURE,
    )
    table.refuse_unread()
    return expectation
