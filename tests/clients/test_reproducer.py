"""Real pip and real uv fail on a reproduction, and only with all of its facts."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from axletree.resolver.model.fact_keys import FactKey
from axletree.resolver.queries.reproduce import Reproduction
from axletree.resolver.queries.reproducer_files import (
    index_files,
    pip_arguments,
    reproduction_files,
    uv_arguments,
)
from axletree.wheelhouse.store.folders import write_folder
from tests.support.clients import client_environment
from tests.support.corpus import NO_INSTALLER_CAN, corpus_names, reproductions
from tests.support.pip_forked import run_pip

pytestmark = pytest.mark.slow

UV = Path(sysconfig.get_path("scripts")) / "uv"
REFUSALS = {
    "pip": ("ResolutionImpossible", "No matching distribution found"),
    "uv": ("No solution found",),
}
QUICK = "fairing"
"""The others are slow: a client takes half a second, and is asked for each fact."""
_GATES = "uv has rules of its own for yanked files and pre-releases"
UV_LETS_IN = {
    "gates/an_unyanked_file_that_fits_keeps_a_yanked_one_out": _GATES,
    "gates/no_release_opens_its_own_gate": _GATES,
    "repairs/a_python_with_the_lock_is_the_nearest": "uv is asked for the 3.14 with the",
}
"""Where uv finds a solution, and what the README says of that. It takes a yanked file for
a pin whatever else fits, counts a pre-release's own requirement for it as asking for
pre-releases, and has no option for a free-threaded Python; pip does as we do."""
PIP_IS_ASKED = slice(None, None, 6)
"""pip takes half a second for each fact, and uv a tenth of it: every sixth is enough."""


def _names_for(client: str) -> list[str]:
    mute = NO_INSTALLER_CAN | UV_LETS_IN.keys() if client == "uv" else NO_INSTALLER_CAN
    names = [name for name in corpus_names() if name not in mute]
    if client == "uv":
        return names
    others = [name for name in names if name != QUICK]
    return [QUICK, *others[PIP_IS_ASKED]]


CASES = [
    pytest.param(
        client,
        name,
        id=f"{client}-{name}",
        marks=[] if name == QUICK else [pytest.mark.slow],
    )
    for client in REFUSALS
    for name in _names_for(client)
]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let uv keep what our Python is, for which it would else start it each time.

    Of an index nothing is found again: each has a folder of its own.
    """
    return tmp_path_factory.mktemp("known")


@pytest.mark.parametrize(("client", "name"), CASES)
def test_every_fact_is_needed(
    client: str, name: str, known: Path, tmp_path: Path
) -> None:
    for number, (_, found) in enumerate(reproductions(name)):
        place = tmp_path / str(number)
        code, said = ask_client(client, found, place / "whole", known)

        assert code == 1, said
        assert any(sign in said for sign in REFUSALS[client]), said
        for at, key in enumerate(found.sliced.keys):
            code, said = ask_client(client, found, place / str(at), known, without=key)
            assert code == 0, f"without {key}: {said}"


def ask_client(
    client: str,
    found: Reproduction,
    folder: Path,
    known: Path,
    *,
    without: FactKey | None = None,
) -> tuple[int, str]:
    index = found.index if without is None else found.without(without)
    write_folder(folder, index_files(index))
    question, where = (
        found.sliced.question,
        ("--index-url", f"{folder.as_uri()}/simple/"),
    )
    environ = {**client_environment(folder), "UV_CACHE_DIR": str(known)}
    if client == "pip":
        done = run_pip([*pip_arguments(index, question), *where], folder, environ)
    else:
        words = [w for w in uv_arguments(index, question) if w != "--no-cache"]
        done = subprocess.run(
            [str(UV), *words, *where],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(UV_LETS_IN))
def test_uv_has_rules_of_its_own_and_the_readme_says_so(
    name: str, known: Path, tmp_path: Path
) -> None:
    [(_, found)] = reproductions(name)

    code, said = ask_client("uv", found, tmp_path / "whole", known)

    assert code == 0, said
    readme = reproduction_files(found)["README.md"].decode()
    assert UV_LETS_IN[name] in readme
