"""Repairs by files that the universe lacks and an upstream index has."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from itertools import islice

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.outcomes import Found
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.model.spelling import spelled_limit
from axletree.resolver.repairs.absent_files import AbsentFiles
from axletree.resolver.repairs.costs import COLLECT, cost_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse, UndemandingUniverse

MOST_OFFERED = 3
"""Repairs of this kind that bring as few files."""
_MOST_NAMED = 4
"""Releases that its sentence names; its changes have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """An index that may be looked at for what would help."""

    universe: MemoUniverse
    name: str
    """As `--index-url` takes it, without a login."""
    folder: str | None = None
    """Where files must be put by hand; None: `axletree collect` brings them."""

    @property
    def label(self) -> str:
        """Name it for people."""
        return "the public index" if self.name == "public" else self.name


@dataclass(slots=True)
class FileRepairs:
    """Looks for repairs of this kind."""

    prover: Prover
    upstream: Upstream
    _absent: AbsentFiles = field(init=False)

    def __post_init__(self) -> None:
        self._absent = AbsentFiles(self.prover, self.upstream.universe)

    @property
    def is_complete(self) -> bool:
        """Tell whether no refusal hung on what could not be read."""
        return self._absent.is_settled

    def find(self) -> Iterator[Repair]:
        """Yield repairs that bring as few files as is known to suffice."""
        for brought in islice(self._absent.fewest(), MOST_OFFERED):
            found = self._absent.resolve(brought)
            if not isinstance(found, Found):
                continue
            files = tuple(
                sorted(brought, key=lambda file: (file.project, file.filename))
            )
            command = self._command(files)
            yield Repair(
                kind="collect",
                text=f"download {self._named(files)} from {self.upstream.label}",
                changes=tuple(file.filename for file in files),
                cost=cost_of([COLLECT] * len(files)),
                claim=self.prover.claim(
                    found, is_irreducible=self._absent.is_irreducible(files)
                ),
                resolution=found.value,
                command=command,
                notes=(*self._notes(files, command), *self.prover.notes(found.unread)),
            )

    def _named(self, files: Sequence[DistributionFile]) -> str:
        """Name releases, those first that the user asks for."""
        roots = self.prover.question.roots
        asked = {canonicalize_name(root.requirement.name) for root in roots}
        ordered = sorted(files, key=lambda file: file.project not in asked)
        labels = [f"{file.project} {file.version}" for file in ordered]
        if len(labels) > _MOST_NAMED:
            more = len(labels) - _MOST_NAMED + 1
            labels = [*labels[: _MOST_NAMED - 1], f"{more} more"]
        *first, last = labels
        return f"{', '.join(first)} and {last}" if first else last

    def _notes(
        self, files: Sequence[DistributionFile], command: str | None
    ) -> Iterator[str]:
        if command is None:
            these = "this file" if len(files) == 1 else f"these {len(files)} files"
            where = self.upstream.folder or "the wheelhouse"
            yield f"download {these} into {where} yourself"
            return
        sdists = [file.filename for file in files if file.kind == "sdist"]
        if sdists:
            yield f"collect builds a wheel of {' and of '.join(sdists)}"

    # The command.

    def _command(self, files: Sequence[DistributionFile]) -> str | None:
        """Spell the command that brings just these files; None if none does."""
        if self.upstream.folder is not None:
            return None
        pins = [self._pin(file) for file in files]
        if not self._are_brought(pins, files):
            return None
        words = ("axletree", "collect", "--no-deps", *pins, "-i", self.upstream.name)
        return shlex.join((*words, *_target_words(self.prover.question)))

    def _pin(self, file: DistributionFile) -> str:
        """Pin a release so that no local version of it is meant as well."""
        page = self.upstream.universe.page_of[file.project]
        version = file.version.partition("+")[0]
        spellings = {
            other.version
            for other in (page.files if page is not None else ())
            if other.version.partition("+")[0] == version
        }
        operator = "==" if len(spellings) == 1 else "==="
        return f"{file.project}{operator}{file.version}"

    def _are_brought(
        self, pins: Sequence[str], files: Sequence[DistributionFile]
    ) -> bool:
        """Resolve as the command will: the best file of a release may be another."""
        roots = tuple(
            RootRequirement(requirement=Requirement(pin), text=pin, origin=Origin())
            for pin in pins
        )
        question = self.prover.question
        limits = replace(question.limits, hashes=(), allow_prereleases=False)
        asked = Question(roots=roots, environment=question.environment, limits=limits)
        universe = UndemandingUniverse(base=self.upstream.universe)
        answer = Resolver(MemoUniverse(universe)).answer(asked)
        return answer is not None and {pin.file for pin in answer.pins} == set(files)


def _target_words(question: Question) -> Iterator[str]:
    """Spell the options that decide which file of a release is brought."""
    environment, limits = question.environment, question.limits
    yield from ("--python-version", environment.python_version)
    yield from ("--python-platform", environment.platform)
    if limits.exclude_newer is not None:
        yield from ("--exclude-newer", spelled_limit(limits.exclude_newer))
    for option, names in (
        ("--only-binary", limits.formats.only_binary),
        ("--no-binary", limits.formats.no_binary),
    ):
        if names:
            yield from (option, ",".join(sorted(names)))
