"""What compiled files in a wheel truly need of the system, as auditwheel reads them.

It reads foreign files and follows the paths in them, so it runs behind the same wall as
the build, and sees no library of this machine: a wheel has one answer wherever it is
asked for.
"""

import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import orjson

from axletree.builder.errors import BuildFailedError, CheckFailedError
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog

_NEEDED = ("auditwheel", "elftools", "packaging")
"""Packages of ours that are shown inside."""
_ELF = b"\x7fELF"
_PROGRAM = """
import argparse, contextlib, sys
sys.path.insert(0, "audit")
from auditwheel import error, libc, wheeltools
from auditwheel.main_show import configure_parser
parser = argparse.ArgumentParser()
configure_parser(parser.add_subparsers())
args = parser.parse_args(["show", "--json", "--ldpaths=", sys.argv[1]])
def show():
    with open("out/verdict.json", "w") as file, contextlib.redirect_stdout(file):
        return args.func(args, parser)
try:
    show()
except error.InvalidLibcError:
    wheeltools.get_wheel_libc = lambda filename: libc.Libc.detect()
    show()
"""
"""An extension that calls nothing of the C library is not linked to it, and only since
Python 3.11 does its name say which one it is for: then it is that of this machine."""
_LIMIT_BYTES = 8 << 20
_SYMBOL = re.compile(r"([A-Z]+)_(\d+(?:\.\d+)*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformNeeds:
    """What a wheel's compiled files need."""

    platform: str
    """The oldest platform that has it: `manylinux_2_34_x86_64`; `linux_x86_64` where
    no manylinux has."""
    symbols: tuple[str, ...]
    """The newest version of each kind of symbol: `GLIBC_2.34`."""
    foreign: tuple[str, ...]
    """Libraries that no manylinux has: `libssl.so.3`."""
    oddities: tuple[str, ...] = ()
    """What else keeps a wheel from being a manylinux one, as clauses."""

    @property
    def glibc_minor(self) -> int | None:
        """Return N of the newest `GLIBC_2.N` that is needed; None: none is."""
        for symbol in self.symbols:
            kind, _, version = symbol.partition("_")
            if kind == "GLIBC":
                return int(version.split(".")[1]) if "." in version else 0
        return None

    @property
    def reasons(self) -> str:
        """Say what decides: `it needs GLIBC_2.34`."""
        parts = []
        if self.symbols:
            parts.append(f"needs {', '.join(self.symbols)}")
        if self.foreign:
            parts.append(f"is linked to {', '.join(self.foreign)}")
        return " and ".join([*parts, *self.oddities]) or "needs nothing of it"


def compiled_members(wheel: Path) -> tuple[str, ...]:
    """Name the members of a wheel that are compiled for a Linux (ELF)."""
    found = []
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with archive.open(entry) as member:
                    if member.read(len(_ELF)) == _ELF:
                        found.append(entry.filename)
    return tuple(found)


def read_platform_needs(wheel: Path, sandbox: Sandbox, log: BuildLog) -> PlatformNeeds:
    """Let auditwheel read a wheel that holds compiled files.

    :param wheel: one that is sound.
    :param sandbox: around our own Python, which has auditwheel.
    :raises CheckFailedError: it refuses the wheel, or cannot read what is in it.
    """
    packages = {f"audit/{name}": _folder(name) for name in _NEEDED}
    job = SandboxJob(
        name=f"auditwheel of {wheel.name}",
        argv=(str(sandbox.python), "-I", "-B", "-c", _PROGRAM, f"audit/{wheel.name}"),
        inputs={**packages, f"audit/{wheel.name}": wheel},
        collect=("out",),
        is_question=True,
    )
    with tempfile.TemporaryDirectory(dir=sandbox.scratch) as folder:
        results = Path(folder, "audited")
        try:
            sandbox.run(job, results, log)
        except BuildFailedError as error:
            raise CheckFailedError(
                f"auditwheel refuses the built wheel: {error.telling or error.what}",
                where=wheel.name,
                hint=error.hint,
            ) from error
        return _read(results / "out" / "verdict.json", wheel)


def _folder(package: str) -> Path:
    spec = find_spec(package)  # To be shown inside, not imported here.
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed"
        raise AssertionError(message)
    return Path(spec.submodule_search_locations[0])


def _read(path: Path, wheel: Path) -> PlatformNeeds:
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise CheckFailedError(
                "what auditwheel says of the built wheel is too long", where=wheel.name
            )
        said = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise CheckFailedError(
            f"auditwheel says nothing of the built wheel: {error}", where=wheel.name
        ) from error
    if not isinstance(said, Mapping) or not isinstance(said.get("overall_tag"), str):
        reason = said.get("error") if isinstance(said, Mapping) else None
        raise CheckFailedError(
            f"auditwheel refuses the built wheel: "
            f"{' '.join(str(reason or 'for no known reason').split())}",
            where=wheel.name,
        )
    return PlatformNeeds(
        platform=said["overall_tag"],
        symbols=_newest(said.get("versioned_symbols")),
        foreign=tuple(sorted(_keys(said.get("external_libs")))),
        oddities=tuple(
            clause for key, clause in _ODDITIES.items() if said.get(key) is True
        ),
    )


_ODDITIES: Mapping[str, str] = {
    "unsupported_isa": "needs a newer processor than the tag promises",
    "ucs2": "was compiled for a Python of narrow Unicode (UCS2)",
    "pyfpe": "uses PyFPE_jbuf, which few Pythons have",
}


def _keys(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Mapping) else ()


def _newest(value: object) -> tuple[str, ...]:
    """Return the newest of each kind, of what auditwheel lists by library."""
    found: dict[str, tuple[int, ...]] = {}
    lists = value.values() if isinstance(value, Mapping) else ()
    for symbols in lists:
        for symbol in symbols if isinstance(symbols, list) else ():
            match = _SYMBOL.fullmatch(str(symbol))
            if match is not None:
                numbers = tuple(map(int, match[2].split(".")))
                found[match[1]] = max(numbers, found.get(match[1], ()))
    return tuple(
        f"{kind}_{'.'.join(map(str, numbers))}"
        for kind, numbers in sorted(found.items())
    )
