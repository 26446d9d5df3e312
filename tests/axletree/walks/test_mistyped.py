"""Everything mistyped once: each is answered with what was meant.

The command that is printed to copy is typed as well, where there is one.
"""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command_line import (
    CommandLine,
    commands_in,
    run_process,
    write_universe,
)
from tests.support.index_server import Index, serving
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

U = "--universe u.json"


@pytest.fixture
def here(axletree: CommandLine) -> CommandLine:
    """Put a few files where the commands are typed."""
    write_universe(
        Path("u.json"),
        {
            "numpy 1.2": [],
            "numpy 2.0": [],
            "scikit-learn 1.0": ["numpy"],
            "pandas 1.0": ["numpy<2"],
        },
    )
    Path("requirements.txt").write_text("numpy\npandas\n")
    make_wheel(Path("wheels"), "numpy", "1.2")
    Path("services").mkdir()
    Path("services/requirements.txt").write_text("numpy\n")
    Path("pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\ndependencies = ["numpy"]\n'
        'optional-dependencies.docs = ["pandas"]\n[dependency-groups]\ntest = ["numpy"]\n'
    )
    Path("recipe.toml").write_text("")
    return axletree


MEANT: Mapping[str, str] = {
    # Verbs.
    f"lcok numpy {U}": f"lock numpy {U}",
    f"LOCK numpy {U}": f"lock numpy {U}",
    f"expalin numpy {U}": f"explain numpy {U}",
    f"requirements.txt {U}": f"lock -r requirements.txt {U}",
    f"numpy {U}": f"lock numpy {U}",
    # Options.
    "lock numpy --univers u.json": f"lock numpy {U}",
    f"lock --requirment requirements.txt {U}": f"lock --requirement requirements.txt {U}",
    f"lock -R requirements.txt {U}": f"lock -r requirements.txt {U}",
    f"lock numpy --exclude-never 2022-02-01 {U}": (
        f"lock numpy --exclude-newer 2022-02-01 {U}"
    ),
    f"lock numpy --python_version 3.9 {U}": f"lock numpy --python-version 3.9 {U}",
    f"lock numpy -pre {U}": f"lock numpy --pre {U}",
    f"lock numpy \u2013pre {U}": f"lock numpy --pre {U}",
    f"lock numpy \u2014-json {U}": f"lock numpy --json {U}",
    # Values of options.
    f"lock numpy --prefer balancd {U}": f"lock numpy --prefer balanced {U}",
    f"lock numpy --format=requirments {U}": f"lock numpy --format=requirements {U}",
    # Pythons and platforms.
    f"lock numpy --python-version 3,9 {U}": f"lock numpy --python-version 3.9 {U}",
    f"lock numpy --python-version py3.9. {U}": f"lock numpy --python-version 3.9 {U}",
    f"lock numpy -p 3.11.x {U}": f"lock numpy -p 3.11 {U}",
    f"lock numpy --python-platform linx {U}": f"lock numpy --python-platform linux {U}",
    f"lock numpy --python-platform macosx {U}": f"lock numpy --python-platform macos {U}",
    f"lock numpy --python-platform win {U}": f"lock numpy --python-platform windows {U}",
    f"lock numpy --python-platform manylinux2014 {U}": (
        f"lock numpy --python-platform x86_64-manylinux2014 {U}"
    ),
    f"lock numpy --python-platform manylinux_2_17_x86-64 {U}": (
        f"lock numpy --python-platform x86_64-manylinux_2_17 {U}"
    ),
    f"lock numpy --python-platform x86_64-linux-gnu {U}": (
        f"lock numpy --python-platform x86_64-unknown-linux-gnu {U}"
    ),
    # Files.
    f"lock -r requirments.txt {U}": f"lock -r requirements.txt {U}",
    f"lock -r requirements.text {U}": f"lock -r requirements.txt {U}",
    f"lock numpy -c Requirements.txt {U}": f"lock numpy -c requirements.txt {U}",
    "lock numpy --universe u.jsn": f"lock numpy {U}",
    # Names of projects.
    f"lock numpi {U}": f"lock numpy {U}",
    f"lock scikit_lern {U}": f"lock scikit-learn {U}",
    f"lock numpy-1.2 {U}": f"lock numpy==1.2 {U}",
    f"lock numpy1.2 {U}": f"lock numpy==1.2 {U}",
    f"lock numpy 1.2 {U}": f"lock numpy==1.2 {U}",
    f"why nmpy pandas {U}": f"why numpy pandas {U}",
    # Requirements.
    f"lock numpy=1.2 {U}": f"lock numpy==1.2 {U}",
    f"lock numpy^1.2 {U}": f"lock 'numpy>=1.2,<2' {U}",
    f"lock numpy==1.2.x {U}": f"lock 'numpy==1.2.*' {U}",
    f"lock 'numpy;python_verison>\"3\"' {U}": (
        f"lock 'numpy;python_version>\"3\"' {U}"
    ),
    f"lock 'numpy=>1.2' {U}": f"lock 'numpy>=1.2' {U}",
    # Parts of a pyproject.toml.
    f"lock -r pyproject.toml --extra dosc {U}": (
        f"lock -r pyproject.toml --extra docs {U}"
    ),
    f"lock --group tset {U}": f"lock --group test {U}",
    f"lock --group pyproject.toml:tset {U}": f"lock --group pyproject.toml:test {U}",
    f"lock {U}": f"lock {U} -r requirements.txt",
    # Folders.
    f"check srevices {U}": f"check services {U}",
    f"check srevices/requirements.txt {U}": f"check services/requirements.txt {U}",
    f"check services/requirments.txt {U}": f"check services/requirements.txt {U}",
    "lock numpy -f whels": "lock numpy -f wheels",
}
"""What is typed -> the command that is printed to copy, which then works."""


