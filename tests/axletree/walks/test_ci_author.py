"""A CI author: a check of a repository, told at its lines, with a baseline, in each host."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.command_line import commands_in
from tests.support.schemas import validate_sarif
from tests.support.walking import Walk, widest

pytestmark = pytest.mark.slow

CHECK = "axletree check requirements -i public --python-version 3.11 --python-platform linux"
CLASH = "pipes 1.0 requires kube==10.0.1, but serving 0.6 requires kube>=12"
EXPLAIN = (
    "axletree explain -i public -r requirements/batch.txt --python-version 3.11 "
    "--python-platform linux"
)
TOLD = f"""\
ok     requirements/api.txt    Python 3.11 on linux  3 projects
no     requirements/batch.txt  Python 3.11 on linux  {CLASH}

requirements/batch.txt, Python 3.11 on linux:
  at requirements/batch.txt:2, requirements/batch.txt:3
No solution for Python 3.11 on linux: pipes 1.0 and serving 0.6 cannot go
together: one needs exactly kube 10.0.1, the other 12 or newer.
These 4 facts cannot hold together, and none of them can be left out.
  1. you require pipes==1.0  (requirements/batch.txt, line 2)
  2. you require serving==0.6  (requirements/batch.txt, line 3)
  3. pipes 1.0 requires kube==10.0.1  (METADATA of pipes-1.0-py3-none-any.whl)
  4. serving 0.6 requires kube>=12  (METADATA of serving-0.6-py3-none-any.whl)

kube                     10.0.1  12.0  13.0
pipes 1.0: kube==10.0.1    ●      ○     ○
serving 0.6: kube>=12      ○      ●     ●

To see what would help:
  {EXPLAIN}

1 of 2 has a solution; 1 has none
"""


@pytest.fixture
def repository(walk: Walk) -> Walk:
    """Two files of requirements, of which one conflicts."""
    folder = walk.folder / "requirements"
    folder.mkdir()
    (folder / "api.txt").write_text("serving==0.6\n")
    (folder / "batch.txt").write_text("# batch jobs\npipes==1.0\nserving==0.6\n")
    walk.type("git init -q")
    return walk


def written(walk: Walk, file: str) -> str:
    return (walk.folder / file).read_text()


def test_from_the_first_check_to_a_job_that_fails_on_new_conflicts(
    repository: Walk,
) -> None:
    told = repository.type(CHECK, code=1)
    assert told.out == TOLD
    assert widest(told.out.partition("\n\n")[2]) <= 80
    assert repository.type(CHECK.replace(" requirements", " ."), code=1).out == TOLD

    lost = repository.type("axletree check requirments/*.txt -i public", code=2)
    assert "no requirements file matches requirments/*.txt" in lost.err
    gone = repository.type(f"{CHECK} --baseline known.json", code=2)
    (write,) = commands_in(gone.err)
    assert write == f"{CHECK} --baseline known.json --write-baseline"
    assert repository.type(write).err == "wrote 1 conflict to known.json\n"

    passed = repository.type(f"{CHECK} --baseline known.json")
    assert passed.out.endswith(
        "\n1 of 2 has a solution; 1 has none (1 in the baseline)\n"
    )

    (repository.folder / "requirements/new.txt").write_text("pipes==1.0\nkube>12\n")
    failed = repository.type(f"{CHECK} --baseline known.json", code=1)
    assert "requirements/new.txt, Python 3.11 on linux:\n" in failed.out
    assert "requirements/batch.txt, Python 3.11 on linux:\n" not in failed.out
    (repository.folder / "requirements/new.txt").unlink()

    # The old one is mended as the check says, and the baseline tightened.
    (explain,) = commands_in(told.out)
    assert explain == EXPLAIN
    mend = commands_in(repository.type(explain, code=1).out)[0]
    repository.type(mend)
    assert "pipes==1.1" in written(repository, "requirements/batch.txt")
    tightened = repository.type(f"{CHECK} --baseline known.json")
    assert "1 conflict of known.json is gone:" in tightened.err
    (anew,) = commands_in(tightened.err)
    assert repository.type(anew).err == "wrote 0 conflicts to known.json\n"
    assert repository.type(CHECK).out.endswith("\n2 of 2 have a solution\n")


def test_what_each_host_is_told(repository: Walk, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    host = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    on_github = replace(repository, more=host)
    files = "--sarif out.sarif --gitlab out.json --junit out.xml"

    text, _, mark = on_github.type(f"{CHECK} {files}", code=1).out.partition("::")

    assert text == TOLD
    assert mark == (
        "error file=requirements/batch.txt,line=2,title=axletree%3A no solution for "
        f"Python 3.11 on linux::{CLASH}%0A"
        f"requirements/batch.txt:2, requirements/batch.txt:3%0A{EXPLAIN}\n"
    )
    assert summary.read_text().startswith(
        "### axletree check\n\n1 of 2 has a solution; 1 has none.\n\n"
    )
    assert f"  {EXPLAIN}\n```\n" in summary.read_text()
    document = json.loads(written(repository, "out.sarif"))
    validate_sarif(document)
    [result] = document["runs"][0]["results"]
    assert result["message"]["text"].startswith(CLASH)
    [issue] = json.loads(written(repository, "out.json"))
    assert issue["location"] == {
        "path": "requirements/batch.txt",
        "lines": {"begin": 2},
    }
    assert 'failures="1"' in written(repository, "out.xml")
    # A form that is asked for is all that is printed, on whatever host.
    asked = on_github.type(f"{CHECK} --output-format sarif", code=1)
    assert json.loads(asked.out) == document


def test_each_end_has_its_exit_code(repository: Walk) -> None:
    one = CHECK.replace("requirements", "requirements/api.txt", 1)
    repository.type(one)
    repository.type(CHECK, code=1)
    (repository.folder / "requirements/bad.txt").write_text("serving = 0.6\n")
    bad = repository.type(CHECK, code=2)
    assert "requirements/bad.txt, line 1" in bad.out
    (repository.folder / "requirements/bad.txt").unlink()
    away = replace(repository, public="http://127.0.0.1:9/simple/")
    away.type(f"{CHECK} --refresh", code=3)

    lock = "axletree lock -r requirements/api.txt -o api.lock -i public"
    repository.type(lock)
    assert repository.type(f"{lock} --check").err == "api.lock is up to date\n"
    (repository.folder / "requirements/api.txt").write_text("serving\nkube<13\n")
    stale = repository.type(f"{lock} --check", code=1)
    assert stale.out.startswith("api.lock is out of date:\n")
