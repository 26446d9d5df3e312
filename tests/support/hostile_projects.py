"""Sdists whose build code means harm, and a program that builds them one by one.

The program is run as root and as an ordinary user, and prints what came of each:

    python -m tests.support.hostile_projects LEVEL FOLDER
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.sdist_job import build_sdist
from axletree.builder.jobs.sdists import SandboxedSdistBuilder
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.errors import AxletreeError
from axletree.resolver.model.environment import Environment, environment_for
from tests.support import hostile_archives
from tests.support.wheels import make_sdist, make_wheel

MARK = "axletree-hostile-project"
"""In the name of every file, process and socket that an attack makes."""

LIMITS = SandboxLimits(
    memory_bytes=512 << 20,
    question_memory_bytes=512 << 20,
    file_bytes=64 << 20,
    processes=64,
    room_bytes=128 << 20,
    tmp_bytes=16 << 20,
    wall_s=20,
    hook_wall_s=20,
    cpu_s=20,
)

_TABLE = """
[build-system]
requires = []
build-backend = "evil"
backend-path = ["."]
"""
_BACKEND = """
import json, os, signal, socket, subprocess, sys, time, zipfile

MARK, OUTSIDE = {mark!r}, {outside!r}
METADATA = "Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n"
CONTROL = sys.argv[2] if len(sys.argv) > 2 else "."
OUT = os.path.join(os.path.dirname(CONTROL), "out")

def get_requires_for_build_wheel(settings=None):
    return []

def prepare_metadata_for_build_wheel(folder, settings=None):
    os.makedirs(folder + "/evil-1.0.dist-info", exist_ok=True)
    open(folder + "/evil-1.0.dist-info/METADATA", "w").write(METADATA)
    return "evil-1.0.dist-info"

def build_wheel(folder, settings=None, metadata=None):
    pack(folder, [])
    return "evil-1.0-py3-none-any.whl"

