"""What comes is published, and what is refused does not stay behind."""

from pathlib import Path

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.intake import INCOMING, Intake
from axletree.wheelhouse.model import IncomingFile
from tests.support.odd_makers import with_files
from tests.support.wheels import make_wheel


def incoming(path: Path) -> IncomingFile:
    return IncomingFile(
        path=path, filename=path.name, origin="collect", strictness="lenient"
    )


def test_what_is_refused_is_removed_where_it_came_in_at_once(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    folder = wheelhouse.home / INCOMING / "run"
    folder.mkdir(parents=True)
    bad = with_files("../evil.py")(folder)
    good = make_wheel(folder, "other", "1.0")
    elsewhere = with_files("/evil.py")(tmp_path)
    intake = Intake(house=wheelhouse)

    intake.publish([incoming(bad), incoming(good)])
    intake.publish([incoming(elsewhere)])

    assert not bad.exists()
    assert good.exists()
    assert elsewhere.exists()
    assert list(intake.failures) == [bad.name]
    assert list(intake.names) == [good.name]
