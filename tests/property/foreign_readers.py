"""Every reader of foreign bytes, with what it may raise and what must then hold."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from axletree.builder.archives.folder_sink import unpack_into
from axletree.builder.archives.source_archive import (
    look_into,
    source_rules,
)
from axletree.builder.hooks.answer import (
    HookAnswerError,
    read_answer,
)
from axletree.builder.hooks.build_system import (
    BuildSystemError,
    read_build_system,
)
from axletree.builder.recipes.recipe import load_recipe
from axletree.errors import AxletreeError
from axletree.resolver.inputs.pyproject import (
    GroupPart,
    ProjectPart,
)
from axletree.resolver.inputs.requirements_files import parse_input
from axletree.resolver.locks.reading import read_lock
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    expand_tag,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import (
    MOST_TAGS,
    FileNames,
    below,
    safe_name,
)
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import (
    PageCompiler,
    unreadable,
)
from axletree.resolver.universe.dependencies import (
    Dependencies,
    parse_dependencies,
)
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.wheelhouse.archives.members import read_members
from axletree.wheelhouse.archives.streams import ArchiveError
from axletree.wheelhouse.entry.core_metadata import check_metadata
from axletree.wheelhouse.entry.sdist import inspect_sdist
from axletree.wheelhouse.entry.sdist_metadata import static_metadata
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.pages.page import (
    HTML_TYPES,
    JSON_TYPE,
    parse_page,
)
from axletree.wheelhouse.transport.credentials import Credentials
from tests.property import hostile_bytes as hostile

DEMO = canonicalize_name("demo")
TARGET = environment_for("3.9", "linux")
WHEEL = DistributionFile(
    project=DEMO,
    filename=safe_name("demo-1.0-py3-none-any.whl"),
    version="1.0",
    kind="wheel",
)
_OUR_BUG = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignReader:
    """One reader, and what it is fed with."""

    name: str
    inputs: st.SearchStrategy[bytes]
    read: Callable[[bytes, Path], None]
    """Gets the bytes and an empty folder; raises only on a fault."""


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Let every documented error pass, but none that is our bug."""
    errors: list[AxletreeError] = []
    try:
        yield
    except AxletreeError as error:
        errors.append(error)
    for one in errors:
        assert one.exit_code != _OUR_BUG
        assert one.reference
        # No lone surrogate: it would end the run where it is printed.
        assert str(one).encode()


def _page(kind: str) -> Callable[[bytes, Path], None]:
    def read(raw: bytes, folder: Path) -> None:
        with refusing():
            page = parse_page(
                DEMO,
                raw,
                content_type=kind,
                url="https://index.test/simple/demo/",
                credentials=Credentials(ask=lambda _url, _user: None),
            )
            _hold_page(page, folder)

    return read


def _hold_page(page: Page, folder: Path) -> None:
    for file in page.files:
        assert below(folder, file.filename).parent == folder
        assert safe_name(file.filename) == file.filename
        assert file.url.startswith(("https://", "http://"))
        assert file.url.isprintable()
        assert all(len(bytes.fromhex(digest)) for digest in file.hashes.values())
        assert file.upload_time is None or file.upload_time.timestamp() > 0
    for name, reason in unreadable(page):
        assert name.isprintable()
        assert reason.isprintable()
    PageCompiler(TARGET, Limits()).compile(page)


def _metadata(raw: bytes, _: Path) -> None:
    found = parse_metadata(raw, WHEEL)
    if isinstance(found, FileMetadata):
        evaluator = MarkerEvaluator(TARGET)
        lines = parse_dependencies(found, evaluator, Changes())
        if isinstance(lines, Dependencies):
            lines.lines(lines.provided)
        if found.requires_python:
            PageCompiler(TARGET, Limits()).micros(found.requires_python)
    with refusing():
        findings = Findings(filename="demo-1.0.tar.gz", strictness="lenient")
        check_metadata(raw, findings, "PKG-INFO")


def _file_name(raw: bytes, folder: Path) -> None:
    found = FileNames(DEMO).read(raw.decode("utf-8", "surrogateescape"))
    if isinstance(found, tuple):
        assert below(folder, found[0]).parent == folder
        assert len(expand_tag(found[4])) <= MOST_TAGS


def _sdist(raw: bytes, folder: Path) -> None:
    path = folder / "demo-1.0.tar.gz"
    path.write_bytes(hostile.packed(raw))
    with refusing():
        inspect_sdist(path, path.name, "lenient")
    with refusing():
        static_metadata(path)
    with refusing(), contextlib.suppress(BuildSystemError):
        archive = look_into(path, name=path.name, has_top=True)
        read_build_system(archive.pyproject)
    _unpack(path, folder / "out" / "in")
    assert {entry.name for entry in folder.iterdir()} == {path.name, "out"}
    assert [entry.name for entry in (folder / "out").iterdir()] == ["in"]


