"""One sentence to send to a colleague, for each kind of conflict."""

import pytest

from tests.support.refusals import first_core, refuse
from tests.support.scenarios import REFUSED, load_scenario

VERDICTS = {
    # Two that want different versions of a third.
    "conflicts/fairing_kfserving": (
        "kubeflow-fairing 1.0.2 and kfserving 0.6.1 cannot go together: one needs "
        "exactly kubernetes 10.0.1, the other 12.0.0 or newer"
    ),
    # Two extras of one release, by their names.
    "conflicts/extras_of_one_release_clash": (
        "app[fast] 1 and app[safe] 1 cannot go together: one needs library 2 or newer, "
        "the other older than 2"
    ),
    # One that fits some patch releases of Python, and fails there otherwise.
    "conflicts/a_python_for_some_patch_releases_is_no_cause_alone": (
        "app cannot be installed: by what it needs, library"
    ),
    # Further away, by the root that leads there.
    "conflicts/many_releases_are_one_edge": (
        "old-urllib3 1.0 and botocore (for awscli>=1.20.2) cannot go together: one "
        "needs exactly urllib3 1.24.2, the other 1.25.4 or newer, but older than 1.27"
    ),
    # A line of the user's, and who wants something else.
    "conflicts/scipy_image_kfp": (
        "cloudpickle==1.6.0 and kfp 1.8.11 cannot go together: kfp 1.8.11 needs "
        "cloudpickle 2.0.0 or newer, but older than 3"
    ),
    "conflicts/a_line_without_versions_says_nothing_beside_others": (
        "pandas<1 and ray 2.3.0 cannot go together: ray 2.3.0 needs pandas 1.3 or newer"
    ),
    "conflicts/a_constraint_is_a_fact": (
        "your constraint library<2 and app 1.0 cannot go together: app 1.0 needs "
        "library 2 or newer"
    ),
    "conflicts/no_release_falls_between_two_facts": (
        "a>=2 and k cannot go together: k 1 needs a older than 2, and other versions "
        "of k fail for other reasons"
    ),
    # Nothing of what is wanted is there, or can be used.
    "conflicts/two_conflicts_are_both_told": (
        "one 1.0 cannot be installed: it needs no-such-project, which is not available"
    ),
    "conflicts/a_project_without_files_is_one": (
        "app cannot be installed: it has no distribution files"
    ),
    "conflicts/a_yanked_release_stands_in_its_place": (
        "a>=2 cannot be installed: a 2.0 … 2.3 (4 versions) require Python >=3.10"
    ),
    "conflicts/requires_python_leaves_the_old_ones": (
        "app 1.0 cannot be installed: it needs library 2 or newer, and library 2.0 and "
        "2.1 require Python >=3.10 or >=3.11"
    ),
    "gates/no_release_opens_its_own_gate": (
        "ring!=1.0 cannot be installed: ring 0.9 needs no-such-project, which is not "
        "available, and other versions of ring fail for other reasons"
    ),
    "conflicts/a_fallen_file_has_its_own_python_too": (
        "early and late cannot go together: early 1.0 requires Python <3.9.5, and late "
        "1.0 and 2.0 require Python >=3.9.5"
    ),
    # What stands between, where nothing else is told.
    "conflicts/a_url_that_a_dependency_names": (
        "app cannot be installed: by what it needs, library"
    ),
    # One fact says it.
    "conflicts/the_newest_that_is_named_is_no_yanked_one": "",
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_verdict_says_who_cannot_go_with_whom_and_why(name: str) -> None:
    assert first_core(name).verdict == VERDICTS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_where_there_are_two_facts_there_is_a_verdict(name: str) -> None:
    for core in refuse(load_scenario(name)).conflict.conflicts:
        assert bool(core.verdict) is (len(core.facts) > 1)


@pytest.mark.parametrize(
    ("name", "upstream"),
    [
        (
            "conflicts/extras_of_one_release_clash",
            "a release of app whose requirements on library agree",
        ),
        (
            "conflicts/fairing_kfserving",
            (
                "a release of kubeflow-fairing that allows kubernetes 12.0.0 or newer, "
                "or one of kfserving that allows exactly kubernetes 10.0.1"
            ),
        ),
        ("conflicts/a_constraint_is_a_fact", "a release of app that allows library older than 2"),
        ("conflicts/a_yanked_release_stands_in_its_place", ""),
        ("repairs/a_new_version_alone_is_no_other_requirement", ""),
    ],
)  # fmt: skip
def test_a_release_that_would_mend_it_is_named(name: str, upstream: str) -> None:
    assert first_core(name).upstream == upstream
