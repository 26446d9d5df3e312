"""How a build is kept apart from the machine: three levels, and what is had here.

`full` is bubblewrap. `pod` and `none` are for places where namespaces are refused: with
`pod` the container around us is the wall and we add limits, with `none` there is
neither. A build never lowers its level by itself.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Literal, TypeAlias

from axletree.builder.errors import IsolationUnavailableError
from axletree.builder.sandbox.bubblewrap import (
    Bubblewrap,
    SandboxLimits,
    wall,
)
from axletree.late_dataclasses import dataclass

Isolation: TypeAlias = Literal["full", "pod", "none"]

PROBE_TIMEOUT_S = 20.0

SYSTEM_PATH = "/usr/bin:/usr/sbin:/bin:/sbin"
"""Where to look for what runs behind the wall: PATH may name folders unseen there."""

_OPTION = re.compile(r"^\s+--([a-z-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationProbe:
    """What this machine offers."""

    bubblewrap: Bubblewrap | None
    """None where `full` cannot be had."""
    reason: str = ""
    """Why not, as a clause: `bubblewrap is not installed`."""

    @property
    def is_full_available(self) -> bool:
        """Tell whether builds can run in bubblewrap."""
        return self.bubblewrap is not None


def detect_isolation(limits: SandboxLimits | None = None) -> IsolationProbe:
    """Try the whole wall around `true`; takes some tens of milliseconds."""
    programs = {
        "bwrap": shutil.which("bwrap"),
        "prlimit": shutil.which("prlimit", path=SYSTEM_PATH),
        "setpriv": shutil.which("setpriv", path=SYSTEM_PATH),
    }
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        return IsolationProbe(
            bubblewrap=None, reason=f"{' and '.join(missing)} not found"
        )
    found = {name: Path(path) for name, path in programs.items() if path is not None}
    candidate = Bubblewrap(
        bwrap=found["bwrap"],
        prlimit=found["prlimit"],
        setpriv=found["setpriv"],
        features=_features(found["bwrap"]),
        is_root=os.geteuid() == 0,
        limits=limits or SandboxLimits(),
    )
    reason = _try_wall(candidate)
    if reason:
        return IsolationProbe(bubblewrap=None, reason=reason)
    return IsolationProbe(bubblewrap=candidate)


def require_isolation(level: Isolation, probe: IsolationProbe) -> None:
    """Refuse a level that cannot be had.

    :raises IsolationUnavailableError: naming why, and the option that allows less.
    """
    if level == "full" and not probe.is_full_available:
        raise IsolationUnavailableError(
            f"builds cannot be isolated here: {probe.reason}",
            where="--isolation full",
            hint="install bubblewrap (apt-get install bubblewrap) and allow user "
            "namespaces, or accept less with --isolation pod (in a container of its "
            "own: as root a build can signal every process that it sees there, the "
            "host's too if they are shared) or --isolation none",
        )


def _features(bwrap: Path) -> frozenset[str]:
    shown = subprocess.run(  # noqa: S603 - found on PATH, no foreign argument
        [bwrap, "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PROBE_TIMEOUT_S,
    )
    return frozenset(_OPTION.findall(shown.stdout + shown.stderr))


def _try_wall(bubblewrap: Bubblewrap) -> str:
    argv = [*wall(bubblewrap, shown={}, environment={}), "/usr/bin/true"]
    try:
        tried = subprocess.run(  # noqa: S603 - our own wall around `true`
            argv,
            capture_output=True,
            text=True,
            check=False,
            env={},
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not run: {error}"
    if tried.returncode == 0:
        return ""
    lines = tried.stderr.strip().splitlines()
    return lines[-1] if lines else f"bubblewrap ended with {tried.returncode}"
