from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.dependency_groups import resolve_dependency_groups

from axletree.resolver.inputs.pyproject import (
    GroupPart,
    ProjectPart,
)
from axletree.resolver.inputs.requirements_files import (
    ParsedInput,
    parse_input,
)
from axletree.resolver.model.environment import environment_for, limit_python
from axletree.resolver.model.errors import (
    InvalidRequirementError,
    PythonExcludedError,
)
from axletree.resolver.model.question import ask
from axletree.resolver.model.requirements import RootRequirement

OWN = """\
[build-system]
requires = ["absent"]

[project]
name = "Own.Project"
requires-python = ">=3.9.5"
dependencies = [
  # "base>=1" is what we need
  "base>=1", 'second; python_version > "3.8"', # "third",
  \"\"\"third\"\"\",
  "esc\\u0061ped",
]

[project.optional-dependencies]
Dev_Tools = ["own-project[more]; sys_platform == 'linux'", "tool"]
more = [
  "extra[x]>=2",
  "own_project[dev-tools]",
]
plain = ["own.project", "base>=1"]

[dependency-groups]
test = [{include-group = "Lint"}, "pytest", "own-project[plain]"]
lint = ["ruff"]
"""


def parse(text: str, *parts: ProjectPart | GroupPart) -> ParsedInput:
    return parse_input((), parts, read=lambda _: text, environ={})


def refusal(text: str, *parts: ProjectPart | GroupPart) -> InvalidRequirementError:
    with pytest.raises(InvalidRequirementError) as caught:
        parse(text, *parts)
    return caught.value


def project(*extras: str, has_all_extras: bool = False) -> ProjectPart:
    return ProjectPart(path="p.toml", extras=extras, has_all_extras=has_all_extras)


def group(name: str) -> GroupPart:
    return GroupPart(path="p.toml", group=name)


def asked(parsed: ParsedInput) -> list[tuple[str, int | None, str]]:
    return [_spell(root) for root in parsed.roots]


def _spell(root: RootRequirement) -> tuple[str, int | None, str]:
    marker = root.requirement.marker
    name = root.text.partition(";")[0].strip()
    return name, root.origin.line, str(marker) if marker else ""


BASE = [
    ("base>=1", 9, ""),
    ("second", 9, 'python_version > "3.8"'),
    ("third", 10, ""),
    ("escaped", None, ""),
]
"""What the project itself requires; a string written with escapes has no line."""


def test_dependencies_stand_with_the_line_of_each() -> None:
    assert asked(parse(OWN, project())) == BASE


@pytest.mark.parametrize("name", ["dev-tools", "Dev_Tools", "DEV.TOOLS"])
def test_a_requirement_on_itself_stands_for_its_extras(name: str) -> None:
    more = ("extra[x]>=2", 17, 'sys_platform == "linux"')

    assert asked(parse(OWN, project(name))) == [*BASE, more, ("tool", 15, "")]


def test_a_line_counts_once_and_wherever_one_way_to_it_holds() -> None:
    found = asked(parse(OWN, project(has_all_extras=True)))

    more, tool, plain = ("extra[x]>=2", 17, ""), ("tool", 15, ""), ("base>=1", 20, "")
    assert found == [*BASE, more, tool, plain]


def test_two_ways_under_a_marker_each_are_both_enough() -> None:
    text = """\
[project]
name = "p"
[project.optional-dependencies]
a = ["p[c]; python_version < '3'"]
b = ["p[c]; python_version > '3.8'"]
c = ["x"]
"""
    marker = 'python_version < "3" or python_version > "3.8"'

    assert asked(parse(text, project("a", "b"))) == [("x", 6, marker)]


def test_a_group_includes_others_in_their_place() -> None:
    expected = [("ruff", 24, ""), ("pytest", 23, ""), *BASE, ("base>=1", 20, "")]

    assert asked(parse(OWN, group("TEST"))) == expected


def test_a_group_of_a_file_without_project_is_read() -> None:
    text = "dependency-groups = {a = ['x', 'y']}"

    assert asked(parse(text, group("a"))) == [("x", 1, ""), ("y", 1, "")]


