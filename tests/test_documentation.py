"""README and docs say what the program does: verbs, options, settings, targets."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache

import click
import pytest

from axletree.cli import VERBS, group
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.words import joined
from axletree.commands.options.requirement_files import MOST_FILES, MOST_FOLDERS
from axletree.environ import SETTINGS, variable_of
from axletree.manual.markdown import headings
from axletree.resolver.model import bounds
from axletree.resolver.model.file_names import (
    LONGEST_FOREIGN_NAME,
    MOST_TAGS,
)
from axletree.resolver.queries.as_pip import MOST_NEW_FILES
from axletree.resolver.repairs.far_older import FAR
from axletree.resolver.repairs.repairer import MOST_BUILDS, MOST_READ, MOST_READ_BY_ONE
from axletree.wheelhouse.entry.variants import VARIANTS_LIMIT_BYTES
from tests.support.checkout import LINKED, ROOT, tracked_files
from tests.support.page_session import words_of
from tests.support.pages import PAGES, blocks, heading_source, read

CLI = (ROOT / "docs/reference/cli.md").read_text()
SHARED = ("Requirements", "Target", "Source", "Output")
"""Sections of cli.md with the options that several verbs have."""


def sections(page: str) -> dict[str, str]:
    """Split a page at its second-level headings."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def anchors(page: str) -> set[str]:
    return {heading.anchor for heading in headings(read(page))}


def documented_options(section: str) -> list[str]:
    """List the first cells of an option table, without marks of Markdown."""
    cells = re.findall(r"^\| (`-.+?`) \| ", section, re.MULTILINE)
    return [cell.replace("`", "").replace("\\|", "|") for cell in cells]


def verb(name: str) -> tuple[click.Command, click.Context]:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command, click.Context(command, info_name=name)


def spelt(option: click.Option, context: click.Context) -> str:
    """Spell an option as cli.md does: `-o, --output-file FILE`."""
    rows = OPTIONS[context.info_name or ""]
    [names] = [row.names for row in rows if row.to == option.name]
    words = ", ".join(names)
    if option.is_flag or option.count:
        return words
    return f"{words} {option.make_metavar(context)}".replace(" RANGE", "")


def own_options(name: str) -> list[click.Option]:
    command, _ = verb(name)
    return [option for option in command.params if isinstance(option, click.Option)]


def commands_shown() -> list[list[str]]:
    """List every `axletree …` of a block of commands, as the words after `axletree`."""
    return [
        list(words[1:])
        for words in map(words_of, commands())
        if words[:1] == ["axletree"]
    ]


def commands() -> Iterator[str]:
    for page in PAGES:
        for block in blocks(page):
            yield from (command.text for command in block.commands)


