"""What lies there when the commands of a page are run, and which cannot be run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tests.support.checkout import ROOT
from tests.support.page_session import words_of
from tests.support.pages import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What the commands of a page find."""

    index: Literal["recorded", "public"] = "recorded"
    """What `--index-url public` is: by default 1,508 releases of 203 projects as of
    2022-02-01, each as one small wheel (tests/scenarios/universes), on this machine."""
    files: Mapping[str, str] = field(default_factory=dict)
    """In the folder where the commands are run."""
    environ: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    """Commands that are run first, and not shown."""
    is_python: bool = False
    """Whether `pip` and `python` are those of an empty environment."""
    is_filled: bool = False
    """Whether a wheelhouse holds all of the recorded releases."""
    is_checkout: bool = False
    """Whether the commands are run in a copy of this checkout."""
    goes_on_from: str = ""
    """A page with what takes long to make. Run alone, this one makes it for itself."""
    on_the_way: tuple[str, ...] = ()
    """In place of `before`, where that page was."""
    after_each: tuple[str, ...] = ()
    """Commands that are run after each of the page's, and not shown."""


_BRING_SDISTS = f"PYTHONPATH={ROOT} {sys.executable} -m tests.support.public_sdists"
"""pip would make ready to build each, which takes seconds."""
_FAIRING = "kubeflow-fairing==1.0.2"
_STAND_IN = "examples/fairing/make_stand_in.py"
_PYPROJECT = """\
[project]
name = "app"
version = "1.0"
dependencies = ["six"]
optional-dependencies = { docs = ["mistune"] }

[dependency-groups]
dev = ["tomli"]
"""

_BACKEND = """\
import zipfile

INFO = "thing-1.0.dist-info"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("thing.py", "")
        wheel.writestr(
            f"{INFO}/METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n"
        )
        wheel.writestr(
            f"{INFO}/WHEEL",
            "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\n"
            "Tag: py3-none-any\\n",
        )
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
"""
_OWN_BACKEND = """\
[build-system]
requires = []
build-backend = "own"
backend-path = ["."]

[project]
name = "thing"
version = "1.0"
"""

_DEMO = "docs/how-to/demo.md"
_KEEP_WHAT_IS_COLLECTED = (
    "[ -e ~/collected ] || [ ! -e .demo/wheelhouse ]"
    " || cp -a .demo/wheelhouse ~/collected"
)
_WITH_STAND_IN = Sandbox(
    index="public",
    is_checkout=True,
    is_python=True,
    before=(
        f"{_BRING_SDISTS} sdist {_FAIRING}",
        f"{sys.executable} {_STAND_IN} sdist/*.tar.gz .demo/fairing-stand-in",
    ),
)

