"""What is resolved for, made from two words: a Python version and a platform.

Nothing here looks at the machine that runs: markers and tags of a target are pure
data, so the same question has the same answer everywhere. Platforms are named as uv
names them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Self

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.errors import InvalidEnvironmentError, PythonExcludedError
from axletree.resolver.model.requirements import PythonLimit
from axletree.resolver.model.spelling import spell_pythons

KNOWN_PYTHONS = tuple(f"3.{minor}" for minor in range(6, 16))
"""Minor versions that can be resolved for, oldest first."""

FREE_THREADED_PYTHONS = tuple(f"3.{minor}t" for minor in range(13, 16))
"""Those of them that come without the global interpreter lock, too (PEP 703)."""

KNOWN_PLATFORMS = (
    "linux",
    "macos",
    "windows",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "riscv64-unknown-linux",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
    "i686-pc-windows-msvc",
    "musllinux",
)
"""Platforms with a fixed name, beside those of `KNOWN_PATTERNS`."""

KNOWN_PATTERNS = (
    "ARCH-manylinux2014",
    "ARCH-manylinux_2_N (such as x86_64-manylinux_2_17)",
    "ARCH-musllinux_1_N",
)

PATCH_VARIABLES = ("python_full_version", "implementation_version")
"""Marker variables that tell the patch releases of one minor version apart."""

PATCH_RELEASES = 40
"""More patch releases than any minor version of Python has had (3.6 had 15)."""

_PYTHON = re.compile(r"3\.(0|[1-9]\d?)(?:\.(0|[1-9]\d?))?(t)?", re.ASCII)
_LINUX = re.compile(
    r"(x86_64|aarch64|i686|ppc64le|s390x|riscv64|armv7l)-"
    r"(?:(manylinux2014)|(manylinux|musllinux)_(\d)_(\d{1,2}))",
    re.ASCII,
)
# Source: PEP 600, the legacy names of three glibc versions.
_LEGACY_MANYLINUX = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
_ALIASES = {
    "linux": "x86_64-manylinux_2_28",
    "x86_64-unknown-linux-gnu": "x86_64-manylinux_2_28",
    "aarch64-unknown-linux-gnu": "aarch64-manylinux_2_28",
    "riscv64-unknown-linux": "riscv64-manylinux_2_39",
    "x86_64-unknown-linux-musl": "x86_64-musllinux_1_2",
    "aarch64-unknown-linux-musl": "aarch64-musllinux_1_2",
    "musllinux": "x86_64-musllinux_1_2",
    "macos": "aarch64-apple-darwin",
    "windows": "x86_64-pc-windows-msvc",
}
_WINDOWS = {
    "x86_64-pc-windows-msvc": ("AMD64", "win_amd64"),
    "aarch64-pc-windows-msvc": ("ARM64", "win_arm64"),
    "i686-pc-windows-msvc": ("x86", "win32"),
}
_MACOS = {"aarch64-apple-darwin": "arm64", "x86_64-apple-darwin": "x86_64"}
_WINDOWS_OF = {
    "win_amd64": "windows",
    "win_arm64": "aarch64-pc-windows-msvc",
    "win32": "i686-pc-windows-msvc",
}
_LINUX_TAG = re.compile(
    r"(?:(manylinux1|manylinux2010|manylinux2014|linux)"
    r"|(manylinux_2|musllinux_1)_(\d{1,2}))_(\w+)",
    re.ASCII,
)
_USUAL_MINORS = {"manylinux_2": 28, "musllinux_1": 2}
_GLIBC_OF = {name: minor for minor, name in _LEGACY_MANYLINUX.items()}
# The oldest macOS that uv targets unless told otherwise.
_MACOS_VERSION = (13, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What is resolved for; never the interpreter that happens to run."""

    python_version: str
    """`3.9` (any patch release that fits) or `3.9.7` (that one); with a `t` behind
    (`3.14t`) the free-threaded build."""
    platform: str
    """As uv names it: `linux`, `x86_64-manylinux_2_17`, `macos`, `windows`…"""
    markers: Mapping[str, str]
    """Marker variables without `extra`; python_full_version is `3.9.0` for `3.9`, of
    which `markers_at` gives any patch release."""
    tags: tuple[str, ...]
    """Wheel tags (`cp39-cp39-manylinux_2_17_x86_64`), best first."""
    micros: tuple[int, ...]
    """Patch releases of Python that the environment may be, oldest first."""

    @property
    def label(self) -> str:
        """Name it for people: `Python 3.9 on linux`."""
        return f"Python {self.python_version} on {self.platform}"

    @property
    def whole_label(self) -> str:
        """Name it with its patch releases, where they are not all."""
        micros = self.micros_label
        return f"{self.label} ({micros})" if micros else self.label

    @property
    def minor(self) -> str:
        """Return its minor version, `3.9`, be it free-threaded or not."""
        return self.markers["python_version"]

    @property
    def python(self) -> str:
        """Return its Python without a patch release: `3.9` or `3.14t`."""
        return f"{self.minor}{'t' * self.is_free_threaded}"

    @property
    def is_free_threaded(self) -> bool:
        """Tell whether it runs without the global interpreter lock."""
        return self.python_version.endswith("t")

    @property
    def version(self) -> str:
        """Return its version without the `t`: `3.9` or `3.9.7`."""
        return self.python_version.removesuffix("t")

    @property
    def pythons(self) -> tuple[str, ...]:
        """Name the patch releases, oldest first: `3.9.0`, `3.9.1` and so on."""
        return tuple(f"{self.minor}.{m}" for m in self.micros)

    def limited_to(self, micros: tuple[int, ...]) -> Self:
        """Leave some of its patch releases."""
        if micros == self.micros:
            return self
        # What is of one patch release is told apart by it.
        markers = self.markers_at(micros[0]) if len(micros) == 1 else self.markers
        return replace(self, micros=micros, markers=markers)

    @property
    def bounds(self) -> tuple[tuple[str, str], ...]:
        """Bound its patch releases: `>=` and `3.9.4`; none where all of them are left.

        Nor where its name says which it is.
        """
        first, last = self.micros[0], self.micros[-1]
        if self.version != self.minor:
            return ()
        holes = (m for m in range(first, last) if m not in self.micros)
        return (
            *([(">=", f"{self.minor}.{first}")] if first else ()),
            *([("<=", f"{self.minor}.{last}")] if last < PATCH_RELEASES - 1 else ()),
            *(("!=", f"{self.minor}.{micro}") for micro in holes),
        )

    @property
    def micros_label(self) -> str:
        """Name its patch releases for people, where they are not all; else nothing."""
        if not self.bounds:
            return ""
        every = [f"{self.minor}.{micro}" for micro in range(PATCH_RELEASES)]
        return spell_pythons(every, sum(1 << micro for micro in self.micros))

    def markers_at(self, micro: int) -> dict[str, str]:
        """Give the marker variables of one patch release."""
        full_version = f"{self.minor}.{micro}"
        return {**self.markers, **dict.fromkeys(PATCH_VARIABLES, full_version)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Platform:
    os_name: str
    sys_platform: str
    system: str
    """`platform.system()` there."""
    machine: str
    """`platform.machine()` there."""
    tags: tuple[str, ...]
    """Platform tags, best first."""


def environment_for(python_version: str, platform: str) -> Environment:
    """Describe CPython `python_version` on `platform`.

    :param python_version: `3.9`, any patch release that fits (its markers are those
        of 3.9.0), or `3.9.7`, exactly that one; `3.14t` is the free-threaded build.
    :param platform: as uv names it, such as `linux` or `x86_64-manylinux_2_17`.
    :raises InvalidEnvironmentError: when either is not known; the hint lists what is.
    """
    minor, patch, is_free = _parse_python(python_version)
    target = _platform_for(platform)
    return Environment(
        python_version=python_version,
        platform=platform,
        markers=_markers(minor, patch or 0, target),
        tags=tuple(dict.fromkeys(map(str, _tags(minor, target.tags, is_free=is_free)))),
        micros=tuple(range(PATCH_RELEASES)) if patch is None else (patch,),
    )


def platform_of(tag: str, environment: Environment) -> str | None:
    """Name the platform that wheels of a platform tag are for; None: none is known.

    Its C library is no older than that of `environment`, or than usual.
    """
    if tag in _WINDOWS_OF:
        return _WINDOWS_OF[tag]
    if tag.startswith("macosx_"):
        return "x86_64-apple-darwin" if tag.endswith("x86_64") else "macos"
    match = _LINUX_TAG.fullmatch(tag)
    if match is None:
        return None
    legacy, libc, minor, machine = match.groups()
    libc = libc or "manylinux_2"
    needed = int(minor or _GLIBC_OF.get(legacy, 0))
    name = f"{machine}-{libc}_{max(needed, _minor_of(libc, environment))}"
    if _LINUX.fullmatch(name) is None:
        return None
    return next((short for short, long in _ALIASES.items() if long == name), name)


def _minor_of(libc: str, environment: Environment) -> int:
    """Return the minor version of a C library that a target has, or a usual one."""
    own = _LINUX_TAG.fullmatch(environment.tags[0].rpartition("-")[2])
    return int(own[3]) if own and own[2] == libc else _USUAL_MINORS[libc]


def pip_platform(environment: Environment) -> str:
    """Name the platform as pip's `--platform` does, by its best tag."""
    platforms = (tag.rpartition("-")[2] for tag in environment.tags)
    return next(platform for platform in platforms if platform != "any")


def legacy_manylinux(glibc_minor: int) -> str:
    """Return the older name of a manylinux (PEP 600); none: it has none."""
    return _LEGACY_MANYLINUX.get(glibc_minor, "")


def _parse_python(text: str) -> tuple[int, int | None, bool]:
    match = _PYTHON.fullmatch(text)
    known = FREE_THREADED_PYTHONS if match and match[3] else KNOWN_PYTHONS
    if match is None or f"3.{match[1]}{match[3] or ''}" not in known:
        raise InvalidEnvironmentError(
            f"Python version {text!r} is not known",
            where="--python-version",
            hint=f"known: {', '.join(KNOWN_PYTHONS)}, each with or without a patch "
            f"release (3.9 or 3.9.7), and free-threaded {', '.join(FREE_THREADED_PYTHONS)}",
        )
    return int(match[1]), None if match[2] is None else int(match[2]), bool(match[3])


def _platform_for(name: str) -> _Platform:
    target = _ALIASES.get(name, name)
    if target in _MACOS:
        return _macos(_MACOS[target])
    if target in _WINDOWS:
        machine, tag = _WINDOWS[target]
        return _Platform(
            os_name="nt",
            sys_platform="win32",
            system="Windows",
            machine=machine,
            tags=(tag,),
        )
    linux = _linux(target)
    if linux is None:
        raise InvalidEnvironmentError(
            f"platform {name!r} is not known",
            where="--python-platform",
            hint=f"known: {', '.join(KNOWN_PLATFORMS + KNOWN_PATTERNS)}",
        )
    return linux


def _macos(machine: str) -> _Platform:
    return _Platform(
        os_name="posix",
        sys_platform="darwin",
        system="Darwin",
        machine=machine,
        tags=tuple(mac_platforms(_MACOS_VERSION, machine)),
    )


def _linux(target: str) -> _Platform | None:
    match = _LINUX.fullmatch(target)
    if match is None:
        return None
    machine, manylinux2014, libc, major, minor = match.groups()
    if manylinux2014:
        libc, major, minor = "manylinux", "2", "17"
    if libc == "manylinux" and major == "2":
        tags = tuple(_manylinux(machine, int(minor)))
    elif libc == "musllinux" and major == "1":
        tags = tuple(f"musllinux_1_{n}_{machine}" for n in range(int(minor), -1, -1))
    else:
        return None
    if not tags:
        return None
    return _Platform(
        os_name="posix",
        sys_platform="linux",
        system="Linux",
        machine=machine,
        tags=(*tags, f"linux_{machine}"),
    )


def _manylinux(machine: str, glibc_minor: int) -> Iterator[str]:
    # Only the x86 pair had manylinux before manylinux2014 (PEP 513, 571, 599).
    oldest = 5 if machine in {"x86_64", "i686"} else 17
    for minor in range(glibc_minor, oldest - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _LEGACY_MANYLINUX:
            yield f"{_LEGACY_MANYLINUX[minor]}_{machine}"


def _markers(minor: int, micro: int, target: _Platform) -> dict[str, str]:
    full_version = f"3.{minor}.{micro}"
    return {
        "implementation_name": "cpython",
        "implementation_version": full_version,
        "os_name": target.os_name,
        "platform_machine": target.machine,
        "platform_python_implementation": "CPython",
        # The kernel's release and build differ from node to node of one platform.
        "platform_release": "",
        "platform_system": target.system,
        "platform_version": "",
        "python_full_version": full_version,
        "python_version": f"3.{minor}",
        "sys_platform": target.sys_platform,
    }


def _tags(minor: int, platforms: tuple[str, ...], *, is_free: bool) -> Iterator[Tag]:
    interpreter = f"cp3{minor}"
    # CPython marked pymalloc builds with an `m` until 3.8 made the two compatible.
    abi = f"{interpreter}{'m' if minor < 8 else 't' if is_free else ''}"
    python = (3, minor)
    return chain(
        cpython_tags(python, [abi], platforms),
        compatible_tags(python, interpreter, platforms),
    )


def limit_python(
    environment: Environment, limits: Iterable[PythonLimit]
) -> Environment:
    """Leave the patch releases of Python that the project allows.

    :raises PythonExcludedError: when none is left.
    """
    for limit in limits:
        left = tuple(
            micro
            for micro in environment.micros
            if limit.specifier.contains(
                f"{environment.minor}.{micro}", prereleases=True
            )
        )
        if not left:
            raise PythonExcludedError(
                f"the project requires Python {limit.specifier}, and what is resolved "
                f"for is {environment.label}",
                where=str(limit.origin),
                hint="name a Python that fits with --python-version",
            )
        environment = environment.limited_to(left)
    return environment
