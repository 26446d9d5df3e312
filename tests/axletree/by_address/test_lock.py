"""Requirements by address: what is locked, what clashes, and what stops nothing."""

import hashlib
from pathlib import Path

import pytest

from tests.support.by_address import (
    HERE,
    TARGET,
    facts,
    locked,
    own_wheel,
    pins,
    project,
)
from tests.support.command_line import CommandLine
from tests.support.wheels import make_wheel


@pytest.mark.parametrize("form", ["lib @ {url}", "{url}", "{path}"])
def test_a_wheel_is_the_only_candidate_and_locked_with_its_hash(
    form: str, axletree: CommandLine, folder: Path
) -> None:
    path = folder / "own" / "lib-2.0-py3-none-any.whl"
    wanted = form.format(url=own_wheel(folder), path=path)

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, "app", wanted)

    assert pins(ran.out) == ["app==1.0", f"lib @ {own_wheel(folder)}"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in ran.out


def test_its_version_must_be_in_all_specifiers(
    axletree: CommandLine, folder: Path
) -> None:
    assert facts(axletree, folder, "old", f"lib @ {own_wheel(folder)}") == [
        "you require old",
        f"you require lib @ {own_wheel(folder)}, which is lib 2.0",
        "old 1.0 requires lib<2",
    ]


def test_two_addresses_of_a_project_clash(axletree: CommandLine, folder: Path) -> None:
    two, four = own_wheel(folder), own_wheel(folder, "4.0rc1")

    assert facts(axletree, folder, two, four) == [
        f"you require {two}, which is lib 2.0",
        f"you require {four}, which is lib 4.0rc1",
    ]


def test_an_address_lets_its_pre_release_in_whatever_the_date(
    axletree: CommandLine, folder: Path
) -> None:
    words = (own_wheel(folder, "4.0rc1"), "--exclude-newer", "2020-01-01")

    assert locked(axletree, folder, *words) == [f"lib @ {own_wheel(folder, '4.0rc1')}"]


def test_an_address_that_a_dependency_names_is_refused_but_not_where_the_user_names_it(
    axletree: CommandLine, folder: Path
) -> None:
    url = own_wheel(folder)

    assert facts(axletree, folder, "by_url")[1] == (
        f"by-url 1.0 requires lib @ {url}, and only you can name an address: "
        "require the same yourself"
    )
    assert locked(axletree, folder, "by_url", url) == ["by-url==1.0", f"lib @ {url}"]


@pytest.mark.parametrize(
    "line",
    [
        "gone @ file:///home/conda/feedstock_root/build_artifacts/gone_1/work",
        "-e git+https://git.invalid/gone.git@main#egg=gone",
        "gone @ https://files.invalid/gone-1.0.tar.gz",
        "lib @ https://files.invalid/lib-9.tar.gz ; python_version < '3'",
    ],
)
def test_a_constraint_by_address_stops_nothing_where_it_is_not_needed(
    line: str, axletree: CommandLine, folder: Path
) -> None:
    (folder / "c.txt").write_text(f"{line}\nlib<3\n")

    found = locked(axletree, folder, "app", "-c", folder / "c.txt")

    assert found == ["app==1.0", "lib==2.0"]


def test_a_constraint_by_address_is_the_only_candidate_where_it_is_needed(
    axletree: CommandLine, folder: Path
) -> None:
    (folder / "c.txt").write_text(f"lib @ {own_wheel(folder)}\n")

    found = locked(axletree, folder, "app", "-c", folder / "c.txt")

    assert found == ["app==1.0", f"lib @ {own_wheel(folder)}"]


def test_what_conda_names_is_told_with_what_to_write(
    axletree: CommandLine, folder: Path
) -> None:
    wanted = "lib @ file:///home/conda/feedstock_root/build_artifacts/lib_1/work"

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, wanted)

    assert ran.code == 2
    assert "there is no /home/conda/feedstock_root" in ran.err
    assert "pip list --format=freeze" in ran.err


@pytest.mark.parametrize(
    "line",
    [
        *("./gone", "git+https://git.invalid/x.git", "https://files.invalid/x.zip"),
        *("-e ./gone", "-e git+https://git.invalid/x.git@main#egg=x"),
        *("--editable=./gone", "-e./gone[x]"),
    ],
)
def test_what_is_not_for_the_target_is_skipped(
    line: str, axletree: CommandLine, folder: Path
) -> None:
    (folder / "r.txt").write_text(f"{line} ; python_version < '3'\nlib\n")

    assert locked(axletree, folder, "-r", folder / "r.txt") == ["lib==3.0"]


def test_an_address_for_one_python_leaves_the_index_to_the_others(
    axletree: CommandLine, folder: Path
) -> None:
    wanted = f"lib @ {own_wheel(folder)} ; python_version < '3.9'"

    found = locked(axletree, folder, "lib", wanted, "--python-version", "3.8")

    assert sorted(found) == [
        f'lib @ {own_wheel(folder)} ; python_version == "3.8"',
        f'lib==3.0 ; python_version == "{HERE}"',
    ]


