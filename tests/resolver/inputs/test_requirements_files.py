from collections.abc import Mapping

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.inputs.requirements_files import ParsedInput, parse_input
from axletree.resolver.locks.lines import header
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.origins import Origin


def parse(
    files: Mapping[str, str], *requirements: str, constraints: tuple[str, ...] = ()
) -> ParsedInput:
    """Parse `requirements`, then the first of `files`; the others can be included."""

    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return files[path]

    environ = {"BOTO": "1.20", "lower": "no"}
    first = () if constraints else tuple(files)[:1]
    return parse_input(requirements, first, constraints, read=read, environ=environ)


def refusal(text: str) -> InvalidRequirementError:
    with pytest.raises(InvalidRequirementError) as caught:
        parse({"requirements.txt": text})
    return caught.value


def test_roots_stand_as_written_with_an_include_in_its_place() -> None:
    parsed = parse(
        {
            "reqs/base.in": "a\n-r more/inner.in\nz\n",
            "reqs/more/inner.in": "m1\n-r ../last.in\nm2\n",
            "reqs/last.in": "l",
        },
        "first>=1",
        "second",
    )

    names = [root.requirement.name for root in parsed.roots]
    assert names == ["first", "second", "a", "m1", "l", "m2", "z"]
    assert parsed.roots[0].origin == Origin()
    assert parsed.roots[3].origin == Origin(file="reqs/more/inner.in", line=1)
    assert str(parsed.roots[4].origin) == "reqs/last.in, line 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requests # why", ["requests"]),
        ("# only\n\n   # comments\n", []),
        ("a \\\n  >=1,\\\n <2\nb", ["a   >=1, <2", "b"]),
        ("a>=1 \\\n# ends here\nb", ["a>=1", "b"]),
        ("a>=1 \\", ["a>=1"]),
        ("boto3==${BOTO}", ["boto3==1.20"]),
        ("a ; python_version < '4'", ["a ; python_version < '4'"]),
        ("\ufeffa\r\nb\r\n", ["a", "b"]),
        ("a[x,y]>=1", ["a[x,y]>=1"]),
        ("ray[serve]==1.5.0", ["ray[serve]==1.5.0"]),
    ],
)
def test_lines_are_read_as_pip_reads_them(text: str, expected: list[str]) -> None:
    parsed = parse({"requirements.txt": text})

    assert [root.text for root in parsed.roots] == expected


def test_a_line_number_is_that_of_the_first_physical_line() -> None:
    parsed = parse({"r.txt": "# head\n\na\\\n>=1\nb\n"})

    assert [root.origin.line for root in parsed.roots] == [3, 5]


@pytest.mark.parametrize("text", ["a==${lower}", "a==${UNSET}"])
def test_a_variable_without_value_or_in_lower_case_stays_as_written(text: str) -> None:
    assert "${" in refusal(text).what


def test_hashes_go_with_their_requirement() -> None:
    one, two = "sha256:" + "a" * 64, "sha512:" + "b" * 128

    parsed = parse({"r.txt": f"a==1 \\\n  --hash={one} \\\n  --hash {two}\nb==2"})

    assert parsed.roots[0].hashes == (one, two)
    assert parsed.roots[0].text == "a==1"
    assert parsed.roots[1].hashes == ()


def test_options_are_gathered_from_all_files() -> None:
    parsed = parse(
        {
            "in/r.txt": "-i https://one/simple\n--extra-index-url=https://two/simple\n"
            "--find-links wheels\n-fhttps://links/\n--pre\n-r s.txt\na",
            "in/s.txt": "--index-url https://three/simple\n--trusted-host h\n"
            "--no-index\n--no-binary numpy,SciPy\n--only-binary :all:",
        }
    )

    assert parsed.index_url == "https://three/simple"
    assert parsed.extra_index_urls == ("https://two/simple",)
    assert parsed.find_links == ("in/wheels",)
    assert [note.partition(" is ")[0] for note in parsed.notes] == [
        "--find-links https://links/ (in/r.txt, line 4)"
    ]
    assert parsed.has_pre
    assert parsed.has_no_index
    assert parsed.trusted_hosts == ("h",)
    assert parsed.formats.only_binary == {":all:"}
    assert parsed.formats.no_binary == frozenset()


