"""A recipe becomes published wheels: built, checked with their whole closures, let in.

Everything comes from the wheelhouse: what the build needs and what the wheels need. One
wheel for each Python enters, or none does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.checks.installation import (
    check_install,
    foreign_wheels,
)
from axletree.builder.errors import CheckFailedError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.closure import Closures
from axletree.builder.jobs.making import Made
from axletree.builder.jobs.sight import Sight
from axletree.builder.jobs.stored import stored_wheels
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.admission import Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import Settle, publish
from axletree.wheelhouse.model import IncomingFile, Published, parse_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A wheel that passed in one environment."""

    environment: Environment
    wheel: BuiltWheel
    closure: int
    """Projects that were installed beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LettingIn:
    """Where wheels are checked and let in."""

    house: Wheelhouse
    workshop: Workshop
    folder: Path
    """Takes scratch files."""
    sight: Sight | None = None
    """The wheelhouse, as closures look at it; None: all of it, as it is."""
    gate: Gate | None = None
    """May say no to what would come in."""

    def check(self, group: Sequence[Made]) -> tuple[tuple[Checked, ...], ...]:
        """Install each wheel of a group with its closure, for each environment.

        :param group: what may need one another.
        :raises BuilderError: one of them does not work.
        """
        check = _Check(
            closures=Closures(
                house=self.house,
                group=[wheel for made in group for wheel in made.wheels],
                fetch=stored_wheels(self.house, self.folder / "closure"),
                sight=self.sight,
            ),
            workshop=self.workshop,
            folder=self.folder,
        )
        return tuple(
            tuple(check(made, environment) for environment in made.environments)
            for made in group
        )

    def publish(self, group: Sequence[Made], settle: Settle | None = None) -> Published:
        """Let a group in, all or none.

        :param settle: done in the same transaction.
        :raises WheelhouseError: a file is not let in.
        """
        incoming = [
            file
            for made in group
            for file in (*(_incoming(made, each) for each in made.wheels), *made.beside)
        ]
        return publish(self.house, incoming, gate=self.gate, settle=settle)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    closures: Closures
    workshop: Workshop
    folder: Path

    def __call__(self, made: Made, environment: Environment) -> Checked:
        """Install a wheel with its closure, and see whether it works.

        :raises CheckFailedError: it does not.
        """
        workshop, wheel = self.workshop, made.wheel_for(environment)
        paths = self.closures.of(wheel, environment)
        foreign = foreign_wheels(paths)
        if foreign:
            raise CheckFailedError(
                f"the built wheel cannot be installed here to be checked, since "
                f"{foreign[0]} is for another platform than this machine",
                where=wheel.filename,
                hint="build for this machine's platform, or on a machine of that one",
            )
        others = len(paths) - 1
        workshop.reporter.step(f"installing {wheel.filename} and {others} others")
        log = BuildLog(
            wheel.log_path.with_suffix(f".on-{environment.python}.check.log"),
            workshop.reporter,
        )
        sandbox = workshop.sandbox(environment, self.folder / "sandbox")
        check_install(paths, made.checklist, sandbox=sandbox, log=log)
        return Checked(environment=environment, wheel=wheel, closure=others)


def _incoming(made: Made, wheel: BuiltWheel) -> IncomingFile:
    return IncomingFile(
        path=wheel.path,
        filename=wheel.filename,
        expected_sha256=parse_sha256(wheel.sha256),
        upload_time=made.appeared or wheel.source_time,
        origin=made.origin,
        strictness="lenient",
        attestations=(wheel.attestation,),
    )
