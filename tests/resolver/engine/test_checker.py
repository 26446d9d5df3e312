"""The rules that an answer is held to, each told where it is broken."""

from packaging.version import Version

from axletree.resolver.universe.composed import FrozenUniverse
from tests.property.brute_force import Choice, World
from tests.property.choices import OnTables
from tests.support.scenarios import load_scenario


def test_each_violation_is_told() -> None:
    scenario = load_scenario("conflicts/fairing_kfserving")
    assert isinstance(scenario.universe, FrozenUniverse)
    world = World(scenario.universe, scenario.question)
    versions = {
        "kubeflow-fairing": "1.0.2",
        "kfserving": "0.6.1",
        "kubernetes": "11.0.0",
    }
    choice = {
        name: next(c for c in found if c.version == Version(versions[name]))
        for name, found in world.candidates.items()
        if name in versions
    }

    checker = OnTables.of(scenario.universe, scenario.question)

    assert set(checker.violations(choice, 0)) == {
        "kubeflow-tfjob is required, but nothing of it is chosen",
        "kubernetes 11.0.0 is chosen, but ==10.0.1 is required",
        "kubernetes 11.0.0 is chosen, but >=12.0.0 is required",
    }


def said(scenario: str, **versions: str) -> set[str]:
    loaded = load_scenario(scenario)
    assert isinstance(loaded.universe, FrozenUniverse)
    world = World(loaded.universe, loaded.question)
    choice: Choice = {
        name: next(c for c in found if c.version == Version(versions[name]))
        for name, found in world.candidates.items()
        if name in versions
    }
    return set(OnTables.of(loaded.universe, loaded.question).violations(choice, 0))


def test_an_address_that_a_dependency_names_is_told() -> None:
    told = said("conflicts/a_url_that_a_dependency_names", app="1.0", library="1.0")

    assert told == {"app asks for library by an address"}


def test_files_without_a_python_in_common_are_told() -> None:
    told = said("candidates/all_files_share_a_patch_release", early="1.0", late="1.0")

    assert told == {"not all chosen files are for Python of the target"}


def test_what_nobody_asks_for_is_told() -> None:
    told = said("conflicts/a_url_that_a_dependency_names", library="1.0")

    assert told == {
        "app is required, but nothing of it is chosen",
        "library is chosen, but nothing admitted asks for it",
    }