# Those that pip 26.3 takes in files (`req/req_file.py`), on a line of their own and
# behind a requirement; shared cases resolve/odd: usefeature, torchfl, reqpre, hashcomment.
@pytest.mark.parametrize(
    "line",
    [
        "--require-hashes",
        "--no-require-hashes",
        "--prefer-binary",
        "--use-feature=fast-deps",
        "--use-feature fast-deps",
        "--all-releases numpy",
        "--only-final :all:",
        "-f https://h/whl/torch_stable.html",
        "--config-settings editable_mode=strict",
        "-C k=v",
        "--hash=sha256:" + "a" * 64,
        "b --pre",
        "b --extra-index-url https://h/simple",
        "b -f https://h/links.html",
        "b --prefer-binary",
        "b --config-settings k=v",
    ],
)
def test_an_option_that_pip_takes_in_files_is_noted_where_it_is_not_heeded(
    line: str,
) -> None:
    parsed = parse({"r.txt": f"a\n{line}\n"})

    [note] = parsed.notes
    assert note.startswith("--")
    assert "(r.txt, line 2) is ignored: " in note
    assert not parsed.has_pre
    assert not parsed.extra_index_urls
    assert not parsed.find_links
    names = [root.text for root in parsed.roots]
    assert names == (["a", "b"] if line.startswith("b ") else ["a"])


def test_options_may_be_shortened_and_bound_to_a_requirement_as_pip_takes_them() -> (
    None
):
    parsed = parse(
        {
            "r.txt": "--extra-index https://h/simple\n--pypi-url https://i/simple\n"
            "--all-releases :all:\na --no-binary a\nb --only-b=b"
        }
    )

    assert parsed.extra_index_urls == ("https://h/simple",)
    assert parsed.index_url == "https://i/simple"
    assert parsed.has_pre
    assert parsed.formats.no_binary == {"a"}
    assert parsed.formats.only_binary == {"b"}
    assert parsed.notes == ()


def test_a_note_shows_no_login() -> None:
    parsed = parse({"r.txt": "a\n-f https://me:secret@h/links.html"})

    assert "secret" not in parsed.notes[0]


def test_constraints_come_from_files_and_from_includes() -> None:
    parsed = parse({"r.txt": "a\n-c c.txt\nb", "c.txt": "x<2\ny==1"})

    assert [root.text for root in parsed.roots] == ["a", "b"]
    assert [root.text for root in parsed.constraints] == ["x<2", "y==1"]


