"""A verb or an option that does not exist is answered with the one that was meant."""

import shlex

import pytest

from axletree.commands.line import foreign
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.verb_texts import FAMILIES
from tests.support.command_line import CommandLine

MISTYPED = {
    # Verbs.
    "lcok numpy": "axletree lock numpy",
    "lokc numpy": "axletree lock numpy",
    "Lock numpy": "axletree lock numpy",
    "explian numpy": "axletree explain numpy",
    "exlpain numpy": "axletree explain numpy",
    "wyh six": "axletree why six",
    "colect six": "axletree collect six",
    "collcet six": "axletree collect six",
    "buidl r.toml": "axletree build r.toml",
    "chekc r.txt": "axletree check r.txt",
    "audti": "axletree audit",
    "serv": "axletree serve",
    "sreve": "axletree serve",
    "snapsot six": "axletree snapshot six",
    "intit": "axletree init",
    "ad dist": "axletree add dist",
    "pip compile r.in": "axletree lock -r r.in",
    "pip install six": "axletree lock six -o requirements.txt",
    "--json lock lock": "axletree lock --json lock",
    "lock --json=x six": "axletree lock --json six",
    "compile r.in": "axletree lock -r r.in",
    "complie r.in": "axletree lock -r r.in",
    "install six": "axletree lock six -o requirements.txt",
    "download six": "axletree collect six",
    "upload six.whl": "axletree add six.whl",
    "help": "axletree --help",
    "help lock": "axletree lock --help",
    "help token": "axletree token --help",
    "help token make": "axletree token make --help",
    "ls": "axletree list",
    "info six": "axletree show six",
    "rm six==1.0": "axletree remove six==1.0",
    "delete six": "axletree remove six",
    "update six": "axletree lock six --upgrade",
    # Verbs of two words.
    "tokn list": "axletree token list",
    "list six": "axletree show six",
    "du six": "axletree show six",
    "token list ci": "axletree token list",
    "serve dist --port 0": "axletree serve --port 0",
    "backup one two": "axletree backup one",
    "status six qurantined": "axletree status six quarantined",
    "Token list": "hint: did you mean token?",
    "recip check r.toml": "hint: did you mean recipe?",
    "token lst": "axletree token list",
    "revoke ci": "axletree token revoke ci",
    "token -q list": "axletree token list -q",
    "-q token list": "axletree token list -q",
    "--json policy check p.toml": "axletree policy check --json p.toml",
    # Options.
    "lock six --pyton-version 3.9": "axletree lock six --python-version 3.9",
    "lock six --python-verison=3.9": "axletree lock six --python-version=3.9",
    "lock six --exlude-newer 2022-02-01": "axletree lock six --exclude-newer 2022-02-01",
    "lock six --index-ur public": "axletree lock six --index-url public",
    "lock six --ouput-file x": "axletree lock six --output-file x",
    "lock six --upgrde": "axletree lock six --upgrade",
    "explain six --no-repair": "axletree explain six --no-repairs",
    "explain six --reproduc DIR": "axletree explain six --reproduce DIR",
    "serve --prot 80": "axletree serve --port 80",
    "--json lock six": "axletree lock --json six",
}


@pytest.mark.parametrize("line", MISTYPED)
def test_what_was_meant_is_named_as_a_command(axletree: CommandLine, line: str) -> None:
    ran = axletree(*shlex.split(line))

    assert (ran.code, ran.err[:7]) == (2, "error: ")
    said = [each.strip() for each in ran.err.splitlines()]
    assert MISTYPED[line] in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lock six --resolution lowest", "newest versions are taken"),
        ("lock six --offline", "leave out --index-url"),
        ("lock six --universal", "use --python-version and --python-platform"),
        ("lock six --no-cache", "use --refresh to fetch pages again"),
        ("lock six --generate-hashes", "a lock has hashes"),
        ("lock six --trusted-host x", "read from where pip reads them"),
        ("audit -i public", "which an index is too large for"),
        ("collect six --universe u.json", "a snapshot has none"),
        ("check -r r.txt", "check takes the files themselves"),
        ("serve -p 80", "use --port"),
        ("serve --repair 1", "explain, verify take it"),
        ("frobnicate", "the verbs are lock, explain"),
        ("log 2", "axletree log takes nothing: what is 2?"),
        ("recipe new nosuch", "nosuch is no address, and no file of an sdist"),
        ("recipe new nosuch==1.0", "no address, and no file of an sdist"),
        ("token frobnicate", "its verbs are make, list, revoke"),
        ("token --json", "axletree token has no option --json"),
        ("-q recipe", "axletree recipe has no option -q"),
        ("--frobnicate", "there is no option --frobnicate"),
        ("lock --frobnicate", "see axletree lock --help"),
        (f"lock --{'x' * 5000}", "see axletree lock --help"),
    ],
)
def test_what_is_called_otherwise_is_answered_by_name(
    axletree: CommandLine, line: str, said: str
) -> None:
    ran = axletree(*shlex.split(line))

    assert ran.code == 2
    assert said in ran.err
    assert "did you mean" not in ran.err


@pytest.mark.parametrize(
    "line",
    [
        "left -p 3.9 --platform linux",
        "left --python python3.9 --python-platform manylinux2014_x86_64",
        "left --python-version 39 --python-platform manylinux_2_28_x86_64",
        "left --python-version cp39 --python-platform win_amd64",
        "left -p 3.9 --platform macosx_11_0_arm64 --overrides shared==1",
    ],
)
def test_names_of_pip_and_uv_mean_the_same(
    axletree: CommandLine, clash: object, line: str
) -> None:
    ran = axletree("lock", *shlex.split(line), "--universe", str(clash), "--json")

    assert ran.code == 0, ran.err
    assert '"Python 3.9 on ' in ran.out


def test_quiet_says_results_and_errors_alone(
    axletree: CommandLine, clash: object
) -> None:
    universe = ("--universe", str(clash))

    locked = axletree("lock", "left", "-q", "-o", "lock.txt", *universe)
    refused = axletree("lock", "left==1", "right==2", "-q", *universe)
    failed = axletree("lock", "left", "-q", "--universe", "nowhere.json")

    assert (locked.code, locked.out, locked.err) == (0, "", "")
    assert (refused.code, refused.err) == (1, "")
    assert refused.out
    assert failed.err.startswith("error: ")


def test_no_verb_of_ours_is_taken_for_one_of_others() -> None:
    assert not foreign.VERBS.keys() & {*OPTIONS, *FAMILIES}
