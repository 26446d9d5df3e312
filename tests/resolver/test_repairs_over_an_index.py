"""What repairs say over an index, of which not all can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.inputs.requirements_files import parse_requirement
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
    for_python,
)
from axletree.resolver.repairs.repairer import Repairer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer

APP = NormalizedName("app")
NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
SDIST, WHEEL = "app-{}.tar.gz", "app-{}-py3-none-any.whl"


@dataclass
class Index:
    """An index of one project, whose sdists are built to be read."""

    files: Sequence[DistributionFile]
    answers: Mapping[str, MetadataAnswer] = field(default_factory=dict)
    """File name -> what is said of it; all else requires nothing."""
    built: list[str] = field(default_factory=list)
    is_frozen: bool = False

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        page = Page(project=APP, files=tuple(self.files))
        return {name: page if name == APP else None for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        self.built += [file.filename for file in files if file.kind == "sdist"]
        nothing = FileMetadata(requires_dist=())
        return {file: self.answers.get(file.filename, nothing) for file in files}


def make(form: str, version: str, day: int) -> DistributionFile:
    """Make a file that is uploaded on a day of 2020."""
    return DistributionFile(
        project=APP,
        filename=safe_name(form.format(version)),
        version=version,
        kind="sdist" if form == SDIST else "wheel",
        tag="" if form == SDIST else "py3-none-any",
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


def repairer(index: Index, question: Question) -> Repairer:
    memo = MemoUniverse(index)
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    return Repairer(memo, question, refusal)


def test_no_sdist_is_built_as_of_another_day() -> None:
    index = Index([make(SDIST, "1", 3), make(SDIST, "2", 5), make(WHEEL, "3", 20)])
    asking = repairer(index, as_of_2019("app"))
    index.built.clear()

    [repair] = asking.repairs()

    assert repair.text == "move --exclude-newer from 2019-12-31 to 2020-01-20"
    assert "sdists would have to be built as of it, such as app-2" in repair.notes[0]
    assert repair.claim == "irreducible"
    assert not index.built


def test_what_was_built_before_changes_no_word() -> None:
    files = [make(SDIST, "1", 3), make(WHEEL, "3", 20)]
    failing = UnusableMetadata(reason="it needs gcc", kind="host")

    cold = repairs(Index(files, {"app-1.tar.gz": failing}), "app")
    warm = repairs(Index(files), "app")

    assert cold == warm


def test_the_day_before_is_told_where_it_is_proved() -> None:
    index = Index([make(WHEEL, "1", 3), make(WHEEL, "2", 20)])

    [repair] = repairs(index, "app>=2")

    assert repair.text.endswith("to 2020-01-20 (the day before does not work)")
    assert not repair.notes


def test_an_sdist_that_a_later_day_would_take_leaves_it_untried() -> None:
    """The wheel of the same day is what is taken if the sdist cannot be built."""
    index = Index([make(WHEEL, "1", 20), make(SDIST, "2", 20)])

    [repair] = repairs(index, "app")

    assert repair.claim == "untried"
    assert any("app-2.tar.gz was not read" in note for note in repair.notes)


@pytest.mark.parametrize(
    ("kind", "claim"), [("backend", "cheapest"), ("host", "untried")]
)
def test_a_repair_that_rests_on_this_machine_is_untried(
    kind: UnusableKind, claim: str
) -> None:
    index = Index(
        [make(WHEEL, "1", -9), make(SDIST, "2", -8)],
        {"app-2.tar.gz": UnusableMetadata(reason="it needs gcc", kind=kind)},
    )
    [repair] = repairs(index, "app>=2")

    assert (repair.text, repair.claim) == ("use app 1 instead of app>=2", claim)


def test_another_python_asks_sdists_anew() -> None:
    """The one that is turned to refuses, and the next one after it does not."""
    sdist = make(SDIST, "1", 3)
    answers: dict[str, MetadataAnswer] = {
        sdist.filename: FileMetadata(requires_dist=(), requires_python="<3.9")
    }
    index = Index([sdist], answers)
    turned: list[str] = []

    def turn(environment: Environment) -> None:
        turned.append(environment.python_version)
        lines = ("absent",) if environment.python_version == "3.8" else ()
        answers[sdist.filename] = FileMetadata(
            requires_dist=lines, requires_python="<3.9"
        )

    question = ask([parse_requirement("app")], environment_for("3.9", "linux"))
    asking = repairer(index, question)
    asking.for_python = lambda python: for_python(question, python)
    asking.turn = turn

    [repair] = asking.repairs()

    assert repair.text == "use Python 3.7 instead of 3.9"
    assert turned[-1] == "3.9"
