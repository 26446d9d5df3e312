"""`axletree recipe`: recipes written, checked and brought up to date."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.source_table import GitSource, LargeFile, SdistSource
from tests.support.clones import make
from tests.support.command_line import CommandLine
from tests.support.failures import refuse
from tests.support.repositories import make_repository, run_git
from tests.support.sources import (
    PROJECTS,
    build_requirements,
    runtime_requirements,
    sdist_of,
)
from tests.support.wheelhouses import publish_all, published_in

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    make_repository(Path.cwd() / "repository", PROJECTS / "good")
    return Path.cwd() / "repository"


def commit(repository: Path, message: str) -> str:
    run_git(repository, "commit", "--quiet", "--allow-empty", "-m", message)
    return run_git(repository, "rev-parse", "HEAD")


NEW = ("recipe", "new", "--allow-file-sources", "--isolation", "none")


@pytest.mark.parametrize("ref", ["", "@patched", "@v1", "@{commit}"])
def test_a_recipe_is_written_for_what_a_name_means_now(
    axletree: CommandLine, repository: Path, ref: str
) -> None:
    run_git(repository, "tag", "v1")
    head = run_git(repository, "rev-parse", "HEAD")

    ran = axletree(*NEW, f"./repository{ref.format(commit=head)}")

    assert ran.code == 0, ran.err
    recipe = load_recipe(Path("small-thing-1.0+axle.1.toml"))
    source = recipe.source
    assert isinstance(source, GitSource)
    assert (recipe.name, str(recipe.version)) == ("small-thing", "1.0+axle.1")
    assert (source.url, source.commit) == (repository.as_uri(), head)
    named = {"": "patched", "@patched": "patched", "@v1": "v1"}
    assert source.ref == named.get(ref)
    assert axletree("recipe", "check", ".").code == 0
    again = axletree(*NEW, "repository")
    assert (again.code, "the file exists already" in again.err) == (2, True)


def test_what_was_written_is_built_and_then_brought_up_to_date(
    axletree: CommandLine, repository: Path, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    publish_all(
        tmp_path / "house", [*build_requirements(wheels), *runtime_requirements(wheels)]
    )
    path = Path("ours.toml")
    axletree(*NEW, "./repository@patched", "-o", path)
    path.write_text(
        path.read_text().replace("commit =", "# why this one\ncommit =") + "# the end\n"
    )
    build = ("build", path, "--allow-file-sources", "--isolation", "none")
    update = ("recipe", "update", path, "--allow-file-sources")
    assert axletree(*build).code == 0
    before = path.read_text()

    same = axletree(*update)
    second = commit(repository, "The second")
    third = commit(repository, "The third")
    newer = axletree(*update)

    assert "pins the newest commit of patched already" in same.out
    assert newer.code == 0, newer.err
    lines = newer.out.splitlines()
    assert lines[0].startswith(f"ours.toml: axle.2, {third} of 2022-01-15")
    assert [line.split(" ", 4)[-1] for line in lines[1:]] == ["The third", "The second"]
    assert second != third
    changed = [
        (old, new)
        for old, new in zip(
            before.splitlines(), path.read_text().splitlines(), strict=True
        )
        if old != new
    ]
    assert [old.partition(" ")[0] for old, _ in changed] == ["local", "commit"]
    assert axletree(*build).code == 0
    assert "small_thing-1.0+axle.2-py3-none-any.whl" in published_in(tmp_path / "house")


def test_a_recipe_of_an_sdist_lies_beside_it(
    axletree: CommandLine, tmp_path: Path
) -> None:
    sdist = sdist_of(tmp_path / "down", "good", "small-thing")

    ran = axletree("recipe", "new", sdist, "--python-version", "3.9")

    assert ran.code == 0, ran.err
    recipe = load_recipe(tmp_path / "down/small-thing-1.0+axle.1.toml")
    assert isinstance(recipe.source, SdistSource)
    assert recipe.build.pythons == ("3.9",)
    sdist.write_bytes(b"another")
    code, document = refuse(axletree, "recipe", "check", recipe.path)
    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert "the recipe pins" in str(document["what"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ext::sh -c id", 2),
        ("--upload-pack=x", 2),
        ("http://h.invalid/x", 2),
        ("https://h.invalid/x", 0),
        ("git@h.invalid:x", 0),
        ("./elsewhere", 0),
    ],
)
def test_an_address_that_no_build_takes_is_no_recipe_s(
    axletree: CommandLine, url: str, code: int
) -> None:
    Path("a.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\nlocal = "axle.1"\n[source]\n'
        f'git = "{url}"\ncommit = "{"0" * 40}"\ncommitted = 2022-01-26T02:57:36Z\n'
    )
    ran = axletree("recipe", "check", "a.toml")
    assert ran.code == code
    assert ("git sources are fetched over" in ran.err) == bool(code)


def test_all_mistakes_of_all_files_are_told(axletree: CommandLine) -> None:
    Path("a.toml").write_text("[project]\n")
    Path("b.toml").write_text("[proj]\n")
    Path("c.toml").write_text("not toml")

    Path("empty").mkdir()
    _, document = refuse(axletree, "recipe", "check", "empty")
    assert document["what"] == "there is no recipe in the folder"
    code, document = refuse(axletree, "recipe", "check", ".")

    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert str(document["what"]).startswith("3 of 3 recipes are not valid:\n  a.toml:")
    assert "proj is not known; project is" in str(document["what"])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("./repository@nowhere", "has no branch or tag nowhere"),
        ("./repository@0123abc", "all of its 40 digits"),
        ("./repository@--upload-pack=x", "is no branch, tag or commit"),
        ("ext::sh", "git sources are fetched over"),
    ],
)
def test_what_is_no_source_is_one_error(
    axletree: CommandLine, repository: Path, address: str, said: str
) -> None:
    del repository
    ran = axletree(*NEW, address)
    assert ran.code in {2, 4}
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_has_the_project_is_named_as_it_is_asked_for(
    axletree: CommandLine,
) -> None:
    repository = make(Path.cwd() / "r", {"sdk/a b/setup.py": "", "README": ""})

    ran = axletree(*NEW, "r")

    assert ran.code == 2
    assert (
        f"axletree recipe new '{repository.folder.as_uri()}@main#subdirectory=sdk/a b'"
        in ran.err
    )


def test_a_recipe_has_the_keys_that_its_source_needs(axletree: CommandLine) -> None:
    sha256 = hashlib.sha256(b"large").hexdigest()
    pointer = f"version https://h.invalid/spec/v1\noid sha256:{sha256}\nsize 5\n"
    below = make(Path.cwd() / "below", {"below.py": ""})
    project = '[project]\nname = "thing"\nversion = "1.0"\n'
    repository = make(Path.cwd() / "r", {"pyproject.toml": project, "a/ü b": pointer})
    repository.git("submodule", "--quiet", "add", below.folder.as_uri(), "below")
    repository.commit()

    Path("new").mkdir()
    ran = axletree(*NEW, "./r", "-o", "new/thing.toml")
    said = axletree(*NEW, "./r", "-o", "said.toml", "--release", "thing==2")

    assert (ran.code, said.code) == (0, 0), ran.err + said.err
    source = load_recipe(Path("new/thing.toml")).source
    assert isinstance(source, GitSource)
    assert source.submodules is True
    assert source.large_files == (LargeFile(path=Path("new/a/ü b"), sha256=sha256),)
    assert "put them beside the recipe" in ran.err
    Path("new/a").mkdir()
    Path("new/a/ü b").write_bytes(b"large")
    assert axletree("recipe", "check", "new").code == 0
    Path("new/a/ü b").write_bytes(b"other")
    assert "the recipe pins" in axletree("recipe", "check", "new").err
    assert "axletree build new/thing.toml --allow-file-sources" in ran.err
    other = load_recipe(Path("said.toml")).source
    assert isinstance(other, GitSource)
    assert other.submodules is True


def test_a_stray_submodule_is_left_out(axletree: CommandLine) -> None:
    project = '[project]\nname = "thing"\nversion = "1.0"\n'
    repository = make(Path.cwd() / "r", {"pyproject.toml": project})
    link = f"160000,{'1' * 40},stray"
    repository.git("update-index", "--add", "--cacheinfo", link)
    repository.git("commit", "--quiet", "-m", "stray")

    ran = axletree(*NEW, "./r", "-o", "thing.toml")

    assert ran.code == 0, ran.err
    assert "submodules = false" in Path("thing.toml").read_text()


ASKS_GIT = """\
import subprocess
def get_requires_for_build_wheel(settings=None):
    return []
