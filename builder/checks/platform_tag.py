"""The platform tag of a built wheel: what it must be, and whether a target can use it.

A backend names a wheel after the machine that it runs on (`linux_x86_64`), or after what
its author hopes; auditwheel knows what is true.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import parse_wheel_filename

from axletree.builder.checks.platform_needs import PlatformNeeds
from axletree.builder.errors import CheckFailedError
from axletree.resolver.model.environment import Environment, legacy_manylinux

_PLATFORM = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_(\w+)", re.ASCII)
_LEGACY = re.compile(r"(manylinux(?:1|2010|2014))_(\w+)", re.ASCII)
_EXTENSION = re.compile(r"\.(?:cpython-\d\w*|pypy\d\w*|abi3)(?:-[\w.-]+)?\.so$")


def true_platforms(wheel: Path, needs: PlatformNeeds) -> Mapping[str, tuple[str, ...]]:
    """Say what each platform that a wheel's name gives is to become.

    `linux_x86_64` promises nothing, and becomes what auditwheel found. A promise that
    the backend made must hold.

    :raises CheckFailedError: it does not.
    """
    found: dict[str, tuple[str, ...]] = {}
    for platform in platforms_of(wheel.name):
        if platform.startswith("linux_"):
            found[platform] = _spelled(needs.platform)
        elif _kind(platform) is not None and not _holds(platform, needs.platform):
            raise CheckFailedError(
                f"the built wheel says {platform}, and {needs.reasons}: as auditwheel "
                f"reads it, it is {needs.platform}",
                where=wheel.name,
                hint="build it where the C library is as old as the tag says, without "
                "libraries that the tag does not allow, or let the backend say "
                "linux, which becomes what is true",
            )
    return found


def check_compiled(wheel: Path, compiled: Sequence[str]) -> tuple[str, ...]:
    """Hold the name of a wheel for any platform against what is compiled in it.

    :returns: notes.
    :raises CheckFailedError: it has an extension of Python's, which fits one platform.
    """
    if set(platforms_of(wheel.name)) != {"any"} or not compiled:
        return ()
    extensions = [name for name in compiled if _EXTENSION.search(name)]
    if extensions:
        raise CheckFailedError(
            f"the built wheel says that it fits any platform, and holds "
            f"{extensions[0]}, which is compiled for one",
            where=wheel.name,
            hint="the backend must be told that the project is not pure",
        )
    what = f"holds {compiled[0]}, which is compiled for one"
    return (f"{wheel.name} says that it fits any platform, and {what}",)


def check_fit(
    wheel: Path, needs: PlatformNeeds | None, environment: Environment
) -> None:
    """Refuse a wheel that the target could not use.

    :raises CheckFailedError: its tags do not fit, or it needs a newer C library.
    """
    tags = {str(tag) for tag in parse_wheel_filename(wheel.name)[3]}
    minor = glibc_minor_of(environment)
    newest = needs.glibc_minor if needs is not None else None
    is_newer = newest is not None and minor is not None and newest > minor
    if not tags.isdisjoint(environment.tags) and not is_newer:
        return
    if needs is not None and is_newer:
        raise CheckFailedError(
            f"the built wheel needs GLIBC_2.{newest}, and {environment.label} has glibc "
            f"2.{minor}",
            where=wheel.name,
            hint="build it on a machine with an older C library (such as a manylinux "
            "image), or, if all who use it have a newer one, say so: "
            f"--python-platform {_machine(environment)}-manylinux_2_{newest}",
        )
    raise CheckFailedError(
        f"this machine builds {wheel.name}, which {environment.label} cannot use",
        where=wheel.name,
        hint="build it on such a machine",
    )


def is_for_linux(wheel: Path) -> bool:
    """Tell whether a wheel's name says that it is for a Linux."""
    return any("linux" in platform for platform in platforms_of(wheel.name))


def platforms_of(filename: str) -> tuple[str, ...]:
    """Return the platforms in a wheel's file name."""
    return tuple(filename.removesuffix(".whl").rpartition("-")[2].split("."))


def glibc_minor_of(environment: Environment) -> int | None:
    """Return N of a target with glibc 2.N; None: it has another C library."""
    own = _kind(_best(environment))
    return own[1] if own is not None and own[0] == "manylinux" else None


def _best(environment: Environment) -> str:
    return environment.tags[0].rpartition("-")[2]


def _machine(environment: Environment) -> str:
    return environment.markers["platform_machine"]


def _spelled(platform: str) -> tuple[str, ...]:
    """Give a platform with its older name, which older installers look for."""
    kind = _kind(platform)
    if kind is None or kind[0] != "manylinux":
        return (platform,)
    legacy = legacy_manylinux(kind[1])
    return (platform, f"{legacy}_{kind[2]}") if legacy else (platform,)


def _holds(said: str, true: str) -> bool:
    """Tell whether a wheel that runs on `true` runs wherever `said` fits."""
    promised, needed = _kind(said), _kind(true)
    if promised is None or needed is None:
        return False
    same = (promised[0], promised[2]) == (needed[0], needed[2])
    return same and promised[1] >= needed[1]


def _kind(platform: str) -> tuple[str, int, str] | None:
    """Split a platform of PEP 600 or PEP 656: C library, minor version, machine."""
    legacy = _LEGACY.fullmatch(platform)
    if legacy is not None:
        minors = {legacy_manylinux(minor): minor for minor in (5, 12, 17)}
        return "manylinux", minors[legacy[1]], legacy[2]
    match = _PLATFORM.fullmatch(platform)
    if match is None:
        return None
    return match[1], int(match[3]), match[4]
