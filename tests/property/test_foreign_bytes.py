"""Whatever bytes come from outside, each reader ends in an answer or a clear no.

`make soak` does the same for ten minutes each.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.foreign_readers import READERS, ForeignReader
from tests.property.soak_bytes import Soaked, report, run_chunk


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_foreign_bytes_end_in_an_answer_or_a_documented_error(
    reader: ForeignReader,
) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(raw=reader.inputs)
    def hold(raw: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            reader.read(raw, Path(folder))

    hold()


def test_a_soak_tells_what_failed_and_how_to_see_it_again() -> None:
    def fail(raw: bytes, _: Path) -> None:
        assert len(raw) < 3

    reader = ForeignReader(name="broken", inputs=st.binary(), read=fail)
    soaked = Soaked(reader="broken")
    with pytest.raises(AssertionError):
        run_chunk(reader, 0, soaked)
    soaked.failures[0] = "AssertionError: no"

    assert list(report([soaked]))[2:] == [
        "FAILED  broken: AssertionError: no",
        "        python -m tests.property.soak_bytes --reader 'broken' --chunk 0",
    ]
