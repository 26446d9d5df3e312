"""What help says of each verb: in which order, for what, and two examples."""

from collections.abc import Mapping

from axletree.late_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbText:
    """One verb, for people who meet it for the first time."""

    summary: str
    """What it does, in a line of the list of verbs."""
    examples: tuple[str, ...]
    own: str = "Options"
    """The heading of the options that it alone has."""


GROUPS: Mapping[str, tuple[str, ...]] = {
    "Resolve and explain": ("lock", "explain", "why"),
    "Fill and serve a wheelhouse": (
        *("collect", "add", "build", "recipe", "jobs", "init", "serve"),
        "export-site",
        *("token", "policy", "view", "key"),
    ),
    "Keep a wheelhouse": (
        *("list", "show", "yank", "unyank", "remove", "withdraw", "status"),
        *("log", "pin", "du", "verify", "verify-provenance"),
        *("gc", "backup", "restore"),
    ),
    "Keep requirement sets": ("set",),
    "Check many at once": ("check", "audit", "snapshot"),
    "Read the documentation": ("docs",),
}
"""Every verb, in the order in which it is needed; of those of two words, the first."""

FAMILIES: Mapping[str, str] = {
    "recipe": "Write, check and update recipes for builds.",
    "jobs": "Look at builds, end them, and do them again.",
    "set": "Keep requirement sets, and hear what breaks them.",
    "token": "Say who may upload to the index.",
    "key": "Make and show the key that signs what is built.",
    "policy": "Say which releases may be chosen, and why others may not.",
    "view": "Name filters of the wheelhouse that never change.",
}
"""The first words of verbs of two, and what they do together."""

START = (
    ("axletree lock numpy --index-url public", "pin versions, with hashes"),
    ("axletree explain -r requirements.txt -i public", "see why it conflicts"),
    ("axletree collect -r requirements.txt", "fill a wheelhouse"),
)
"""The first commands, and what they do."""

