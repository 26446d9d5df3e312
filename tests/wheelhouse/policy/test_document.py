"""A policy's file: what it says, and what is told of one that is wrong."""

import json
import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.wheelhouse.errors import InvalidPolicyError
from axletree.wheelhouse.policy.document import read_policy
from tests.support.schemas import SCHEMAS

EXCEPTION = "[minimum-age]\ndays = 1\n[[minimum-age.exceptions]]\n"
NOW = datetime(2026, 11, 27, tzinfo=UTC)
WHOLE = """\
reserved = ["Acme-*", "internal"]

[[blocked]]
releases = "KFP >=2, <3"
reason = "kfp 2 fails on Kubeflow 1.4"
link = "https://wiki.example/kubeflow"

[[blocked]]
releases = "left-pad"
reason = "nobody needs it"

[[warned]]
releases = "demo===1.0+axle.1"
reason = "it forgets settings"

[minimum-age]
days = 14

[[minimum-age.exceptions]]
release = "demo == 2.0"
reason = "reviewed by us"
until = 2026-11-27

[[minimum-age.exceptions]]
release = "other==1.0"
reason = "reviewed once"
until = 2026-11-26
"""


def told(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(InvalidPolicyError) as caught:
        read_policy(text.encode(), "policy.toml")
    error = caught.value
    assert error.exit_code == 2
    assert error.where == "policy.toml"
    return [(spot.line, spot.what) for spot in error.spots]


def test_all_rules_are_read_with_their_lines() -> None:
    document = read_policy(WHOLE.encode(), "policy.toml")

    first, second = document.blocked
    assert (first.project, str(first.specifier)) == ("kfp", "<3,>=2")
    assert first.reason == "kfp 2 fails on Kubeflow 1.4 (https://wiki.example/kubeflow)"
    assert str(first.origin) == "policy.toml, line 4"
    assert (second.project, str(second.specifier)) == ("left-pad", "")
    assert str(second.origin) == "policy.toml, line 9"
    assert [each.pattern for each in document.reserved] == ["acme-*", "internal"]
    assert document.minimum_age == timedelta(days=14)
    assert [str(each.version) for each in document.exceptions] == ["2.0", "1.0"]


def test_an_exception_holds_until_its_last_day_and_for_age_alone() -> None:
    policy = read_policy(WHOLE.encode(), "policy.toml").at(NOW)

    [age] = policy.minimum_ages
    [exemption] = age.exemptions
    assert (exemption.project, exemption.version) == ("demo", Version("2.0"))
    assert not policy.exemptions


@pytest.mark.parametrize(
    ("name", "is_covered"),
    [("acme", True), ("acme-x", True), ("acmex", False), ("internal-x", False)],
)
def test_a_reserved_beginning_includes_the_name_itself(
    name: str, *, is_covered: bool
) -> None:
    reserved = read_policy(WHOLE.encode(), "policy.toml").reserved

    assert any(r.covers(canonicalize_name(name)) for r in reserved) is is_covered


@pytest.mark.parametrize("text", ["", "# nothing\n", "[minimum-age]\ndays = 0\n"])
def test_a_policy_may_say_nothing(text: str) -> None:
    policy = read_policy(text.encode(), "policy.toml").at(NOW)

    assert policy.minimum_ages == ()
    assert not policy.blocked


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("reservd = []", 1, "'reservd' is not known: did you mean reserved?"),
        ("\n[[block]]\n", 2, "did you mean blocked?"),
        ("[minimum_age]\ndays = 1", 1, "did you mean minimum-age?"),
        ("zzz = 1", 1, "there are blocked, minimum-age, reserved and warned"),
        ("blocked = 1", 1, "write each as [[blocked]]"),
        ("[blocked]\nreason = 'x'", 1, "write each as [[blocked]]"),
        ("[[blocked]]\nreason = 'x'", 1, "releases is missing"),
        ("[[blocked]]\nreleases = 'a'", 1, "reason is missing"),
        ("[[blocked]]\nreason = ''\nreleases = 'a'", 2, "a text in one line"),
        ("[[blocked]]\nreason = 1\nreleases = 'a'", 2, "a text in one line"),
        ('[[blocked]]\nreason = "a\\nb"\nreleases = "a"', 2, "a text in one line"),
        ("[[blocked]]\nreason = 'x'\nreleases = 'a b'", 3, "a project with versions"),
        ("[[blocked]]\nreason = 'x'\nreleases = 'a[x]>1'", 3, "project with versions"),
        (
            "[[blocked]]\nreason = 'x'\nreleases = 'a; python_version < \"3\"'",
            3,
            "a project with versions",
        ),
        ("[[blocked]]\nreason='x'\nreleases='a'\nreasn='x'", 4, "did you mean reason?"),
        ("[[blocked]]\nreason='x'\nreleases='a'\nlink='ftp://x'", 4, "link must be"),
        ("reserved = 'acme-*'", 1, "a list of names"),
        ("reserved = ['*']", 1, "beginnings such as"),
        ("reserved = ['acme*']", 1, "beginnings such as"),
        ("reserved = [1]", 1, "beginnings such as"),
        ("minimum-age = 14", 1, "it must be a table"),
        ("[minimum-age]", 1, "days is missing"),
        ("[minimum-age]\ndays = '14'", 2, "a whole number"),
        ("[minimum-age]\ndays = true", 2, "a whole number"),
        ("[minimum-age]\ndays = -1", 2, "from 0 to"),
        (
            f"{EXCEPTION}release='a>1'\nreason='x'\nuntil=2027-01-01",
            4,
            "one version",
        ),
        (
            f"{EXCEPTION}release='a==1'\nreason='x'",
            3,
            "until is missing",
        ),
        (
            f"{EXCEPTION}release='a==1'\nreason='x'\nuntil='soon'",
            6,
            "until must be a day",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, what: str) -> None:
    spots = told(text)

    assert any(line == at and what in said for at, said in spots), spots


def test_all_mistakes_are_told_in_the_order_of_their_lines() -> None:
    spots = told("[[blocked]]\nreleases = 1\n[[warned]]\nreleases = 'a'\n")

    lines = [line for line, _ in spots]
    assert lines == sorted(lines, key=lambda line: line or 0)
    assert len(spots) == 3


@pytest.mark.parametrize(
    "raw", [b"\xff", b"[[", b"a = " + b"[" * 100, b"#" * (2 << 20)]
)
def test_what_is_no_toml_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidPolicyError, match="cannot be read"):
        read_policy(raw, "policy.toml")


def test_the_schema_knows_what_is_read() -> None:
    form = json.loads((SCHEMAS / "policy.schema.json").read_text())
    Draft202012Validator.check_schema(form)
    values = json.loads(json.dumps(tomllib.loads(WHOLE), default=str))

    Draft202012Validator(form).validate(values)
    wrong: tuple[dict[str, object], ...] = (
        {"zzz": 1},
        {"blocked": [{"releases": "a"}]},
        {"minimum-age": {}},
        {"reserved": ["acme*"]},
    )
    for spoiled in wrong:
        assert not Draft202012Validator(form).is_valid(spoiled)
        read = "\n".join(
            f"{key} = {json.dumps(value)}".replace('": ', '" = ')
            for key, value in spoiled.items()
        )
        assert told(read)
