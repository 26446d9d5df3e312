"""`axletree build`: a recipe becomes a published wheel, or nothing changes."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from axletree.builder.sandbox.isolation import Isolation
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.command_line import CommandLine, Ran, run_process
from tests.support.failures import refuse
from tests.support.repositories import EPOCH, make_repository
from tests.support.sources import PROJECTS, build_requirements, runtime_requirements
from tests.support.wheelhouses import generation_of, publish_all, published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

WHEEL = "small_thing-1.0+axle.1-py3-none-any.whl"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
RECIPE = """
[project]
name = "small-thing"
version = "1.0"
local = "axle.1"

[source]
git = "{git}"
ref = "patched"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z

[build]
pythons = ["{python}"]

[expect]
requires-dist = ["other", "wanted <3,>=2"]
"""


@pytest.fixture
def build(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Give the command line this Python, and a wheelhouse with all that is needed."""
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    publish_all(tmp_path / "house", all_needed(tmp_path / "wheels"))
    return axletree


def all_needed(folder: Path) -> list[Path]:
    """Make what the build and the built wheel require."""
    return [*build_requirements(folder), *runtime_requirements(folder)]


def write_recipe(git: str = "./repository", *, more: str = "") -> Path:
    """Write a recipe here, and the repository of its source beside it."""
    commit = make_repository(Path.cwd() / "repository", PROJECTS / "good")
    recipe = Path("recipe.toml")
    text = RECIPE.format(git=git, commit=commit, python=PYTHON)
    recipe.write_text(text + more)
    return recipe


def words(recipe: Path, isolation: Isolation = "none") -> tuple[str | Path, ...]:
    return ("build", recipe, "--allow-file-sources", "--isolation", isolation)


def build_in(folder: Path, recipe: Path, isolation: Isolation) -> Ran:
    """Build with a new wheelhouse and a new cache, as a process of its own."""
    publish_all(folder / "house", all_needed(folder / "wheels"))
    return run_process(
        *words(recipe, isolation),
        AXLETREE_HOME=str(folder / "house"),
        AXLETREE_CACHE_DIR=str(folder / "cache"),
    )


def test_a_recipe_comes_through_a_pipe_and_stands_in_the_current_folder(
    build: CommandLine,
) -> None:
    out, into = os.pipe()
    os.write(into, write_recipe().read_bytes())
    os.close(into)

    ran = build(*words(Path(f"/dev/fd/{out}")))

    os.close(out)
    assert ran.code == 0, ran.err
    assert WHEEL in ran.out


@pytest.mark.parametrize("second", ["none", "full"])
def test_two_new_wheelhouses_get_the_same_bytes(
    build: CommandLine,
    tmp_path: Path,
    second: Isolation,
    request: pytest.FixtureRequest,
) -> None:
    del build
    if second == "full":
        request.getfixturevalue("wall")
    recipe = write_recipe()

    one = build_in(tmp_path / "one", recipe, "none")
    other = build_in(tmp_path / "other", recipe, second)

    assert (one.code, other.code) == (0, 0), one.err + other.err
    digest = published_in(tmp_path / "one/house")[WHEEL]
    assert published_in(tmp_path / "other/house")[WHEEL] == digest
    assert f"  sha256     {digest}\n  source " in other.out
    assert f"  isolation  {second}\n" in other.out


def test_a_wheel_has_the_time_of_its_commit(build: CommandLine, tmp_path: Path) -> None:
    assert build(*words(write_recipe())).code == 0

    with Wheelhouse.open(tmp_path / "house") as house:
        stored = house.find(WHEEL)
        assert stored is not None
        assert stored.upload_time is not None
        assert stored.upload_time.timestamp() == EPOCH
        with zipfile.ZipFile(Path(house.place_of(stored))) as wheel:
            times = {entry.date_time for entry in wheel.infolist()}
    assert times == {(2022, 1, 15, 10, 20, 30)}


def test_building_again_publishes_nothing_new(
    build: CommandLine, tmp_path: Path
) -> None:
    recipe = write_recipe()
    first = build(*words(recipe), "--json").document()
    before = published_in(tmp_path / "house")

    again = build(*words(recipe), "--json").document()

    assert (first["is_new"], again["is_new"]) == (True, False)
    assert again["sha256"] == first["sha256"]
    assert again["generation"] == first["generation"]
    assert published_in(tmp_path / "house") == before


