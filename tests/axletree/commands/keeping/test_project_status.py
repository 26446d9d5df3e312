from tests.support.command_line import CommandLine

FAR = ("--exclude-newer", "2100-01-01")


def test_a_quarantined_project_is_a_fact_with_its_reason(filled: CommandLine) -> None:
    ran = filled("status", "Demo", "quarantined", "--reason", "stolen account")
    assert ran.out == "demo is quarantined: stolen account (generation 3)\n"

    refused = filled("explain", "demo", "--no-repairs", *FAR)
    assert refused.code == 1
    assert "the project is quarantined: stolen account" in " ".join(refused.out.split())

    assert filled("status", "demo", "active").code == 0
    assert "demo==2.0" in filled("lock", "demo", *FAR).out


def test_the_status_is_shown_where_none_is_given(filled: CommandLine) -> None:
    assert filled("status", "demo").out == "demo is active (generation 2)\n"
    filled("status", "demo", "deprecated", "--reason", "use other")
    document = filled("status", "demo", "--json").document("status")
    assert document == {
        "format": "axletree.status/1",
        "project": "demo",
        "status": "deprecated",
        "reason": "use other",
        "generation": 3,
    }
    assert "deprecated: use other" in filled("list").out


def test_what_is_no_status_or_no_project_is_refused(filled: CommandLine) -> None:
    assert filled("status", "demo", "broken").code == 2
    ran = filled("status", "dmeo")
    assert (ran.code, "did you mean demo?" in ran.err) == (1, True)
    assert filled("status", "dmeo", "archived").code == 1
    assert filled("status", "a b", "archived").code == 1
