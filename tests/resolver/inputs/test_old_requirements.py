import pytest

from axletree.resolver.inputs.old_requirements import read_old


@pytest.mark.parametrize(
    ("text", "name", "likely"),
    [
        # omegaconf 2.0.6, celery 4.4.7, textract 1.6.5
        ("PyYAML (>=5.1.*)", "PyYAML", ">=5.1"),
        ("pytz (>dev)", "pytz", ""),
        ("extract-msg (<=0.29.*)", "extract-msg", "<=0.29"),
        ("a[x, y]>=1.*,!=2,<3.*", "a[x,y]", "!=2,<3,>=1"),
        ("a (>dev) ; python_version < '3.8'", 'a; python_version < "3.8"', ""),
    ],
)
def test_a_line_of_old_metadata_is_read(text: str, name: str, likely: str) -> None:
    found = read_old(text)

    assert found is not None
    assert (str(found.requirement), str(found.likely)) == (name, likely)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "a b",
            "b ==",
            "a >= 1 2",
            "(a)",
            ">=1",
            "a (>=1",
            "a >=1; nonsense",
        ),
        "a" * 1_000_000 + " >=1.*",
        "a >=1.*," + "x," * 100_000,
    ],
)
def test_what_never_was_a_requirement_is_none(text: str) -> None:
    assert read_old(text) is None
