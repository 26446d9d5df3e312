"""Build one sdist as it is: no recipe, no stamp, the version that it has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from packaging.utils import NormalizedName, parse_wheel_filename
from packaging.version import Version

from axletree.builder.archives.source_archive import look_into
from axletree.builder.checks.installation import Checklist
from axletree.builder.errors import (
    CheckFailedError,
    InvalidRecipeError,
    PinMismatchError,
)
from axletree.builder.hooks.environment import build_raw
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import Build, BuiltWheel, Origin, epoch_of, keep
from axletree.builder.jobs.kept import KeptSdist, kept_of
from axletree.builder.jobs.making import Made, each_once, fits
from axletree.builder.provenance.statement import sdist_statement
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import (
    BUILT_FROM,
    IncomingFile,
    Sha256,
    StoredFile,
    parse_sha256,
)
from axletree.wheelhouse.store.files import digest_of

Release = tuple[NormalizedName, Version]

_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""Of files in the wheel of an sdist that does not say when it was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """An sdist that was resolved, and stands in the wheelhouse."""

    release: Release
    source_time: datetime
    key: str = ""
    """Of its job, where that is there already; its content never changes."""
    is_fresh: bool = False
    """It is built, whatever is kept of earlier."""


def make_sdist(  # noqa: PLR0913  what is built, and with what
    sdist: Path,
    environments: Sequence[Environment],
    house: Wheelhouse,
    workshop: Workshop,
    folder: Path,
    *,
    release: Release,
    pinned: Pinned | None = None,
) -> Made:
    """Build the wheels of an sdist into `folder`; it comes into the wheelhouse with them.

    :param release: what its wheels are to be.
    :param pinned: where it is the answer's; a wheel of it for other machines is as good,
        and one that was built earlier is taken.
    :raises BuilderError: a build failed.
    :raises PinMismatchError: the wheelhouse has another sdist of that name.
    """
    stored, sha256 = _stored(sdist, house)
    is_from_upstream = pinned is not None or (
        stored is not None and stored.is_from_upstream
    )
    appeared = pinned.source_time if pinned is not None else _time_of(stored)
    # When it was added here, nobody else's build of it would know.
    time = appeared if is_from_upstream else _NO_TIME

    def build(environment: Environment) -> BuiltWheel:
        built = _built(
            sdist,
            environment,
            workshop,
            folder / "built",
            source_time=time,
            pinned=pinned,
        )
        _require_release(built, release, environment)
        return built

    wheels = each_once(environments, build, is_for_here=pinned is None)
    return Made(
        wheels=wheels,
        environments=tuple(environments),
        checklist=Checklist(),
        origin=f"{BUILT_FROM if is_from_upstream else 'sdist '}{sdist.name}",
        beside=() if stored is not None else (_incoming(sdist, sha256, appeared),),
        appeared=appeared,
    )


def _stored(sdist: Path, house: Wheelhouse) -> tuple[StoredFile | None, Sha256]:
    """Find an sdist in the wheelhouse, and give its digest.

    :raises InvalidRecipeError: there is no such file.
    :raises PinMismatchError: the wheelhouse has another of that name.
    """
    if not sdist.is_file():
        raise InvalidRecipeError("there is no such sdist", where=str(sdist))
    sha256 = parse_sha256(digest_of(sdist))
    stored = house.find(sdist.name)
    if stored is not None and stored.sha256 != sha256:
        raise PinMismatchError(
            f"the wheelhouse has a {sdist.name} of another content",
            where=str(sdist),
        )
    return stored, sha256


def _incoming(sdist: Path, sha256: Sha256, appeared: datetime) -> IncomingFile:
    return IncomingFile(
        path=sdist,
        filename=sdist.name,
        expected_sha256=sha256,
        upload_time=appeared,
        origin="add",
        strictness="lenient",
    )


def _time_of(stored: StoredFile | None) -> datetime:
    return utc_now() if stored is None else stored.upload_time or stored.entered_at


def _require_release(
    built: BuiltWheel, release: Release, environment: Environment
) -> None:
    """Look whether a wheel is what was asked for.

    :raises CheckFailedError: it is something else.
    """
    project, version, _, _ = parse_wheel_filename(built.filename)
    if (project, version) != release:
        raise CheckFailedError(
            f"its build makes {built.filename}, which is not {release[0]} {release[1]}",
            where=str(built.log_path),
        )
    if not fits(built, environment):
        raise CheckFailedError(
            f"this machine builds {built.filename}, which the target cannot use",
            where=str(built.log_path),
            hint="build on a machine of that platform",
        )


def _built(  # noqa: PLR0913  as above
    sdist: Path,
    environment: Environment,
    workshop: Workshop,
    folder: Path,
    *,
    source_time: datetime,
    pinned: Pinned | None,
) -> BuiltWheel:
    """Take the wheel that is kept, if it is to be; else build it, and keep that."""
    kept = kept_of(sdist, environment, workshop)
    is_kept = pinned is not None
    takes_kept = pinned is not None and not pinned.is_fresh
    found = kept.wheel(source_time) if takes_kept else None
    if found is not None:
        return found
    with workshop.scratch() as scratch:
        built = build_sdist(
            sdist,
            environment,
            workshop,
            scratch / "finished",
            source_time=source_time,
            kept=kept if is_kept else None,
        )
        if is_kept:
            return kept.keep_wheel(built, scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return replace(built, path=keep(built.path, folder))


def _learn(kept: KeptSdist | None, scratch: Path, needs: Sequence[str]) -> None:
    if kept is not None:
        kept.keep_needs(needs, scratch)


def build_sdist(  # noqa: PLR0913  as above
    sdist: Path,
    environment: Environment,
    workshop: Workshop,
    folder: Path,
    *,
    source_time: datetime,
    kept: KeptSdist | None = None,
) -> BuiltWheel:
    """Build the wheel of one environment into a folder.

    :param kept: knows build requirements of earlier, and learns those of now.
    :raises BuilderError: it cannot be built.
    """
    workshop = workshop.for_build(sdist)
    begun = Build.begin(sdist.name, environment, workshop)
    digest = digest_of(sdist)
    with workshop.scratch() as scratch:
        sandbox = workshop.sandbox(environment, scratch / "sandbox")
        backend = Backend(
            source=look_into(sdist, name=sdist.name, has_top=True),
            sandbox=sandbox,
            log=begun.log,
            scratch=scratch,
            epoch=epoch_of(source_time),
        )
        workshop.reporter.announce(f"building {sdist.name}")
        raw = build_raw(
            backend,
            environment,
            workshop,
            scratch / "raw",
            extra=(kept.needs() or ()) if kept is not None else (),
            learned=partial(_learn, kept, scratch),
        )
        finished = begun.finish(raw, scratch, source_time)
        origin = Origin(
            revision=f"sha256:{digest}",
            time=source_time,
            state=partial(sdist_statement, (sdist.name, digest)),
        )
        return begun.end(finished, raw, backend, origin, folder)
