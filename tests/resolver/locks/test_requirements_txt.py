import hashlib
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from axletree.resolver.locks.json_form import to_json
from axletree.resolver.locks.locked import lay_together
from axletree.resolver.locks.requirements_txt import (
    to_constraints,
    to_requirements,
)
from axletree.resolver.model.answers import (
    Counters,
    Resolution,
)
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.errors import MissingHashError
from axletree.resolver.model.origins import Origin, Requirer
from tests.support.answers import make_file, make_pin, make_resolution

COMMAND = ["axletree", "lock", "-r", "reqs.in"]


@pytest.fixture
def resolution() -> Resolution:
    ray = (
        make_file("ray-1.5.0-cp39-cp39-manylinux2014_x86_64.whl", "b" * 64),
        make_file("ray-1.5.0-py3-none-any.whl", "c" * 64),
        make_file("ray-1.5.0.tar.gz", "a" * 64),
    )
    return make_resolution(
        make_pin("kfserving", "0.6.1", Origin("reqs.in", 3), Origin("reqs.in", 9)),
        make_pin(
            "ray", "1.5.0", Requirer("kfserving", "0.6.1"), Origin(), Origin("b.in"), files=ray,
            extras=("serve", "default"),
        ),
        make_pin("six", "1.16.0", Requirer("ray[default]", "1.5.0rc1+axle.1")),
    )  # fmt: skip


def test_requirements_have_all_hashes_and_who_asked(resolution: Resolution) -> None:
    assert to_requirements(lay_together([resolution]), COMMAND) == "\n".join(
        (
            "#",
            "# This file was made by axletree for Python 3.9 on linux",
            "# with the following command:",
            "#",
            "#    axletree lock -r reqs.in",
            "#",
            "kfserving==0.6.1 \\",
            "    --hash=sha256:" + "a" * 64,
            "    # via -r reqs.in",
            "ray[default,serve]==1.5.0 \\",
            "    --hash=sha256:" + "a" * 64 + " \\",
            "    --hash=sha256:" + "b" * 64 + " \\",
            "    --hash=sha256:" + "c" * 64,
            "    # via",
            "    #   b.in",
            "    #   command line",
            "    #   kfserving",
            "six==1.16.0 \\",
            "    --hash=sha256:" + "a" * 64,
            "    # via ray[default]",
            "",
        )
    )


def test_constraints_have_neither_hashes_nor_extras(resolution: Resolution) -> None:
    text = to_constraints(lay_together([resolution]), COMMAND)

    assert "--hash" not in text
    assert "\nray==1.5.0\n    # via\n" in text


def test_notes_stand_in_the_header() -> None:
    text = to_requirements(
        lay_together(
            [make_resolution(make_pin("a", "1"), notes=("holds for 3.9.2 and newer",))]
        ),
        COMMAND,
    )

    assert "# note: holds for 3.9.2 and newer\n#\na==1 \\" in text


def test_json_names_files_by_hash(resolution: Resolution) -> None:
    document = to_json(lay_together([resolution]), Counters(pages=3))

    assert document["format"] == "axletree.resolution/1"
    assert document["counters"] == {
        "pages": 3, "metadata": 0, "rounds": 0, "solver_calls": 0,
        "requests": 0,
    }  # fmt: skip
    assert document["pins"][2] == {  # type: ignore[index]  # plain JSON
        "name": "six",
        "version": "1.16.0",
        "extras": [],
        "environments": ["Python 3.9 on linux"],
        "requested_by": ["ray[default] 1.5.0rc1+axle.1"],
        "files": [
            {"filename": "six-1.16.0-py3-none-any.whl", "hashes": {"sha256": "a" * 64}}
        ],
    }


def test_no_form_holds_an_address_or_a_secret(resolution: Resolution) -> None:
    command = [*COMMAND, "--index-url", "https://me:secret@index.invalid/simple"]
    forms = (
        to_requirements(lay_together([resolution]), command),
        to_constraints(lay_together([resolution]), command),
        str(to_json(lay_together([resolution]))),
    )

    assert all("secret" not in form for form in forms)
    assert all("index" not in form.replace("--index-url", "") for form in forms)


def test_a_file_without_a_hash_refuses_the_lock_and_says_what_to_do() -> None:
    bare = make_pin("a", "1", files=(make_file("a-1-py3-none-any.whl", None),))

    with pytest.raises(MissingHashError) as caught:
        to_requirements(lay_together([make_resolution(bare)]), COMMAND)

    assert "a-1-py3-none-any.whl" in caught.value.what
    assert "constraints" in caught.value.hint


@pytest.mark.slow
def test_pip_installs_with_the_hashes_and_under_the_constraints(
    tmp_path: Path,
) -> None:
    files = [_write_wheel(tmp_path, "alpha"), _write_wheel(tmp_path, "beta")]
    resolution = make_resolution(
        make_pin("alpha", "1.0", Origin(), files=(files[0],)),
        make_pin("beta", "1.0", Requirer("alpha", "1.0"), files=(files[1],)),
    )
    (tmp_path / "lock.txt").write_text(
        to_requirements(lay_together([resolution]), COMMAND)
    )
    (tmp_path / "constraints.txt").write_text(
        to_constraints(lay_together([resolution]), COMMAND)
    )
    pip = [sys.executable, "-m", "pip", "--isolated", "install", "--no-index"]

    done = subprocess.run(
        [*pip, "--find-links", ".", "--dry-run", "--require-hashes", "-r", "lock.txt",
         "-c", "constraints.txt"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "Would install alpha-1.0 beta-1.0" in done.stdout, done.stderr


def _write_wheel(folder: Path, project: str) -> DistributionFile:
    path = folder / f"{project}-1.0-py3-none-any.whl"
    info = f"{project}-1.0.dist-info"
    with ZipFile(path, "w") as wheel:
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n",
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    return make_file(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
