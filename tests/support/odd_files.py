"""Wheels and sdists that look odd, and that pip and uv install all the same."""

import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.hostile_archives import zip_entry
from tests.support.odd_makers import (
    DATA,
    HEADERS,
    INFO,
    SDIST,
    WHEEL_FILE,
    Maker,
    renamed,
    sdist,
    sdist_with,
    sound,
    with_entry_point,
    with_files,
    with_members,
    with_metadata,
    with_rows,
    with_wheel_file,
)
from tests.support.wheels import (
    make_metadata,
    make_wheel,
    wheel_members,
    write_wheel,
    write_zip,
)

RULES = "[distutils.commands]\nx = demo\n"


def with_folders(folder: Path) -> Path:
    """List folders as members, as some old tools did."""
    path = sound(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zip_entry("demo/", 0o40755), b"")
        archive.writestr(zip_entry(f"{INFO}/", 0o40755), b"")
    return path


def without_modes(folder: Path) -> Path:
    """Come from a system that knows no modes."""
    path = folder / "demo-1.0-py3-none-any.whl"
    members = wheel_members("demo", "1.0", metadata=make_metadata("demo", "1.0"))
    write_wheel(path, members)
    with zipfile.ZipFile(path) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 0
            archive.writestr(entry, content)
    return path


def by_description(text: str) -> Maker:
    """Say something below the headers."""
    return with_metadata(f"{HEADERS}\n{text}")


def own_scripts_of_pip(folder: Path) -> Path:
    """Be pip."""
    points = "[console_scripts]\npip = pip:main\npip3 = pip:main\npip3.11 = pip:main\n"
    return make_wheel(folder, "pip", "26.0", entry_points=points)


def latin_names(folder: Path) -> Path:
    """Hold a name whose bytes are no UTF-8."""
    with tarfile.open(folder / SDIST, "w:gz", encoding="latin-1") as archive:
        for name in ("demo-1.0/PKG-INFO", "demo-1.0/tests/caf\xe9.txt"):
            archive.addfile(tarfile.TarInfo(name))
    return folder / SDIST


ODD: Mapping[str, Maker] = {
    "folders as members": with_folders,
    "no modes": without_modes,
    "name in capitals": lambda f: make_wheel(f, "Demo.Thing", "1.0"),
    "wheel name with a dot": renamed(
        lambda f: make_wheel(f, "demo-thing", "1.0"),
        "demo.thing-1.0-py3-none-any.whl",
    ),
    "epoch": lambda f: make_wheel(f, "demo", "1!2.0"),
    "local version": lambda f: make_wheel(f, "demo", "1.0+cu118.post1"),
    "build tag with letters": lambda f: make_wheel(f, "demo", "1.0", build="2b"),
    "many tags": lambda f: make_wheel(
        f, "demo", "1.0", tag="py2.py3.cp38-none.abi3-any.linux_x86_64"
    ),
    "version 1.0.0 in a folder 1.0": lambda f: write_wheel(
        f / "demo-1.0.0-py3-none-any.whl",
        wheel_members("demo", "1.0", metadata=make_metadata("demo", "1.0")),
    ),
    "CRLF in METADATA": with_metadata(HEADERS.replace("\n", "\r\n")),
    "UNKNOWN fields": with_metadata(f"{HEADERS}Home-page: UNKNOWN\nLicense: UNKNOWN\n"),
    "headers in the description": by_description("Name: other\nVersion: 2.0\n"),
    "licence in several lines": with_metadata(f"{HEADERS}License: a\n  b\n  c\n"),
    "WHEEL in lower case": with_wheel_file(WHEEL_FILE.lower()),
    "compressed tags in WHEEL": renamed(
        with_wheel_file(WHEEL_FILE.replace("py3", "py2.py3")),
        "demo-1.0-py2.py3-none-any.whl",
    ),
    "signatures of RECORD": with_files(f"{INFO}/RECORD.jws", f"{INFO}/RECORD.p7s"),
    "RECORD with a hash of itself": with_rows(f"{INFO}/RECORD,sha256=AAAA,1"),
    "RECORD with CRLF": with_members({}, record=f"{INFO}/RECORD,,\r\nx.py,,\r\n"),
    "empty __init__": with_members({"demo/__init__.py": b""}),
    "no code at all": lambda f: make_wheel(f, "demo", "1.0", files={}),
    "nested sitecustomize": with_files("demo/bootstrap/sitecustomize.py"),
    "script python-demo": with_files(f"{DATA}/scripts/python-demo"),
    "script pipx": with_files(f"{DATA}/scripts/pipx"),
    "command python3-config": with_entry_point("python3-config = demo:main"),
    "command with extras": with_entry_point("demo = demo.cli : main [color]"),
    "entry points that are no commands": with_entry_point("x = demo", "demo.plugins"),
    "commands that are indented alike": with_entry_point(
        "  a = demo:main\n  # a comment\n  b = demo:main\n c = demo:main"
    ),
    "pip's own scripts": own_scripts_of_pip,
    "data below share": with_files(f"{DATA}/data/share/demo/x.json"),
    "headers": with_files(f"{DATA}/headers/demo.h"),
    "names beyond ASCII": with_files("demo/données.txt", "demo/日本.txt"),
    "spaces and quotes in names": with_files('demo/a "b", c.txt'),
    "deep paths": with_files("demo/" + "d/" * 60 + "x.py"),
    "SBOM": with_files(f"{INFO}/sboms/demo.cdx.json"),
    "sdist with a link inside": sdist_with(
        "demo-1.0/README", tarfile.SYMTYPE, "docs/README"
    ),
    "sdist with a hard link inside": sdist_with(
        "demo-1.0/README", tarfile.LNKTYPE, "demo-1.0/setup.py"
    ),
    "sdist with names in Latin-1": latin_names,
    "sdist of setuptools of old": sdist(
        {"demo-1.0/demo.egg-info/PKG-INFO": b"", "demo-1.0/setup.cfg": b""}
    ),
    "sdist with ./ before": sdist_with("./demo-1.0/x", tarfile.REGTYPE),
    "zip sdist": lambda f: write_zip(
        f / "demo-1.0.zip", {"demo-1.0/PKG-INFO": make_metadata("demo", "1.0")}
    ),
}
