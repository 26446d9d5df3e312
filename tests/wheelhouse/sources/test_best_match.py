from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.candidates import PageCompiler
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.wheelhouse.sources.best_match import BestMatch
from tests.support.answers import make_file

ONE = canonicalize_name("one")
FOREIGN = "one-1-cp38-cp38-win_amd64.whl"
PURE = "one-1-py3-none-any.whl"
NATIVE = "one-1-cp39-cp39-manylinux_2_17_x86_64.whl"
SDIST = "one-1.tar.gz"


def _universe(*filenames: str, mark: str = "") -> FrozenUniverse:
    files = tuple(make_file(name, mark or None) for name in filenames)
    metadata = {
        str(file.filename): FileMetadata(requires_python=mark) for file in files
    }
    pages = {ONE: Page(project=ONE, files=files)} if files else {}
    return FrozenUniverse(page_of=pages, metadata_of=metadata)


def _files(universe: BestMatch) -> tuple[DistributionFile, ...]:
    page = universe.pages([ONE])[ONE]
    assert page is not None
    return tuple(page.files)


def _usable(*universes: FrozenUniverse) -> list[list[str]]:
    """List the usable files of each release, newest release first."""
    compiler = PageCompiler(environment_for("3.9", "linux"), Limits())
    page = Page(project=ONE, files=_files(BestMatch(universes)))
    return [
        [f.filename for f in r.files] for r in compiler.compile(page).all if r.files
    ]


def test_all_versions_of_all_indexes_may_be_chosen() -> None:
    newer = "one-2-py3-none-any.whl"

    assert _usable(_universe(PURE), _universe(newer)) == [[newer], [PURE]]


def test_a_version_on_several_indexes_is_the_first_ones() -> None:
    assert _usable(_universe(SDIST), _universe(PURE)) == [[SDIST]]
    assert _usable(_universe(PURE), _universe(NATIVE, SDIST)) == [[PURE]]


def test_a_version_without_a_usable_file_is_looked_for_further_on() -> None:
    assert _usable(_universe(FOREIGN), _universe(), _universe(PURE)) == [[PURE]]


def test_of_two_files_of_one_name_the_first_index_s_counts() -> None:
    first, second = _universe(PURE, mark="aa"), _universe(PURE, SDIST, mark="bb")
    both = BestMatch([first, second])

    files = _files(both)

    assert [(f.filename, f.hashes["sha256"]) for f in files] == [
        (PURE, "aa"),
        (SDIST, "bb"),
    ]
    assert [both.owner(file) for file in files] == [first, second]


def test_metadata_comes_from_the_index_of_the_file() -> None:
    both = BestMatch([_universe(PURE, mark="aa"), _universe(PURE, SDIST, mark="bb")])
    files = _files(both)

    answers = both.metadata(files)

    assert [answers[file] for file in files] == [
        FileMetadata(requires_python="aa"),
        FileMetadata(requires_python="bb"),
    ]


def test_a_project_that_no_index_has_is_absent() -> None:
    assert BestMatch([_universe(), _universe()]).pages([ONE]) == {ONE: None}
