"""Properties of the checkout itself: layout, lock, addresses, documentation."""

import gzip
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from axletree.manual.markdown import headings
from axletree.manual.topics import find
from axletree.server.answers.errors import REFERENCES
from tests.mutants import file_of_tests, modules
from tests.support.checkout import CODE, LINKED, ROOT, tracked_files

HOSTS = (
    urlsplit(PYPI_SIMPLE_ENDPOINT).netloc,
    # In parts, so that this file passes its own test.
    *(
        ".".join(labels)
        for labels in (
            ("pythonhosted", "org"),
            ("anaconda", "org"),
            ("npmjs", "org"),
            ("crates", "io"),
            ("docker", "io"),
            ("ghcr", "io"),
            ("quay", "io"),
        )
    ),
)


def texts() -> Iterator[tuple[PurePosixPath, str]]:
    """Yield every tracked text, also those packed by gzip."""
    for path in tracked_files():
        if (ROOT / path).is_symlink():
            continue
        content = (ROOT / path).read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        yield path, content.decode(errors="replace")


@cache
def pyproject_packages() -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return set(tomllib.load(file)["tool"]["setuptools"]["packages"])


def import_name(folder: PurePosixPath) -> str:
    parts = (
        folder.parts if folder.parts[0] == "axletree" else ("axletree", *folder.parts)
    )
    return ".".join(parts)


def declared_dependencies() -> list[Requirement]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)
    lines = table["project"]["dependencies"] + table["dependency-groups"]["dev"]
    lines += table["project"]["optional-dependencies"]["cluster"]
    return [Requirement(line) for line in lines]


def locked_versions() -> dict[str, list[str]]:
    lock = (ROOT / "requirements-dev.txt").read_text()
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def source_values(pattern: str) -> set[str]:
    found: set[str] = set()
    for path, text in texts():
        if path.parts[0] in CODE and path.suffix == ".py":
            found.update(re.findall(pattern, text, re.MULTILINE))
    return found


@pytest.mark.parametrize("name", [*LINKED, "docs"])
def test_link_leads_to_the_folder_beside_axletree(name: str) -> None:
    assert (ROOT / "axletree" / name).readlink() == Path("..", name)


def test_pyproject_lists_every_package_and_no_other() -> None:
    with_init = {
        import_name(path.parent)
        for path in tracked_files()
        if path.name == "__init__.py" and path.parts[0] in CODE
    }
    # The pages of the documentation are data that lie where a package would.
    pages = {name for name in pyproject_packages() if name.startswith("axletree.docs")}
    assert with_init == pyproject_packages() - pages


def test_every_module_lies_in_a_package() -> None:
    stray = [
        str(path)
        for path in tracked_files()
        if path.parts[0] in CODE
        and path.suffix == ".py"
        and import_name(path.parent) not in pyproject_packages()
    ]
    assert stray == []


def test_no_registry_is_named() -> None:
    naming = [
        f"{path}: {host}" for path, text in texts() for host in HOSTS if host in text
    ]
    assert naming == []


def test_no_git_host_is_named_but_for_the_fairing_fork_and_links_to_threads() -> None:
    address = re.compile(
        r"github\.com[/:](?!631068264/fairing\b)(?![\w.-]+/[\w.-]+/(?:issues|pull)/\d)"
    )
    assert [str(path) for path, text in texts() if address.search(text)] == []


def test_no_path_of_this_checkout_is_written_down() -> None:
    assert [str(path) for path, text in texts() if str(ROOT) in text] == []


def test_lock_of_the_development_environment_holds_no_address() -> None:
    lock = (ROOT / "requirements-dev.txt").read_text()
    assert re.findall(r"https?://|file:|--index-url|--find-links|@ ", lock) == []


def test_lock_holds_a_fitting_version_of_every_declared_dependency() -> None:
    locked = locked_versions()
    unfit = [
        str(requirement)
        for requirement in declared_dependencies()
        if not any(
            requirement.specifier.contains(version, prereleases=True)
            for version in locked.get(canonicalize_name(requirement.name), [])
        )
    ]
    assert unfit == [], "run `make lock-dev`"


def test_every_dependency_has_its_reason_in_the_docs() -> None:
    page = (ROOT / "docs/dependencies.md").read_text()
    explained = re.findall(r"^- \*\*([\w-]+)\*\*: ", page, re.MULTILINE)
    declared = sorted(requirement.name for requirement in declared_dependencies())
    assert sorted(explained) == declared


def test_every_error_reference_has_its_section_in_the_docs() -> None:
    references = source_values(r'^    reference(?:: .+)? = "(.+)"$')
    references |= set(REFERENCES.values())
    page = headings((ROOT / "docs/reference/errors.md").read_text())
    titles = [heading.title for heading in page if heading.level == 2]
    assert titles == sorted(references)
    assert [name for name in titles if not shows_its_error(name)] == []


def shows_its_error(reference: str) -> bool:
    """Tell whether `axletree docs` shows the section that an error names."""
    topic = find(reference)
    return topic is not None and topic.text.startswith(f"## {reference}\n")


def test_every_exit_code_of_an_error_is_in_the_docs() -> None:
    codes = source_values(r"^    exit_code(?:: .+)? = (\d+)$")
    page = (ROOT / "docs/reference/exit-codes.md").read_text()
    documented = set(re.findall(r"^\| (\d+) \|", page, re.MULTILINE))
    assert codes <= documented


def test_every_relative_link_of_a_page_leads_somewhere() -> None:
    dead = [
        f"{path}: {target}"
        for path, text in texts()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
        if not (ROOT / path.parent / target).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("module", modules())
def test_every_module_at_the_core_has_a_test_file_of_its_name(module: str) -> None:
    assert file_of_tests(module).is_file(), "see CONTRIBUTING.md, and make mutants"


def test_every_test_file_of_a_room_is_named_by_a_module_of_it() -> None:
    rooms = ROOT / "tests/resolver"
    strays = [
        str(path.relative_to(rooms))
        for path in rooms.glob("**/test_*.py")
        if not _module_of(path.relative_to(rooms)).is_file()
    ]
    assert strays == []


def _module_of(path: Path) -> Path:
    return ROOT / "resolver" / path.parent / f"{path.stem.removeprefix('test_')}.py"


def test_a_wheelhouse_is_opened_by_its_place_and_never_by_its_folder_alone() -> None:
    opening = re.compile(
        r"(?:open|open_to_read|open_to_change|require|policy_at|view_at|PlainReader)"
        r"\((?:\w+, )?(?:self\.)?_?settings(?:_for\(\w*\))?\.home\b"
    )
    found = [
        str(path)
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in CODE
        if opening.search((ROOT / path).read_text())
    ]
    assert found == []