def test_what_was_built_is_installed_with_its_closure_and_imported(
    build: CommandLine, tmp_path: Path
) -> None:
    recipe = write_recipe(more='[check]\nimports = ["small_thing"]\n')

    ran = build(*words(recipe))

    assert ran.code == 0, ran.err
    checked = f"installed and fits together, on Python {PYTHON} with 2 others"
    assert f"  checked    {checked}\n" in ran.out
    assert WHEEL in published_in(tmp_path / "house")


NATIVE = (
    "--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -7,3 +7,5 @@\n"
    ' name = "small-thing"\n version = "1.0"\n'
    ' dependencies = ["wanted>=2,<3", "other"]\n'
    '+[tool.tiny]\n+spoils = ["native"]\n'
)
OTHER = "3.12" if PYTHON != "3.12" else "3.11"


def native_recipe(more: str = "") -> Path:
    """Write a recipe of which each Python needs a wheel of its own."""
    Path("native.patch").write_text(NATIVE)
    recipe = write_recipe(more=f'[[patch]]\nfile = "native.patch"\n{more}')
    text = recipe.read_text().replace(
        f'pythons = ["{PYTHON}"]', f'pythons = ["{PYTHON}", "{OTHER}"]'
    )
    head, _, _ = text.partition("[expect]")
    recipe.write_text(f"{head}{text[text.index('[[patch]]') :]}")
    return recipe


def native_wheels() -> set[str]:
    tags = [f"cp{python.replace('.', '')}" for python in (PYTHON, OTHER)]
    return {f"small_thing-1.0+axle.1-{tag}-{tag}-linux_x86_64.whl" for tag in tags}


def test_each_python_gets_a_wheel_and_all_enter_together(
    build: CommandLine, tmp_path: Path
) -> None:
    ran = build(*words(native_recipe()), "--json")

    assert ran.code == 0, ran.err
    document = ran.document()
    wheels = document["wheels"]
    assert isinstance(wheels, list)
    assert {wheel["filename"] for wheel in wheels} == native_wheels()
    assert native_wheels() <= set(published_in(tmp_path / "house"))
    assert generation_of(tmp_path / "house") == 2


def test_no_wheel_enters_where_one_of_them_fails(
    build: CommandLine, tmp_path: Path
) -> None:
    before = published_in(tmp_path / "house")
    fails = f"import sys; assert sys.version_info[:2] == ({PYTHON.replace('.', ', ')})"
    recipe = native_recipe(f'[check]\ncommand = ["python", "-c", "{fails}"]\n')

    ran = build(*words(recipe))

    assert ran.code == 1
    assert "docs: axletree docs check-failed" in ran.err
    assert published_in(tmp_path / "house") == before


# What fails publishes nothing.


def test_other_requirements_than_expected_publish_nothing(
    build: CommandLine, tmp_path: Path
) -> None:
    recipe = write_recipe()
    recipe.write_text(recipe.read_text().replace('"other"', '"another"'))
    before = published_in(tmp_path / "house")

    code, document = refuse(build, *words(recipe))

    assert (code, document["reference"]) == (1, "metadata-differs")
    assert document["what"] == (
        "METADATA of the built wheel lacks another; has besides other"
    )
    assert document["where"] == "recipe.toml"
    assert "[expect] requires-dist" in str(document["hint"])
    assert published_in(tmp_path / "house") == before
    assert generation_of(tmp_path / "house") == 1


@pytest.mark.parametrize("imports", ["", '[check]\nimports = ["small_thing"]\n'])
def test_a_wheel_without_its_closure_is_not_published_imports_asked_for_or_not(
    axletree: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    imports: str,
) -> None:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    _, other = runtime_requirements(tmp_path / "wheels")
    needed = [*build_requirements(tmp_path / "wheels"), other]
    publish_all(tmp_path / "house", needed)
    before = published_in(tmp_path / "house")
    recipe = write_recipe(more=imports)

    code, document = refuse(axletree, *words(recipe))

    assert (code, document["reference"]) == (1, "check-failed")
    assert "there is no project named wanted in the wheelhouse" in str(document["what"])
    assert "axletree collect 'wanted>=2,<3' other " in str(document["hint"])
    assert published_in(tmp_path / "house") == before


def test_build_requirements_come_from_the_wheelhouse_or_not_at_all(
    build: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "empty"))
    build("init")

    code, document = refuse(build, *words(write_recipe()))

    assert (code, document["reference"]) == (1, "build-requirements-missing")
    assert "tiny-backend" in str(document["what"])
    assert generation_of(tmp_path / "empty") == 0