def pack(folder, names):
    with zipfile.ZipFile(folder + "/evil-1.0-py3-none-any.whl", "w") as wheel:
        for name in names:
            wheel.writestr(name, "owned")
        wheel.writestr("evil.py", "")
        wheel.writestr("evil-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("evil-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\n"
            "Generator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("evil-1.0.dist-info/RECORD", "")

def asked(code):
    def hook(settings=None):
        exec(code, globals())
        return []
    return hook
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile project."""

    code: str = ""
    """Of its backend, after what a harmless one has."""
    table: str = _TABLE
    """Its pyproject.toml."""
    ends: frozenset[str]
    """References of the errors it may end with; empty text: none."""
    is_code: bool = False
    """It is code that does the harm: without a wall nothing is promised."""


def _when_asked(code: str, *ends: str) -> Attack:
    hook = f"get_requires_for_build_wheel = asked({code!r})\n"
    return Attack(code=hook, ends=frozenset(ends), is_code=True)


def _answering(expression: str) -> Attack:
    code = f"def get_requires_for_build_wheel(settings=None): return {expression}\n"
    return Attack(code=code, ends=frozenset({"build-failed"}))


def _at_the_end(code: str, *ends: str) -> Attack:
    """Act when the hook has written its answer."""
    return Attack(
        code=f"import atexit\natexit.register(lambda: exec({code!r}, globals()))\n",
        ends=frozenset(ends),
    )


def _described(table: str) -> Attack:
    return Attack(table=table, ends=frozenset({"build-failed"}))


ATTACKS: Mapping[str, Attack] = {
    "writes all over": _when_asked(
        "for place in ('/etc', '/usr', '/dev', '/proc/self', '/', OUTSIDE,"
        " os.path.expanduser('~'), '/axletree', '/root', '/home', '/var'):\n"
        "    try: open(place + '/' + MARK, 'w').write('owned')\n"
        "    except OSError: pass\n",
        "",
    ),
    "leaves daemons": _when_asked(
        "for number in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            os.execvp(sys.executable, [MARK, '-c',"
        " 'import time; time.sleep(600)'])\n"
        "        os._exit(0)\n",
        "",
    ),
    "listens": _when_asked(
        "there = socket.socket(socket.AF_UNIX)\n"
        "there.bind('\\0' + MARK); there.listen()\n"
        "if os.fork() == 0: time.sleep(600)\n",
        "",
    ),
    "forks without end": _when_asked(
        "for number in range(5000):\n    if os.fork() == 0: time.sleep(600)\n",
        *("build-failed", "build-limit"),
    ),
    "fills the disk": _when_asked(
        "for number in range(1000): open(str(number), 'wb').write(bytes(1 << 20))\n",
        *("build-failed", "build-limit"),
    ),
    "fills memory": _when_asked(
        "held = [bytearray(b'x' * (16 << 20)) for _ in range(500)]\n",
        *("build-failed", "build-limit"),
    ),
    "floods the log": _when_asked(
        "for number in range(30000): print('\\x1b[2J' + 'x' * 1000)\n", ""
    ),
    "kills its parents": _when_asked(
        "os.kill(os.getppid(), signal.SIGKILL); os.kill(1, signal.SIGKILL)\n"
        "os.kill(-1, signal.SIGKILL)\n",
        "build-limit",
    ),
    "kills its group": _when_asked(
        "os.killpg(0, signal.SIGKILL)",
        *("build-failed", "build-limit"),
    ),
    "writes to the driver's stdout": _when_asked(
        "try: open('/proc/1/fd/1', 'wb').write(b'x' * 100000)\nexcept OSError: pass\n",
        "",
    ),
    "traces the driver": _when_asked(
        "import ctypes; ctypes.CDLL(None).ptrace(16, 1, 0, 0)\n"
        "try: open('/proc/1/mem', 'r+b').write(b'x')\n"
        "except OSError: pass\n",
        "",
    ),
    "answers a number": _answering("5"),
    "answers numbers": _answering("[5, 6]"),
    "answers a NUL": _answering("['a\\0b']"),
    "answers deeply": _answering("eval('[' * 80 + ']' * 80)"),
    "answers a URL of a file": _answering("['x @ file:///etc/passwd'] * 2000"),
    "answers hugely": _answering("['a' * (9 << 20)]"),
    "answers no JSON": _at_the_end(
        "open(CONTROL + '/output.json', 'w').write('[' * 100000)", "build-failed"
    ),
    "answers by a link": _at_the_end(
        "os.remove(CONTROL + '/output.json')\n"
        "os.symlink('/etc/passwd', CONTROL + '/output.json')",
        "unsafe-output",
    ),
    "answers from a folder": _at_the_end(
        "os.remove(CONTROL + '/output.json'); os.mkdir(CONTROL + '/output.json')",
        "build-failed",
    ),
    "makes out/ a link": _at_the_end(
        "import shutil; shutil.rmtree(OUT, True)\n"
        "if not os.path.lexists(OUT): os.symlink('/etc', OUT)",
        "unsafe-output",
    ),
    "makes out/ a file": _at_the_end(
        "import shutil; shutil.rmtree(OUT, True)\n"
        "if not os.path.lexists(OUT): open(OUT, 'w').close()",
        *("build-failed", "unsafe-output"),
    ),
    "leaves a device": _at_the_end(
        "if not os.path.lexists(OUT + '/f'): os.mkfifo(OUT + '/f')", "unsafe-output"
    ),
    "leaves deep folders": _at_the_end(
        "os.chdir(OUT)\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')\n",
        *("unsafe-output", "build-failed"),
    ),
    "leaves odd names": _at_the_end(
        "open(OUT + '/a\\n\\x1b[31m\\\\b', 'w').close()", "unsafe-output"
    ),
    "packs names that lead out": Attack(
        code="def build_wheel(folder, settings=None, metadata=None):\n"
        "    pack(folder, ['../../' + MARK, '/' + MARK])\n"
        "    return 'evil-1.0-py3-none-any.whl'\n",
        ends=frozenset({"check-failed"}),
    ),
    "names a wheel with a path": Attack(
        code="def build_wheel(folder, settings=None, metadata=None):\n"
        "    return '../../../etc/passwd'\n",
        ends=frozenset({"build-failed"}),
    ),
    "requires a wheel with a .pth": Attack(
        table=_TABLE.replace("[]", '["evil-pth"]', 1),
        ends=frozenset({""}),
        is_code=True,
    ),
    "points backend-path out": _described(_TABLE.replace('"."', '"../.."')),
    "points backend-path to /": _described(_TABLE.replace('"."', '"/"')),
    "nests its table": _described("a = " + "[" * 20_000),
    "requires much": _described(
        _TABLE.replace("[]", '["a"' + ',"a"' * 20_000 + "]", 1)
    ),
    "requires a number": _described(_TABLE.replace("[]", "5", 1)),
    "names a huge backend": _described(_TABLE.replace("evil", "e" * 300_000)),
}


@dataclass(frozen=True, slots=True)
class _OneWheel:
    """Every build requirement is the same wheel, which means harm as well."""

    wheel: Path

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,  # noqa: ARG002 - every target gets the same
        constraints: Sequence[str] = (),  # noqa: ARG002 - the same for all
    ) -> Sequence[Path]:
        return [self.wheel] if requirements else []


def sdist_of(name: str, attack: Attack, folder: Path, outside: Path) -> Path:
    """Write the sdist of an attack."""
    backend = _BACKEND.format(mark=MARK, outside=str(outside))
    files = {"pyproject.toml": attack.table, "evil.py": backend + attack.code}
    return make_sdist(folder / name, "evil", "1.0", files=files, metadata_version="2.1")


def sdists(level: str, folder: Path, outside: Path) -> Mapping[str, Path]:
    """Write all that are built at a level: without a wall only those that are no code."""
    made = {
        name: sdist_of(name, attack, folder / "code", outside)
        for name, attack in ATTACKS.items()
        if level == "full" or not attack.is_code
    }
    for name, make in hostile_archives.TARS.items():
        path = folder / "tar" / name / "evil-1.0.tar.gz"
        made[f"tar: {name}"] = hostile_archives.make_tar(path, make(str(outside)))
    return made


def main(level: str, folder: Path) -> None:
    """Build them all below `folder`, and print what came of each."""
    pth = f"import os; open({str(folder / 'outside' / MARK)!r}, 'w')\n"
    with tempfile.TemporaryDirectory(dir=folder) as name:
        scratch = Path(name)
        wheel = make_wheel(scratch, "evil-pth", "1", files={"evil.pth": pth})
        workshop = Workshop(
            work_dir=scratch / "work",
            requirements=_OneWheel(wheel),
            environ={"PATH": str(Path(sys.executable).parent)},
            isolation="full" if level == "full" else "none",
            may_install_pythons=False,
            limits=LIMITS,
        )
        builder = SandboxedSdistBuilder(workshop=workshop)
        for title, sdist in sdists(level, scratch, folder / "outside").items():
            sys.stdout.write(json.dumps([title, *_outcome(builder, sdist)]) + "\n")


def _outcome(builder: SandboxedSdistBuilder, sdist: Path) -> tuple[str, int]:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = environment_for(version, "linux")
    try:
        builder.metadata(sdist, environment)
        build_sdist(
            sdist,
            environment,
            builder.workshop,
            builder.workshop.work_dir / "built",
            source_time=datetime(2022, 1, 1, tzinfo=UTC),
        )
    except AxletreeError as error:
        return error.reference, error.exit_code
    return "", 0


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
