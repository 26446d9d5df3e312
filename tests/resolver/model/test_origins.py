import pickle

from axletree.resolver.model.origins import Origin, Requirer


def test_values_are_equal_by_what_they_hold_and_by_their_kind() -> None:
    assert Origin("a", 1) == Origin("a", 1)
    assert len({Origin("a", 1), Origin("a", 1), Origin("a", 2), Origin("a")}) == 3
    assert Origin("a") != Requirer("a", "1")
    assert repr(Origin("a", 1)) == "Origin(file='a', line=1)"


def test_values_cross_from_one_process_to_another() -> None:
    values = [Origin("a", 1), Requirer("a", "1")]

    assert pickle.loads(pickle.dumps(values)) == values  # noqa: S301  our own


def test_who_asks_is_spelled_as_people_name_it() -> None:
    assert str(Origin()) == "command line"
    assert str(Origin("r.in", 3)) == "r.in, line 3"
    assert str(Requirer("kfp", "1.8.10")) == "kfp 1.8.10"