def _unpack(path: Path, out: Path) -> None:
    out.mkdir(parents=True)
    root = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        rules = source_rules(path, has_top=True)
        with path.open("rb") as file, contextlib.suppress(ArchiveError):
            unpack_into(root, read_members(file, rules.stream_bytes), rules)
    finally:
        os.close(root)


def _packed_sdist(raw: bytes, folder: Path) -> None:
    path = folder / "demo-1.0.tar.gz"
    path.write_bytes(raw)
    with refusing():
        inspect_sdist(path, path.name, "lenient")
    with refusing():
        static_metadata(path)


def _build_system(raw: bytes, _: Path) -> None:
    with contextlib.suppress(BuildSystemError):
        read_build_system(raw)


def _hook_answer(raw: bytes, folder: Path) -> None:
    path = folder / "output.json"
    path.write_bytes(raw)
    for hook in ("get_requires_for_build_wheel", "build_wheel"):
        with contextlib.suppress(HookAnswerError):
            read_answer(path, hook)


def _wheel(raw: bytes, folder: Path) -> None:
    path = folder / "demo-1.0-py3-none-any.whl"
    path.write_bytes(raw)
    with refusing():
        inspect_wheel(path, path.name, "lenient")


def _pyproject(raw: bytes, folder: Path) -> None:
    path = folder / "pyproject.toml"
    path.write_bytes(raw)
    parts = (
        ProjectPart(path=str(path), has_all_extras=True),
        GroupPart(path=str(path), group="test"),
    )
    for part in parts:
        with refusing():
            parse_input([], [part], read=_text, environ={})


def _requirements(raw: bytes, folder: Path) -> None:
    path = folder / "requirements.txt"
    path.write_bytes(raw)
    with refusing():
        parse_input([], [str(path)], read=_text, environ={"HOME": "x"})
    with refusing():
        read_lock(path, _text)


def _pylock(raw: bytes, folder: Path) -> None:
    path = folder / "pylock.toml"
    path.write_bytes(raw)
    with refusing():
        read_lock(path, _text)


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _recipe(raw: bytes, folder: Path) -> None:
    path = folder / "demo.toml"
    path.write_bytes(raw)
    with refusing():
        recipe = load_recipe(path)
        recipe.expected_file()
        recipe.expected_metadata()


def _snapshot(raw: bytes, _: Path) -> None:
    with contextlib.suppress(orjson.JSONDecodeError), refusing():
        universe = universe_from_json(orjson.loads(raw))
        for page in universe.page_of.values():
            if page is not None:
                PageCompiler(TARGET, Limits()).compile(page)


def _mutations(*corpus: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(hostile.mutated(corpus), hostile.mutated(corpus), st.binary())


READERS = (
    ForeignReader(
        name="page HTML",
        inputs=_mutations(hostile.HTML),
        read=_page(next(iter(sorted(HTML_TYPES)))),
    ),
    ForeignReader(
        name="page JSON",
        inputs=st.one_of(_mutations(hostile.JSON), hostile.json_pages()),
        read=_page(JSON_TYPE),
    ),
    ForeignReader(name="METADATA", inputs=_mutations(hostile.METADATA), read=_metadata),
    ForeignReader(name="file name", inputs=_mutations(*hostile.NAMES), read=_file_name),
    ForeignReader(name="sdist", inputs=_mutations(hostile.sdist()), read=_sdist),
    ForeignReader(
        name="packed sdist",
        inputs=_mutations(hostile.packed(hostile.sdist())),
        read=_packed_sdist,
    ),
    ForeignReader(name="wheel", inputs=_mutations(hostile.wheel()), read=_wheel),
    ForeignReader(
        name="build system",
        inputs=_mutations(hostile.PYPROJECT),
        read=_build_system,
    ),
    ForeignReader(
        name="hook answer",
        inputs=st.one_of(_mutations(*hostile.ANSWERS), hostile.answers()),
        read=_hook_answer,
    ),
    ForeignReader(
        name="pyproject", inputs=_mutations(hostile.PYPROJECT), read=_pyproject
    ),
    ForeignReader(
        name="requirements", inputs=_mutations(hostile.REQUIREMENTS), read=_requirements
    ),
    ForeignReader(name="pylock", inputs=_mutations(hostile.PYLOCK), read=_pylock),
    ForeignReader(name="recipe", inputs=_mutations(hostile.RECIPE), read=_recipe),
    ForeignReader(name="snapshot", inputs=_mutations(hostile.SNAPSHOT), read=_snapshot),
)