def test_groups_are_those_of_packaging() -> None:
    groups: Mapping[str, list[str | dict[str, str]]] = {
        "a": ["x>=1", {"include-group": "b"}, "y; python_version < '4'"],
        "b": [{"include-group": "C_c"}, "z"],
        "c-c": ["x>=1"],
    }
    lines = [
        f"{name} = [{', '.join(map(_toml, members))}]"
        for name, members in groups.items()
    ]
    text = "\n".join(["[dependency-groups]", *lines])

    parsed = parse(text, group("a"))

    expected = resolve_dependency_groups(groups, "a")
    assert [str(root.requirement) for root in parsed.roots] == list(expected)


def _toml(member: str | dict[str, str]) -> str:
    if isinstance(member, str):
        return f'"{member}"'
    return f'{{include-group = "{member["include-group"]}"}}'


def test_a_line_is_found_however_the_key_is_spelled() -> None:
    for text in (
        'x = ["a"]\n\n[project]\n"dependencies" = [\n"a"]\n',
        '[tool]\nx = ["a"]\n[ project ]\ndependencies = [\n"a"]\n[other]\n',
        'tool.x = "a"\n\nproject.name = "p"\nproject.dependencies = [\n"a"]\n',
        'x = "a"\r\n\r\n[project]\r\ndependencies = [\r\n"a"]\r\n',
    ):
        [root] = parse(text, project()).roots

        assert root.origin.line == 5, text


def test_the_same_string_twice_has_two_lines() -> None:
    text = '[project]\ndependencies = [\n "a",\n "a",\n]\n'

    assert [root.origin.line for root in parse(text, project()).roots] == [3, 4]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("[project", "it is not valid TOML", "fix"),
        ("[tool.x]", "it has no [project] table", "--group"),
        ("[tool.poetry.dependencies]", "it has no [project] table", "poetry export"),
        ("[project]\ndynamic=['dependencies']", "dependencies are dynamic", "-r"),
        (
            "[project]\ndependencies='a'",
            "project.dependencies is not an array",
            "strings",
        ),
        ("[project]\ndependencies=['a', 1]", "holds 1, which is no", "quotes"),
        ("[project]\ndependencies=['a=1']", "is not a requirement", "a==1"),
        ("[project]\ndependencies=['a @ ftp://h/a']", "cannot be required", "NAME @"),
        ("[project]\nrequires-python='3.x'", "names no versions", ">=3.9"),
        ("[project]\nrequires-python=3", "names no versions", ">=3.9"),
        (
            "[project]\nname='p'\ndependencies=['p[zz]']",
            "requires itself with 'zz'",
            "none",
        ),
    ],
)
def test_what_is_wrong_with_a_project_is_named(text: str, what: str, hint: str) -> None:
    error = refusal(text, project())

    assert what in error.what
    assert hint in error.hint
    assert error.where.startswith("p.toml")


@pytest.mark.parametrize(
    ("groups", "what"),
    [
        ("b = []", "it has no dependency group 'a'"),
        ("a = [{include-group = 'a'}]", "in a circle: a includes a"),
        (
            "a = [{include-group = 'b'}]\nb = [{include-group = 'A'}]",
            "in a circle: a includes b includes a",
        ),
        ("a = [{include-group = 'zz'}]", "it has no dependency group 'zz'"),
        ("a = [{path = 'x'}]", "{'path': 'x'}, which PEP 735 does not"),
        ("a = [{include-group = 'b', x = 1}]\nb = []", "which PEP 735 does not"),
        ("a = 'x'", "holds 'x', which PEP 735 does not"),
        ("a = [1]", "holds 1, which PEP 735 does not"),
        ("a = []\nA = []", "its groups a, A have the same name"),
        ("a = ['x=']", "is not a requirement"),
    ],
)
def test_what_is_wrong_with_a_group_is_named(groups: str, what: str) -> None:
    assert what in refusal(f"[dependency-groups]\n{groups}", group("a")).what


def test_an_extra_must_be_in_one_of_the_files() -> None:
    files = {
        "a.toml": "[project]\noptional-dependencies = {x = ['in-a']}",
        "b.toml": "[project]\noptional-dependencies.Y = ['in-b']",
    }
    parts = [ProjectPart(path=path, extras=("X", "y")) for path in files]

    parsed = parse_input((), parts, read=files.__getitem__, environ={})

    assert [root.text for root in parsed.roots] == ["in-a", "in-b"]
    error = refusal(OWN, project("nope", "more"))
    assert error.what == "there is no extra 'nope' in p.toml"
    assert error.hint == "its extras are: dev-tools, more, plain"


