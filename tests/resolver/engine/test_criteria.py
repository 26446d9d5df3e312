"""What was said about a project, and which gates that leaves shut."""

from axletree.resolver.engine.criteria import Criterion
from axletree.resolver.engine.decisions import as_tables
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.tables import Project
from tests.support.answers import make_file, make_root
from tests.support.engine import inquire
from tests.support.scenarios import load_scenario
from tests.support.sdist_index import Index
from tests.support.universes import LazyUniverse

MIXED = "repairs/a_run_of_versions_is_spelled_by_its_ends"
"""Its app has 9, 8, 7, 7rc1, 6 (yanked), 5, 4, 3 and 2, and 4+local."""
YANKED = "repairs/a_yanked_final_release_goes_before_a_yanked_prerelease"
"""Of its app all are yanked: 4a1, 3, 2 and 1."""


def criterion(
    scenario: str, *said: str, constraint: str = "", pre: bool = False
) -> tuple[Project, Criterion]:
    reading = inquire(load_scenario(scenario)).search.reading
    project = reading.project("app")
    assert project is not None
    asked = as_tables(
        ask(
            [make_root("app")],
            environment_for("3.9", "linux"),
            constraints=[make_root(constraint)] if constraint else [],
            limits=Limits(allow_prereleases=pre),
        )
    )
    everything = (1 << len(project.versions)) - 1
    found = Criterion(reading, asked, "app", everything, python=0)
    for specifier in said:
        found.admit(reading, "app", specifier)
    return project, found


def listed(project: Project, mask: int) -> set[str]:
    return {v for at, v in enumerate(project.versions) if mask >> at & 1}


def test_each_requirement_narrows_what_is_allowed() -> None:
    project, found = criterion(MIXED, ">=5", "", "<8")

    assert listed(project, found.allowed) == {"7", "7rc1", "6", "5"}


def test_a_constraint_counts_from_the_beginning() -> None:
    project, found = criterion(MIXED, "<8", constraint="app>=6")

    assert listed(project, found.allowed) == {"7", "7rc1", "6"}


def test_a_prerelease_is_shut_until_a_lower_bound_names_one() -> None:
    project, found = criterion(MIXED)
    assert listed(project, found.shut(project)) == {"7rc1", "6"}

    project, found = criterion(MIXED, ">=7rc1")

    assert listed(project, found.shut_prereleases(project)) == set()
    assert listed(project, found.shut_yanks(project)) == {"6"}


def test_prereleases_are_open_where_all_are_allowed_or_nothing_final_fits() -> None:
    project, found = criterion(MIXED, pre=True)
    assert listed(project, found.shut_prereleases(project)) == set()

    project, found = criterion(MIXED, "<7,>=6.1.dev0")
    assert listed(project, found.allowed) == {"7rc1"} or not found.allowed
    assert listed(project, found.shut_prereleases(project)) == set()


def test_a_pin_lets_a_yanked_release_in_where_all_that_fits_is_yanked() -> None:
    project, found = criterion(YANKED)
    assert listed(project, found.shut_yanks(project)) == {"4a1", "3", "2", "1"}

    project, found = criterion(YANKED, "==2")
    assert listed(project, found.pinned) == {"2"}
    assert listed(project, found.shut_yanks(project)) == {"4a1", "3", "1"}

    # An unyanked one that fits keeps it out.
    project, found = criterion(MIXED, "==6")
    assert listed(project, found.shut_yanks(project)) == set()
    found.allowed |= 1
    assert listed(project, found.shut_yanks(project)) == {"6"}


def test_what_roots_do_not_admit_is_not_read_on_suspicion() -> None:
    # One app after the other is refused, so that ever more of them are read at once.
    lines = FileMetadata(requires_dist=("base<2",))
    apps = {f"app-{number}-py3-none-any.whl": lines for number in range(1, 13)}
    bases = ("base-1-py3-none-any.whl", "base-2-py3-none-any.whl")
    index = LazyUniverse(base=Index(list(map(make_file, [*apps, *bases])), apps))
    question = ask(
        [make_root("app>=7"), make_root("base>=2")], environment_for("3.9", "linux")
    )

    assert Resolver(MemoUniverse(index)).answer(question) is None

    read = [int(file.version) for file in index.files_read if file.project == "app"]
    assert min(read) >= 7
