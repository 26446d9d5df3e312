from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.model.facts import (
    ContendedRow,
    Picture,
)
from axletree.resolver.reports.picture import (
    ASCII,
    columns,
    cut,
    draw,
)
from axletree.resolver.reports.picture_svg import to_svg
from tests.support.answers import name
from tests.support.conflicts import KUBERNETES, fairing_picture

SVG = "{http://www.w3.org/2000/svg}"


def test_a_short_list_is_drawn_whole() -> None:
    picture = Picture(
        project=name("six"),
        versions=("1.0", "1.1", "2"),
        rows=(
            ContendedRow(label="a: <2", allowed=(True, True, False)),
            ContendedRow(label="b: >1.1", allowed=(False, False, True)),
        ),
    )

    assert draw(picture, width=80, signs=ASCII) == (
        "six      1.0  1.1  2",
        "a: <2     X    X   .",
        "b: >1.1   .    .   X",
    )


def test_a_drawing_too_wide_for_its_boundaries_goes_on_in_blocks() -> None:
    lines = draw(fairing_picture(), width=44)

    heads = [line for line in lines if line.startswith("kubernetes")]
    assert len(heads) > 1
    assert len(lines) == 3 * len(heads)
    assert max(map(len, lines)) <= 44


def test_a_long_label_is_cut_in_its_middle() -> None:
    label = f"awscli {'1.20.2, ' * 30}1.22: botocore==1.23"
    row = ContendedRow(label=label, allowed=(True,))
    picture = Picture(project=name("six"), versions=("1.0",), rows=(row,))

    lines = draw(picture, width=60)

    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("awscli 1.20.2")
    assert "…" in lines[1]
    assert "botocore==1.23  " in lines[1]


@st.composite
def pictures(draw_value: st.DrawFn) -> Picture:
    count = draw_value(st.integers(min_value=1, max_value=60))
    allowed = st.lists(st.booleans(), min_size=count, max_size=count).map(tuple)
    rows = draw_value(st.lists(allowed, min_size=1, max_size=4))
    return Picture(
        project=name("project"),
        versions=tuple(f"1.{minor}" for minor in range(count)),
        rows=tuple(
            ContendedRow(label=f"row {at}", allowed=row) for at, row in enumerate(rows)
        ),
    )


@given(pictures())
def test_ends_keep_both_sides_of_every_boundary(picture: Picture) -> None:
    kept = {column.position for column in columns(picture, "ends")}

    for row in picture.rows:
        for at in range(1, len(row.allowed)):
            if row.allowed[at] != row.allowed[at - 1]:
                assert {at - 1, at} <= kept
    assert {0, len(picture.versions) - 1} <= kept


@given(pictures(), st.sampled_from(["ends", "starts"]))
def test_a_dropped_version_is_judged_as_the_shown_one_before_it(
    picture: Picture, thinning: Literal["none", "ends", "starts"]
) -> None:
    kept = [column.position for column in columns(picture, thinning)]

    for position in range(len(picture.versions)):
        shown = max(at for at in kept if at <= position)
        assert all(row.allowed[position] is row.allowed[shown] for row in picture.rows)
    assert kept[-1] == len(picture.versions) - 1


@given(pictures(), st.integers(min_value=40, max_value=200))
def test_every_block_keeps_within_the_width(picture: Picture, width: int) -> None:
    assert all(len(line) <= width for line in draw(picture, width=width))


def test_the_svg_says_in_words_what_it_shows() -> None:
    svg = ET.fromstring(to_svg(fairing_picture()))  # noqa: S314  our own text

    assert svg.attrib["role"] == "img"
    assert svg.findtext(f"{SVG}title") == "Who allows which kubernetes"
    assert svg.findtext(f"{SVG}desc") == (
        "kubeflow-fairing: ==10.0.1 allows 10.0.1; "
        "kfserving: >=12.0.0 allows 10 versions, 12.0.0 to 21.7.0"
    )
    assert "prefers-color-scheme: dark" in (svg.findtext(f"{SVG}style") or "")


def test_the_svg_marks_each_shown_version_once_for_each_row() -> None:
    picture = fairing_picture()

    svg = ET.fromstring(to_svg(picture))  # noqa: S314  our own text

    shown = columns(picture, "ends")
    marks = svg.findall(f"{SVG}circle")
    assert len(shown) < len(KUBERNETES)
    assert len(marks) == len(shown) * len(picture.rows)
    assert sum(mark.attrib["class"] == "allowed" for mark in marks) == 3


def test_the_svg_escapes_what_comes_from_outside() -> None:
    row = ContendedRow(label="<script>&", allowed=(True,))
    picture = Picture(project=name("six"), versions=("1.0",), rows=(row,))

    assert "<script>" not in to_svg(picture)


def test_a_long_picture_goes_on_in_blocks_with_labels_cut() -> None:
    count = 200
    versions = tuple(f"1.{minor}" for minor in range(count))
    label = f"awscli {'1.20.2, ' * 30}1.22: botocore==1.23"
    every_other = tuple(place % 2 == 0 for place in range(count))
    row = ContendedRow(label=label, allowed=every_other)
    picture = Picture(project=name("botocore"), versions=versions, rows=(row,))

    svg = ET.fromstring(to_svg(picture))  # noqa: S314  our own text

    assert float(svg.attrib["width"]) < 1400
    marks = svg.findall(f"{SVG}circle")
    assert len(marks) == count
    assert len({mark.attrib["cy"] for mark in marks}) > 1
    [shown, *_] = [
        text for text in svg.findall(f"{SVG}text") if text.get("class") == "label"
    ]
    assert (shown.text or "").strip().endswith("botocore==1.23")
    assert shown.findtext(f"{SVG}title") == label


@pytest.mark.parametrize(
    ("label", "room", "shown"),
    [
        ("you: numpy>=2", 13, "you: numpy>=2"),
        (
            "kubeflow-fairing 1.0.0 to 1.0.2 (3 versions): kubernetes==10.0.1",
            44,
            "kubeflow-fairing 1.0.0 … kubernetes==10.0.1",
        ),
        ("one two three four five six", 20, "one two … five six"),
        ("has a wheel for this target", 14, "has a … target"),
        ("a-very-long-name requires b", 10, "… b"),
        ("requires a-very-long-name", 12, "requires …"),
        ("x" * 30, 11, "xxxxx…xxxxx"),
        ("averylongname anotherlongname", 9, "aver…name"),
    ],
)
def test_a_label_is_not_cut_within_a_word(label: str, room: int, shown: str) -> None:
    assert cut(label, room) == shown
    assert len(shown) <= room