SANDBOXES: Mapping[str, Sandbox] = {
    "README.md": Sandbox(
        index="public",
        is_checkout=True,
        before=(
            "cd .. && mkdir -p path/to/this && mv checkout path/to/this/checkout",
            "echo six==1.16.0 >requirements.txt",
        ),
    ),
    "docs/quickstart.md": Sandbox(index="public", is_checkout=True),
    "docs/how-to/air-gap.md": Sandbox(
        index="public", is_checkout=True, before=("mkdir ~/usb",)
    ),
    "docs/how-to/upgrade.md": Sandbox(
        index="public",
        is_checkout=True,
        before=("python3 -m venv ~/axletree-env", "echo six >requirements.txt"),
        goes_on_from="docs/quickstart.md",
        on_the_way=(
            "deactivate; cd ~/project/checkout",
            "echo six >requirements.txt",
        ),
    ),
    "docs/explanation/real-conflicts.md": Sandbox(is_checkout=True),
    "docs/how-to/audit.md": Sandbox(is_filled=True),
    "docs/how-to/collect.md": Sandbox(
        files={"requirements.txt": "jupyterlab\nkfp==1.8.10\n"}
    ),
    "docs/how-to/build-a-recipe.md": replace(
        _WITH_STAND_IN,
        goes_on_from=_DEMO,
        on_the_way=(
            "unset AXLETREE_HOME AXLETREE_CACHE_DIR",
            "mkdir -p ~/.local/share && mv ~/collected ~/.local/share/axletree",
        ),
    ),
    "docs/how-to/build-many.md": Sandbox(
        index="public",
        is_python=True,
        files={
            "thing-1.0/setup.py": "import pybind11\nfrom setuptools import setup\n"
            "setup(name='thing', version='1.0')\n",
            "thing-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n",
        },
        before=(
            "mkdir sdists",
            f"{_BRING_SDISTS} sdists retrying==1.3.3 nvidia-ml-py3==7.352.0",
            "tar -czf sdists/thing-1.0.tar.gz thing-1.0 && rm -r thing-1.0",
        ),
    ),
    _DEMO: replace(
        _WITH_STAND_IN,
        after_each=(_KEEP_WHAT_IS_COLLECTED,),
    ),
    "docs/how-to/explain.md": Sandbox(
        files={
            "requirements.txt": "# of the cluster\nkubeflow-fairing==1.0.2\nkfserving==0.6.1\n",
            "requirements.in": "kubeflow-fairing==1.0.2\nkfserving==0.6.1\n",
        },
        before=("axletree collect -q pandas==1.4.0 --index-url public",),
        is_checkout=True,
    ),
    "docs/how-to/lock.md": Sandbox(
        files={
            "requirements.in": "six\npython-dateutil\n",
            "old-lock.txt": "six==1.15.0\npython-dateutil==2.8.2\n",
            "base.txt": "numpy==1.21.1\n",
            "pyproject.toml": _PYPROJECT,
        },
        before=(
            "cp old-lock.txt lock.txt",
            "pip download -q --no-deps -d wheels six mistune tomli",
        ),
        is_python=True,
    ),
    "docs/how-to/override.md": Sandbox(
        files={
            "requirements.in": "kubeflow-fairing==1.0.2\n",
            "overrides.txt": "kubeflow-fairing:kubernetes>=12\nurllib3<2\n",
        },
        is_python=True,
    ),
    "docs/how-to/serve.md": Sandbox(
        before=("axletree collect -q kubeflow-fairing --index-url public",),
        is_python=True,
    ),
    "docs/how-to/keep.md": Sandbox(
        before=(
            "axletree collect -q six==1.15.0 mistune --index-url public",
            "axletree collect -q six tomli --index-url public",
        ),
    ),
    "docs/how-to/policy.md": Sandbox(
        before=(
            "axletree collect -q six==1.15.0 mistune --index-url public",
            "axletree collect -q six --index-url public",
        ),
    ),
    "docs/how-to/views.md": Sandbox(
        before=(
            "axletree collect -q six==1.15.0 mistune --index-url public",
            "axletree collect -q six --index-url public",
        ),
        is_python=True,
    ),
    "docs/how-to/sets.md": Sandbox(
        files={
            "requirements.in": "-r base.in\njinja2\nmarkupsafe\n",
            "base.in": "six\n",
        },
        before=(
            "axletree collect -q six jinja2 --python-version 3.9 --index-url public",
        ),
    ),
    "docs/how-to/look-after.md": Sandbox(
        before=("axletree collect -q six mistune --index-url public",),
    ),
    "docs/how-to/provenance.md": Sandbox(
        files={"thing/own.py": _BACKEND, "thing/pyproject.toml": _OWN_BACKEND},
        before=(
            "axletree init",
            "git -C thing init -q -b main",
            "git -C thing add .",
            "git -C thing -c user.name=you -c user.email=you@example.org commit -q -m x",
            "axletree recipe new ./thing --allow-file-sources -o thing.toml",
        ),
    ),
    "docs/how-to/check.md": Sandbox(
        files={
            "requirements/fairing.txt": "kubeflow-fairing==1.0.2\nkfserving==0.6.1\n",
            "requirements/pipelines.txt": "kfp==1.8.10\n",
        }
    ),
}
"""By page. A page that is not here has the recorded index, and an empty folder."""

NOT_RUN: Mapping[str, str] = {
    "make": "each target is a gate of its own: CI runs them",
    "sudo": "a service of the machine: it takes root, and systemd",
    "docker": "an image: it takes root, and a registry",
    "twine upload": "tests/clients/test_upload.py uploads with it to a server of its own",
    "uv publish": "as the one before",
    "axletree build our-package": "a name for the reader's own recipe",
    "axletree build examples/fairing/kubeflow-fairing.toml": "its git host is elsewhere",
    "axletree collect pip-tools": "the recorded index has none",
    "pip install -r pylock": "only a pip that no Python brings reads a pylock.toml",
    "pip install --group": "as the one before",
    "notebook/bin/pip": "160 projects: `make demo` installs and imports them, CI runs it",
    ".venv/bin/python": "benchmarks: minutes to hours, and figures of a quiet machine",
}
"""First words of commands that no test runs, and why. A test keeps it short."""


def reason_not_to_run(command: Command) -> str:
    """Say why no test runs a command; empty: one does."""
    words = " ".join(words_of(command.text))
    return next((why for begun, why in NOT_RUN.items() if words.startswith(begun)), "")