GIT = "https://git.invalid/x.git"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
BY_GIT = f'write a recipe with git = "{GIT}" and'
BY_SDIST = "make an sdist of it (python -m build --sdist), write a recipe with that"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        (f"git+{GIT}", f"{BY_GIT} its commit in [source]"),
        (f"git+{GIT}@main#egg=x", f"{BY_GIT} the commit of main in [source]"),
        (f"-e git+{GIT}@main#egg=x", f"{BY_GIT} the commit of main in [source]"),
        (f"x[a,b] @ git+{GIT}@{COMMIT}", f'{BY_GIT} commit = "{COMMIT}" in [source]'),
        (f"x @ git+{GIT} ; python_version > '3'", f"{BY_GIT} its commit in [source]"),
        (GIT, f"{BY_GIT} its commit in [source]"),
        ("git+https://me:secret@git.invalid/x.git", f"{BY_GIT} its commit"),
        ("git+ssh://git@git.invalid/x.git@v1", "git = its URL and the commit of v1"),
        # What a recipe has no key for.
        (f"git+{GIT}#egg=x&subdirectory=pkg", BY_SDIST),
        ("git+git@git.invalid:a/x.git#egg=x", BY_SDIST),
        ("git@git.invalid:a/x.git", BY_SDIST),
        ("git+file:///srv/x.git#egg=x", BY_SDIST),
        ("git://git.invalid/x.git#egg=x", BY_SDIST),
        ("hg+https://hg.invalid/x@tip#egg=x", BY_SDIST),
        ("-e svn+svn://svn.invalid/x/trunk@12#egg=x", BY_SDIST),
        ("x @ bzr+https://bzr.invalid/x", BY_SDIST),
        ("bzr+lp:x#egg=x", BY_SDIST),
    ],
)
def test_a_repository_gets_a_sentence_and_the_recipe_command(
    axletree: CommandLine, folder: Path, line: str, how: str
) -> None:
    (folder / "r.txt").write_text(f"{line}\n")

    ran = axletree(
        "lock", "--find-links", folder / "wheels", *TARGET, "-r", folder / "r.txt"
    )

    assert ran.code == 2
    assert "it is a repository, and a lock holds files with their hashes" in ran.err
    assert how in ran.err
    assert "axletree build RECIPE" in ran.err
    assert "secret" not in ran.err


def test_a_repository_that_a_release_requires_is_told_with_what_helps(
    axletree: CommandLine, folder: Path
) -> None:
    make_wheel(
        folder / "wheels", "by_git", "1.0", requires_dist=[f"lib @ git+{GIT}@v1"]
    )
    words = ("--find-links", folder / "wheels", *TARGET, "by_git")

    ran = axletree("explain", *words, "--no-repairs")

    said = " ".join(ran.out.split())
    assert (
        f"by-git 1.0 requires lib @ git+{GIT}@v1, and that is a repository: build it "
        "by a recipe, and override this line (--override by-git:lib)"
    ) in said
    found = locked(axletree, folder, "by_git", "--override", "by-git:lib")
    assert found == ["by-git==1.0", "lib==3.0"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("other @ {url}", "it is a file of lib"),
        ("{folder}/wheels", "there is no project in it"),
        ("x @ {folder}/wheels", "holds no project"),
        ("{folder}/lib-1.whl", "there is no "),
        ("other @ {folder}/proj", "its name is proj"),
    ],
)
def test_what_is_no_file_of_the_project_is_refused(
    name: str, reason: str, axletree: CommandLine, folder: Path
) -> None:
    project(folder / "proj")
    wanted = name.format(url=own_wheel(folder), folder=folder)

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, wanted)

    assert ran.code == 2
    assert reason in ran.err


def test_pip_would_see_the_address_too(axletree: CommandLine, folder: Path) -> None:
    ran = axletree(
        *("explain", "--find-links", folder / "wheels", *TARGET),
        *(own_wheel(folder), "old"),
    )

    assert ran.code == 1
    assert "then fail" in ran.out


def test_what_a_folder_holds_is_no_evidence_of_an_index(
    axletree: CommandLine, folder: Path
) -> None:
    wheel = make_wheel(folder / "own", "win", "1", tag="py3-none-win_amd64")

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, wheel)

    assert ran.code == 1
    assert "index page of win" not in ran.out
    assert "win 1 has no wheel for" in ran.out


@pytest.mark.usefixtures("wall")
@pytest.mark.slow
def test_a_project_that_only_its_code_describes_is_asked_in_the_sandbox(
    axletree: CommandLine, folder: Path
) -> None:
    path = folder / "dyn"
    path.mkdir()
    (path / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\n"
        "backend-path = ['.']\n[project]\nname = 'dyn'\n"
        "dynamic = ['version', 'dependencies']\n"
    )
    (path / "backend.py").write_text(
        "import os\n"
        "def prepare_metadata_for_build_wheel(folder, settings=None):\n"
        "    os.mkdir(os.path.join(folder, 'dyn-7.dist-info'))\n"
        "    with open(os.path.join(folder, 'dyn-7.dist-info', 'METADATA'), 'w') as f:\n"
        "        f.write('Metadata-Version: 2.1\\nName: dyn\\nVersion: 7\\n'\n"
        "                'Requires-Dist: lib<2\\n')\n"
        "    return 'dyn-7.dist-info'\n"
        "def build_wheel(folder, settings=None, metadata=None):\n"
        "    raise SystemExit('not here')\n"
    )

    found = axletree("explain", "--find-links", folder / "wheels", *TARGET, path)

    assert found.code == 0, found.err + found.out
    assert "  dyn 7\n  lib 1.0\n" in found.out
