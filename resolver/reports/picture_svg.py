"""The picture of a conflict as SVG, for the README and for pages.

It brings its own background for light and dark, since an image cannot know the
colours of the page around it; allowed and refused differ in shape as well as colour.
"""

from collections.abc import Sequence
from itertools import accumulate
from xml.etree import ElementTree as ET

from axletree.resolver.model.facts import (
    ContendedRow,
    Picture,
)
from axletree.resolver.reports.picture import (
    Column,
    blocks,
    cut,
)

_COLUMNS_PX = 800
"""For all columns of a block; what is wider is hard to see at once."""
_LABEL_CHARACTERS = 60
"""Longer labels are cut; whole they are in the tooltip and the description."""
_CHARACTER_PX = 7.3
"""Advance of the 12 px monospaced type that is asked for."""
_MARGIN_PX = 18
_ROW_PX = 30
_GAP_PX = 22
_RADIUS_PX = 6.5
_STYLE = """
.paper { fill: #ffffff; stroke: #d0d7de }
text { fill: #1f2328; font: 12px ui-monospace, Menlo, Consolas, monospace }
.project { font-weight: 700 }
.version, .gap { text-anchor: middle }
.gap { fill: #656d76 }
.allowed { fill: #0969da; stroke: #0969da }
.refused { fill: none; stroke: #8c959f }
circle { stroke-width: 1.5 }
.rule { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; stroke: #30363d }
text { fill: #e6edf3 }
.gap { fill: #8d96a0 }
.allowed { fill: #58a6ff; stroke: #58a6ff }
.refused { stroke: #6e7681 }
.rule { stroke: #30363d }
}
"""


def to_svg(picture: Picture) -> str:
    """Draw `picture`, which has at least one version, as one SVG document."""
    labels = [picture.project, *(row.label for row in picture.rows)]
    characters = min(max(map(len, labels)), _LABEL_CHARACTERS)
    left = _MARGIN_PX * 2 + characters * _CHARACTER_PX
    found = [(shown, _centres(shown, left)) for shown in _blocks(picture)]
    width = max(middles[-1] + _cell_px(shown[-1]) / 2 for shown, middles in found)
    height_px = _ROW_PX * (len(picture.rows) + 1) + _MARGIN_PX
    svg = _canvas(picture, width + _MARGIN_PX, height_px * len(found))
    for place, (shown, centres) in enumerate(found):
        top = place * height_px + _MARGIN_PX / 2
        _draw_head(svg, picture, shown, centres, top + _ROW_PX / 2)
        for number, row in enumerate(picture.rows, start=1):
            _draw_row(svg, row, shown, centres, top + _ROW_PX * (number + 0.5))
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _blocks(picture: Picture) -> list[tuple[Column, ...]]:
    return list(blocks(picture, _COLUMNS_PX, _advance_px))


def _cell_px(column: Column) -> float:
    return max(len(column.version) * _CHARACTER_PX, _RADIUS_PX * 2) + 14


def _advance_px(column: Column) -> float:
    return _cell_px(column) + (_GAP_PX if column.has_gap_before else 0)


def _centres(shown: Sequence[Column], left: float) -> list[float]:
    """Return where each column's middle is."""
    rights = accumulate(map(_advance_px, shown), initial=left)
    next(rights)
    return [
        right - _cell_px(column) / 2
        for right, column in zip(rights, shown, strict=True)
    ]


def _canvas(picture: Picture, width: float, height: float) -> ET.Element:
    svg = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        role="img",
    )
    ET.SubElement(svg, "title").text = f"Who allows which {picture.project}"
    ET.SubElement(svg, "desc").text = "; ".join(
        f"{row.label} allows {_spoken(picture, row)}" for row in picture.rows
    )
    ET.SubElement(svg, "style").text = _STYLE
    paper = {"class": "paper", "x": "0.5", "y": "0.5", "rx": "6"}
    size = {"width": f"{width - 1:.0f}", "height": f"{height - 1:.0f}"}
    ET.SubElement(svg, "rect", paper | size)
    return svg


def _spoken(picture: Picture, row: ContendedRow) -> str:
    """Say a row's versions to someone who does not see the picture."""
    pairs = zip(picture.versions, row.allowed, strict=True)
    allowed = [version for version, is_allowed in pairs if is_allowed]
    if len(allowed) < 3:
        return " and ".join(allowed) or "none"
    return f"{len(allowed)} versions, {allowed[0]} to {allowed[-1]}"


def _draw_head(
    svg: ET.Element,
    picture: Picture,
    shown: Sequence[Column],
    centres: Sequence[float],
    middle: float,
) -> None:
    _write(svg, picture.project, _MARGIN_PX, middle, style="project")
    for column, centre in zip(shown, centres, strict=True):
        _write(svg, column.version, centre, middle, style="version")
        if column.has_gap_before:
            before = centre - (_cell_px(column) + _GAP_PX) / 2
            _write(svg, "…", before, middle, style="gap")


def _draw_row(
    svg: ET.Element,
    row: ContendedRow,
    shown: Sequence[Column],
    centres: Sequence[float],
    middle: float,
) -> None:
    top = f"{middle - _ROW_PX / 2:.1f}"
    right = f"{float(svg.attrib['width']) - _MARGIN_PX:.1f}"
    ends = {"x1": str(_MARGIN_PX), "x2": right, "y1": top, "y2": top}
    ET.SubElement(svg, "line", {"class": "rule"} | ends)
    shown_label = _write(svg, cut(row.label, _LABEL_CHARACTERS), _MARGIN_PX, middle)
    if shown_label.text != row.label:
        ET.SubElement(shown_label, "title").text = row.label
    for column, centre in zip(shown, centres, strict=True):
        is_allowed = row.allowed[column.position]
        mark = ET.SubElement(
            svg,
            "circle",
            {
                "class": "allowed" if is_allowed else "refused",
                "cx": f"{centre:.1f}",
                "cy": f"{middle:.1f}",
                "r": str(_RADIUS_PX),
            },
        )
        says = "allows" if is_allowed else "refuses"
        ET.SubElement(mark, "title").text = f"{row.label} {says} {column.version}"


def _write(
    svg: ET.Element,
    text: str,
    x: float,
    middle: float,
    *,
    style: str = "label",
) -> ET.Element:
    place = {"x": f"{x:.1f}", "y": f"{middle + 4:.1f}"}
    element = ET.SubElement(svg, "text", {"class": style} | place)
    element.text = text
    return element
