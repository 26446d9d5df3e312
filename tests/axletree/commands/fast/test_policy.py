"""Locks under a policy: at once from kept tables, and as the plain way has them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axletree.commands.fast import answer
from axletree.commands.fast.answer import answer_at_once
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import COLLECTED, IncomingFile
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.views.keeping import Views
from tests.support.at_once import LATER_NS, TARGET
from tests.support.command_line import CommandLine
from tests.support.wheels import make_wheel

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("axletree", "clock")]

NOW = datetime.now(UTC)
BLOCKED = "[[blocked]]\nreleases = 'lib>=2'\nreason = 'it leaks'\n"
WARNED = "[[warned]]\nreleases = 'lib>=2'\nreason = 'it is slow'\n"
YOUNG = "[minimum-age]\ndays = 7\n"
ESCAPED = '["minimum\\u002dage"]\ndays = 7\n'
EXCEPTED = (
    f"{YOUNG}[[minimum-age.exceptions]]\nrelease = 'lib==2.0'\nreason = 'read'\n"
    f"until = {(NOW + timedelta(days=2)).date()}\n"
)


class Clock:
    """The time by which kept tables are looked at."""

    def __init__(self) -> None:
        self.days = 0

    def time_ns(self) -> int:
        return (
            int(NOW.timestamp()) * 10**9
            + LATER_NS // 3600 * 9
            + self.days * 86_400 * 10**9
        )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(answer, "time", clock)
    return clock


@pytest.fixture
def house(tmp_path: Path) -> Wheelhouse:
    """Keep lib 1.0 of long ago, lib 2.0 of yesterday, and what needs any."""
    house = Wheelhouse.open(tmp_path / "house")
    ages = {"lib 1.0": 99, "lib 2.0": 1, "app 1.0": 99}
    incoming = []
    for release, age in ages.items():
        name, version = release.split()
        requires = ["lib"] if name == "app" else []
        wheel = make_wheel(tmp_path / "w", name, version, requires_dist=requires)
        incoming.append(
            IncomingFile(
                path=wheel,
                filename=wheel.name,
                upload_time=NOW - timedelta(days=age),
                origin=COLLECTED,
            )
        )
    publish(house, incoming)
    return house


def lock_at_once(capsys: pytest.CaptureFixture[str], *asked: str) -> str | None:
    """Lock by kept tables alone; None: that is left to the command."""
    capsys.readouterr()
    code = answer_at_once(("lock", *asked, *TARGET, "--format", "constraints"))
    lines = capsys.readouterr().out.splitlines()
    return None if code is None else " ".join(t for t in lines if t[:1].isalpha())


@pytest.mark.parametrize(
    ("policy", "pin"),
    [
        (BLOCKED, "lib==1.0"),
        (WARNED, "lib==1.0"),
        (YOUNG, "lib==1.0"),
        (ESCAPED, "lib==1.0"),
        (EXCEPTED, "lib==2.0"),
        ("", "lib==2.0"),
    ],
)
def test_a_lock_at_once_is_that_of_the_command(
    axletree: CommandLine,
    house: Wheelhouse,
    capsys: pytest.CaptureFixture[str],
    policy: str,
    pin: str,
) -> None:
    set_policy(house, policy.encode(), "policy.toml")
    for asked in (("app",), ("lib",), ("lib<3", "app")):
        words = ("lock", *asked, *TARGET, "--format", "constraints")
        plain = axletree(*words, "--refresh").out.replace(" --refresh", "")
        quick = [axletree(*words) for _ in range(2)]
        assert [each.out for each in quick] == [plain, plain]
        found = lock_at_once(capsys, *asked)
        assert found is not None
        assert pin in found.split()


def test_tables_of_one_policy_are_not_those_of_another(
    house: Wheelhouse, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for policy in ("", BLOCKED, "", YOUNG, WARNED, EXCEPTED):
        set_policy(house, policy.encode(), "policy.toml")
        found += [lock_at_once(capsys, "app") for _ in range(2)]
    new, old = "app==1.0 lib==2.0", "app==1.0 lib==1.0"
    assert found == [new, new, old, old, new, new, old, old, old, old, new, new]


@pytest.mark.parametrize("policy", [YOUNG, EXCEPTED])
def test_tables_of_one_day_are_not_those_of_another(
    house: Wheelhouse, clock: Clock, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    set_policy(house, policy.encode(), "policy.toml")
    found = []
    for days in (0, 0, 4, 9, 9):
        clock.days = days
        found.append(lock_at_once(capsys, "lib"))
    first = "lib==2.0" if policy == EXCEPTED else "lib==1.0"
    assert found == [first, first, "lib==1.0", "lib==2.0", "lib==2.0"]


def test_conflicts_under_a_policy_and_views_are_left_to_the_command(
    axletree: CommandLine, house: Wheelhouse
) -> None:
    set_policy(house, BLOCKED.encode(), "policy.toml")
    Views(house=house).make("v", exclude_newer=NOW, policy=None)
    for words in (("explain", "lib>=2", "--no-repairs"), ("explain", "lib>=2")):
        assert answer_at_once((*words, *TARGET)) is None
        ran = axletree(*words, *TARGET, "--json")
        assert "it leaks" in json.loads(ran.out)["core"][1]["text"]
    assert answer_at_once(("lock", "lib", *TARGET, "--view", "v")) is None
