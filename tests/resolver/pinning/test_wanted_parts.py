"""Which extras and groups a release of an answer is needed for."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.model.requirements import Part, RootRequirement
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json

UNIVERSE = {
    "app": ["common"],
    "common": ["always", "deep; extra == 'x'", "later; python_version < '3.9'"],
    "deep": ["circle"],
    "circle": ["deep"],
    "docs": ["common[x]"],
    "tool": ["docs", "app"],
    "always": [],
    "later": [],
}
X, DEV = (
    Part(kind="extra", name=NormalizedName("x")),
    Part(kind="group", name=NormalizedName("dev")),
)


def root(text: str, *parts: Part) -> RootRequirement:
    return replace(parse_requirement(text), parts=frozenset(parts))


def parts_of(*roots: RootRequirement, python: str = "3.9") -> dict[str, set[str]]:
    files = {
        name: [
            {
                "filename": f"{name}-1-py3-none-any.whl",
                "metadata": {"requires_dist": lines, "provides_extra": ["x"]},
            }
        ]
        for name, lines in UNIVERSE.items()
    }
    document = {"format": "axletree.universe/1", "projects": files}
    universe = MemoUniverse(universe_from_json(document))
    answer = Resolver(universe).resolve(ask(roots, environment_for(python, "linux")))
    assert isinstance(answer, Resolution)
    return {pin.name: {part.name for part in pin.parts} for pin in answer.pins}


@pytest.mark.parametrize(
    ("roots", "found"),
    [
        ([root("app")], {"app": set(), "common": set(), "always": set()}),
        (
            [root("app"), root("docs", X)],
            {
                "app": set(),
                "common": set(),
                "always": set(),
                "docs": {"x"},
                "deep": {"x"},
                "circle": {"x"},
            },
        ),
        (
            [root("docs", X), root("tool", DEV)],
            {
                "tool": {"dev"},
                "app": {"dev"},
                "docs": {"x", "dev"},
                **{key: {"x", "dev"} for key in ("common", "always", "deep", "circle")},
            },
        ),
        # What the base asks for is always needed, whoever else asks for it.
        (
            [root("tool", DEV), root("deep")],
            {
                "deep": set(),
                "circle": set(),
                **{key: {"dev"} for key in ("tool", "app", "docs", "common", "always")},
            },
        ),
        (
            [root("deep", X, DEV)],
            {"deep": {"x", "dev"}, "circle": {"x", "dev"}},
        ),
    ],
)
def test_a_release_is_needed_for_what_leads_to_it(
    roots: list[RootRequirement], found: dict[str, set[str]]
) -> None:
    assert parts_of(*roots) == found


def test_a_line_of_another_python_leads_nowhere() -> None:
    roots = [root("common", X)]

    assert "later" not in parts_of(*roots)
    assert parts_of(*roots, python="3.8")["later"] == {"x"}
