"""An index whose sdists are built to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from packaging.utils import NormalizedName

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import DistributionFile, FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import UnreadFileError
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits, Question, ask, skipping
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer, Universe
from axletree.resolver.universe.sparing import SparingUniverse

APP = NormalizedName("app")
NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
SDIST, WHEEL = "app-{}.tar.gz", "app-{}-py3-none-any.whl"


@dataclass
class Index:
    """An index over which each file is read when it is asked for."""

    files: Sequence[DistributionFile]
    answers: Mapping[str, MetadataAnswer] = field(default_factory=dict)
    """File name -> what is said of it; all else requires nothing."""
    built: list[str] = field(default_factory=list)
    is_frozen: bool = False

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        return {name: self._page(name) for name in projects}

    def _page(self, name: NormalizedName) -> Page | None:
        files = tuple(file for file in self.files if file.project == name)
        return Page(project=name, files=files) if files else None

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        self.built += [file.filename for file in files if file.kind == "sdist"]
        nothing = FileMetadata(requires_dist=())
        return {file: self.answers.get(file.filename, nothing) for file in files}


def make(form: str, version: str, day: int) -> DistributionFile:
    """Make a file that is uploaded on a day of 2020.

    :param form: of its name, such as `WHEEL`.
    """
    tag = "" if form == SDIST else form.removesuffix(".whl").split("-", 2)[2]
    return DistributionFile(
        project=APP,
        filename=safe_name(form.format(version)),
        version=version,
        kind="sdist" if form == SDIST else "wheel",
        tag=tag,
        upload_time=NEW_YEAR + timedelta(days=day - 1, hours=9),
    )


def as_of_2019(requirement: str) -> Question:
    return ask(
        [parse_requirement(requirement)],
        environment_for("3.9", "linux"),
        limits=Limits(exclude_newer=NEW_YEAR),
    )


def repairs(index: Index, requirement: str) -> list[Repair]:
    return list(repairer(index, as_of_2019(requirement)).repairs())


def repairer(
    index: Universe, question: Question, spared: Sequence[SparingUniverse] = ()
) -> Repairer:
    memo = MemoUniverse(index)
    resolver = Resolver(memo)
    try:
        refusal = resolver.resolve(question)
    except UnreadFileError:
        refusal = resolver.resolve(skipping(question))
    assert isinstance(refusal, Refusal)
    return Repairer(memo, question, refusal, spared=spared)