def test_every_verb_has_its_section_and_no_other_has() -> None:
    documented = re.findall(r"^## axletree ([\w-]+(?: \w+)?)$", CLI, re.MULTILINE)
    assert sorted(documented) == sorted(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_options_of_a_verb_are_those_of_its_sections(name: str) -> None:
    found = sections(CLI)
    own = found[f"axletree {name}"]
    linked = [title for title in SHARED if f"(#{title.lower()})" in own]
    documented = documented_options(own)
    for title in linked:
        documented += documented_options(found[title])
    _, context = verb(name)
    assert sorted(documented) == sorted(
        spelt(option, context) for option in own_options(name)
    )


@pytest.mark.parametrize("name", VERBS)
def test_defaults_that_help_shows_stand_in_the_reference(name: str) -> None:
    _, context = verb(name)
    shown = {
        (spelt(option, context), option.default)
        for option in own_options(name)
        if option.show_default
    }
    plain = CLI.replace("\\|", "|")
    missing = [
        f"{words}: default `{default}`"
        for words, default in shown
        if not re.search(
            rf"^\| .*{re.escape(words.split(', ')[-1])}` \| .*default `{default}`",
            plain,
            re.MULTILINE,
        )
    ]
    assert missing == []


def test_other_names_of_options_stand_in_the_reference() -> None:
    others = {
        (name, row.names[-1])
        for rows in OPTIONS.values()
        for row in rows
        for name in row.aliases
    }
    missing = [name for name, ours in others if f"| `{name}` | `{ours}` |" not in CLI]
    assert others
    assert missing == []


def test_readme_shows_every_verb() -> None:
    text = (ROOT / "README.md").read_text()
    shown = {name.partition(" ")[0] for name in VERBS}
    assert [name for name in shown if f"axletree {name}" not in text] == []


@pytest.mark.parametrize("words", commands_shown(), ids=shlex.join)
def test_command_shown_is_understood(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    name, *rest = joined(words)
    command, _ = verb(name)
    assert command.make_context(name, rest).params or not OPTIONS[name]


def test_make_targets_shown_exist() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    shown = {
        target
        for command in commands()
        for target in re.findall(r"^make ([a-z-]+)", command)
    }
    assert {"demo", "test"} <= shown <= set(targets)


def test_settings_page_lists_every_variable_of_ours() -> None:
    variable = re.compile(r"AXLETREE_[A-Z_]+")
    page = (ROOT / "docs/reference/settings.md").read_text()
    assert set(variable.findall(page)) == set(map(variable_of, SETTINGS))


def test_pages_name_no_variable_that_does_not_exist() -> None:
    variable = re.compile(r"AXLETREE_[A-Z_]+")
    known = set(map(variable_of, SETTINGS))
    known.add("AXLETREE_COMPLETE")  # `_AXLETREE_COMPLETE`, of click
    named = {name for page in PAGES for name in variable.findall(read(page))}
    assert named <= known


def test_json_page_lists_every_format() -> None:
    text = "".join(
        (ROOT / path).read_text()
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in {"axletree", "resolver"}
        if not (ROOT / path).is_symlink()
    )
    written = set(re.findall(r'"(axletree\.[a-z-]+/\d+)"', text))
    page = (ROOT / "docs/reference/json.md").read_text()
    assert set(re.findall(r"^\| `(axletree\.[a-z-]+/\d+)`", page, re.MULTILINE)) == (
        written
    )


def test_index_of_the_docs_leads_to_every_page() -> None:
    index = (ROOT / "docs/README.md").read_text()
    pages = {page.removeprefix("docs/") for page in PAGES if page.startswith("docs/")}
    assert set(re.findall(r"\]\(([^)]+)\)", index)) == pages - {"README.md"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_headings_that_exist(page: str) -> None:
    text = read(page)
    dead = [
        f"{target}#{anchor}"
        for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", text)
        if anchor not in anchors(heading_source(page, target))
    ]
    assert dead == []


def test_the_bounds_of_what_is_read_are_documented() -> None:
    page = (ROOT / "docs/reference/limits.md").read_text()
    figures = {
        "characters of a file name": LONGEST_FOREIGN_NAME,
        "tags that one wheel's name stands for": MOST_TAGS,
        "characters of a URL": bounds.LONGEST_URL,
        "characters of a Requires-Python": bounds.LONGEST_REQUIRES_PYTHON,
        "`Requires-Dist` of one file": bounds.MOST_REQUIREMENTS,
        "`Provides-Extra` of one file": bounds.MOST_EXTRAS,
        "characters of a requirement": bounds.LONGEST_REQUIREMENT,
        "characters of a version": bounds.LONGEST_VERSION,
        "characters of a value in a marker": bounds.LONGEST_VERSION,
        "parentheses open at once in a marker": bounds.DEEPEST_MARKER,
        "bytes of a listing of variants": VARIANTS_LIMIT_BYTES,
    }
    for what, figure in figures.items():
        assert f"| {what} | {figure:,} |" in page
    reading, batches = "files whose metadata is read", "batches in which they are asked"
    builds = "sdists that are built to be read"
    gates = "times that what was found breaks a shut gate"
    for limits in (MOST_READ, MOST_READ_BY_ONE):
        assert f"| {reading} | {limits.files:,} |" in page
        assert f"| {batches} for | {limits.batches:,} |" in page
        assert f"| {gates} | {limits.objections} |" in page
    assert f"| {builds} | {MOST_BUILDS} |" in page
    assert f"| files that were not read before | {MOST_NEW_FILES} |" in page
    assert f"| requirements files | {MOST_FILES:,} |" in page
    assert f"| folders that are looked into | {MOST_FOLDERS:,} |" in page
    assert FAR.days // 365 == 2
    assert f"years {bounds.EARLIEST_YEAR} to {bounds.LATEST_YEAR}" in " ".join(
        page.split()
    )


# Modules and files.


@pytest.mark.parametrize("page", PAGES)
def test_modules_and_files_that_a_page_names_exist(page: str) -> None:
    text = read(page)
    modules = re.findall(
        r"`(?:from )?(axletree(?!\.toml)(?:\.[a-z_]+)+)(?: import \w+)?`", text
    )
    folders = f"axletree|{'|'.join(LINKED)}|tests|benchmarks|examples"
    files = re.findall(rf"(?<![\w./-])((?:{folders})/[\w./-]*)", text)

    assert [name for name in modules if not _is_module(name)] == []
    assert [name for name in files if not (ROOT / name.rstrip(".")).exists()] == []


def test_modules_that_code_names_exist() -> None:
    """In docstrings and comments, where no linter looks."""
    parts = "|".join((*LINKED, "commands"))
    named = re.compile(rf"\b(?:axletree\.)?(?:{parts})(?:\.(?!py`)[a-z_]+)+(?=`)")
    stale = [
        f"{path}: {name}"
        for path in tracked_files()
        if path.suffix == ".py" and not (ROOT / path).is_symlink()
        for name in named.findall((ROOT / path).read_text())
        if not _is_named(f"axletree.{name.removeprefix('axletree.')}")
    ]
    assert stale == []


def _is_named(name: str) -> bool:
    """Tell whether there is such a module, or a module with such a name in it."""
    module, _, last = name.rpartition(".")
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return _is_module(name) or (path.is_file() and last in path.read_text())


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_the_picture_of_the_house_has_every_floor_and_room_in_its_order() -> None:
    page = (ROOT / "docs/explanation/architecture.md").read_text()
    picture = page.partition("```text")[2].partition("```")[0]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]["contracts"]

    for contract in contracts:
        if contract["type"] == "layers":
            [container] = contract["containers"]
            words = _floor(picture, container.removeprefix("axletree").lstrip("."))
            places = [words.index(layer) for layer in contract["layers"]]
            assert places == sorted(places), contract["name"]


def _floor(picture: str, name: str) -> list[str]:
    """List the words of one floor of the picture; of the house: its floors and wings."""
    floors = [re.findall(r"\w+", floor) for floor in re.split("├─+┤", picture)]
    if name == "commands":
        [words] = (words for words in floors if "commands" in words)
        return words[len(words) - words[::-1].index("commands") :]
    if name:
        return next(words for words in floors if words[0] == name)
    wings = {"server", "builder", "wheelhouse", "resolver"}
    return [
        word for words in floors for word in (words[:1] if words[0] in wings else words)
    ]
