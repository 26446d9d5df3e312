from tests.support.command_line import CommandLine


def test_the_log_has_the_latest_change_first(filled: CommandLine) -> None:
    filled("yank", "demo==2.0", "--reason", "broken")
    ran = filled("log")
    first, second, third = ran.out.splitlines()
    assert first.startswith("   3  ")
    assert first.endswith("  yank  demo-2.0-py3-none-any.whl (broken)")
    assert second.endswith(
        "publish  demo-1.0.tar.gz, demo-2.0-py3-none-any.whl, other-1.0-py3-none-any.whl"
    )
    assert third.endswith("publish  demo-1.0-py3-none-any.whl")
    assert filled("log", "-n", "1").out.splitlines() == [first]
    document = filled("log", "--json").document("log")
    assert isinstance(document["entries"], list)
    assert len(document["entries"]) == 3


def test_generations_are_pinned_and_let_go(filled: CommandLine) -> None:
    assert filled("pin").err == "no generation is pinned\n"
    ran = filled("pin", "1", "--reason", "image of May", "--until", "2100-01-01")
    assert ran.out == ("pinned: generation 1 until 2100-01-01: image of May\n")
    pins = filled("pin", "--json").document("pins")["pins"]
    assert isinstance(pins, list)
    [pinned] = pins
    assert isinstance(pinned, dict)
    assert (pinned["generation"], pinned["reason"]) == (1, "image of May")
    assert filled("pin", "1", "--lift").out == "generation 1 is not pinned any more\n"
    assert filled("pin", "1", "--lift").out == "generation 1 was not pinned\n"


def test_a_pin_without_a_generation_or_that_has_ended_is_refused(
    filled: CommandLine,
) -> None:
    for words in (["--reason", "x"], ["--until", "2100-01-01"], ["--lift"]):
        ran = filled("pin", *words)
        assert (ran.code, "which generation" in ran.err) == (2, True)
    for words in (["--reason", "x"], ["--until", "2100-01-01"]):
        assert filled("pin", "1", "--lift", *words).code == 2
    ran = filled("pin", "1", "--until", "2020-01-01")
    assert (ran.code, "--until 2020-01-01 is over" in ran.err) == (2, True)
    assert filled("pin").err == "no generation is pinned\n"


def test_what_is_no_generation_is_not_pinned(filled: CommandLine) -> None:
    assert filled("pin", "9").code == 1
    assert filled("pin", "one").code == 2
    assert filled("pin", "-1").code == 2
    assert filled("pin", "9" * 30).code == 2
