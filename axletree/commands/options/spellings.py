"""Pythons and platforms as pip and wheels spell them, as uv does."""

import re

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
