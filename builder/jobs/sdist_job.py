"""Build one sdist as it is: no recipe, no stamp, the version that it has."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from axletree.builder.archives.source_archive import look_into
from axletree.builder.checks.installation import Checklist
from axletree.builder.errors import InvalidRecipeError, PinMismatchError
from axletree.builder.hooks.environment import build_raw
from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.finishing import Finishing
from axletree.builder.jobs.job import BuiltWheel, epoch_of, keep
from axletree.builder.jobs.making import Made, each_once
from axletree.builder.provenance.materials import lock_wheels
from axletree.builder.provenance.statement import Surroundings, sdist_statement
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import (
    BUILT_FROM,
    IncomingFile,
    StoredFile,
    parse_sha256,
)
from axletree.wheelhouse.store.files import digest_of

_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""Of files in the wheel of an sdist that does not say when it was published."""


def make_sdist(
    sdist: Path,
    environments: Sequence[Environment],
    house: Wheelhouse,
    workshop: Workshop,
    folder: Path,
) -> Made:
    """Build the wheels of an sdist into `folder`; it comes into the wheelhouse with them.

    :raises BuilderError: a build failed.
    :raises PinMismatchError: the wheelhouse has another sdist of that name.
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
    is_from_upstream = stored is not None and stored.is_from_upstream
    appeared = _time_of(stored)
    # When it was added here, nobody else's build of it would know.
    time = appeared if is_from_upstream else _NO_TIME
    wheels = each_once(environments, _OneSdist(sdist, workshop, folder, time).build)
    beside = IncomingFile(
        path=sdist,
        filename=sdist.name,
        expected_sha256=sha256,
        upload_time=appeared,
        origin="add",
        strictness="lenient",
    )
    return Made(
        wheels=wheels,
        environments=tuple(environments),
        checklist=Checklist(),
        origin=f"{BUILT_FROM if is_from_upstream else 'sdist '}{sdist.name}",
        beside=() if stored is not None else (beside,),
        appeared=appeared,
    )


def _time_of(stored: StoredFile | None) -> datetime:
    return utc_now() if stored is None else stored.upload_time or stored.entered_at


class _OneSdist:
    def __init__(
        self, sdist: Path, workshop: Workshop, folder: Path, published: datetime
    ) -> None:
        self._sdist = sdist
        self._workshop = workshop
        self._folder = folder
        self._published = published

    def build(self, environment: Environment) -> BuiltWheel:
        """Build the wheel of one environment."""
        workshop, sdist = self._workshop, self._sdist
        begun_at = datetime.now(UTC)
        name = f"{sdist.name}-py{environment.python}.log"
        log = BuildLog(workshop.work_dir / "logs" / name, workshop.reporter)
        with workshop.scratch() as scratch:
            sandbox = workshop.sandbox(environment, scratch / "sandbox")
            backend = Backend(
                source=look_into(sdist, name=sdist.name, has_top=True),
                sandbox=sandbox,
                log=log,
                scratch=scratch,
                epoch=epoch_of(self._published),
            )
            workshop.reporter.announce(f"building {sdist.name}")
            built = build_raw(backend, environment, workshop, scratch / "raw")
            raw, wheels = built.wheel, built.environment
            workshop.reporter.step(f"checking {raw.name}")
            finishing = Finishing(
                workshop=workshop, environment=environment, scratch=scratch, log=log
            )
            finished = finishing.finish(raw, source_time=self._published)
            folder = self._folder / "built"
            folder.mkdir(parents=True, exist_ok=True)
            path = keep(finished.path, folder)
        digest, sha256 = digest_of(sdist), digest_of(path)
        locked = lock_wheels(wheels)
        place = Surroundings(
            environment=environment,
            interpreter=sandbox.interpreter,
            isolation=workshop.isolation,
            wheels=locked,
            epoch=backend.epoch,
            begun_at=begun_at,
            log=log.path,
        )
        said = sdist_statement((sdist.name, digest), path.name, sha256, place)
        return BuiltWheel(
            path=path,
            sha256=sha256,
            revision=f"sha256:{digest}",
            source_time=self._published,
            isolation=workshop.isolation,
            python_version=sandbox.interpreter.version,
            built_with=locked,
            attestation=workshop.attester.attest(said, workshop.isolation),
            log_path=log.path,
            notes=finished.notes,
        )