MIRROR = '[mirrors]\n"https://git.invalid/" = "{uri}/"\n'


@pytest.mark.parametrize("source", ["relative", "absolute", "file", "mirror"])
def test_a_repository_on_this_machine_must_be_allowed(
    build: CommandLine, tmp_path: Path, source: str
) -> None:
    here = Path.cwd()
    git = {
        "relative": "./repository",
        "absolute": f"{here}/repository",
        "file": f"{here.as_uri()}/repository",
        "mirror": "https://git.invalid/repository",
    }[source]
    recipe = write_recipe(git, more=MIRROR.format(uri=here.as_uri()))

    code, document = refuse(build, "build", recipe, "--isolation", "none")

    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert "a git repository on this machine" in str(document["what"])
    assert str(document["where"]) == f"{here.as_uri()}/repository"
    assert "--allow-file-sources" in str(document["hint"])
    assert generation_of(tmp_path / "house") == 1
    assert list((tmp_path / "cache/builds/git").glob("*/objects/*/*")) == []


# The recipe itself.


def test_a_recipe_that_names_no_python_is_built_with_the_active_one(
    build: CommandLine, tmp_path: Path
) -> None:
    recipe = write_recipe()
    recipe.write_text(recipe.read_text().replace(f'pythons = ["{PYTHON}"]', ""))

    ran = build(*words(recipe))

    assert ran.code == 0, ran.err
    assert f"built with Python {PYTHON}." in ran.out
    assert WHEEL in published_in(tmp_path / "house")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("absent.toml", "the recipe cannot be read: "),
        ("latin.toml", "the recipe is not UTF-8: "),
        ("cut.toml", "the recipe cannot be read: it is not valid TOML: "),
        ("wrong.toml", "the recipe is not valid: line "),
    ],
)
def test_an_unusable_recipe_is_one_error_and_makes_no_wheelhouse(
    axletree: CommandLine, tmp_path: Path, name: str, what: str
) -> None:
    Path("latin.toml").write_bytes(b'[project]\nname = "\xe9"\n')
    Path("cut.toml").write_text('[project\nname = "small-thing"\n')
    Path("wrong.toml").write_text('[project]\nname = 3\nlocal = "beta.1"\n')

    code, document = refuse(axletree, "build", name)

    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert str(document["what"]).startswith(what)
    assert document["where"] == name
    assert "axletree docs recipe" in str(document["hint"])
    assert not (tmp_path / "house").exists()


def test_what_is_no_recipe_is_told_what_it_may_be(axletree: CommandLine) -> None:
    wheel = make_wheel(Path(), "thing", "1.0")
    for word, verb in (
        ("https://git.invalid/x/y.git", "recipe new"),
        (str(wheel), "add"),
    ):
        code, document = refuse(axletree, "build", word)
        assert (code, document["where"]) == (2, word)
        assert f"axletree {verb} {word}" in str(document["hint"])


def test_all_mistakes_of_a_recipe_are_told_at_once(axletree: CommandLine) -> None:
    Path("recipe.toml").write_text(
        '[project]\nname = "small-thing"\nversion = "one"\nlocal = "beta.1"\n'
        '[source]\ngit = "https://git.invalid/x"\ncommit = "abc"\ncolour = "red"\n'
    )

    _, document = refuse(axletree, "build", "recipe.toml")

    for mistake in (
        "line 3: [project] version must be a version",
        "line 4: [project] local must be `axle.N`",
        "line 5: [source] committed is missing: a time",
        "line 7: [source] commit must be a whole commit",
        "line 8: [source] colour is not known",
    ):
        assert mistake in str(document["what"])
    assert str(document["what"]).count("version") == 2  # Of a wrong one no more.

    Path("recipe.toml").write_text("[build]\n")
    _, document = refuse(axletree, "build", "recipe.toml")
    assert str(document["what"]).count("is missing") == 2  # The tables alone.


def test_a_process_shows_no_traceback_for_a_missing_recipe(
    axletree: CommandLine,
) -> None:
    del axletree

    ran = run_process("build", "absent.toml")

    assert (ran.code, ran.out) == (2, "")
    assert [line.split(":")[0] for line in ran.err.splitlines()] == [
        "error",
        "  where",
        "  hint",
        "  docs",
    ]
