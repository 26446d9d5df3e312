from axletree.wheelhouse.transport.pauses import Patience


class _Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def _patience(clock: _Clock, told: list[tuple[str, float]]) -> Patience:
    return Patience(
        most_s=90, tell=lambda host, pause_s: told.append((host, pause_s)), clock=clock
    )


def test_requests_that_wait_together_wait_once_and_are_told_once() -> None:
    told: list[tuple[str, float]] = []
    patience = _patience(_Clock(), told)

    assert all(patience.may_wait("host", 60) for _ in range(100))
    assert told == [("host", 60)]


def test_patience_ends() -> None:
    clock = _Clock()
    patience = _patience(clock, [])

    assert patience.may_wait("host", 60)
    clock.now_s = 60
    assert patience.may_wait("host", 30)
    clock.now_s = 90
    assert not patience.may_wait("host", 1)


def test_an_hour_is_not_waited_for() -> None:
    told: list[tuple[str, float]] = []

    assert not _patience(_Clock(), told).may_wait("host", 3600)
    assert told == []
