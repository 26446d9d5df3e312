import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.file_names import safe_name
from axletree.wheelhouse.metadata.core import (
    parse_metadata,
    read_headers,
)
from axletree.wheelhouse.metadata.static import (
    is_final,
    static_of,
)
from tests.support.wheels import make_metadata

WHOLE = """
[project]
name = "Demo.App"
version = "1.0"
requires-python = ">=3.8"
dependencies = ["a>=1 ; python_version < '4'", "b[x] @ https://example.com/b.whl"]
[project.optional-dependencies]
Mysql_X = ["c; sys_platform == 'linux' or os_name == 'nt'", "d>=2"]
empty = []
"""


def read(pyproject: str, filename: str = "demo_app-1.0.tar.gz") -> object:
    raw = static_of(filename, None, pyproject.encode())
    if raw is None:
        return None
    # Another name or version than the file's is looked at elsewhere.
    headers = read_headers(raw)
    file = DistributionFile(
        project=canonicalize_name(headers["name"][0]),
        filename=safe_name(filename),
        version=headers["version"][0],
        kind="sdist",
    )
    return parse_metadata(raw, file)


def test_all_that_a_resolution_reads_is_written() -> None:
    assert read(WHOLE) == FileMetadata(
        requires_dist=(
            'a>=1; python_version < "4"',
            "b[x] @ https://example.com/b.whl",
            'c; (sys_platform == "linux" or os_name == "nt") and extra == "mysql-x"',
            'd>=2; extra == "mysql-x"',
        ),
        requires_python=">=3.8",
        provides_extra=("mysql-x", "empty"),
    )


@pytest.mark.parametrize(
    "text",
    [
        'name = "demo-app"\nversion = "1.0"',
        'name = "demo_app"\nversion = "1.0"\ndynamic = ["description", "readme"]',
        # The file name says it.
        'name = "DEMO.app"\ndynamic = ["version"]',
    ],
)
def test_what_is_absent_and_not_dynamic_is_empty(text: str) -> None:
    assert read(f"[project]\n{text}") == FileMetadata()


@pytest.mark.parametrize("filename", ["demo-app-1.0.zip", "demo.app-1.0.tar.bz2"])
def test_old_file_names_say_the_version_too(filename: str) -> None:
    text = '[project]\nname = "demo-app"\ndynamic = ["version"]\n'
    raw = static_of(filename, None, text.encode())
    assert raw is not None
    assert b"Version: 1.0\n" in raw


@pytest.mark.parametrize(
    "old_and_new",
    [
        ('version = "1.0"', ""),
        ('version = "1.0"', 'version = "one"'),
        # A build may correct it, as one may correct a PKG-INFO.
        ('version = "1.0"', 'version = "2.0"'),
        ('version = "1.0"', 'version = "1.0+local"'),
        ('version = "1.0"', "version = 1.0"),
        ('name = "Demo.App"', ""),
        ('name = "Demo.App"', 'name = "other"'),
        ('name = "Demo.App"', 'name = "-demo-"'),
        ('name = "Demo.App"', 'name = ["demo"]'),
        ('">=3.8"', '"three"'),
        ('">=3.8"', "3.8"),
        ('"a>=1 ;', '"a>=1 or so ;'),
        ('"a>=1 ;', '3, "a>=1 ;'),
        ("\"a>=1 ; python_version < '4'\"", '"a @ https://x/y\\nRequires-Dist: z"'),
        ('"d>=2"', '"d>=2 ; python_versio < 3"'),
        ("empty = []", 'empty = "d"'),
        ("empty = []", 'mysql-x = ["d"]'),
        ("empty = []", '"- -" = ["d"]'),
        ('version = "1.0"', 'version = "1.0"\ndynamic = "version"'),
        ("[project]", "[other]"),
        ("[project]", "[project"),
        ("[project]", "project = 1\n[x]"),
        ("[project]", 'tool = "poetry"\n[project]'),
    ],
    ids=str,
)
def test_what_is_odd_is_left_to_the_backend(old_and_new: tuple[str, str]) -> None:
    assert old_and_new[0] in WHOLE
    assert read(WHOLE.replace(*old_and_new)) is None


@pytest.mark.parametrize(
    "field", ["dependencies", "optional-dependencies", "requires-python"]
)
def test_a_field_that_is_dynamic_is_built_static_or_not(field: str) -> None:
    dynamic = f'version = "1.0"\ndynamic = ["{field}"]'
    assert read(WHOLE.replace('version = "1.0"', dynamic)) is None
    assert read(f'[project]\nname = "demo-app"\n{dynamic}') is None


def test_dependencies_in_poetry_s_own_table_are_dynamic() -> None:
    bare = '[project]\nname = "demo-app"\nversion = "1.0"\n'
    poetry = '[tool.poetry.dependencies]\npython = "^3.9"\n'
    assert read(bare + poetry) is None
    assert read(f'{bare}dependencies = ["a"]\n{poetry}') == FileMetadata(
        requires_dist=("a",)
    )


def test_pkg_info_that_knows_of_dynamic_fields_comes_first() -> None:
    project = WHOLE.encode()
    final = make_metadata("demo-app", "1.0", requires_dist=["p"])
    dynamic = make_metadata("demo-app", "1.0", dynamic=["Requires-Dist"])
    old = make_metadata("demo-app", "1.0", metadata_version="2.1", requires_dist=["p"])
    name = "demo_app-1.0.tar.gz"

    assert static_of(name, final, project) == final
    assert static_of(name, dynamic, project) is None
    assert static_of(name, old, project) == static_of(name, None, project)
    assert static_of(name, old, None) is None


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b"a" * 10_000_000, b"x = " + b"[" * 20_000, b"[" * 20_000, b"\0"],
    ids=["no text", "large", "deep", "deep table", "nul"],
)
def test_a_hostile_text_is_left_to_the_backend(raw: bytes) -> None:
    assert static_of("demo-1.0.tar.gz", None, raw) is None


_DEEP = "(" * 5_000 + "os_name == 'a'" + ")" * 5_000


@pytest.mark.parametrize(
    "text",
    [
        f'version = "{"1" * 5_000}"',
        f'version = "1.0"\nrequires-python = ">={"9" * 5_000}"',
        f"""version = "1.0"\ndependencies = ["a; {_DEEP}"]""",
        f'version = "1.0"\ndependencies = ["a<{"9" * 5_000}"]',
    ],
    ids=["version", "requires-python", "parentheses", "specifier"],
)
def test_a_value_beyond_all_measure_is_left_to_the_backend(text: str) -> None:
    assert read(f'[project]\nname = "demo"\n{text}', "demo-1.0.tar.gz") is None


def test_a_metadata_version_beyond_all_measure_knows_of_no_dynamic_fields() -> None:
    raw = make_metadata("demo", "1.0", metadata_version="9" * 5_000)

    assert static_of("demo-1.0.tar.gz", raw, None) is None
    assert not is_final(raw)
