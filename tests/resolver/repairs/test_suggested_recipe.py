"""A suggested recipe is one that `axletree build` takes, but for what nobody knows."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits
from axletree.resolver.repairs.suggested_recipe import suggest_recipe
from axletree.resolver.universe.candidates import PageCompiler
from tests.support.answers import make_file, name

SDIST = replace(
    make_file("app-1.0.tar.gz"), upload_time=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
)
WHEEL = make_file("app-1.0-py3-none-any.whl")
OTHERS = (make_file("app-2.0.tar.gz"), make_file("app-1.0.tar.gz", None))
LINES = {"lib==1": "lib>=1", 'odd; sys_platform == "win32"': "odd"}


def recipe(*files: DistributionFile, page: tuple[DistributionFile, ...]) -> str:
    compiler = PageCompiler(environment_for("3.9", "linux"), Limits())
    releases = compiler.compile(Page(project=name("app"), files=files))
    return suggest_recipe(
        releases.all[-1],
        "1.0+axle.3",
        LINES,
        page=Page(project=name("app"), files=page) if page else None,
        python="3.9",
    )


def test_it_names_the_sdist_with_its_hash_and_time() -> None:
    text = recipe(WHEEL, page=(*OTHERS, WHEEL, SDIST))

    assert tomllib.loads(text) == {
        "project": {"name": "app", "version": "1.0", "local": "axle.3"},
        "source": {
            "sdist": "app-1.0.tar.gz",
            "sha256": "a" * 64,
            "committed": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        },
        "build": {"pythons": ["3.9"]},
        "requires-dist": LINES,
    }
    assert text.startswith("# app 1.0 with other requirements, as axletree explain")
    assert "beside this recipe: https://****@index.invalid/files/app-1.0.tar.gz" in text


def test_without_a_page_the_release_is_asked_for_its_sdist() -> None:
    assert 'sdist = "app-1.0.tar.gz"' in recipe(WHEEL, SDIST, page=())


def test_a_time_that_is_unknown_is_left_to_be_filled_in() -> None:
    text = recipe(WHEEL, page=(replace(SDIST, upload_time=None),))

    assert "\n# committed = …\n" in text
    assert tomllib.loads(text)["source"] == {
        "sdist": "app-1.0.tar.gz",
        "sha256": "a" * 64,
    }


@pytest.mark.parametrize("page", [(), (WHEEL,), OTHERS])
def test_a_source_that_is_not_found_is_left_to_be_named(
    page: tuple[DistributionFile, ...],
) -> None:
    text = recipe(WHEEL, page=page)

    assert "# No sdist of it was found where candidates come from" in text
    assert '# sdist = "app-1.0.tar.gz"' in text
    assert tomllib.loads(text)["source"] == {}


def test_odd_texts_are_quoted() -> None:
    compiler = PageCompiler(environment_for("3.9", "linux"), Limits())
    release = compiler.compile(Page(project=name("app"), files=(WHEEL,))).all[0]
    lines = {'a\t"b\\c"\n\r\x01\x7f': "d"}

    text = suggest_recipe(release, "1.0+axle.1", lines, page=None, python="3.9")

    assert tomllib.loads(text)["requires-dist"] == lines
