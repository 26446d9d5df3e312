"""Each kind of bad file is refused or noted as the one list says, at every door."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.admission import check
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.model import IncomingFile, Strictness
from tests.support.bad_files import BAD
from tests.support.checkout import ROOT
from tests.support.flawed_files import FLAWED, NOTED
from tests.support.odd_files import ODD
from tests.support.odd_makers import Case, Maker

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "reference" / "entry-check.md"
MOST_SHOWN = 1000


def found(path: Path, strictness: Strictness) -> tuple[bool, dict[Kind, str]]:
    """Tell whether a file enters, and what was found."""
    incoming = IncomingFile(
        path=path, filename=path.name, origin="add", strictness=strictness
    )
    try:
        findings = check(incoming).inspected.notes
    except InvalidDistributionError as error:
        return False, {finding.kind: finding.text for finding in error.findings}
    return True, {finding.kind: finding.text for finding in findings}


def cases(table: Mapping[str, Case]) -> list[object]:
    return [pytest.param(*case, id=name) for name, case in table.items()]


@pytest.mark.parametrize(("kind", "make"), cases(BAD))
def test_a_bad_file_is_refused_with_its_finding(
    tmp_path: Path, kind: Kind, make: Maker
) -> None:
    enters, told = found(make(tmp_path), "lenient")

    assert not enters
    assert kind in told
    assert len(told[kind]) <= MOST_SHOWN
    assert told[kind].isprintable()


@pytest.mark.parametrize(("kind", "make"), cases(FLAWED))
def test_a_flaw_is_noted_and_strictly_refused(
    tmp_path: Path, kind: Kind, make: Maker
) -> None:
    path = make(tmp_path)

    enters, told = found(path, "lenient")
    assert enters, told
    assert kind in told
    enters, told = found(path, "strict")
    assert not enters
    assert kind in told


@pytest.mark.parametrize(("kind", "make"), cases(NOTED))
def test_what_is_only_noted_enters_everywhere(
    tmp_path: Path, kind: Kind, make: Maker
) -> None:
    path = make(tmp_path)

    for strictness in ("lenient", "strict"):
        enters, told = found(path, strictness)
        assert enters, told
        assert set(told) == {kind}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_an_odd_file_that_installers_take_enters(tmp_path: Path, make: Maker) -> None:
    enters, told = found(make(tmp_path), "lenient")

    assert enters, told


def test_the_tables_try_each_finding_at_its_grade() -> None:
    grades = {"error": BAD, "flaw": FLAWED, "note": NOTED}
    for grade, table in grades.items():
        tried = {kind for kind, _ in table.values()}
        assert {kind for kind in Kind if kind.grade == grade} - tried <= ELSEWHERE
        assert all(kind.grade == grade for kind in tried)
    assert len(BAD) >= 60
    assert len(ODD) >= 20


ELSEWHERE = {
    *(Kind.TOO_MANY_MEMBERS, Kind.UNUSUAL_PACKING, Kind.TWO_PKG_INFO),
    Kind.INVALID_VARIANTS,
}
"""Tried in test_wheel.py and test_sdist.py: their files take longer to make; and in
test_variants.py: it is of no distribution."""


def test_the_page_has_a_section_for_each_finding_that_says_its_grade() -> None:
    sections = re.findall(r"^### (\S+)\n\n(.*)$", PAGE.read_text(), re.MULTILINE)

    assert dict(sections) == {kind.title: kind.doors for kind in Kind}
