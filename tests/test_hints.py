"""No text of ours names a command, or an option of one, that does not exist.

Read are all texts in the code but docstrings, and what the documentation shows as code.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence

import click
import pytest
from click.testing import CliRunner

from axletree.cli import VERBS, group
from axletree.commands.line.verb_texts import FAMILIES
from axletree.manual.topics import find
from tests.support.checkout import CODE as FOLDERS
from tests.support.checkout import ROOT, tracked_files
from tests.support.pages import PAGES, code

SECOND = "|".join(sorted({v.partition(" ")[2] for v in VERBS if " " in v}))
COMMAND = re.compile(
    rf"\baxletree ((?:{'|'.join(FAMILIES)}) (?:{SECOND})\b|[a-z][a-z-]*)"
    r"(?![./])([^`;()\n]*)"
)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
PROSE = frozenset({"with", "for", "process", "compiled", "axletree"})
"""Words that follow the name where no command is meant."""


def texts_in_code(path: str) -> Iterator[str]:
    """Yield the string constants of a module, those that are no docstrings."""
    source = (ROOT / path).read_text()
    # To parse all takes seconds, and most name us in their imports alone.
    if not re.search(r"(?<!^from )(?<!^import )axletree(?!\.)", source, re.MULTILINE):
        return
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield "" if id(node) in docstrings else node.value


def named(texts: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the commands that texts name, each with the words behind it."""
    for text in texts:
        for verb, rest in COMMAND.findall(text):
            if verb not in PROSE:
                yield verb, rest


SOURCES = [
    str(path)
    for path in tracked_files()
    if path.suffix == ".py" and path.parts[0] in FOLDERS
]


@pytest.mark.parametrize(("paths", "texts"), [(SOURCES, texts_in_code), (PAGES, code)])
def test_every_command_that_is_named_exists_and_has_its_options(
    paths: Sequence[str], texts: Callable[[str], Iterator[str]]
) -> None:
    wrong = [
        f"{path}: axletree {verb} {rest}"
        for path in paths
        for verb, rest in named(texts(path))
        if (verb not in VERBS and verb not in FAMILIES)
        or not options_of(verb).issuperset(OPTION.findall(rest))
    ]
    assert wrong == []


def options_of(verb: str) -> set[str]:
    command = group.get_command(click.Context(group), verb)
    assert command is not None
    params = command.get_params(click.Context(command))
    return {option for param in params for option in param.opts}


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help(verb: str) -> None:
    ran = CliRunner().invoke(group, [verb, "--help"])

    assert ran.exit_code == 0, ran.output
    assert verb in ran.output


def test_a_command_that_does_not_exist_is_found() -> None:
    said = "bring it in first: axletree fetch numpy --into HOME; then lock"

    assert list(named(iter([said]))) == [("fetch", " numpy --into HOME")]


def test_every_topic_that_is_named_is_there() -> None:
    """Also in help: each verb's ends with one (tests/axletree/commands/line)."""
    texts = [text for path in SOURCES for text in texts_in_code(path)]
    texts += [text for page in PAGES for text in code(page)]
    topics = {
        rest.split()[0]
        for verb, rest in named(iter(texts))
        if verb == "docs" and rest.split() and not rest.startswith((" [", " lists"))
    } - {"TOPIC"}
    assert topics
    assert [topic for topic in topics if find(topic) is None] == []