TEXTS: Mapping[str, VerbText] = {
    "lock": VerbText(
        summary="Pin requirements, with hashes, for pip and uv.",
        examples=(
            "axletree lock numpy 'pandas>=2' --index-url public",
            "axletree lock -r requirements.in -o locked.txt --python-version 3.11",
        ),
        own="Lock",
    ),
    "explain": VerbText(
        summary="Explain why requirements conflict, and what would help.",
        examples=(
            "axletree explain -r requirements.txt --index-url public",
            "axletree explain -r requirements.txt --repair 1 --write",
        ),
        own="Explanation",
    ),
    "why": VerbText(
        summary="Show who requires a project, and why it is not newer.",
        examples=(
            "axletree why urllib3 -r requirements.txt --index-url public",
            "axletree why numpy 'pandas<2' numpy --if 'pandas>=2' -i public",
        ),
        own="Explanation",
    ),
    "collect": VerbText(
        summary="Download all that requirements need into the wheelhouse.",
        examples=(
            "axletree collect -r requirements.txt",
            "axletree collect pandas --python-version 3.11 --python-platform linux",
        ),
        own="Collection",
    ),
    "add": VerbText(
        summary="Add wheels and sdists that you have to the wheelhouse.",
        examples=("axletree add dist/", "axletree add ours-1.0-py3-none-any.whl"),
    ),
    "build": VerbText(
        summary="Build wheels from recipes and sdists into the wheelhouse.",
        examples=(
            "axletree build recipes/ours.toml",
            "axletree build recipes/ thing-1.0.tar.gz --python-version 3.9",
        ),
    ),
    "jobs list": VerbText(
        summary="List builds: which run, which failed, and why.",
        examples=("axletree jobs list", "axletree jobs list --state failed"),
        own="Jobs",
    ),
    "jobs show": VerbText(
        summary="Show one build: its source, its log, what came out.",
        examples=("axletree jobs show 12", "axletree jobs show 12 --json"),
    ),
    "jobs follow": VerbText(
        summary="Print the log of a build while it runs.",
        examples=("axletree jobs follow 12", "axletree jobs follow 12 -q"),
    ),
    "jobs cancel": VerbText(
        summary="End a build, with all its processes.",
        examples=("axletree jobs cancel 12", "axletree jobs cancel 12 --json"),
    ),
    "jobs retry": VerbText(
        summary="Build again what has failed or was cancelled.",
        examples=("axletree jobs retry 12", "axletree jobs retry 12 --json"),
    ),
    "recipe new": VerbText(
        summary="Write a recipe for a branch, a commit or an sdist.",
        examples=(
            "axletree recipe new https://git.example.org/thing@main",
            "axletree recipe new thing-1.0.tar.gz --python-version 3.9",
        ),
        own="Recipe",
    ),
    "recipe check": VerbText(
        summary="Read recipes whole, and look for the files they name.",
        examples=("axletree recipe check recipes/", "axletree recipe check ours.toml"),
    ),
    "recipe update": VerbText(
        summary="Pin the newest commit, and show what came since.",
        examples=(
            "axletree recipe update recipes/ours.toml",
            "axletree recipe update recipes/ours.toml --json",
        ),
        own="Recipe",
    ),
    "init": VerbText(
        summary="Make an empty wheelhouse.",
        examples=("axletree init", "AXLETREE_HOME=/data/wheelhouse axletree init"),
    ),
    "serve": VerbText(
        summary="Serve the wheelhouse to pip, uv and browsers.",
        examples=("axletree serve", "axletree serve --host 0.0.0.0 --port 8080"),
        own="Server",
    ),
    "check": VerbText(
        summary="Check which requirements files have a solution, for CI.",
        examples=(
            "axletree check requirements/ 'services/*/requirements.txt' -i public",
            "axletree check a.txt --python-version 3.9 --python-version 3.12",
        ),
        own="Check",
    ),
    "audit": VerbText(
        summary="Find what in a whole wheelhouse can never be installed.",
        examples=(
            "axletree audit --python-version 3.11 --python-platform linux",
            "axletree audit --find-links wheels/",
        ),
        own="Candidates",
    ),
    "policy set": VerbText(
        summary="Let a policy hold: what is blocked, warned of, reserved, too young.",
        examples=(
            "axletree policy set policy.toml",
            "axletree policy set policy.toml --json",
        ),
    ),
    "policy show": VerbText(
        summary="Print the policy that holds.",
        examples=("axletree policy show", "axletree policy show --json"),
    ),
    "policy check": VerbText(
        summary="Say what a policy does to the files of the wheelhouse.",
        examples=(
            "axletree policy check",
            "axletree policy check policy.toml",
        ),
    ),
    "view make": VerbText(
        summary="Make a view: the wheelhouse as of a day, under a policy, or of sets.",
        examples=(
            "axletree view make stable --exclude-newer 2026-01-31",
            "axletree view make images --set jupyter --policy kubeflow-1.4.toml",
        ),
        own="View",
    ),
    "view list": VerbText(
        summary="List the views, each with what it leaves out.",
        examples=("axletree view list", "axletree view list --json"),
    ),
    "view show": VerbText(
        summary="Show what a view leaves out, and how much is left.",
        examples=("axletree view show stable", "axletree view show stable --json"),
    ),
    "view remove": VerbText(
        summary="Remove a view; its name stays taken.",
        examples=("axletree view remove stable", "axletree view remove stable --json"),
    ),
    "export-site": VerbText(
        summary="Write the index as files, for nginx or any web server.",
        examples=(
            "axletree export-site /srv/pkgs",
            "axletree export-site /srv/pkgs --json",
        ),
    ),
    "key init": VerbText(
        summary="Make the key that signs what is built here.",
        examples=("axletree key init", "axletree key init --json"),
    ),
    "key show": VerbText(
        summary="Print the public half of the key.",
        examples=("axletree key show", "axletree key show --json"),
    ),
    "token make": VerbText(
        summary="Make a token, with which twine and uv publish upload.",
        examples=(
            "axletree token make ci-wheels --right 'upload:acme-*'",
            "axletree token make release --right upload:numpy --days 30",
        ),
        own="Token",
    ),
    "token list": VerbText(
        summary="List the tokens, without their secrets.",
        examples=("axletree token list", "axletree token list --json"),
    ),
    "token revoke": VerbText(
        summary="Take all rights from a token.",
        examples=(
            "axletree token revoke ci-wheels",
            "axletree token revoke ci-wheels --json",
        ),
    ),
    "snapshot": VerbText(
        summary="Save all that an answer was made from, for bug reports.",
        examples=(
            "axletree snapshot -r requirements.txt -i public -o bug.json.gz",
            "axletree explain -r requirements.txt --universe bug.json.gz",
        ),
        own="Snapshot",
    ),
    "list": VerbText(
        summary="List the projects in the wheelhouse.",
        examples=("axletree list", "axletree list --generation 12"),
    ),
    "show": VerbText(
        summary="Show a project, release or file, and its past.",
        examples=("axletree show numpy", "axletree show numpy-1.21.1.zip"),
    ),
    "yank": VerbText(
        summary="Keep files from being chosen; they stay for who pins them.",
        examples=(
            "axletree yank ours==1.0 --reason 'loses data'",
            "axletree yank ours-1.0-py3-none-any.whl",
        ),
    ),
    "unyank": VerbText(
        summary="Let yanked files be chosen again.",
        examples=(
            "axletree unyank ours==1.0",
            "axletree unyank ours-1.0-py3-none-any.whl",
        ),
    ),
    "remove": VerbText(
        summary="Take files off the list; name and hash stay.",
        examples=(
            "axletree remove ours==1.0 --reason 'built from the wrong branch'",
            "axletree remove ours --force",
        ),
    ),
    "withdraw": VerbText(
        summary="Give files out no more, for good: malware, or by law.",
        examples=(
            "axletree withdraw ours==1.0 --reason 'holds a password'",
            "axletree withdraw ours-1.0.tar.gz --reason malware",
        ),
    ),
    "status": VerbText(
        summary="Show or set the status of a project.",
        examples=(
            "axletree status ours deprecated --reason 'use theirs'",
            "axletree status ours active",
        ),
    ),
    "log": VerbText(
        summary="Show who has changed what, generation by generation.",
        examples=("axletree log -n 20", "axletree log --json"),
    ),
    "pin": VerbText(
        summary="Keep a generation, with all its files.",
        examples=(
            "axletree pin 12 --reason 'image of May' --until 2027-05-31",
            "axletree pin 12 --lift",
        ),
    ),
    "du": VerbText(
        summary="Show how much room the wheelhouse takes.",
        examples=("axletree du", "axletree du -v"),
    ),
    "verify": VerbText(
        summary="Check every file in the wheelhouse, and put back what is damaged.",
        examples=("axletree verify", "axletree verify --repair /backup/wheelhouse"),
    ),
    "verify-provenance": VerbText(
        summary="Check that a wheel was built here, and that this is signed.",
        examples=(
            "axletree verify-provenance ours-1.0+axle.1-py3-none-any.whl",
            "axletree verify-provenance ours==1.0+axle.1 --key wheelhouse.pem",
        ),
        own="Provenance",
    ),
    "gc": VerbText(
        summary="Remove the bytes that nothing needs any more.",
        examples=("axletree gc --dry-run", "axletree gc"),
    ),
    "backup": VerbText(
        summary="Copy the wheelhouse into a folder, or bring the copy up to date.",
        examples=(
            "axletree backup /backup/wheelhouse",
            "AXLETREE_HOME=/data/wheelhouse axletree backup /backup/wheelhouse",
        ),
    ),
    "restore": VerbText(
        summary="Make the wheelhouse what it was when it was backed up.",
        examples=(
            "axletree restore /backup/wheelhouse",
            "axletree restore /backup/wheelhouse --force",
        ),
    ),
    "set add": VerbText(
        summary="Keep requirements with their environments, and lock them.",
        examples=(
            "axletree set add jupyter -r requirements.txt -p 3.9 -p 3.11",
            "axletree set add ci numpy 'pandas>=2' --python-platform linux",
        ),
        own="Set",
    ),
    "set update": VerbText(
        summary="Give a set other requirements or environments.",
        examples=(
            "axletree set update jupyter -r requirements.txt",
            "axletree set update jupyter -p 3.11 -p 3.12",
        ),
        own="Set",
    ),
    "set list": VerbText(
        summary="List the sets: which are whole, and since when others are not.",
        examples=("axletree set list", "axletree set list --json"),
    ),
    "set show": VerbText(
        summary="Show a set and its past, or one of its locks.",
        examples=(
            "axletree set show jupyter",
            "axletree set show jupyter --environment py39-linux",
        ),
        own="Lock",
    ),
    "set diff": VerbText(
        summary="Show what changed between two versions of a set.",
        examples=("axletree set diff jupyter", "axletree set diff jupyter 2 5"),
    ),
    "set rm": VerbText(
        summary="End a set; its past stays.",
        examples=("axletree set rm jupyter", "axletree set rm jupyter --json"),
    ),
    "set lock": VerbText(
        summary="Lock a set anew.",
        examples=(
            "axletree set lock jupyter --upgrade",
            "axletree set lock jupyter py39-linux -P numpy",
        ),
        own="Lock",
    ),
    "set check": VerbText(
        summary="Check sets against what the wheelhouse holds now.",
        examples=("axletree set check", "axletree set check jupyter --json"),
    ),
    "docs": VerbText(
        summary="Show a page of the documentation, or one topic.",
        examples=("axletree docs lock", "axletree docs invalid-requirement"),
    ),
}
"""By verb."""


def family_verbs(family: str) -> tuple[str, ...]:
    """List the verbs of two words that begin with a first one."""
    return tuple(verb for verb in TEXTS if verb.startswith(f"{family} "))