def prepare_metadata_for_build_wheel(folder, settings=None):
    import pathlib
    ran = subprocess.run(["git", "describe"], capture_output=True, text=True)
    said = ran.stdout
    if IS_STRICT:
        ran.check_returncode()
    info = pathlib.Path(folder, "thing.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\\nName: thing\\nVersion: {said.strip() or '0'}\\n"
    )
    return info.name
"""


@pytest.mark.parametrize("is_strict", ["False", "True"])
def test_what_asks_git_for_its_version_is_given_the_history(
    axletree: CommandLine, is_strict: str
) -> None:
    build = '[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n'
    backend = f"IS_STRICT = {is_strict}\n{ASKS_GIT}"
    repository = make(Path.cwd() / "r", {"pyproject.toml": build, "b.py": backend})
    repository.git("tag", "-a", "-m", "one", "1.5")

    ran = axletree(*NEW, "./r", "-o", "thing.toml")

    assert ran.code == 0, ran.err
    recipe = load_recipe(Path("thing.toml"))
    assert str(recipe.version) == "1.5+axle.1"
    assert isinstance(recipe.source, GitSource)
    assert recipe.source.history


@pytest.mark.parametrize(
    ("name", "release", "said"),
    [
        ("thing-0.0.0.tar.gz", (), "does not know its version"),
        ("thing-1.0.tar.gz", ("--release", "thing==0.0.dev0"), "does not know its"),
        ("thing-1.0.tar.gz", ("--release", ".==1"), "must be a project's name"),
        ("thing.tar.gz", (), "--release NAME==VERSION"),
    ],
)
def test_nothing_is_written_that_is_no_recipe(
    axletree: CommandLine, name: str, release: tuple[str, ...], said: str
) -> None:
    Path(name).write_bytes(b"")

    ran = axletree("recipe", "new", name, *release)

    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not list(Path.cwd().glob("*.toml"))


def test_an_sdist_of_any_name_is_called_what_the_user_says(
    axletree: CommandLine,
) -> None:
    Path("down").mkdir()
    Path("down/thing.tar.gz").write_bytes(b"")

    ran = axletree(
        *("recipe", "new", "down/thing.tar.gz", "-o", "x.toml"),
        *("--release", "thing==1.0"),
    )

    assert ran.code == 0, ran.err
    assert "put thing.tar.gz beside the recipe" in ran.err
    assert str(load_recipe(Path("x.toml")).version) == "1.0+axle.1"


def test_a_branch_that_was_rewritten_is_told_of(axletree: CommandLine) -> None:
    project = '[project]\nname = "thing"\nversion = "1.0"\n'
    repository = make(Path.cwd() / "r", {"pyproject.toml": project})
    assert axletree(*NEW, "./r", "-o", "thing.toml").code == 0
    update = ("recipe", "update", "thing.toml", "--allow-file-sources")
    repository.git("commit", "--quiet", "--allow-empty", "--message", "more")
    plain = axletree(*update)
    repository.git("commit", "--quiet", "--allow-empty", "--amend", "-m", "another")

    ran = axletree(*update)

    assert (plain.code, ran.code) == (0, 0), plain.err + ran.err
    assert "rewritten" not in plain.err
    assert "main does not hold the old commit any more: it was rewritten" in ran.err
    assert "another" in ran.out


HELPER = """#!/bin/sh
while read -r line; do
  case "$line" in
    capabilities) printf 'connect\\n\\n' ;;
    "connect git-upload-pack") printf '\\n'; unset GIT_OBJECT_DIRECTORY GIT_DIR; exec git upload-pack "{repository}" ;;
    *) exit 1 ;;
  esac
done
"""


@pytest.mark.parametrize("login", ["", "ann:s3cret@", "t0ken@"])
def test_a_login_is_not_written_into_a_recipe(
    axletree: CommandLine,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    login: str,
) -> None:
    helper = tmp_path / "helpers" / "git-remote-https"
    helper.parent.mkdir()
    helper.write_text(HELPER.format(repository=repository))
    helper.chmod(0o755)
    monkeypatch.setenv("GIT_EXEC_PATH", str(helper.parent))

    ran = axletree(*NEW, f"https://{login}git.invalid/thing.git@patched")

    assert ran.code == 0, ran.err
    text = Path("small-thing-1.0+axle.1.toml").read_text()
    assert 'git = "https://git.invalid/thing.git"\n' in text
    assert ("is not written into the recipe" in ran.err) == bool(login)
    assert "s3cret" not in text + ran.out + ran.err
