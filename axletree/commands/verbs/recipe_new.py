"""`axletree recipe new`: a recipe for a branch, or for an sdist."""

import hashlib
import re
from contextlib import ExitStack
from dataclasses import replace
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
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.described import described
from axletree.builder.jobs.job import git_access
from axletree.builder.recipes.drafting import (
    checked_ref,
    draft_recipe,
    split_address,
)
from axletree.builder.recipes.recipe import check_draft
from axletree.builder.recipes.source_table import (
    GitSource,
    SdistSource,
    Source,
    url_of,
)
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sources.addresses import without_secrets
from axletree.builder.sources.git_login import without_login
from axletree.builder.sources.newest import look_up
from axletree.commands.builds.workshops import open_workshop
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.question import target_environment
from axletree.commands.results.recipes import (
    next_number,
    stamped,
    tell_new,
)
from axletree.commands.sources.house import opened_if_there
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.resolver.model.file_names import safe_name
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.store.atomic import write_atomically

_SDIST = re.compile(r".+\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)")
_LOGIN_LEFT_OUT = (
    "the login in the URL is not written into the recipe: keep it in ~/.netrc, where git "
    "finds it"
)
_RELEASE = re.compile(r"\s*([A-Za-z0-9._-]+)\s*==\s*(\S+)\s*")


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
        house = stack.enter_context(opened_if_there(settings))
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
        found: Source
        if _is_sdist(source):
            found, (name, version) = _sdist(Path(source), house, said)
        else:
            pinned = _newest_of(source, workshop)
            found, (name, version) = described(pinned, environment, workshop, said)
        number = next_number(house, name, Version(version))
    python = environment.python
    found, has_login = _without_login(found)
    text = draft_recipe(found, name=name, version=version, number=number, python=python)
    target = output_file or _place(source, name, stamped(version, number))
    _check_draft(target, text, source)
    _write_new(target, text)
    console.notes([_LOGIN_LEFT_OUT] if has_login else [])
    tell_new(console, target, environment)
    return 0


def _is_sdist(source: str) -> bool:
    path = Path(source)
    return _SDIST.fullmatch(path.name) is not None and path.is_file()


def _place(source: str, name: str, version: str) -> Path:
    """Give the file of a recipe: beside its sdist, else here."""
    folder = Path(source).parent if _is_sdist(source) else Path()
    return folder / f"{canonicalize_name(name)}-{version}.toml"


def _without_login(source: Source) -> tuple[Source, bool]:
    """Leave out what only one user may know: recipes are shared, and kept for long.

    The user of an ssh address stays, who is the same for all.
    """
    if not isinstance(source, GitSource) or "://" not in source.url:
        return source, False
    url = without_login(source.url).url
    return replace(source, url=url), url != source.url


def _newest_of(source: str, workshop: Workshop) -> GitSource:
    """Pin the newest commit of what was named, `URL@REF`.

    :raises UsageError: it is no address, and no folder either.
    """
    url, ref, folder = split_address(source)
    _refuse_other(url)
    # Of a folder here, however it is written.
    is_bare = Path(url).is_dir() and not url.startswith((".", "/"))
    address = url_of(Path(), f"./{url}" if is_bare else url)
    newest = look_up(address, checked_ref(ref, source), git_access(workshop, {}))
    return GitSource(
        url=address,
        ref=newest.ref,
        commit=newest.commit,
        committed=newest.committed,
        subdirectory=folder,
    )


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


def _write_new(path: Path, text: str) -> None:
    if path.exists():
        raise InvalidRecipeError(
            "the file exists already",
            where=str(path),
            hint="name another with -o: a recipe is never overwritten",
        )
    write_atomically(path, text.encode())
