"""`axletree recipe …`: recipes written, checked and brought up to date."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
from packaging.utils import (
    InvalidSdistFilename,
    canonicalize_name,
    parse_sdist_filename,
)
from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.jobs.described import described
from axletree.builder.jobs.job import git_access
from axletree.builder.recipes.drafting import (
    Place,
    changed_text,
    checked_ref,
    draft_recipe,
    split_address,
)
from axletree.builder.recipes.recipe import Recipe, check_draft, load_recipe
from axletree.builder.recipes.source_table import (
    GitSource,
    SdistSource,
    Source,
    url_of,
)
from axletree.builder.recipes.stamp import stamped_version
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sources.addresses import GitAccess, address_of, without_secrets
from axletree.builder.sources.newest import look_up
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.question import target_environment
from axletree.commands.results.recipes import (
    origin_of,
    recipe_to_json,
    tell_new,
    tell_update,
)
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.workshops import open_workshop
from axletree.config import Settings
from axletree.console import Console, UsageError
from axletree.reading import folder_of
from axletree.resolver.model.file_names import below, safe_name
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import NoWheelhouseError
from axletree.wheelhouse.store.atomic import write_atomically

_SDIST = re.compile(r".+\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)")
_RELEASE = re.compile(r"\s*([A-Za-z0-9._-]+)\s*==\s*(\S+)\s*")
_OURS = re.compile(r"(?:.*\.)?axle\.(\d+)")


@click.command(cls=VerbCommand)
@options_of("recipe new")
def recipe_new(  # noqa: PLR0913  one parameter for each option
    source: str,
    *,
    output_file: Path | None,
    release: str | None,
    python_version: str | None,
    isolation: Isolation,
    allow_file_sources: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Write a recipe that builds the newest commit of a branch, or an sdist.

    REF is a branch, a tag or a commit (without it, the branch that a clone shows first),
    SDIST the file of one. What a commit does not say of its name and version its build
    backend is asked for.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    environment = target_environment(python_version, None)
    said = _release(release) if release is not None else None
    with ExitStack() as stack:
        house = _opened(settings, stack)
        progress = stack.enter_context(console.progress())
        workshop, _ = stack.enter_context(
            open_workshop(
                settings,
                house,
                progress,
                isolation=isolation,
                allows_file_sources=allow_file_sources,
            )
        )
        path = Path(source)
        found: Source
        if _SDIST.fullmatch(path.name) and path.is_file():
            found, named = _sdist(path, house, said)
            folder = path.parent
        else:
            url, ref, below = split_address(source)
            _refuse_other(url)
            address = url_of(Path(), url)
            newest = look_up(
                address, checked_ref(ref, source), git_access(workshop, {})
            )
            pinned = GitSource(
                url=address,
                ref=newest.ref,
                commit=newest.commit,
                committed=newest.committed,
                subdirectory=below,
            )
            found, named = described(pinned, environment, workshop, said)
            folder = Path()
        name, version = named
        number = _next_number(house, name, Version(version))
    text = draft_recipe(
        found,
        name=name,
        version=version,
        number=number,
        python=environment.python,
    )
    stem = f"{canonicalize_name(name)}-{_stamped(version, number)}"
    target = output_file or folder / f"{stem}.toml"
    _check_draft(target, text, source)
    _write_new(target, text)
    tell_new(console, target, environment)
    return 0


def _refuse_other(url: str) -> None:
    """Tell of what cannot be a repository.

    :raises UsageError: it is no address, and no folder either.
    """
    path = Path(url)
    if ":" in url or path.is_dir() or path.suffix == ".bundle":
        return
    refuse_missing([url], "file or folder")
    what = "is no sdist" if path.is_file() else "is no address, and no file of an sdist"
    raise UsageError(
        f"{url} {what}",
        where="command line",
        hint="write the address of a git repository, such as "
        "https://example.com/project.git@main, or the file of an sdist",
    )


@click.command(cls=VerbCommand)
@options_of("recipe check")
def recipe_check(
    paths: tuple[Path, ...], *, as_json: bool, verbose: int, quiet: int
) -> int:
    """Read recipes whole, and look for the files that they name; build nothing."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing(list(map(str, paths)))
    http_hosts = settings_for().git_http_hosts
    good: list[Recipe] = []
    bad: list[InvalidRecipeError] = []
    for path in _files(paths):
        try:
            good.append(_whole(path, http_hosts))
        except InvalidRecipeError as error:
            bad.append(error)
    if len(bad) == 1:
        raise bad[0]
    if bad:
        lines = "".join(f"\n  {error.where}: {error.what}" for error in bad)
        raise InvalidRecipeError(
            f"{len(bad)} of {counted(len(bad) + len(good), 'recipe')} are not valid:"
            f"{lines}",
            where=", ".join(map(str, paths)),
        )
    if console.is_json:
        console.document(
            {
                "format": "axletree.recipes/1",
                "recipes": [recipe_to_json(recipe) for recipe in good],
            }
        )
        return 0
    for recipe in good:
        console.result(
            f"{recipe.path}: {recipe.name} {recipe.version}, from {origin_of(recipe)}\n"
        )
    return 0


