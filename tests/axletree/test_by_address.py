"""Requirements by address: what is locked, what clashes, and what stops nothing."""

import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.clients import installed_in, run_client
from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist, make_wheel

HERE = f"3.{sys.version_info.minor}"
TARGET = ("--python-version", HERE, "--python-platform", "linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an index of wheels, and beside it what only an address names."""
    wheels = tmp_path / "wheels"
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(wheels, "lib", version)
    make_wheel(wheels, "app", "1.0", requires_dist=["lib"])
    make_wheel(wheels, "old", "1.0", requires_dist=["lib<2"])
    make_wheel(wheels, "by_url", "1.0", requires_dist=[f"lib @ {_own(tmp_path)}"])
    make_wheel(tmp_path / "own", "lib", "2.0", files={"lib.py": "own = True\n"})
    make_wheel(tmp_path / "own", "lib", "4.0rc1")
    return tmp_path


def _own(tmp_path: Path, version: str = "2.0") -> str:
    return (tmp_path / "own" / f"lib-{version}-py3-none-any.whl").as_uri()


def project(folder: Path, *, name: str = "proj", dependencies: str = "'lib<3'") -> Path:
    """Write a project whose files say all."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        f"[project]\nname = '{name}'\nversion = '1.5'\ndependencies = [{dependencies}]\n"
        "[project.optional-dependencies]\nx = ['app']\n"
    )
    return folder


def pins(text: str) -> list[str]:
    lines = (line.removesuffix(" \\") for line in text.splitlines())
    return [line for line in lines if line[:1] not in {"", "#", " "}]


def locked(axletree: CommandLine, folder: Path, *words: str | Path) -> list[str]:
    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, *words)
    assert ran.code == 0, ran.err + ran.out
    return pins(ran.out)


def facts(axletree: CommandLine, folder: Path, *words: str | Path) -> list[str]:
    """Give the facts of the conflict, as JSON has them."""
    ran = axletree(
        *("explain", "--json", "--no-repairs", "--find-links", folder / "wheels"),
        *TARGET,
        *words,
    )
    assert ran.code == 1, ran.err + ran.out
    core = ran.document()["core"]
    assert isinstance(core, list)
    return [str(fact["text"]) for fact in core if isinstance(fact, dict)]


@pytest.mark.parametrize("form", ["lib @ {url}", "{url}", "{path}"])
def test_a_wheel_is_the_only_candidate_and_locked_with_its_hash(
    form: str, axletree: CommandLine, folder: Path
) -> None:
    path = folder / "own" / "lib-2.0-py3-none-any.whl"
    wanted = form.format(url=_own(folder), path=path)

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, "app", wanted)

    assert pins(ran.out) == ["app==1.0", f"lib @ {_own(folder)}"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in ran.out


def test_its_version_must_be_in_all_specifiers(
    axletree: CommandLine, folder: Path
) -> None:
    assert facts(axletree, folder, "old", f"lib @ {_own(folder)}") == [
        "you require old",
        f"you require lib @ {_own(folder)}, which is lib 2.0",
        "old 1.0 requires lib<2",
    ]


def test_two_addresses_of_a_project_clash(axletree: CommandLine, folder: Path) -> None:
    two, four = _own(folder), _own(folder, "4.0rc1")

    assert facts(axletree, folder, two, four) == [
        f"you require {two}, which is lib 2.0",
        f"you require {four}, which is lib 4.0rc1",
    ]


def test_an_address_lets_its_pre_release_in_whatever_the_date(
    axletree: CommandLine, folder: Path
) -> None:
    words = (_own(folder, "4.0rc1"), "--exclude-newer", "2020-01-01")

    assert locked(axletree, folder, *words) == [f"lib @ {_own(folder, '4.0rc1')}"]


def test_an_address_that_a_dependency_names_is_refused_but_not_where_the_user_names_it(
    axletree: CommandLine, folder: Path
) -> None:
    url = _own(folder)

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
    (folder / "c.txt").write_text(f"lib @ {_own(folder)}\n")

    found = locked(axletree, folder, "app", "-c", folder / "c.txt")

    assert found == ["app==1.0", f"lib @ {_own(folder)}"]


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
    wanted = f"lib @ {_own(folder)} ; python_version < '3.9'"

    found = locked(axletree, folder, "lib", wanted, "--python-version", "3.8")

    assert sorted(found) == [
        f'lib @ {_own(folder)} ; python_version == "3.8"',
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


def test_a_folder_stands_beside_a_lock_that_pip_installs(
    axletree: CommandLine, folder: Path, tmp_path: Path
) -> None:
    path = project(folder / "proj")

    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        *(f"{path}[x]", "-o", folder / "lock.txt"),
    )

    assert ran.code == 0, ran.err
    text = (folder / "lock.txt").read_text()
    assert pins(text) == ["app==1.0", "lib==2.0"]
    assert "# note: proj 1.5 is a folder, of which pip takes no hash" in text
    run_client(
        [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-index",
         "--find-links", folder / "wheels", "--require-hashes",
         "--target", tmp_path / "site", "-r", folder / "lock.txt"],
        tmp_path,
    )  # fmt: skip
    assert installed_in(tmp_path / "site") == {"app-1.0", "lib-2.0"}


def test_a_pylock_names_archives_and_folders(
    axletree: CommandLine, folder: Path
) -> None:
    path = project(folder / "proj")
    (folder / "r.txt").write_text(f"-e {path}\n{_own(folder)}\n")
    output = folder / "pylock.toml"

    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        *("-r", folder / "r.txt", "-o", output),
    )

    assert ran.code == 0, ran.err
    text = output.read_text()
    assert '[packages.archive]\npath = "own/lib-2.0-py3-none-any.whl"\nsize = ' in text
    assert '[packages.directory]\npath = "proj"\neditable = true\n' in text


@pytest.mark.parametrize("name", ["pylock.toml", "lock.txt"])
def test_pip_installs_a_lock_with_a_wheel_by_address(
    name: str, axletree: CommandLine, folder: Path, tmp_path: Path
) -> None:
    output = folder / name
    axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET, "app", _own(folder)),
        *("-o", output),
    )

    run_client(
        [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-index",
         "--find-links", folder / "wheels", "--target", tmp_path / "site",
         "-r", output],
        tmp_path,
    )  # fmt: skip

    assert installed_in(tmp_path / "site") == {"app-1.0", "lib-2.0"}
    assert (tmp_path / "site" / "lib.py").read_text() == "own = True\n"


def test_a_lock_with_an_address_is_read_back(
    axletree: CommandLine, folder: Path
) -> None:
    words = ("lock", "--find-links", folder / "wheels", *TARGET, _own(folder))
    axletree(*words, "-o", folder / "lock.txt")

    assert axletree(*words, "-o", folder / "lock.txt", "--check").code == 0


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """Serve the folder over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing."""

    handler = partial(Quiet, directory=os.fspath(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_url_is_fetched_and_locked(
    axletree: CommandLine, folder: Path, served: str
) -> None:
    make_sdist(folder, "src", "2", requires_dist=["lib<2"])
    wheel = f"{served}/own/lib-2.0-py3-none-any.whl"

    found = locked(axletree, folder, wheel, "app")

    assert found == ["app==1.0", f"lib @ {wheel}"]
    sdist = f"{served}/src-2.tar.gz"
    assert locked(axletree, folder, sdist) == ["lib==1.0", f"src @ {sdist}"]


@pytest.mark.parametrize(
    ("tail", "told"),
    [
        ("own/lib-9.0-py3-none-any.whl", "there is no lib-9.0-py3-none-any.whl"),
        ("own/", "its name is not known"),
        (f"own/lib-2.0-py3-none-any.whl#sha256={'0' * 64}", "the hash that you give"),
    ],
)
def test_what_a_url_does_not_give_is_named(
    tail: str, told: str, axletree: CommandLine, folder: Path, served: str
) -> None:
    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET), f"{served}/{tail}"
    )

    assert ran.code == (4 if "hash" in told else 2)
    assert told in ran.err


def test_a_server_that_cannot_be_reached_is_called_none_of_an_index(
    axletree: CommandLine, folder: Path
) -> None:
    ran = axletree(
        *("lock", "--find-links", folder / "wheels", *TARGET),
        "http://127.0.0.1:9/lib-2.0-py3-none-any.whl",
    )

    assert ran.code == 3
    assert "error: the server cannot be reached" in ran.err


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
    wanted = name.format(url=_own(folder), folder=folder)

    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, wanted)

    assert ran.code == 2
    assert reason in ran.err


def test_pip_would_see_the_address_too(axletree: CommandLine, folder: Path) -> None:
    ran = axletree(
        *("explain", "--find-links", folder / "wheels", *TARGET),
        *(_own(folder), "old"),
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


def test_collecting_brings_what_stands_at_the_address_or_says_that_its_name_is_taken(
    axletree: CommandLine, folder: Path
) -> None:
    words = ("collect", "--find-links", folder / "wheels", *TARGET)
    assert axletree(*words, "lib==3.0", "--no-deps").code == 0

    brought = axletree(*words, _own(folder), "app")
    assert brought.code == 0, brought.err
    assert "2 new of 2 files" in brought.out
    taken = axletree(*words, (folder / "wheels" / "lib-2.0-py3-none-any.whl").as_uri())
    assert taken.code == 4
    assert "lib-2.0-py3-none-any.whl" in taken.err


def test_a_snapshot_leaves_out_what_stands_at_an_address(
    axletree: CommandLine, folder: Path
) -> None:
    asked = ("app", _own(folder))
    target = ("--find-links", folder / "wheels", *TARGET)
    axletree("snapshot", *asked, *target, "-o", folder / "u.json")

    ran = axletree("lock", *asked, "--universe", folder / "u.json", *TARGET)

    assert pins(ran.out) == ["app==1.0", f"lib @ {_own(folder)}"]
    assert "own/lib" not in (folder / "u.json").read_text()


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
