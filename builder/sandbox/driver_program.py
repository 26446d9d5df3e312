"""The program that runs inside a sandbox, as one text: no file of ours is needed there."""

from functools import cache
from importlib.resources import files
from pathlib import Path

_MODULES_INSIDE = (
    "wheelhouse.archives.streams",
    "wheelhouse.archives.members",
    "builder.archives.safe_tree",
    "builder.archives.folder_sink",
    "builder.sandbox.watch",
)
"""What the driver imports from us, each after those that it imports itself."""


@cache
def driver_text() -> str:
    """Return the driver's program, whole: with the modules of ours that it imports.

    An import finds what `sys.modules` holds before it looks for anything.
    """
    texts = ["import sys, types"]
    for name in _MODULES_INSIDE:
        package, _, stem = name.rpartition(".")
        text = (files("axletree." + package) / f"{stem}.py").read_text("utf-8")
        module = f"axletree.{package}.{stem}"
        texts += [
            f"module = sys.modules[{module!r}] = types.ModuleType({module!r})",
            f"exec(compile({text!r}, {f'{stem}.py'!r}, 'exec'), module.__dict__)",
        ]
    driver = Path(__file__).with_name("driver.py")
    return "\n".join([*texts, driver.read_text(encoding="utf-8")])
