"""Compiled files that need what a test says, whatever C library is here."""

import subprocess
from collections.abc import Mapping
from pathlib import Path


def make_shared_object(
    path: Path,
    needs: Mapping[str, str | None],
    *,
    machine: str = "",
    entry: str = "all",
) -> bytes:
    """Link a shared object, and return its bytes.

    :param needs: library -> the version of the symbol that is needed of it
        (`GLIBC_2.34`); None: one without a version.
    :param machine: of another one than this, an ELF machine number in hexadecimal.
    :param entry: the function that it has: `PyInit_x` makes it an extension of Python.
    """
    folder = path.parent / f"{path.name}.d"
    folder.mkdir(parents=True)
    calls = []
    for number, (library, version) in enumerate(needs.items()):
        stub = folder / f"lib{number}.c"
        stub.write_text(f"int need{number}(void) {{ return 0; }}\n")
        options = []
        if version is not None:
            script = folder / f"lib{number}.map"
            script.write_text(f"{version} {{ global: need{number}; }};\n")
            options = [f"-Wl,--version-script={script}"]
        _link(folder / f"lib{number}.so", stub, f"-Wl,-soname,{library}", *options)
        calls.append(number)
    source = folder / "main.c"
    declared = "".join(f"int need{n}(void);\n" for n in calls)
    summed = " + ".join(["0", *(f"need{n}()" for n in calls)])
    source.write_text(f"{declared}int {entry}(void) {{ return {summed}; }}\n")
    libraries = [str(folder / f"lib{n}.so") for n in calls]
    _link(path, source, *libraries)
    content = bytearray(path.read_bytes())
    if machine:
        content[18:20] = bytes.fromhex(machine)
    return bytes(content)


def _link(target: Path, source: Path, *options: str) -> None:
    base = ("gcc", "-shared", "-fPIC", "-nostdlib", "-o", str(target), str(source))
    subprocess.run([*base, *options], check=True)
