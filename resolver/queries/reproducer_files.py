"""A reproduction as files: an index for installers, a snapshot for us, and a README.

The same bytes for the same conflict; no path, address or time of the machine that
wrote them. Source: PEP 503 (the folder tree), PEP 592 and 345 (what a page says).
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from urllib.parse import quote

from packaging.utils import NormalizedName

from axletree.resolver.model.environment import pip_platform
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.limits import ALL
from axletree.resolver.model.question import Question
from axletree.resolver.model.spelling import spelled_limit
from axletree.resolver.queries.reproduce import Reproduction
from axletree.resolver.queries.reproducer_index import MiniIndex
from axletree.resolver.universe.metadata_wheel import TinyWheel
from axletree.resolver.universe.snapshot import recording_to_json

GATES = frozenset({"pre-release", "yanked"})
"""What lets a release in is not the same rule in every installer."""
_INDEX = '--index-url "file://$PWD/simple/"'


def reproduction_files(found: Reproduction) -> dict[str, bytes]:
    """Lay a reproduction out: relative path, with slashes -> content."""
    files = index_files(found.index)
    files["universe.json"] = _universe(found)
    files["README.md"] = _readme(found).encode()
    return dict(sorted(files.items()))


def index_files(index: MiniIndex) -> dict[str, bytes]:
    """Lay out what installers read: pages, wheels, requirements, constraints."""
    contents = {wheel.filename: wheel.content() for wheel in index.wheels}
    files = {f"wheels/{name}": content for name, content in contents.items()}
    for project in index.projects:
        page = _page(project, index, contents)
        files[f"simple/{project}/index.html"] = page.encode()
    files["requirements.txt"] = _lines(index.requirements)
    if index.constraints:
        files["constraints.txt"] = _lines(index.constraint_lines)
    return files


def pip_arguments(index: MiniIndex, question: Question) -> list[str]:
    """Return the arguments of the pip command, but for the index."""
    words = ["install", "--isolated", "--dry-run", "--ignore-installed"]
    if index.allow_prereleases:
        words.append("--pre")
    if index.needs_target:
        environment = question.environment
        words += ["--only-binary", ":all:"]
        words += ["--python-version", environment.version]
        if environment.is_free_threaded:
            words += ["--abi", f"cp{environment.minor.replace('.', '')}t"]
        words += ["--platform", pip_platform(environment)]
    return [*words, *_inputs(index)]


def uv_arguments(index: MiniIndex, question: Question) -> list[str]:
    """Return the arguments of the uv command, but for the index."""
    words = ["pip", "compile", "--no-config", "--no-cache", "--offline"]
    if index.allow_prereleases:
        words += ["--prerelease", "allow"]
    if index.needs_target:
        environment = question.environment
        words += ["--python-version", environment.version]
        words += ["--python-platform", environment.platform]
    constraints = ["-c", "constraints.txt"] if index.constraints else []
    return [*words, *constraints, "requirements.txt"]


def _inputs(index: MiniIndex) -> list[str]:
    constraints = ["-c", "constraints.txt"] if index.constraints else []
    return ["-r", "requirements.txt", *constraints]


def _lines(lines: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _page(
    project: NormalizedName, index: MiniIndex, contents: Mapping[str, bytes]
) -> str:
    links = [
        _link(wheel, contents[wheel.filename])
        for wheel in index.wheels
        if wheel.project == project
    ]
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">',
            f"<title>{project}</title></head>\n<body>\n",
            *links,
            "</body>\n</html>\n",
        )
    )


def _link(wheel: TinyWheel, content: bytes) -> str:
    name = wheel.filename
    href = f"../../wheels/{quote(name)}#sha256={sha256(content).hexdigest()}"
    said = {
        "data-requires-python": wheel.requires_python,
        "data-yanked": wheel.yanked,
    }
    notes = "".join(
        f' {key}="{escape(value)}"' for key, value in said.items() if value is not None
    )
    return f'<a href="{href}"{notes}>{escape(name)}</a><br>\n'


def _universe(found: Reproduction) -> bytes:
    sliced = found.sliced
    document = recording_to_json(sliced.pages(), sliced.metadata(), is_frozen=True)
    # It is all there is, and not what one run read.
    del document["reading"]
    return f"{json.dumps(document, indent=1, sort_keys=True)}\n".encode()


# The README.


def _readme(found: Reproduction) -> str:
    return "\n".join(_readme_lines(found))


def _readme_lines(found: Reproduction) -> Iterator[str]:
    facts = found.core.facts
    yield "# A dependency conflict, made small"
    yield ""
    cannot = "cannot hold" if len(facts) == 1 else "cannot hold together"
    yield f"For {found.sliced.question.environment.label} these facts {cannot}:"
    yield ""
    for number, fact in enumerate(facts, start=1):
        yield f"{number}. {fact.text}"
    yield ""
    yield "With any one of them left out, the rest can be installed. That was proved by"
    yield "resolving when this folder was written."
    yield ""
    yield from _commands(found)
    yield from _contents(found)


def _commands(found: Reproduction) -> Iterator[str]:
    question, index = found.sliced.question, found.index
    yield "## See it fail"
    yield ""
    yield "In this folder (nothing is fetched, nothing is installed):"
    yield ""
    yield "```sh"
    yield f"python -m pip {shlex.join(pip_arguments(index, question))} {_INDEX}"
    yield f"uv {shlex.join(uv_arguments(index, question))} {_INDEX}"
    yield _ours(question, has_constraints=bool(index.constraints))
    yield "```"
    yield ""
    yield "pip ends with `ResolutionImpossible` or `No matching distribution found`, uv"
    yield "with `No solution found`, axletree with the facts above; each with an exit"
    yield "code that is not 0."
    yield from _differences(found)
    yield ""


def _differences(found: Reproduction) -> Iterator[str]:
    environment = found.sliced.question.environment
    if environment.is_free_threaded and found.index.needs_target:
        yield f"uv is asked for the {environment.minor} with the lock, since its"
        yield "--python-version takes no other, so it may find a solution here."
    if any(_has_upper_bound(wheel) for wheel in found.index.wheels):
        yield "uv regards only the lower bound of a `Requires-Python`."
    keys = found.sliced.keys
    if any(isinstance(key, FallenKey) and key.reason in GATES for key in keys):
        yield "uv has rules of its own for yanked files and pre-releases, so it may find"
        yield "a solution here."


def _ours(question: Question, *, has_constraints: bool) -> str:
    limits, environment = question.limits, question.environment
    words = ["axletree", "explain", "-r", "requirements.txt"]
    words += ["-c", "constraints.txt"] if has_constraints else []
    words += ["--universe", "universe.json"]
    words += ["--python-version", environment.python_version]
    words += ["--python-platform", environment.platform]
    words += ["--pre"] if limits.allow_prereleases else []
    if limits.exclude_newer is not None:
        words += ["--exclude-newer", spelled_limit(limits.exclude_newer)]
    # As both hold now; of the two, one with `:all:` must come first.
    options = {
        "--only-binary": sorted(limits.formats.only_binary),
        "--no-binary": sorted(limits.formats.no_binary),
    }
    for option in sorted(options, key=lambda name: ALL not in options[name]):
        words += [option, ",".join(options[option])] if options[option] else []
    return shlex.join(words)


def _has_upper_bound(wheel: TinyWheel) -> bool:
    text = wheel.requires_python or ""
    return any(sign in text for sign in ("<", "==", "~="))


def _contents(found: Reproduction) -> Iterator[str]:
    yield "## What is here"
    yield ""
    yield "- `requirements.txt`: the requirements that take part."
    if found.index.constraints:
        yield "- `constraints.txt`: the constraints that take part."
    yield "- `simple/`: an index of `wheels/`, which hold metadata only, and of that"
    yield "  only what is a fact above: other requirements of the same releases are"
    yield "  left out, and so are markers that this Python and platform fulfil."
    yield "- `universe.json`: the same with markers, upload times and the rest, for"
    yield "  axletree."
    hidden = list(_hidden(found))
    if hidden:
        yield ""
        yield "Not in `simple/`, since the facts above rule them out in a way that an"
        yield "index cannot show:"
        yield ""
        yield from (f"- `{filename}`" for filename in hidden)
    yield ""


def _hidden(found: Reproduction) -> Iterator[str]:
    shown = {(wheel.project, wheel.version) for wheel in found.index.wheels}
    for sliced in found.sliced.files:
        if (sliced.file.project, sliced.file.version) not in shown:
            yield sliced.file.filename
