import pytest

from axletree.builder.hooks.build_system import (
    DEFAULT_REQUIRES,
    LEGACY_BACKEND,
    BuildSystemError,
    read_build_system,
)


def table(text: str) -> bytes:
    return f"[build-system]\n{text}\n".encode()


@pytest.mark.parametrize(
    "pyproject",
    [
        b"[" * 20_000,
        b"a = " + b"[" * 20_000,
        b"#" * (3 << 20),
        b'a = "\xff"',
        b"not toml",
        b"build-system = 5",
        b"[[build-system]]\nrequires = []",
        table(""),
        table("requires = 5"),
        table('requires = "setuptools"'),
        table("requires = [5]"),
        table("requires = [[]]"),
        table('requires = ["not a requirement!"]'),
        table('requires = ["a\\u0000b"]'),
        table('requires = ["a\\u001b[31m"]'),
        table('requires = ["a; ' + "(" * 2000 + '"]'),
        table("requires = [" + '"a",' * 20_000 + "]"),
        table("requires = []\nbuild-backend = 5"),
        table('requires = []\nbuild-backend = ""'),
        table('requires = []\nbuild-backend = "a\\u0000b"'),
        table(f'requires = []\nbuild-backend = "{"a" * 200_000}"'),
        table("requires = []\nbackend-path = 5"),
        table('requires = []\nbackend-path = "."'),
        table("requires = []\nbackend-path = [5]"),
        table('requires = []\nbackend-path = ["../.."]'),
        table('requires = []\nbackend-path = ["a/../.."]'),
        table('requires = []\nbackend-path = ["/etc"]'),
        table('requires = []\nbackend-path = ["a\\u0000b"]'),
        table("requires = []\nbackend-path = [" + '"a",' * 20_000 + "]"),
    ],
    ids=range(29),
)
def test_what_cannot_be_used_has_a_reason(pyproject: bytes) -> None:
    with pytest.raises(BuildSystemError) as caught:
        read_build_system(pyproject)
    assert len(str(caught.value)) < 10_000
    assert "\x1b" not in str(caught.value)


def test_requirements_are_spelled_in_one_way() -> None:
    system = read_build_system(
        table('requires = ["A >= 1", "b"]\nbuild-backend = "m:o"\nbackend-path = ["."]')
    )
    assert system.requires == {"A>=1", "b"}
    assert (system.backend, system.backend_path) == ("m:o", (".",))


@pytest.mark.parametrize(
    ("pyproject", "requires"),
    [(None, set(DEFAULT_REQUIRES)), (b"[tool.x]\n", {DEFAULT_REQUIRES[0]})],
)
def test_without_a_table_the_defaults_count(
    pyproject: bytes | None, requires: set[str]
) -> None:
    system = read_build_system(pyproject)
    assert system.requires == requires
    assert system.backend == LEGACY_BACKEND


def test_keys_that_nobody_knows_are_passed_over_as_by_pip() -> None:
    assert read_build_system(table('requires = ["a"]\nother = 5')).requires == {"a"}
