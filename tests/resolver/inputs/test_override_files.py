from collections.abc import Mapping

import pytest

from axletree.resolver.inputs.override_files import (
    OverrideFile,
    parse_overrides,
)
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import Override


def parse(files: Mapping[str, str], *inline: str) -> tuple[Override, ...]:
    """Parse what is given inline, then the first of `files`."""

    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return files[path]

    values: list[str | OverrideFile] = list(inline)
    values += [OverrideFile(path=path) for path in list(files)[:1]]
    return parse_overrides(values, read=read, environ={"LEAST": "12"})


def refusal(files: Mapping[str, str], *inline: str) -> InvalidRequirementError:
    with pytest.raises(InvalidRequirementError) as caught:
        parse(files, *inline)
    return caught.value


@pytest.mark.parametrize(
    ("text", "requirer", "target", "specifier"),
    [
        ("kubernetes>=12", None, "kubernetes", ">=12"),
        ("kubeflow-fairing:kubernetes>=12", "kubeflow-fairing", "kubernetes", ">=12"),
        (
            "Kubeflow_Fairing : Kubernetes >= 12",
            "kubeflow-fairing",
            "kubernetes",
            ">=12",
        ),
        ("a:b", "a", "b", ""),
        ("a:b==1.*,!=1.3", "a", "b", "!=1.3,==1.*"),
    ],
)
def test_an_override_names_versions_and_perhaps_whose(
    text: str, requirer: str | None, target: str, specifier: str
) -> None:
    [found] = parse({}, text)

    assert (found.requirer, found.target) == (requirer, target)
    assert str(found.specifier) == specifier
    assert (found.text, found.origin) == (text, Origin())


def test_a_file_is_read_as_a_requirements_file() -> None:
    found = parse(
        {
            "in/o.txt": "# why\n\na:b>=${LEAST}  # since\n-r more.txt\nlast",
            "in/more.txt": "c<2 \\\n ; python_version < '3.9'",
        }
    )

    assert [(o.target, str(o.origin)) for o in found] == [
        ("b", "in/o.txt, line 3"),
        ("c", "in/more.txt, line 1"),
        ("last", "in/o.txt, line 5"),
    ]
    assert str(found[0].specifier) == ">=12"
    assert str(found[1].marker) == 'python_version < "3.9"'


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("a:b[x]>=2", "an override has no extras: a:b[x]>=2", "keeps its extras"),
        (
            "a:b @ https://h/b.whl",
            "is an address, and here only",
            "require the address",
        ),
        (
            "https://u:secret@h/b.whl",
            "****@h/b.whl is an address",
            "require the address",
        ),
        ("./b", "is an address", "require the address"),
        ("a:b=2", "is not a requirement", "write b==2"),
        ("a:b:c>2", "is not a requirement", "requests"),
        (":b>2", "is not a requirement", "requests"),
        ("a>2 --hash=sha256:ab", "has an option that overrides do not", "-r"),
        ("-c c.txt", "has an option that overrides do not", "-r"),
        ("--index-url 'x", "no closing quotation", "one override"),
        ("-r o.txt", "o.txt includes o.txt", "remove"),
        ("-r absent.txt", "absent.txt cannot be read", "check the path"),
    ],
)
def test_a_line_that_is_none_is_named(text: str, what: str, hint: str) -> None:
    error = refusal({"o.txt": f"\n{text}"})

    assert what in error.what
    assert hint in error.hint
    assert error.where == "o.txt, line 2"


@pytest.mark.parametrize("text", ["overides", "in/o.txt", "o.txt", "../o"])
def test_what_is_most_likely_a_mistyped_file_is_no_override(text: str) -> None:
    error = refusal({}, text)

    assert error.what == f"{text} is neither a file nor an override with a version"
    assert "check the path" in error.hint


def test_all_that_is_wrong_is_told_at_once() -> None:
    error = refusal({"o.txt": "a[x]\nfine>1\nb=1"}, "wrong")

    assert error.what.startswith("3 requirement lines cannot be used")
    assert error.where == "command line, o.txt"
