"""Requirements files as people have them, over a folder of six.

From shared cases resolve/odd, each named as there. What pip 26.3 takes is taken, what
it skips is skipped, and the rest gets one line with a hint that is right; seen with
`pip install --dry-run --no-index --find-links`.
"""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_wheel

TAKEN = {
    "arb": (b"six===1.16.0", "six==1.16.0"),
    "blank": (b"  six  \n\n\n#\n   # x\n", "six==2.0.0"),
    "crlf": (b'six ==1.16.0 \\\r\n  ; python_version > "3"\r\n', "six==1.16.0"),
    "dup": (b"six\nsix>=1.10\nSIX<2", "six==1.16.0.post1"),
    "extra": (b'six==1.16.0 ; extra == "dev"\nsix<2', "six==1.16.0.post1"),
    "inlist": (b'six; python_version in "3.8, 3.9, 3.11"', "six==2.0.0"),
    "latin1c": (b"# -*- coding: latin-1 -*-\n# caf\xe9\nsix", "six==2.0.0"),
    "legacymarker": (b'six; os.name == "posix"', "six==2.0.0"),
    "legacymarker2": (b'six; python_implementation == "CPython"', "six==2.0.0"),
    "ne": (b"six!=2.0", "six==1.16.0.post1"),
    "nonbin": (b"six==1.16.0 # pinned ; because\n--no-binary=:none:", "six==1.16.0"),
    "nospace": (
        b'six==1.16.0;python_version<"3.12"and os_name=="posix"',
        "six==1.16.0",
    ),
    "paren": (b"six (>=1.0)", "six==2.0.0"),
    "post": (b"six==1.16.0-1", "six==1.16.0.post1"),
    "tabs": (b"six\t==\t1.16.0\t# tab", "six==1.16.0"),
    "trailing": (b"six==1.16.0,", "six==1.16.0"),
    "trusted": (
        b"--trusted-host a.example --trusted-host b.example\nsix",
        "six==2.0.0",
    ),
    "utf16": ("six".encode("utf-16"), "six==2.0.0"),
    "vprefix": (b"six==v1.16.0", "six==1.16.0"),
}
NOTED = {
    "hashcomment": (b"six<2\n--hash=sha256:" + b"a" * 64, "--hash sha256:"),
    "prefer": (b"--prefer-binary\nsix<2", "--only-binary :all:"),
    "reqpre": (b"six<2 --pre", "give it a line of its own"),
    "requirehashes": (b"--require-hashes\nsix<2", "has the hashes of all files"),
    "torchcu2": (b"--extra-index-url https://h.example/w\nsix<2", "no first index"),
    "torchfl": (b"-f https://h.example/stable.html\nsix<2", "--extra-index-url"),
    "torchline": (b"six<2 -f https://h.example/s.html", "give it a line of its own"),
    "usefeature": (b"--use-feature=fast-deps\nsix<2", "changes no answer"),
}
REFUSED = {
    "compat1": ("six~=1", "write six>=1,<2"),
    "condahash": ("_libgcc_mutex=0.1=main", "_libgcc_mutex is conda's"),
    "condaexport": ("numpy=1.21.2=py39h20f2e39_0", "write numpy==1.21.2"),
    "env": ("six==${SIXV}", "set SIXV"),
    "env2": ("six==$SIXV", "write ${SIXV}"),
    "globalopt": ('six==1.16.0 --global-option="foo"', "a recipe"),
    "hashmd5": ("six --hash=md5:e0f2e9e5b0b3c9a7a8b6c5d4e3f2a1b0", "--hash=sha256:"),
    "hashnospace": ("six==1.16.0#nocomment", "write six==1.16.0"),
    "latest": ("six==latest", "write six"),
    "missingcomma": ("six >= 1.0 < 2", "write six>=1.0,<2"),
    "nocache": ("--no-cache-dir", "leave it out"),
    "pipinstall": ("pip install six", "write six"),
    "piplist": ("Package            Version", "pip list --format=freeze"),
    "piplist3": ("six 1.16.0", "write six==1.16.0"),
    "procdep": ("--process-dependency-links", "leave it out"),
    "quoted": ('"six==1.16.0"', "write six==1.16.0"),
    "single": ("six=1.16.0", "write six==1.16.0"),
    "star": ("six>=1.0.*", "write six>=1.0"),
    "starline": ("*", "leave it out"),
    "twoin1": ("six==1 requests==2", "own: six==1 and requests==2"),
    "unquoted": ("six ; python_version == 3.9", 'write six ; python_version == "3.9"'),
    "yaml": ("- six", "write six"),
    "swapped": ("numpy=>1.2", "write numpy>=1.2"),
    "poetry": ('requests = "^2.28"', "write requests>=2.28,<3"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for version in ("1.10.0", "1.16.0", "1.16.0.post1", "2.0.0"):
        make_wheel(tmp_path, "six", version)
    return tmp_path


def _lock(axletree: CommandLine, folder: Path, content: bytes) -> tuple[int, str, str]:
    file = folder / "r.txt"
    file.write_bytes(content)
    target = ("--python-version", "3.9", "--python-platform", "linux")
    ran = axletree("lock", "--find-links", folder, *target, "-r", file)
    pins = [line for line in ran.out.splitlines() if line.startswith("six")]
    return ran.code, " ".join(pins).removesuffix(" \\"), ran.err


@pytest.mark.parametrize("name", TAKEN)
def test_what_pip_takes_is_taken(
    name: str, axletree: CommandLine, folder: Path
) -> None:
    content, pins = TAKEN[name]

    code, locked, err = _lock(axletree, folder, content)

    assert (code, locked, err) == (0, pins, "")


@pytest.mark.parametrize("name", NOTED)
def test_an_option_is_noted_and_never_refuses_the_file(
    name: str, axletree: CommandLine, folder: Path
) -> None:
    content, told = NOTED[name]

    code, locked, err = _lock(axletree, folder, content)

    assert (code, locked) == (0, "six==1.16.0.post1")
    assert err.startswith("note: ")
    assert told in err


@pytest.mark.parametrize("name", REFUSED)
def test_the_rest_gets_one_line_with_a_hint(
    name: str, axletree: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIXV", raising=False)
    text, hint = REFUSED[name]

    code, _, err = _lock(axletree, folder, text.encode())

    assert code == 2
    [told] = [line for line in err.splitlines() if line.startswith("  hint: ")]
    assert hint in told
    assert ", line 1" in err
