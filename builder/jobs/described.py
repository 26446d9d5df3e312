"""What a commit calls itself: by what it says, else by what its backend answers."""

import shlex
from dataclasses import replace

from packaging.utils import InvalidName, canonicalize_name

from axletree.builder.archives.source_archive import SourceArchive
from axletree.builder.errors import BuilderError, BuildFailedError, InvalidRecipeError
from axletree.builder.hooks.environment import find_requirements
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import epoch_of
from axletree.builder.jobs.job import git_access
from axletree.builder.recipes.scm_tools import is_unknown
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources.addresses import without_secrets
from axletree.builder.sources.source import check_out_draft
from axletree.resolver.inputs.foreign_toml import ForeignTomlError, read_toml
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.foreign_text import parse_version
from axletree.wheelhouse.metadata.core import read_headers

_SAY_IT = "say it yourself: --release NAME==VERSION"


def described(
    source: GitSource,
    environment: Environment,
    workshop: Workshop,
    release: tuple[str, str] | None = None,
) -> tuple[GitSource, tuple[str, str]]:
    """Return a commit with the keys that its recipe needs, and its name and version.

    :param release: the two, if the user says them.
    :raises InvalidRecipeError: neither it nor its backend says them.
    :raises BuilderError: it cannot be had.
    """
    asked = source
    try:
        found = _described(asked, environment, workshop, release)
    except InvalidRecipeError as error:
        if not isinstance(error.__cause__, BuildFailedError):
            raise
        # What asks git for its version may fail without it.
        asked = replace(asked, history=True)
        found = _described_with_history(asked, environment, workshop, error)
    source, (name, version), is_backend = found
    if is_backend and not asked.history and _is_none(version):
        # What asks git for its version learns it from the history alone.
        asked = replace(asked, history=True)
        source, (name, version), _ = _described(asked, environment, workshop, None)
    if not release and _is_none(version):
        raise InvalidRecipeError(
            f"it says that its version is {version or 'none'}, which is none to take",
            where=without_secrets(source.url),
            hint=_SAY_IT,
        )
    return source, (name, version)


def _described_with_history(
    source: GitSource,
    environment: Environment,
    workshop: Workshop,
    first: InvalidRecipeError,
) -> tuple[GitSource, tuple[str, str], bool]:
    """Ask again; where that is of no help, what was said first tells most.

    :raises InvalidRecipeError: the first one.
    """
    try:
        return _described(source, environment, workshop, None)
    except BuilderError:
        raise first from first.__cause__


def _described(
    source: GitSource,
    environment: Environment,
    workshop: Workshop,
    release: tuple[str, str] | None,
) -> tuple[GitSource, tuple[str, str], bool]:
    with workshop.scratch() as scratch:
        access = git_access(workshop, {})
        place = scratch / "source" / "source"
        source, found = check_out_draft(source, place, access)
        said = release or _static(found.archive.pyproject)
        is_backend = said is None
        if said is None:
            _refuse_no_project(source, found.archive)
            log = BuildLog(
                workshop.work_dir / "logs" / "recipe-new.log", workshop.reporter
            )
            backend = Backend(
                source=found.archive,
                sandbox=workshop.sandbox(environment, scratch / "sandbox"),
                log=log,
                scratch=scratch,
                epoch=epoch_of(found.source_time),
            )
            said = _asked(backend, source, environment, workshop)
    return source, said, is_backend


def _refuse_no_project(source: GitSource, archive: SourceArchive) -> None:
    """Name the folders that have a project, where the one that is built has none.

    :raises InvalidRecipeError: it has none, and others have.
    """
    if archive.pyproject is not None or archive.has_setup or not archive.projects:
        return
    url = without_secrets(source.url)
    others = (
        shlex.quote(f"{url}@{source.ref or source.commit}#subdirectory={folder}")
        for folder in archive.projects
    )
    raise InvalidRecipeError(
        f"{source.subdirectory or 'the source'} has neither pyproject.toml nor setup.py",
        where=url,
        hint="a project is in a folder of it: axletree recipe new "
        + " or ".join(others),
    )


def _is_none(version: str) -> bool:
    parsed = parse_version(version)
    return parsed is None or is_unknown(parsed)


def _static(pyproject: bytes | None) -> tuple[str, str] | None:
    """Read what `[project]` says, if it says both."""
    try:
        table = read_toml(pyproject or b"").get("project")
    except ForeignTomlError:
        return None
    if not isinstance(table, dict):
        return None
    name, version = table.get("name"), table.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        return None
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        return None
    return name, version


def _asked(
    backend: Backend, source: GitSource, environment: Environment, workshop: Workshop
) -> tuple[str, str]:
    try:
        needs = find_requirements(backend, environment, workshop)
        wheels = workshop.requirements.provide(needs, environment)
        headers = read_headers(backend.metadata(wheels))
    except BuilderError as error:
        raise InvalidRecipeError(
            "the source does not say its name and version, and its backend cannot be "
            f"asked: {error.what}",
            where=without_secrets(source.url)
            if error.where == backend.source.name
            else error.where,
            hint=f"{_SAY_IT}; or {error.hint}" if error.hint else _SAY_IT,
        ) from error
    return headers.get("name", ("",))[0], headers.get("version", ("",))[0]