@click.command(cls=VerbCommand)
@options_of("recipe update")
def recipe_update(
    path: Path,
    *,
    allow_file_sources: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Pin the newest commit of a recipe's branch, and show what came since.

    Sets commit and committed in [source] and the next axle.N in [project]; all else in
    the file stays as it is.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing([str(path)])
    recipe = load_recipe(path)
    source = recipe.source
    if not isinstance(source, GitSource) or source.bundle is not None:
        raise InvalidRecipeError(
            "only a recipe that builds from a git repository has a newer commit",
            where=str(path),
            hint="write a new one of the newer file: axletree recipe new FILE",
        )
    settings = settings_for()
    with ExitStack() as stack:
        house = _opened(settings, stack)
        progress = stack.enter_context(console.progress())
        workshop, _ = stack.enter_context(
            open_workshop(
                settings, house, progress, allows_file_sources=allow_file_sources
            )
        )
        access = git_access(workshop, recipe.mirrors)
        newest = look_up(source.url, source.ref, access, since=source.commit)
        own = int(recipe.local.rpartition(".")[2])
        number = max(own + 1, _next_number(house, recipe.name, recipe.upstream_version))
    if newest.commit == source.commit:
        tell_update(console, path, recipe, newest, None)
        return 0
    text = path.read_bytes().decode()
    values: dict[Place, str | datetime] = {
        ("project", "local"): f"axle.{number}",
        ("source", "commit"): newest.commit,
        ("source", "committed"): newest.committed,
    }
    write_atomically(path, changed_text(text, values, path).encode())
    tell_update(console, path, recipe, newest, number)
    return 0


def _release(text: str) -> tuple[str, str]:
    match = _RELEASE.fullmatch(text)
    if match is None or not _is_version(match[2]):
        raise UsageError(
            f"--release takes NAME==VERSION, not {text!r}",
            where="--release",
            hint="such as --release kubeflow-fairing==1.0.2",
        )
    return match[1], match[2]


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:
        return False
    return True


def _opened(settings: Settings, stack: ExitStack) -> Wheelhouse | None:
    """Open the wheelhouse to read, if there is one."""
    try:
        return stack.enter_context(Wheelhouse.open_to_read(settings.home))
    except NoWheelhouseError:
        return None


def _check_draft(path: Path, text: str, source: str) -> None:
    """Refuse what would be no recipe, before it is written.

    :raises InvalidRecipeError: what was said or found is not let into one.
    """
    try:
        check_draft(path, text)
    except InvalidRecipeError as error:
        reason = error.what.removeprefix("the recipe is not valid: ")
        raise InvalidRecipeError(
            f"no recipe can say that: {re.sub(r'line [0-9]+: ', '', reason)}",
            where=without_secrets(source),
            hint="say its name and version: --release NAME==VERSION",
        ) from error


def _sdist(
    path: Path, house: Wheelhouse | None, said: tuple[str, str] | None
) -> tuple[SdistSource, tuple[str, str]]:
    """Pin an sdist, with the time that the wheelhouse knows, else that of the file."""
    try:
        name, version = said or parse_sdist_filename(path.name)
    except InvalidSdistFilename as error:
        raise InvalidRecipeError(
            f"the file's name is not an sdist's: {error}",
            where=str(path),
            hint="an sdist is named NAME-VERSION.tar.gz; of another, say them: --release "
            "NAME==VERSION",
        ) from error
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    stored = house.find(path.name) if house is not None else None
    known = stored.upload_time if stored is not None else None
    written = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    source = SdistSource(
        filename=safe_name(path.name), sha256=sha256, committed=known or written
    )
    return source, (str(name), str(version))


def _next_number(house: Wheelhouse | None, name: str, version: Version) -> int:
    """Return the first N that no wheel of ours has, of a version."""
    if house is None:
        return 1
    taken = [0]
    for stored in house.files_of(canonicalize_name(name)):
        local = Version(stored.version).local or ""
        match = _OURS.fullmatch(local)
        if match and Version(stored.version) == Version(
            _stamped(str(version), int(match[1]))
        ):
            taken.append(int(match[1]))
    return max(taken) + 1


def _stamped(version: str, number: int) -> str:
    return str(stamped_version(Version(version), f"axle.{number}"))


def _write_new(path: Path, text: str) -> None:
    if path.exists():
        raise InvalidRecipeError(
            "the file exists already",
            where=str(path),
            hint="name another with -o: a recipe is never overwritten",
        )
    write_atomically(path, text.encode())


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.toml"))
        else:
            yield path


def _check_address(
    recipe: Recipe, source: GitSource, http_hosts: frozenset[str]
) -> None:
    """Refuse an address that no build would fetch from, this machine's own excepted."""
    if source.bundle is not None:
        return
    access = GitAccess(
        cache=Path(),
        mirrors=recipe.mirrors,
        allows_file=True,
        http_hosts=http_hosts,
    )
    try:
        address_of(source.url, access)
    except InvalidRecipeError as error:
        raise InvalidRecipeError(
            f"[source] git {without_secrets(source.url)!r}: {error.what}",
            where=str(recipe.path),
            hint=error.hint,
        ) from error


def _whole(path: Path, http_hosts: frozenset[str]) -> Recipe:
    """Read a recipe, and look at the files that it names.

    :raises InvalidRecipeError: it is not valid, or one is missing or another.
    """
    recipe = load_recipe(path)
    source = recipe.source
    wanted = list(recipe.patches)
    if isinstance(source, GitSource):
        _check_address(recipe, source, http_hosts)
        wanted += [each.path for each in source.large_files]
        wanted += [source.bundle] if source.bundle is not None else []
    missing = [each.name for each in wanted if not each.is_file()]
    if missing:
        raise InvalidRecipeError(
            f"the recipe names files that are not there: {', '.join(missing)}",
            where=str(path),
            hint="put them beside the recipe",
        )
    if isinstance(source, SdistSource):
        sdist = below(Path(folder_of(path)), source.filename)
        if sdist.is_file():
            _check_hash(sdist, source.sha256, path)
    else:
        for large in source.large_files:
            _check_hash(large.path, large.sha256, path)
    return recipe


def _check_hash(path: Path, sha256: str, recipe: Path) -> None:
    """Hold a file against its pin.

    :raises InvalidRecipeError: it is another.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise InvalidRecipeError(
            f"{path.name} has sha256 {found}, the recipe pins {sha256}",
            where=str(recipe),
            hint="ask where the file comes from before you change the pin",
        )
