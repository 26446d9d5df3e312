"""A process begins with what a quick answer needs, and with no more than that."""

import gc

import pytest

from axletree import start


@pytest.mark.parametrize("words", [("--version",), ("lock", "--nonsense")])
def test_garbage_is_looked_for_as_ever_once_no_quick_answer_is_there(
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    usual, meanwhile = gc.get_threshold(), []

    def answer(*_: object) -> None:
        meanwhile.append(gc.get_threshold()[0])

    monkeypatch.setattr(start, "answer_at_once", answer)

    start.main(words)

    assert gc.get_threshold() == usual
    assert meanwhile[0] > usual[0]
    assert "".join(capsys.readouterr())
