"""Environments of Python for the commands of pages: one that is made once is copied.

`python3 -m venv` unpacks a pip and compiles it, which takes seconds, and is the same each
time but for the paths.
"""

import atexit
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

_AS_VENV = """\
#!/bin/sh
if [ "$1 $2 $#" = "-m venv 3" ] && [ ! -e "$3" ]; then
    [ -e {template} ] || {python} -m venv {template} || exit
    cp -al {template} "$3" || cp -a {template} "$3"
    made=$(realpath "$3")
    grep -lI -r {template} "$made/bin" "$made/pyvenv.cfg" |
        xargs sed -i "s|{template}|$made|g"
else
    exec {python} "$@"
fi
"""
"""Of the files that name the template, sed makes new ones: the copy has hard links."""

_AS_PIP = """\
#!{python}
import sys
from pip._internal.cli.main import main
sys.exit(main())
"""


def add_python(program: Path, python: Path) -> None:
    """Make a program that is this Python, and quick at `-m venv`."""
    _write(program, python, _template_of(python))


def add_environment(program: Path) -> None:
    """Make a program whose `-m venv` gives the pip of our own environment.

    That which Python brings is as old as it; Debian 12's refuses our hashes.
    """
    _write(program, Path(sys.executable), _with_our_pip())


def _write(program: Path, python: Path, template: Path) -> None:
    program.write_text(_AS_VENV.format(template=template, python=python))
    program.chmod(0o755)


@cache
def _template_of(python: Path) -> Path:  # noqa: ARG001  one for each
    return _temporary_folder() / "venv"


@cache
def _with_our_pip() -> Path:
    folder = _temporary_folder() / "venv"
    # Its own would be unpacked first, and compiled.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (place,) = folder.glob("lib/python*/site-packages")
    for ours in Path(sysconfig.get_path("purelib")).glob("pip*"):
        if ours.name == "pip" or ours.name.startswith("pip-"):
            shutil.copytree(ours, place / ours.name)
    for name in ("pip", "pip3"):
        program = folder / "bin" / name
        program.write_text(_AS_PIP.format(python=folder / "bin/python"))
        program.chmod(0o755)
    return folder


def _temporary_folder() -> Path:
    folder = Path(mkdtemp(prefix="page-python-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
