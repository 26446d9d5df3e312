"""Requirements files are split by us as by pip's own reader."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

from axletree.commands.options.input_files import InputFiles
from axletree.resolver.inputs.requirements_files import parse_input
from tests.support.clients import client_environment, run_client

pytestmark = pytest.mark.slow

ACCEPTED = tomllib.loads(
    (Path(__file__).parents[1] / "corpus/accepted.toml").read_text()
)["case"]
ENVIRON = {"AXLETREE_CORPUS": "1.5"}
READ = """
import json, os, sys
os.environ["AXLETREE_CORPUS"] = "1.5"
from pip._internal.network.session import PipSession
from pip._internal.req.req_file import parse_requirements

found = parse_requirements(sys.argv[1], session=PipSession())
print(json.dumps([line.requirement for line in found]))
"""


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["description"])
def test_a_file_is_read_as_pip_reads_it(
    tmp_path: Path, case: dict[str, object]
) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(str(case["text"]).encode(str(case.get("bytes", "utf-8"))))
    assert set(ENVIRON).isdisjoint(client_environment(tmp_path))

    parsed = parse_input((), [str(path)], read=InputFiles().text, environ=ENVIRON)
    theirs = run_client([sys.executable, "-c", READ, str(path)], tmp_path)

    assert [root.text for root in parsed.roots] == case["roots"]
    assert json.loads(theirs) == case["roots"]
