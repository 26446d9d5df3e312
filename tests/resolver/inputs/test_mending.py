"""Lines that people have in files, and what they are told to write instead.

From shared cases resolve/odd, and others of their kind.
"""

import pytest

from axletree.resolver.inputs.mending import USUAL, hint_for
from axletree.resolver.model.foreign_text import read_requirement


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        # conda.
        ("numpy=1.21.2=py39h20f2e39_0", "numpy==1.21.2"),
        ("certifi=2021.10.8=pyhd8ed1ab_0", "certifi==2021.10.8"),
        ("numpy==1.21.2=py39_0", "numpy==1.21.2"),
        ("conda-forge::numpy=1.21.*", "numpy==1.21.*"),
        ("pandas=1.3.4", "pandas==1.3.4"),
        # Operators.
        ("numpy=>1.2", "numpy>=1.2"),
        ("numpy =< 1.2", "numpy <= 1.2"),
        ("numpy>==1.2", "numpy>=1.2"),
        ("numpy====1.2", "numpy==1.2"),
        ("numpy <> 1.2", "numpy != 1.2"),
        ("numpy> =1.2", "numpy>=1.2"),
        ("numpy=~1.2", "numpy~=1.2"),
        ("six~=1", "six>=1,<2"),
        ("six>=1.0.*", "six>=1.0"),
        ("six==1.x", "six==1.*"),
        ("six >= 1.0 < 2", "six>=1.0,<2"),
        ("six>=1.0 & <2", "six>=1.0,<2"),
        ("six==latest", "six"),
        ("six==*", "six"),
        # poetry, pipenv, npm.
        ('requests = "^2.28"', "requests>=2.28,<3"),
        ('requests = "^0.2.3"', "requests>=0.2.3,<0.3"),
        ('requests = "~1.2"', "requests>=1.2,<1.3"),
        ('requests = "*"', "requests"),
        ('requests = "==2.28.1"', "requests==2.28.1"),
        (
            'requests = {version = "^2.28", extras = ["socks"]}',
            "requests[socks]>=2.28,<3",
        ),
        ("requests@^2.28.0", "requests>=2.28.0,<3"),
        ("requests@2.28.0", "requests==2.28.0"),
        # Shells, lists, quotes.
        ("pip install six", "six"),
        ("!pip install -U six==1.0", "six==1.0"),
        ("python -m pip install six", "six"),
        ("numpy              1.21.2", "numpy==1.21.2"),
        ("numpy (1.21.2)", "numpy==1.21.2"),
        ("- six", "six"),
        ("* six>=1", "six>=1"),
        ('"six==1.16.0"', "six==1.16.0"),
        ("'six==1.16.0',", "six==1.16.0"),
        ("six==1.16.0;", "six==1.16.0"),
        ("six==1.16.0#why", "six==1.16.0"),
        # Word processors.
        ("six\u22651.0", "six>=1.0"),
        ("\u201csix==1.0\u201d", "six==1.0"),
        ("six\u200b==1.0", "six==1.0"),
        ("six>=1.0\uff0c<2", "six>=1.0,<2"),
        # Markers.
        ("six==1.16.0 ; python_version == 3.9", 'six==1.16.0; python_version == "3.9"'),
        ('six ; python_version = "3.9"', 'six; python_version == "3.9"'),
        ('six==1 python_version < "3"', 'six==1; python_version < "3"'),
        ('six ; if python < "3.9"', 'six; python_version < "3.9"'),
        (
            "six ; sys_platform == linux && python_version < 3.9",
            'six; sys_platform == "linux" and python_version < "3.9"',
        ),
    ],
)
def test_a_hint_names_what_was_meant(line: str, wanted: str) -> None:
    hint = hint_for(line)

    told = hint.partition("write ")[2]
    assert str(read_requirement(told)) == str(read_requirement(wanted))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("_libgcc_mutex=0.1=main", "leave it out: _libgcc_mutex is conda's"),
        ("ca-certificates=2021.10.26=h06a4308_2", "leave it out: ca-certificates is"),
        ("python=3.9.7=h12debd9_1", "--python-version 3.9"),
        ('python = "^3.9"', "--python-version 3.9"),
        ("openssl=1.1.1l", "leave it out, or write openssl"),
        ("six==$SIXV", "write ${SIXV}, the only form that is filled in"),
        ("six==${sixv}", "write ${SIXV}"),
        ("six==%SIXV%", "write ${SIXV}"),
        ("six==${SIXV}", "set SIXV"),
        ("six==$(cat VERSION)", "nothing is run here"),
        ("six=={{ version }}", "template"),
        ("[tool.poetry.dependencies]", "poetry export"),
        ("[packages]", "pipenv requirements"),
        ("[project]", "-r pyproject.toml"),
        ("dependencies:", "YAML"),
        ("name: base", "YAML"),
        ('"six": "1.0",', "JSON"),
        ("<!DOCTYPE html>", "download the file itself"),
        ("<<<<<<< HEAD", "merge conflict"),
        ("=======", "merge conflict"),
        ("Package            Version", "pip list --format=freeze"),
        ("------------------ ---------", "pip list --format=freeze"),
        ("*", "leave it out"),
        ("six==1.16.0 requests==2.31.0", "own: six==1.16.0 and requests==2.31.0"),
        ("pip install six requests", "own: six and requests"),
        ("flask >> 2", USUAL),
        ("flask ; python_version", USUAL),
        ("six " * 1000, USUAL),
    ],
)
def test_a_hint_names_what_to_do(line: str, told: str) -> None:
    assert told in hint_for(line)


@pytest.mark.parametrize(
    "piece", ["=", "[", "six ", "<1,", '"', "a=b=", "; a or ", "*.", "x.x"]
)
def test_a_line_of_any_length_is_looked_at_in_linear_time(piece: str) -> None:
    assert hint_for(piece * 900)
    assert hint_for("six" + piece * 300)
