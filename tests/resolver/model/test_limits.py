import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.limits import FormatControl


@pytest.mark.parametrize(
    ("options", "wheel", "sdist"),
    [
        ([], True, True),
        ([("no", "NumPy")], False, True),
        ([("only", "numpy")], True, False),
        ([("only", ":all:")], True, False),
        ([("only", ":all:"), ("no", "numpy")], False, True),
        ([("no", "numpy"), ("only", ":all:")], True, False),
        ([("no", "numpy"), ("only", "numpy")], True, False),
        ([("no", "numpy,scipy"), ("no", ":none:")], True, True),
        ([("no", ":all:"), ("only", "other")], False, True),
        ([("only", ":all:, :none:,other")], True, True),
    ],
)
def test_later_options_win_and_names_beat_all(
    options: list[tuple[str, str]], *, wheel: bool, sdist: bool
) -> None:
    formats = FormatControl()
    for kind, value in options:
        apply = formats.without_binary if kind == "no" else formats.with_only_binary
        formats = apply(value)

    numpy = canonicalize_name("numpy")
    assert (formats.allows_wheel(numpy), formats.allows_sdist(numpy)) == (wheel, sdist)
