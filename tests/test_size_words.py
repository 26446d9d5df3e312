"""Sizes are written by `axletree.sizes` alone, so that all look alike."""

import re

from tests.support.checkout import CODE, ROOT, tracked_files

UNIT = re.compile(r"\}\s?(?:[kKMGT]i?B)\b")


def test_no_other_module_writes_units_of_sizes() -> None:
    sources = [
        path
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in CODE and path.stem != "sizes"
    ]
    assert sources
    assert [p for p in sources if UNIT.search((ROOT / p).read_text())] == []