@pytest.mark.parametrize("typed", MEANT)
def test_the_command_that_was_meant_is_printed_and_works(
    here: CommandLine, typed: str
) -> None:
    ran = here(*shlex.split(typed))

    assert ran.code in {1, 2}
    assert f"axletree {MEANT[typed]}" in commands_in(ran.err)
    again = here(*shlex.split(MEANT[typed]))
    assert again.code == 0, again.err


ADDRESSES: Mapping[str, str] = {
    "pubilc": "public",
    "PyPI": "public",
    "index.example/simple": "https://index.example/simple",
    "htps://index.example/simple": "https://index.example/simple",
    "http:/127.0.0.1:9/simple": "http://127.0.0.1:9/simple",
    "https//index.example/simple": "https://index.example/simple",
    "localhost:9/simple": "http://localhost:9/simple",
}


@pytest.mark.parametrize("typed", ADDRESSES)
def test_an_address_without_its_scheme_is_told_with_it(
    here: CommandLine, typed: str
) -> None:
    ran = here("lock", "numpy", "--index-url", typed)

    assert ran.code == 2
    right = f"axletree lock numpy --index-url {ADDRESSES[typed]}"
    assert commands_in(ran.err) == [right]


def test_what_may_be_a_password_is_not_repeated(here: CommandLine) -> None:
    ran = here("lock", "numpy", "--index-url", "me:secret@index.example/simple")

    assert ran.code == 2
    assert "secret" not in ran.err + ran.out


REQUIREMENTS: Mapping[str, str] = {
    "numpy=>1.2": "write numpy>=1.2",
    "numpy=1.2": "write numpy==1.2",
    "numpy==1.2.*.*": "write numpy==1.2.*",
    "numpy>=1.*": "write numpy>=1",
    "numpy >1.2 <2": "write numpy>1.2,<2",
    "numpy>1.2,,<2": "write numpy>1.2,<2",
    "numpy==1.2..3": "write numpy==1.2.3",
    "numpy 1.2": "write numpy==1.2",
    "numpy@1.2": "write numpy==1.2",
    "numpy^1.2": "write numpy>=1.2,<2",
    "numpy[extra": "write numpy[extra]",
    "numpy[extra>=1": "write numpy[extra]>=1",
    "numpy;python_version<3.9": 'write numpy;python_version<"3.9"',
    'numpy;python_versoin<"3.9"': 'write numpy;python_version<"3.9"',
    ">=1.2": "write the name before >=1.2",
    "=1.2": "write the name before =1.2",
    "requirements.txt": "write -r requirements.txt",
    "-": "write -r -",
    "x @ git+host.example/x/y": "make an sdist of it",
}


@pytest.mark.parametrize("typed", REQUIREMENTS)
def test_a_requirement_is_told_as_it_is_spelled(here: CommandLine, typed: str) -> None:
    ran = here("lock", typed, "--universe", "u.json")

    assert ran.code == 2
    hint = next(line for line in ran.err.splitlines() if line.startswith("  hint:"))
    assert REQUIREMENTS[typed] in hint


