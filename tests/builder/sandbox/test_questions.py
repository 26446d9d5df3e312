"""Questions that nobody waits for end at once; what is asked later does not."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from axletree.builder.sandbox.questions import Questions


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def test_a_question_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    questions = Questions()

    with questions.asking(sleeper, questions.era):
        assert sleeper.poll() is None
        questions.give_up()
        assert sleeper.wait(30) < 0


def test_one_that_was_opened_before_ends_when_it_begins(
    sleeper: subprocess.Popen[bytes],
) -> None:
    questions = Questions()
    era = questions.era
    questions.give_up()

    with questions.asking(sleeper, era):
        assert sleeper.wait(30) < 0


def test_one_that_is_opened_later_goes_on(sleeper: subprocess.Popen[bytes]) -> None:
    questions = Questions()
    questions.give_up()

    with questions.asking(sleeper, questions.era):
        time.sleep(0.05)
        assert sleeper.poll() is None
