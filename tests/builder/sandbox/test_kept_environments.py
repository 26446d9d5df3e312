"""Environments that are made once and copied, with real bubblewrap."""

import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from axletree.builder.errors import BuildFailedError
from axletree.builder.sandbox import kept_environments
from axletree.builder.sandbox.kept_environments import kept_environment
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

LOOK = """
import os, sys, thing
from pathlib import Path
out = Path(sys.argv[1])
(out / "cached").write_text(str(getattr(thing, "__cached__", None)))
(out / "is_compiled").write_text(str(Path(thing.__cached__).exists()))
(out / "value").write_text(str(thing.value))
(out / "program").write_text(sys.executable)
"""


@pytest.fixture
def keeping(wall: Sandbox, tmp_path: Path) -> Sandbox:
    return dataclasses.replace(wall, kept=tmp_path / "environments")


@pytest.fixture
def thing(tmp_path: Path) -> Path:
    return make_wheel(
        tmp_path,
        "thing",
        "1",
        files={"thing.py": "value = 7\n", "broken.py": "def ("},
        entry_points="[console_scripts]\nthing-run = thing:run\n",
    )


def kept_of(sandbox: Sandbox, wheels: Sequence[Path]) -> Path:
    """Ask as often as it takes."""
    assert kept_environment(sandbox, wheels) is None
    made = kept_environment(sandbox, wheels)
    assert made is not None
    return made


def run(
    sandbox: Sandbox, log: BuildLog, wheels: Sequence[Path], code: str
) -> dict[str, str]:
    results = Path(tempfile.mkdtemp(dir=sandbox.scratch))
    job = SandboxJob(
        name="the look",
        argv=(
            *(str(sandbox.python), "-B", "-c", code),
            str(sandbox.room / "out"),
        ),
        wheels=wheels,
        environment_from=kept_environment(sandbox, wheels),
        collect=("out",),
    )
    sandbox.run(job, results, log)
    return {path.name: path.read_text() for path in (results / "out").iterdir()}


def test_it_is_the_same_environment_but_compiled(
    keeping: Sandbox, log: BuildLog, thing: Path
) -> None:
    made, kept, again = (run(keeping, log, [thing], LOOK) for _ in range(3))
    assert (made.pop("is_compiled"), kept.pop("is_compiled")) == ("False", "True")
    assert made == kept
    assert again == {**kept, "is_compiled": "True"}


def test_what_is_compiled_is_believed(
    keeping: Sandbox, log: BuildLog, thing: Path
) -> None:
    kept_of(keeping, [thing])
    # Python says so of each file that it reads.
    argv = (str(keeping.python), "-v", "-c", LOOK, str(keeping.room / "out"))
    job = SandboxJob(
        name="the look",
        argv=argv,
        wheels=[thing],
        environment_from=kept_environment(keeping, [thing]),
    )
    keeping.run(job, keeping.scratch / "results", log)
    said = log.path.read_text()
    assert f"thing.{sys.implementation.cache_tag}.pyc matches" in said


def test_its_programs_and_links_are_those_of_an_environment(
    keeping: Sandbox, log: BuildLog, thing: Path
) -> None:
    code = (
        "import os, sys; from pathlib import Path; root = Path('env'); out = sys.argv[1]\n"
        "found = sorted(str(p) + (' -> ' + os.readlink(p) if p.is_symlink() else '')\n"
        "    for p in root.rglob('*') if '__pycache__' not in p.parts)\n"
        "Path(out, 'tree').write_text('\\n'.join(found))\n"
        "Path(out, 'script').write_text(Path('env/bin/thing-run').read_text())"
    )
    made, kept = run(keeping, log, [thing], code), run(keeping, log, [thing], code)
    assert kept == made


def test_what_a_build_does_to_its_environment_reaches_no_other(
    keeping: Sandbox, log: BuildLog, thing: Path
) -> None:
    kept_of(keeping, [thing])
    spoil = (
        "import thing; open(thing.__file__, 'w').write('value = 8'); "
        "open(thing.__cached__, 'wb').write(b''); "
        "open(thing.__file__[:-8] + 'evil.pth', 'w').write('import nothing')"
    )
    run(keeping, log, [thing], spoil)
    assert run(keeping, log, [thing], LOOK)["value"] == "7"
    with pytest.raises(BuildFailedError) as caught:
        run(keeping, log, [thing], "open('/axletree/environment/x', 'w')")
    assert "Read-only" in caught.value.hint


def test_nothing_of_a_wheel_runs_while_it_is_kept(
    keeping: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    """What ran there could have changed what all later builds are given."""
    touch = "import os; os.path.exists('{0}') or open('{0}', 'w').close()"
    place = "/build/env/ran"
    wheel = make_wheel(
        tmp_path,
        "evil",
        "1",
        files={
            "evil.pth": touch.format(place),
            "sitecustomize.py": touch.format(place),
            "usercustomize.py": touch.format(place),
            "compileall.py": touch.format(place),
        },
    )
    kept = kept_of(keeping, [wheel])
    assert not (kept / "ran").exists()
    code = "import os, sys; open(sys.argv[1] + '/ran', 'w').write(str(os.path.exists('env/ran')))"
    assert run(keeping, log, [wheel], code) == {"ran": "True"}


def test_a_wheel_cannot_bring_a_program_in_place_of_python(
    keeping: Sandbox, tmp_path: Path
) -> None:
    script = {"evil-1.data/scripts/python3": "#!/bin/sh\ntouch /build/env/ran\n"}
    wheel = make_wheel(tmp_path, "evil", "1", files=script)
    assert kept_environment(keeping, [wheel]) is None
    assert kept_environment(keeping, [wheel]) is None


def test_it_is_another_one_for_other_wheels_of_the_same_name(
    keeping: Sandbox, tmp_path: Path, thing: Path
) -> None:
    kept = kept_of(keeping, [thing])
    other = make_wheel(
        tmp_path / "other", "thing", "1", files={"thing.py": "value = 8"}
    )
    assert other.name == thing.name
    assert kept_environment(keeping, [other]) is None
    assert kept_environment(keeping, [thing]) == kept


def test_what_cannot_be_kept_is_tried_once(keeping: Sandbox, tmp_path: Path) -> None:
    wheel = tmp_path / "broken-1-py3-none-any.whl"
    wheel.write_bytes(b"no zip")
    assert [kept_environment(keeping, [wheel]) for _ in range(3)] == [None] * 3
    assert keeping.kept is not None
    assert [path.suffix for path in keeping.kept.iterdir()] == [".asked"]


def test_nothing_is_kept_without_a_wall(
    open_room: Sandbox, tmp_path: Path, thing: Path
) -> None:
    room = dataclasses.replace(open_room, kept=tmp_path / "environments")
    assert [kept_environment(room, [thing]) for _ in range(3)] == [None] * 3


def test_of_too_many_those_go_that_nobody_used_for_long(
    keeping: Sandbox, thing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_environments, "MOST_KEPT", 2)
    assert keeping.kept is not None
    long_ago = time.time() - 3 * 86400
    for number in range(4):
        folder = keeping.kept / f"env{number}"
        (folder / "bin").mkdir(parents=True)
        used = time.time() if number == 1 else long_ago + number
        os.utime(folder, (used, used))
    dead = keeping.kept / "tmp.making"
    dead.mkdir()
    os.utime(dead, (long_ago, long_ago))
    assert kept_environment(keeping, [thing]) is None
    left = {path.name for path in keeping.kept.iterdir() if path.is_dir()}
    assert left == {"env1", "env3"}
