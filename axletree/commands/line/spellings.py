"""Pythons and platforms as pip and wheels spell them, as uv does."""

import re

from axletree.resolver.model.environment import (
    FREE_THREADED_PYTHONS,
    KNOWN_PLATFORMS,
    KNOWN_PYTHONS,
)

_PYTHON = re.compile(
    r"(?:cpython|python|cp|py)?-?([23])\.?(\d{1,2})(\.\d{1,3})?(t?)", re.IGNORECASE
)
_TAG = re.compile(
    r"(manylinux(?:1|2010|2014|_\d{1,2}_\d{1,3})|musllinux_\d{1,2}_\d{1,3}|linux)"
    r"_([a-z][a-z0-9_]{0,30})"
)
_SYSTEMS = (
    (re.compile(r"win_amd64|win64"), "windows"),
    (re.compile(r"win_arm64"), "aarch64-pc-windows-msvc"),
    (re.compile(r"win32"), "i686-pc-windows-msvc"),
    (re.compile(r"macosx_\d+_\d+_(?:arm64|universal2)"), "macos"),
    (re.compile(r"macosx_\d+_\d+_(?:x86_64|intel)"), "x86_64-apple-darwin"),
)


def python_meant(text: str) -> str:
    """Spell a Python as `3.9`: `python3.9`, `cp39` and `39` mean it, too."""
    found = _PYTHON.fullmatch(text.strip())
    if found is None:
        return text
    major, minor, patch, threads = found.groups(default="")
    return f"{major}.{minor}{patch}{threads}"


def platform_meant(text: str) -> str:
    """Spell a platform as uv does: a wheel's `manylinux2014_x86_64` means one, too."""
    bare = text.strip()
    for tag, name in _SYSTEMS:
        if tag.fullmatch(bare):
            return name
    found = _TAG.fullmatch(bare)
    if found is None:
        return text
    kind, machine = found.groups()
    if kind == "linux":
        return "linux" if machine == "x86_64" else f"{machine}-unknown-linux-gnu"
    return f"{machine}-{kind}"


def python_nearest(text: str) -> str | None:
    """Name the Python that a text may mean which names none: `3,9`, `py3.9.`, `3.`."""
    found = re.search(r"3[^0-9]{0,2}(\d{1,2})(t?)", text)
    if found is None:
        return None
    named = f"3.{found[1]}{found[2]}"
    known = (*KNOWN_PYTHONS, *FREE_THREADED_PYTHONS)
    return named if named in known and named != text else None


_FAMILIES = (
    (re.compile(r"win"), "windows"),
    (re.compile(r"mac|osx|darwin|apple"), "macos"),
    (re.compile(r"musl|alpine"), "musllinux"),
    (re.compile(r"lin|ubuntu|debian|centos|rhel|fedora|glibc|gnu"), "linux"),
)
"""What a name begins with, or has in it, and which platform that is."""


def platform_nearest(text: str) -> str | None:
    """Name the platform that a text may mean which names none."""
    bare = text.strip().lower().replace("x86-64", "x86_64").replace("amd64", "x86_64")
    if bare != text and platform_meant(bare) != bare:
        return platform_meant(bare)
    found = re.fullmatch(r"(manylinux(?:1|2010|2014|_\d+_\d+)|musllinux_\d+_\d+)", bare)
    if found:
        return f"x86_64-{found[1]}"
    bare = bare.replace("-linux-", "-unknown-linux-")
    import difflib  # noqa: PLC0415  late: only who mistypes needs it

    near = difflib.get_close_matches(bare, KNOWN_PLATFORMS, n=1, cutoff=0.75)
    if near:
        return near[0] if near[0] != text else None
    return next((name for family, name in _FAMILIES if family.search(bare)), None)
