"""Run our Python as a user who may nothing, whoever runs the tests.

Root's home is closed to others, and the interpreter of a virtual environment often
lives there. So what is needed is shown at other places, in a mount namespace that ends
with the program.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = Path("/mnt")
UID = 65534


def as_ordinary_user(home: Path) -> list[str]:
    """Return what to put before the arguments of Python.

    :param home: HOME; given to that user.
    """
    if os.geteuid() != 0:
        return [sys.executable]
    for path in (home, *home.rglob("*")):
        os.chown(path, UID, UID)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shown = {"python": sys.base_prefix, "venv": sys.prefix, "axletree": ROOT}
    python, packages = SHOWN / "python", SHOWN / "venv/lib" / version / "site-packages"
    environment = {
        "HOME": home,
        "PATH": f"{python}/bin:/usr/local/bin:/usr/bin:/bin",
        "LD_LIBRARY_PATH": python / "lib",
        "PYTHONPATH": f"{SHOWN}/axletree:{packages}",
        "LC_ALL": "C.UTF-8",
    }
    return [
        *("bwrap", "--dev-bind", "/", "/", "--tmpfs", str(SHOWN)),
        *(
            word
            for name, path in shown.items()
            for word in ("--ro-bind", str(path), str(SHOWN / name))
        ),
        *("--chdir", str(SHOWN / "axletree"), "--clearenv"),
        *(
            word
            for name, value in environment.items()
            for word in ("--setenv", name, str(value))
        ),
        *("--", "setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
        *("--", str(python / "bin" / version)),
    ]