HINTS: Mapping[str, str] = {
    f"lock numpy {U} -o": "write -o FILE",
    f"lock numpy {U} --output lock.txt": "-o FILE",
    f"lock numpy {U} --exclude-newer 01.02.2022": "write it as 2022-02-01",
    f"lock numpy {U} --python-version 3.99": "known: 3.6, 3.7",
    "serve --port 80800": "--port 80800 is not a whole number from 0 to 65535",
    "serve --port 80a": "--port 80a is not a whole number from 0 to 65535",
    f"explain numpy {U} --repair x": "--repair x is not a whole number from 1",
    "lock numpy -f wheel": "did you mean wheels?",
    "build recipe.tml": "did you mean recipe.toml?",
    "add requirements.tx": "did you mean requirements.txt?",
    "severe": "axletree serve",
    "install numpy": "axletree lock numpy",
}


@pytest.mark.parametrize("typed", HINTS)
def test_other_mistakes_are_answered_by_name(here: CommandLine, typed: str) -> None:
    ran = here(*shlex.split(typed))

    assert ran.code == 2
    assert HINTS[typed] in ran.err


def test_a_variable_that_is_almost_a_setting_is_noted(
    here: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXLETREE_HOM", "x")
    monkeypatch.setenv("AXLETREE_SOMETHING_ELSE", "x")

    ran = here("lock", "numpy", "--universe", "u.json")

    assert ran.code == 0
    assert ran.err == (
        "note: AXLETREE_HOM is not a setting and is ignored: did you mean "
        "AXLETREE_HOME?\n"
    )
    assert here("lock", "numpy", "--universe", "u.json", "-q").err == ""


def test_a_key_of_the_settings_file_is_answered_by_the_right_one(
    here: CommandLine,
) -> None:
    Path("axletree.toml").write_text('index_url = "public"\n')

    ran = here("lock", "numpy", "--universe", "u.json")

    assert ran.code == 2
    assert "did you mean index-url?" in ran.err


@pytest.mark.parametrize(
    ("file", "asked", "again"),
    [
        ("=1.2", "numpy", "axletree lock 'numpy>=1.2' --universe u.json"),
        ("1.2", "numpy", "axletree lock 'numpy>1.2' --universe u.json"),
    ],
)
def test_what_a_shell_took_for_a_redirection_is_told(
    here: CommandLine, file: str, asked: str, again: str
) -> None:
    del here
    ran = run_process("lock", asked, *U.split(), stdout=Path(file))

    assert ran.code == 2
    assert commands_in(ran.err) == [again]
    assert os.stat(file).st_size == 0  # noqa: PTH116  one look
    for name, words in (("lock.txt", [asked]), ("1.2", ["-r", "requirements.txt"])):
        assert run_process("lock", *words, *U.split(), stdout=Path(name)).code == 0


SAID: Mapping[str, str] = {
    "help lock": "axletree lock --help",
    "lock --help-al": "axletree lock --help-all",
    "lock -r services": "it is a folder",
    "lock numpy --exclude-newer yesterday": "write it as 2022-02-01",
    "build": "name what to build: a recipe, a folder of them",
    "why": "axletree why needs PROJECT",
    "explain numpy --recipes recipez": "there is no folder recipez",
    "lock numpy -o wheels": "--output-file wheels: it is a folder",
}


@pytest.mark.parametrize("typed", SAID)
def test_what_is_missing_or_of_another_kind_is_named(
    here: CommandLine, typed: str
) -> None:
    ran = here(*shlex.split(typed))

    assert ran.code == 2
    assert SAID[typed] in ran.err


@pytest.mark.parametrize("as_variable", [True, False])
def test_a_setting_is_named_where_it_was_written(
    here: CommandLine, monkeypatch: pytest.MonkeyPatch, *, as_variable: bool
) -> None:
    if as_variable:
        monkeypatch.setenv("AXLETREE_TIMEOUT", "fast")
        where = "AXLETREE_TIMEOUT"
    else:
        monkeypatch.delenv("AXLETREE_TIMEOUT")
        Path("axletree.toml").write_text('timeout = "fast"\n')
        where = f"timeout in {Path.cwd()}/axletree.toml"

    ran = here(*shlex.split(f"lock numpy {U}"))

    assert ran.code == 2
    assert f"where: {where}\n" in ran.err


@pytest.mark.parametrize("path", ["/", "", "/root/smple/", "/simpel"])
def test_an_index_that_has_nothing_may_begin_elsewhere(
    here: CommandLine, path: str
) -> None:
    with serving(Index()) as index:
        ran = here("lock", "numpy", "--index-url", f"{index.origin}{path}")
        folder = "/root" if "root" in path else ""
        right = f"{index.origin}{folder}/simple/"
        assert f"axletree lock numpy --index-url {right}" in commands_in(ran.err)
