"""Why releases cannot be chosen: what is said holds for each of their files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from axletree.resolver.conflicts.asked import Asked
from axletree.resolver.conflicts.fallen_text import why_fallen
from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.particulars import Particulars
from tests.support.answers import make_file, make_root

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import FallenFiles

ASKED = Asked(
    roots=(),
    python_version="3.9",
    platform="x86_64-manylinux_2_17",
    last_day="2022-01-01",
)
NEWER = "cp39-cp39-manylinux_2_34_x86_64"
FITS = "cp39-cp39-manylinux_2_17_x86_64"


def release(files: "FallenFiles") -> Particulars:
    """Tell of a release that has just these files."""
    return Particulars((("a-1.whl", None, False, False), (), (files, (), (), (), ())))


@pytest.mark.parametrize(
    ("reason", "releases", "said"),
    [
        (
            "tag",
            [((NEWER, ("tag",)), ("", ("metadata",)))],
            (
                "has no wheel for Python 3.9 on x86_64-manylinux_2_17 (needs glibc 2.34, "
                "the target has 2.17)"
            ),
        ),
        (
            "tag",
            [((NEWER, ("tag", "no-time")), (FITS, ("no-time",)))],
            (
                "has wheels that do not fit Python 3.9 on x86_64-manylinux_2_17 (needs "
                "glibc 2.34, the target has 2.17)"
            ),
        ),
        (
            "no-time",
            [((FITS, ("no-time",)),)],
            "has no upload time, so --exclude-newer 2022-01-01 hides it",
        ),
        (
            "no-time",
            [((FITS, ("no-time",)), ("", ("metadata",)))],
            (
                "has files that have no upload time, so --exclude-newer 2022-01-01 hides "
                "them"
            ),
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)),)],
            "has only an sdist, and --only-binary refuses it",
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)),), (("", ("binary-policy",)),)],
            "have only sdists, and --only-binary refuses them",
        ),
        (
            "binary-policy",
            [(("", ("binary-policy",)), (NEWER, ("tag",)))],
            "has an sdist, and --only-binary refuses it",
        ),
        (
            "binary-policy",
            [((FITS, ("binary-policy",)), (NEWER, ("binary-policy", "tag")))],
            "has only wheels, and --no-binary refuses them",
        ),
        (
            "binary-policy",
            [((FITS, ("binary-policy",)), ("", ("metadata",)))],
            "has wheels, and --no-binary refuses them",
        ),
        (
            "hash",
            [((FITS, ("hash",)), ("", ("hash",)))],
            "has no file with a hash that you give",
        ),
        (
            "hash",
            [((FITS, ("hash",)), ("", ("metadata",)))],
            "has files with none of the hashes that you give",
        ),
    ],
)
def test_it_is_said_of_the_files_that_it_holds_for(
    reason: str, releases: "list[FallenFiles]", said: str
) -> None:
    assert why_fallen(reason, list(map(release, releases)), ASKED) == said


# Who would open a gate, and why they cannot be chosen.


def told(
    releases: Mapping[str, Sequence[str]],
    roots: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    yanked: Collection[str] = (),
) -> list[str]:
    """Tell the first conflict of wheels, `name version` -> lines."""
    file_of = {
        label: replace(
            make_file(f"{label.replace(' ', '-')}-py3-none-any.whl"),
            yanked="" if label in yanked else None,
            requires_python=">=3.12" if "python 3.12" in lines else None,
        )
        for label, lines in releases.items()
    }
    files = tuple(file_of.values())
    universe = FrozenUniverse(
        page_of={
            name: Page(project=name, files=tuple(f for f in files if f.project == name))
            for name in {file.project for file in files}
        },
        metadata_of={
            file_of[label].filename: FileMetadata(
                requires_dist=tuple(x for x in lines if "python" not in x)
            )
            for label, lines in releases.items()
        },
    )
    question = ask(
        map(make_root, roots),
        environment_for("3.9", "linux"),
        constraints=map(make_root, constraints),
    )
    refused = Resolver(MemoUniverse(universe)).resolve(question)
    assert isinstance(refused, Refusal)
    return [
        f"{fact.text} [{'; '.join(o.because for o in fact.openers)}]"
        for core in refused.conflict.conflicts
        for fact in core.facts
        if fact.kind == "fallen"
    ]


@pytest.mark.parametrize(
    ("releases", "roots", "constraints", "yanked", "said"),
    [
        (
            {
                "lib 2rc1": ["app"],
                "lib 1": [],
                "lib 0.9": ["gone"],
                "app 1": ["lib>=2rc1"],
            },
            ["lib!=1"],
            [],
            [],
            "(app 1 would, but only lib 2rc1 requires app)",
        ),
        (
            {"lib 1": [], "app 1": ["lib==1"], "app 2": ["lib"]},
            ["lib", "app>1"],
            [],
            ["lib 1"],
            "(app 1 would, but is excluded: you require app>1)",
        ),
        (
            {"lib 1": [], "app 1": ["lib==1"], "app 2": ["lib"]},
            ["lib", "app"],
            ["app>1"],
            ["lib 1"],
            "(app 1 would, but is excluded: you constrain app>1)",
        ),
        (
            {
                "lib 1": [],
                "app 1": ["lib==1"],
                "app 2": ["lib"],
                "top 1": ["app>1"],
            },
            ["lib", "top"],
            [],
            ["lib 1"],
            "(app 1 would, but is excluded: top 1 requires app>1)",
        ),
        (
            {"lib 1": [], "app 1": ["lib==1", "python 3.12"], "app 2": ["lib"]},
            ["lib", "app"],
            [],
            ["lib 1"],
            "(app 1 would, but is not for Python 3.9 on linux)",
        ),
        (
            {"lib 1": [], "app 1": ["lib==1"], "app 2": ["lib"]},
            ["lib", "app"],
            [],
            ["lib 1", "app 1"],
            "(app 1 would, but is yanked, and nothing pins it)",
        ),
        (
            {"lib 1": ["lib==1"]},
            ["lib"],
            [],
            ["lib 1"],
            "(lib 1 would, but is one of them)",
        ),
        (
            {"lib 1": [], "app 1": ["lib==1"], "app 2": ["lib==1"], "app 3": ["lib"]},
            ["lib", "app>2"],
            [],
            ["lib 1"],
            (
                "(app 2 and app 1 would, but cannot be chosen: app 2 is excluded: you "
                "require app>2)"
            ),
        ),
        (
            {"lib 1": [], "app 1": ["lib==1", "gone"], "app 2": ["lib"]},
            ["lib", "app"],
            [],
            ["lib 1"],
            "(app 1 would, but cannot be chosen with these facts)",
        ),
    ],
)
def test_who_would_open_a_gate_is_told_with_what_stands_in_the_way(
    releases: Mapping[str, Sequence[str]],
    roots: Sequence[str],
    constraints: Sequence[str],
    yanked: Collection[str],
    said: str,
) -> None:
    found = told(releases, roots, constraints=constraints, yanked=yanked)

    assert any(said in text for text in found), found
