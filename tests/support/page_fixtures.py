"""What lies there when the commands of a page are run, and which cannot be run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    is_checkout: bool = False
    """Whether the commands are run in a copy of this checkout."""


SANDBOXES: Mapping[str, Sandbox] = {
    "docs/quickstart.md": Sandbox(index="public", is_checkout=True),
    "docs/how-to/air-gap.md": Sandbox(
        index="public", is_checkout=True, before=("mkdir ~/usb",)
    ),
    "docs/how-to/upgrade.md": Sandbox(
        index="public",
        is_checkout=True,
        before=("python3 -m venv ~/axletree-env", "echo six >requirements.txt"),
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
    ".venv/bin/python": "benchmarks: minutes to hours, and figures of a quiet machine",
}
"""First words of commands that no test runs, and why. A test keeps it short."""

_TO_CONVERT = "written before there was a sandbox; to be converted"
PAGES_NOT_RUN: Mapping[str, str] = dict.fromkeys(
    (
        "README.md",
        "docs/explanation/real-conflicts.md",
        "docs/how-to/audit.md",
        "docs/how-to/build-a-recipe.md",
        "docs/how-to/collect.md",
        "docs/how-to/demo.md",
        "docs/how-to/explain.md",
        "docs/how-to/lock.md",
        "docs/how-to/override.md",
        "docs/how-to/serve.md",
    ),
    _TO_CONVERT,
)
"""Pages whose commands no test runs yet, and why; to become empty."""


def reason_not_to_run(command: Command) -> str:
    """Say why no test runs a command; empty: one does."""
    words = words_of(command.text)
    return NOT_RUN.get(words[0], "") if words else ""