def test_dynamic_extras_are_refused_only_when_asked_for() -> None:
    text = "[project]\ndependencies=['a']\ndynamic=['optional-dependencies', 'version']"

    assert asked(parse(text, project())) == [("a", 2, "")]
    error = refusal(
        "[project]\nname='p'\ndependencies=['p[x]']\ndynamic=['optional-dependencies']",
        project(),
    )
    assert "its optional-dependencies are dynamic" in error.what


def test_a_file_that_is_not_there_gives_one_error(tmp_path: Path) -> None:
    part = ProjectPart(path=str(tmp_path / "pyproject.toml"), extras=("x",))

    with pytest.raises(InvalidRequirementError) as caught:
        parse_input((), [part], read=lambda path: Path(path).read_text(), environ={})

    assert caught.value.what.endswith("cannot be read: No such file or directory")


def test_a_requirements_file_cannot_include_a_project() -> None:
    with pytest.raises(InvalidRequirementError) as caught:
        parse_input((), ["r.txt"], read=lambda _: "-r pyproject.toml", environ={})

    assert "give it on the command line: -r pyproject.toml" in caught.value.hint


def test_the_python_of_the_project_leaves_the_micros_that_fit() -> None:
    pythons = parse(OWN, project()).pythons

    limited = limit_python(environment_for("3.9", "linux"), pythons)

    assert min(limited.micros) == 5
    assert limit_python(environment_for("3.9.7", "linux"), pythons).micros == (7,)


@pytest.mark.parametrize("python", ["3.8", "3.9.4"])
def test_a_python_that_the_project_excludes_is_refused(python: str) -> None:
    pythons = parse(OWN, project()).pythons

    with pytest.raises(PythonExcludedError) as caught:
        limit_python(environment_for(python, "linux"), pythons)

    assert f"requires Python >=3.9.5, and what is resolved for is Python {python}" in (
        caught.value.what
    )
    assert caught.value.where == "p.toml, line 6"


def test_a_group_is_for_any_python() -> None:
    assert parse(OWN, group("lint")).pythons == ()


def test_sources_of_uv_are_named_where_they_are_not_heeded() -> None:
    text = (
        "[project]\ndependencies=['a', 'b']\n[dependency-groups]\ndev=['c']\n"
        "[tool.uv.sources]\na = {path = '../a'}\nb = {git = 'https://h/b'}"
    )

    parsed = parse(text, project(), group("dev"))

    [note] = parsed.notes
    assert note.startswith("[tool.uv.sources] (p.toml) is ignored: a, b must")


# What each line is wanted for.


def wanted(parsed: ParsedInput) -> list[tuple[str, set[str]]]:
    return [(root.text, {part.name for part in root.parts}) for root in parsed.roots]


def test_a_line_knows_the_extras_and_groups_that_lead_to_it() -> None:
    text = """\
[project]
name = "p"
dependencies = ["base", "p[c]"]
[project.optional-dependencies]
A = ["x", "p[b]"]
b = ["y"]
c = ["z"]
empty = []
[dependency-groups]
dev = ["tool", {include-group = "more"}]
more = ["y"]
"""
    parts = (project("a", "b", "empty"), GroupPart(path="p.toml", group="Dev"))

    parsed = parse(text, *parts)

    assert wanted(parsed) == [
        ("base", set()),
        ("z", set()),
        ("x", {"a"}),
        ("y", {"a", "b"}),
        ("tool", {"dev"}),
        ("y", {"dev"}),
    ]
    assert [(part.kind, part.name) for part in parsed.parts] == [
        ("extra", "a"),
        ("extra", "b"),
        ("extra", "empty"),
        ("group", "dev"),
    ]
    assert not parsed.are_groups_alone
    assert parse(text, GroupPart(path="p.toml", group="dev")).are_groups_alone


def test_a_line_is_wanted_for_the_parts_whose_marker_holds() -> None:
    text = """\
[project]
name = "p"
[project.optional-dependencies]
a = ["p[c]; python_version < '3.9'"]
b = ["p[c]; python_version >= '3.8'"]
c = ["x"]
"""
    roots = parse(text, project("a", "b")).roots

    found = {
        python: {
            part.name
            for root in ask(roots, environment_for(python, "linux")).roots
            for part in root.parts
        }
        for python in ("3.7", "3.8", "3.9")
    }
    assert found == {"3.7": {"a"}, "3.8": {"a", "b"}, "3.9": {"b"}}