def test_a_file_given_as_constraints_asks_for_nothing() -> None:
    parsed = parse({"c.txt": "x<2\n-r r.txt", "r.txt": "a"}, constraints=("c.txt",))

    assert [root.text for root in parsed.constraints] == ["x<2"]
    assert [root.text for root in parsed.roots] == ["a"]


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("ftp://h/p-1.whl", "cannot be required: nothing is fetched", "NAME @ URL"),
        ("p @ https:///p-1.whl", "it names no host", "NAME @ URL"),
        ("https://h/p-1.whl ; python", "its marker cannot be read", "NAME @ URL"),
        ("./p#subdirectory=../q", "leads out of it", "NAME @ URL"),
        ("-e 'p @ ftp://h/p-1.whl'", "nothing is fetched over ftp:", "NAME @ URL"),
        ("requirements.txt", "is a file", "-r requirements.txt"),
        ("flask=2.0", "is not a requirement", "flask==2.0"),
        ("flask >> 2", "is not a requirement", "requests>=2.21,<3"),
        ("flask ; python_version", "is not a requirement", "requests"),
        ("--no-cache-dir", "--no-cache-dir is not known", "leave it out"),
        ("--timeout 60", "--timeout is not known", "leave it out"),
        ("--process-dependency-links", "links is not known", "NAME @ URL"),
        ("a --global-option=x", "--global-option cannot follow", "a recipe"),
        ("- a", "'- a' is not a requirement", "write a"),
        ("------- -----", "is not a requirement", "pip list --format=freeze"),
        ("a --hash=md5:abc", "md5:abc", "sha256"),
        ("--index-url", "has no value", "one option"),
        ("--pre=yes", "takes no value", "one option"),
        ("--find-links 'wheels", "no closing quotation", "one option"),
        ("-i https://h/ rest", "comes after the options", "one option"),
        ("-r https://h/r.txt", "includes are local files", "download"),
        ("-r missing.txt", "missing.txt cannot be read: No such file", "relative"),
        ("-r requirements.txt", "circle", "remove one"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line_and_a_next_step(
    line: str, what: str, hint: str
) -> None:
    error = refusal(f"good\n{line}\n")

    assert error.exit_code == 2
    assert error.where == "requirements.txt, line 2"
    assert what in error.what
    assert hint in error.hint


def test_all_issues_are_told_at_once() -> None:
    with pytest.raises(InvalidRequirementError) as caught:
        parse({"r.txt": "a\n-e ftp://h\n-r s.txt\nflask=1", "s.txt": "--nope"}, "b=2")

    assert caught.value.what.startswith("4 requirement lines")
    assert "r.txt, line 2" in caught.value.what
    assert "s.txt, line 1" in caught.value.what
    assert "command line: 'b=2'" in caught.value.what
    assert caught.value.where == "command line, r.txt, s.txt"


@pytest.mark.parametrize("line", ["ftp://me:secret@h/p.whl", "p @ ftp://me:secret@h/p"])
def test_a_message_hides_credentials(line: str) -> None:
    error = refusal(line)

    assert "secret" not in error.what + error.hint
    assert "****@h" in error.what


def test_a_longer_circle_names_its_way() -> None:
    with pytest.raises(InvalidRequirementError) as caught:
        parse({"a.txt": "-r b.txt", "b.txt": "-c sub/../a.txt"})

    assert "a.txt includes b.txt includes a.txt" in caught.value.what


def test_the_same_file_may_be_included_twice() -> None:
    parsed = parse({"r.txt": "-r s.txt\n-r s.txt", "s.txt": "a"})

    assert len(parsed.roots) == 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("a[x]==1", "constraint cannot have extras"),
        ("./a", "must have a name"),
        ("-e ./a", "must have a name"),
        ("a[x] @ https://h/a", "constraint cannot have extras"),
    ],
)
def test_a_constraint_is_a_plain_name_with_a_range(line: str, what: str) -> None:
    with pytest.raises(InvalidRequirementError) as caught:
        parse({"c.txt": line}, constraints=("c.txt",))

    assert what in caught.value.what


def test_one_requirement_by_itself_keeps_its_text() -> None:
    root = parse_requirement(" Flask[async] >= 2 ")

    assert root.text == "Flask[async] >= 2"
    assert root.requirement.extras == {"async"}


def test_no_text_is_no_requirement() -> None:
    with pytest.raises(InvalidRequirementError):
        parse_requirement("  ")


def test_a_lock_of_ours_is_a_constraint_with_its_extras_left_out() -> None:
    head = "\n".join(header(["Python 3.9 on linux"], ("axletree", "lock")))
    lock = f"{head}\nray[default,serve]==2.0 \\\n    --hash=sha256:{'a' * 64}\n"

    parsed = parse({"lock.txt": lock}, constraints=("lock.txt",))

    [constraint] = parsed.constraints
    assert constraint.text == "ray==2.0"
    assert not constraint.requirement.extras
    assert constraint.hashes == ("sha256:" + "a" * 64,)
