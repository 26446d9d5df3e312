"""Requirements by address, as pip takes them apart."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from axletree.resolver.inputs.requirements_files import ParsedInput, parse_input
from axletree.resolver.model.requirements import RootRequirement

FILES = {
    "static/pyproject.toml": "[project]\nname = 'Static_Project'",
    "poetry/pyproject.toml": "[tool.poetry]\nname = 'poem'",
    "cfg/setup.cfg": "[metadata]\nname = configured",
    "old/setup.py": "from setuptools import setup\nsetup(name='old', version=V)",
    "dynamic/setup.py": "setup(name=read())",
    "broken/setup.py": "setup(",
    "tree/sub/pyproject.toml": "[project]\nname = 'deep'",
}


def parse(line: str, *, files: Mapping[str, str] = FILES) -> ParsedInput:
    here = Path.cwd()

    def read(path: str) -> str:
        if path == "r.txt":
            return line
        name = str(Path(path).relative_to(here))
        if name not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return files[name]

    return parse_input([], ["r.txt"], read=read, environ={})


def root(line: str) -> RootRequirement:
    [found] = parse(line).roots
    return found


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("foo @ https://h/x/main.zip", "foo"),
        ("foo@https://h/foo-1-py3-none-any.whl", "foo"),
        ("foo[x]@./foo-1-py3-none-any.whl", "foo"),
        ("foo @ ./main.zip", "foo"),
        ("https://h/x/foo_bar-1.0-py3-none-any.whl", "foo-bar"),
        ("https://h/x/foo-1.0.tar.gz", "foo"),
        ("https://h/x/main.zip#egg=foo", "foo"),
        ("https://h/foo-1.0-py3-none-any.whl?x=1", "foo"),
        ("./dist/foo-1.0.tar.gz", "foo"),
        ("foo-1.0-py3-none-any.whl", "foo"),
        ("file:///srv/foo-1.0.zip", "foo"),
        ("git+https://h/foo.git@main#egg=bar", "bar"),
        ("-e git+https://h/foo.git@main#egg=bar&subdirectory=x", "bar"),
        ("./static", "Static_Project"),
        ("-e ./static", "Static_Project"),
        ("./poetry", "poem"),
        ("cfg/", "configured"),
        ("./old", "old"),
        ("./tree#subdirectory=sub", "deep"),
    ],
)
def test_the_name_is_written_or_that_of_the_file_or_in_the_folder(
    line: str, name: str
) -> None:
    assert root(line).requirement.name == name
    assert root(line).is_named


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("./dynamic", "its name is not known without running its code"),
        ("./broken", "its name is not known without running its code"),
        ("./absent", "there is no project in it"),
        ("https://h/x/main.zip", "its name is not known"),
        ("git+https://h/foo.git", "it is a repository"),
    ],
)
def test_what_has_no_name_says_so_only_where_it_is_needed(
    line: str, problem: str
) -> None:
    found = root(f"{line} ; python_version < '3'")

    assert not found.is_named
    assert found.address is not None
    assert found.address.problem.startswith(problem)


@pytest.mark.parametrize(
    ("line", "extras", "marker"),
    [
        (".[dev]", {"dev"}, None),
        ("./static[a,b]; python_version < '3'", {"a", "b"}, 'python_version < "3"'),
        ("f[x] @ https://h/f.zip ; os_name == 'nt'", {"x"}, 'os_name == "nt"'),
        ("https://h/f-1.zip ; os_name == 'nt'", set(), 'os_name == "nt"'),
        ("https://h/f-1.zip; os_name == 'nt'", set(), 'os_name == "nt"'),
        ("f @ https://h/f.zip; os_name == 'nt'", set(), 'os_name == "nt"'),
        ("https://h/f-1.zip#egg=f[x]", {"x"}, None),
    ],
)
def test_extras_and_markers_are_those_of_the_requirement(
    line: str, extras: set[str], marker: str | None
) -> None:
    requirement = root(line).requirement

    assert requirement.extras == extras
    assert (str(requirement.marker) if requirement.marker else None) == marker
    assert requirement.url is None


def test_a_path_begins_at_the_current_folder() -> None:
    address = root("./static/../old").address

    assert address is not None
    assert address.url == (Path.cwd() / "old").as_uri()


def test_a_login_is_kept_for_who_fetches_and_shown_to_nobody() -> None:
    found = root("f @ https://me:secret@h/f-1.zip#sha256=" + "A" * 64)

    assert found.address is not None
    assert found.address.source == "https://me:secret@h/f-1.zip"
    assert found.address.url == "https://h/f-1.zip"
    assert found.hashes == ("sha256:" + "a" * 64,)
    assert "secret" not in f"{found.text} {found.address}"


def test_an_address_in_a_file_of_constraints_is_one() -> None:
    parsed = parse_input(
        [],
        [],
        ["c.txt"],
        read=lambda _: "numpy @ file:///home/conda/x/work\n-e git+https://h/r#egg=y",
        environ={},
    )

    names = [each.requirement.name for each in parsed.constraints]
    assert names == ["numpy", "y"]
