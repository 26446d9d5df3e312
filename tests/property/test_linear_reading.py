"""Foreign bytes are read in linear time: twice as many take about twice the work.

Work is processor time, as regular expressions and `int` hide theirs from any count of
calls; four times the input may take eight times as long, and only the best of several
tries counts, so that a busy machine spoils nothing. Quadratic work takes sixteen.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.inputs.pyproject import load_project
from axletree.resolver.inputs.requirements_files import parse_input
from axletree.resolver.model.bounds import (
    LONGEST_REQUIREMENT,
    MOST_EXTRAS,
    MOST_REQUIREMENTS,
)
from axletree.resolver.model.distribution import (
    FileMetadata,
    Page,
    UnusableMetadata,
    expand_tag,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.file_names import (
    MOST_TAGS,
    FileNames,
)
from axletree.resolver.model.foreign_text import (
    parse_version,
    read_requirement,
    read_specifiers,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import PageCompiler
from axletree.resolver.universe.dependencies import parse_dependencies
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.pages.page import parse_page
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.errors import NotAnIndexError
from tests.support.answers import make_file

GROWTH = 4
MOST_RATIO = 2 * GROWTH
TRIES = 12
SHORT_S = 0.002
"""Below it nothing is told from noise, and nothing is harmful."""

DEMO = canonicalize_name("demo")
TARGET = environment_for("3.11", "linux")
DIGEST = "0" * 64
WHEEL = make_file("demo-1-py3-none-any.whl")
HEAD = b"Metadata-Version: 2.1\nName: demo\nVersion: 1\n"


def page(body: bytes, kind: str) -> Page | None:
    with suppress(NotAnIndexError):
        return parse_page(
            DEMO,
            body,
            content_type=kind,
            url="https://index.test/simple/demo/",
            credentials=Credentials(),
        )
    return None


def html(text: str) -> Callable[[], object]:
    body = text.encode()
    return lambda: page(body, "text/html")


def entries(*listed: Mapping[str, object]) -> bytes:
    files = [
        {"filename": f"demo-{number}.0-py3-none-any.whl", "url": "x"}
        | {"hashes": {"sha256": DIGEST}}
        | dict(fields)
        for number, fields in enumerate(listed)
    ]
    return json.dumps({"files": files}).encode()


def listing(*listed: Mapping[str, object]) -> Callable[[], object]:
    body = entries(*listed)
    return lambda: page(body, "application/vnd.pypi.simple.v1+json")


def compiling(count: int) -> Callable[[], object]:
    found = page(entries(*[{}] * count), "application/vnd.pypi.simple.v1+json")
    assert found is not None
    return lambda: PageCompiler(TARGET, Limits()).compile(found).masks


def metadata(raw: bytes) -> Callable[[], object]:
    def read() -> object:
        found = parse_metadata(HEAD + raw, WHEEL)
        if isinstance(found, FileMetadata):
            evaluator = MarkerEvaluator(TARGET)
            return parse_dependencies(found, evaluator, Changes())
        return found

    return read


def refused(read: Callable[[str], object], text: str) -> Callable[[], object]:
    def run() -> object:
        with suppress(ValueError):
            return read(text)
        return None

    return run


def lines(text: str) -> Callable[[], object]:
    def read() -> object:
        with suppress(InvalidRequirementError):
            return parse_input([], ["in.txt"], read=lambda _: text, environ={})
        return None

    return read


def project(text: str) -> Callable[[], object]:
    return lambda: load_project("pyproject.toml", lambda _: text)


KINDS: dict[str, tuple[int, Callable[[int], Callable[[], object]]]] = {
    "comments never closed": (10_000, lambda n: html("<!--" * n)),
    "double quotes never closed": (10_000, lambda n: html('<a href="' * n)),
    "quotes in quotes": (5_000, lambda n: html("<a x=\"<a y='" * n)),
    "quotes of attributes out of step": (
        3_000,
        lambda n: html("<a " + 'x="\'" ' * n + ">"),
    ),
    "tags never closed": (10_000, lambda n: html("<a x= " * n)),
    "equals signs": (10_000, lambda n: html("<a " + "= " * n)),
    "spaces in a tag": (30_000, lambda n: html("<a x=" + " " * n)),
    "attribute names": (5_000, lambda n: html("<a " + "a " * n + ">")),
    "entities never closed": (20_000, lambda n: html(f'<a href="{"&#" * n}">')),
    "percent signs": (5_000, lambda n: html(f'<a href="{"%" * n}.whl">')),
    "bases": (2_000, lambda n: html("<base href=x>" * n)),
    "files of a page": (2_000, lambda n: listing(*[{}] * n)),
    "files of one name": (
        2_000,
        lambda n: listing(*[{"filename": "demo-1.0.tar.gz"}] * n),
    ),
    "files left out": (2_000, lambda n: listing(*[{"filename": "../x.whl"}] * n)),
    "a long file name": (
        20_000,
        lambda n: listing({"filename": f"demo-{'1-' * n}.tar.gz"}),
    ),
    "long links": (500, lambda n: listing(*[{"url": "../" * 300}] * n)),
    "hosts": (
        1_000,
        lambda n: listing(*({"url": f"https://h{i}.test/x"} for i in range(n))),
    ),
    "bad hashes": (1_000, lambda n: listing(*[{"hashes": {"sha256": "x"}}] * n)),
    "Requires-Python of a page": (
        1_000,
        lambda n: listing(*({"requires-python": f">={i}"} for i in range(n))),
    ),
    "releases": (2_000, compiling),
    "folded lines": (10_000, lambda n: metadata(b"X: a\n" + b" b\n" * n)),
    "folded requirement": (
        10_000,
        lambda n: metadata(b"Requires-Dist: a\n" + b" b\n" * n),
    ),
    "a header's name": (100_000, lambda n: metadata(b"a" * n)),
    "line ends": (10_000, lambda n: metadata(b"a:\n\r" * n)),
    "requirements of a release": (
        1_000,
        lambda n: metadata(b"".join(b"Requires-Dist: p%d\n" % i for i in range(n))),
    ),
    "lines of requirements": (500, lambda n: lines("a==1\n" * n)),
    "bad lines of requirements": (300, lambda n: lines("a b c\n" * n)),
    "continued lines": (3_000, lambda n: lines("a\\\n" * n)),
    "hashes of a line": (
        300,
        lambda n: lines("a==1 " + f"--hash=sha256:{DIGEST} " * n),
    ),
    "quotes of a line": (10_000, lambda n: lines('"' * n)),
    "variables of a line": (5_000, lambda n: lines("${A" * n)),
    "addresses of a line": (5_000, lambda n: lines("://" * n)),
    "spaces of a line": (10_000, lambda n: lines("a" + " " * n + "b")),
    "brackets in TOML": (20_000, lambda n: project("[" * n)),
    "arrays in TOML": (20_000, lambda n: project("a = " + "[" * n)),
    "tables in TOML": (20_000, lambda n: project("a = " + "{a=" * n)),
    "dots in TOML": (20_000, lambda n: project("a." * n + "b=1")),
    "headers in TOML": (500, lambda n: project("".join(f"[t{i}]\n" for i in range(n)))),
    "dependencies in TOML": (
        1_000,
        lambda n: project("[project]\ndependencies=[" + "'a',\n" * n + "]"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_four_times_the_input_takes_about_four_times_the_work(kind: str) -> None:
    size, make = KINDS[kind]
    few, many = make(size), make(size * GROWTH)
    best_few = best_many = float("inf")
    for _ in range(TRIES):
        best_few = min(best_few, seconds(few))
        best_many = min(best_many, seconds(many))
        if best_many <= max(SHORT_S, MOST_RATIO * best_few):
            return

    assert best_many <= MOST_RATIO * best_few


def seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


@pytest.mark.parametrize(
    "text",
    [
        "a; " + "(" * 10_000 + "os_name == 'a'" + ")" * 10_000,
        "a; " + "(" * 60 + "os_name == 'a'" + ")" * 60,
        "a==" + "9" * 5_000,
        "a<" + "1." * 3_000 + "0",
        "a" * (LONGEST_REQUIREMENT + 1),
        "a[" + "b," * LONGEST_REQUIREMENT + "b]",
        "a; python_version >= '" + "9" * 5_000 + "'",
        "a; os_name == 'a' or \"" + "9" * 5_000 + '" > python_full_version',
    ],
)
def test_a_requirement_beyond_the_bounds_is_none(text: str) -> None:
    # In METADATA and in what the user writes alike.
    with pytest.raises(ValueError, match=r"[Ii]t has|Expected|parentheses"):
        read_requirement(text)
    found = metadata(f"Requires-Dist: {text}\n".encode())()
    assert isinstance(found, UnusableMetadata)
    with pytest.raises(InvalidRequirementError):
        parse_input([text], read=lambda _: "", environ={})


def test_versions_and_specifiers_beyond_the_bounds_are_none() -> None:
    assert parse_version("9" * 5_000) is None
    assert parse_version("1." * 3_000 + "0") is None
    for text in (">=" + "9" * 5_000, ">3," * 100_000):
        with pytest.raises(ValueError, match="over 1000 characters"):
            read_specifiers(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"Requires-Dist: a\n" * (MOST_REQUIREMENTS + 1), "10001 Requires-Dist, over"),
        (b"Provides-Extra: a\n" * (MOST_EXTRAS + 1), "10001 Provides-Extra, over"),
        (b"Requires-Python: " + b">3," * 100_000 + b"\n", "Requires-Python of over"),
    ],
)
def test_metadata_beyond_the_bounds_is_unusable_by_a_named_fact(
    raw: bytes, reason: str
) -> None:
    found = parse_metadata(HEAD + raw, WHEEL)

    assert isinstance(found, UnusableMetadata)
    assert reason in found.reason


def test_a_name_stands_for_no_more_tags_than_are_told() -> None:
    three = ".".join(f"a{i}" for i in range(10))
    name = FileNames(DEMO).read(f"demo-1-{three}-{three}-{three}.whl")

    assert isinstance(name, tuple)
    assert len(expand_tag(name[4])) == MOST_TAGS
