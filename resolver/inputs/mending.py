"""What a line that is no requirement was most likely meant to be.

Files that people have hold lines of conda, poetry, `pip list`, YAML and shells, and
typing errors. A hint names what to write instead, and only what can be read; each step
below undoes one habit, and a line may have several.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from packaging.requirements import InvalidRequirement

from axletree.likeness import meant
from axletree.resolver.model.foreign_text import parse_version, read_requirement

USUAL = "write a name and a version range, such as requests>=2.21,<3"
"""Where nobody can say what was meant."""
_LONGEST = 1_000
"""Characters of a line that is looked at; nobody mistypes more."""
_Step: TypeAlias = Callable[[str], str]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\s*\[[^\[\]]*\])?"
_BARE = r"[A-Za-z0-9_.-]+"
_CLAUSE = r"(?:===|==|!=|~=|<=|>=|<|>)\s*[^\s,;<>=!~()\"']+"
_CONDA = re.compile(rf"(?:[\w.-]+::)?({_BARE})(==?)([\w.!+*-]+)(?:=([^=\s]+))?")
_MARKER_WORDS = (
    *("python_version", "python_full_version", "sys_platform", "platform_system"),
    *("platform_machine", "platform_python_implementation", "implementation_name"),
    *("os_name", "extra"),
)
_MARKERS = rf"(?:{'|'.join(_MARKER_WORDS)})"


def hint_for(text: str) -> str:
    """Say what to write instead of a line that is no requirement."""
    if len(text) > _LONGEST:
        return USUAL
    return _whole_line(text) or _mended(text) or _apart(text) or USUAL


# Lines that are something else altogether.


def _whole_line(text: str) -> str | None:
    if re.match(r"(<{7}|={7}|>{7}|\|{7})(\s|$)", text):
        return "choose one side of the merge conflict that the file holds"
    if re.search(r"\{\{|\{%|<%", text):
        return "fill in the template that this line is of"
    if text == "-":
        return "write -r - to read requirements from standard input"
    if re.fullmatch(r"[<>=!~]{1,3}\s*v?\d[\w.*]*", text):
        return (
            f"write the name before {text}, in quotes where a shell reads it: "
            f"'requests{text}'"
        )
    return _variable(text) or _other_format(text) or _conda(text) or _python(text)


def _variable(text: str) -> str | None:
    found = re.search(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%|\$\(", text)
    if found is None:
        return None
    name = found[1] or found[2] or found[3]
    if not name:
        return "write what the command gives: nothing is run here"
    if found[1] and found[1] == name.upper():
        return f"set {name}, which has no value, or write the version itself"
    return f"write ${{{name.upper()}}}, the only form that is filled in, and set it"


_FORMATS: tuple[tuple[str, str], ...] = (
    (
        r"\[.*poetry.*\]",
        "leave poetry's tables out: write requirements, as poetry export does",
    ),
    (
        r"\[\[?(?:dev-)?packages\]|\[requires\]|\[\[source\]\]",
        "write requirements, as pipenv requirements does for a Pipfile",
    ),
    (
        r"\[\[?[\w\"'.\s-]+\]\]?",
        "name a pyproject.toml by that name (-r pyproject.toml), or write no tables",
    ),
    (r"<.*", "download the file itself: this is a page about it"),
    (
        r"[{}\[\]],?|\"[^\"]+\"\s*:.*",
        "write requirements, one on a line: JSON is not read",
    ),
    (
        r"[A-Za-z_-]+\s*:(\s.*)?",
        "write requirements, one on a line: YAML (conda's, say) is not read",
    ),
    (
        r"Package\s+Version(\s+.*)?|[-=\s]{3,}",
        "leave it out: pip list --format=freeze writes requirements",
    ),
    (r"\*+", "leave it out: no name means all projects"),
    (
        r"(install_requires|requires|dependencies)\s*=.*",
        "write the requirements alone, one on a line",
    ),
)
"""Lines of files of another kind, and what of those files is read."""


def _other_format(text: str) -> str | None:
    return next((hint for line, hint in _FORMATS if re.fullmatch(line, text)), None)


def _conda(text: str) -> str | None:
    """Tell what of conda's `name=version=build` is on an index of Python projects."""
    found = _CONDA.fullmatch(text.strip("\"'"))
    if found is None or (found[2] == "==" and not found[4]):
        return None
    name, version, build = found[1], found[3], found[4]
    if name.lower() == "python":
        return _python(f"python {version}")
    if name.startswith("_") or (build and not re.search(r"py|^\d+$", build)):
        return f"leave it out: {name} is conda's, and not a Python project"
    release = version.removesuffix(".*")
    if parse_version(release) is None:
        return f"leave it out, or write {name} with a version of PEP 440"
    wanted = f"{name}=={version}"
    if not _reads(wanted):
        return None
    reason = "this is conda's spelling" if build else "= is not an operator"
    return f"{reason}: write {wanted}"


def _python(text: str) -> str | None:
    found = re.fullmatch(r"python\s*=?\s*[\"']?\s*[\^~=<>!]*\s*(\d+(?:\.\d+)?).*", text)
    if found is None or _reads(text):
        return None
    return f"leave it out: the Python is named with --python-version {found[1]}"


# Habits that are undone one after the other, until the line can be read.


def _mended(text: str) -> str | None:
    line = text
    for step, reason in _STEPS:
        changed = step(line).strip()
        if changed == line:
            continue
        line = changed
        if _reads(line):
            return f"{reason}: write {line}" if reason else f"write {line}"
    return None


_TYPESET = {
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), ""),
    ord("\u2265"): ">=",
    ord("\u2264"): "<=",
    ord("\u2260"): "!=",
}
"""Quotes, dashes, characters of no width, and signs of order."""


def _in_ascii(text: str) -> str:
    """Undo what word processors do: quotes, dashes, wide and invisible characters."""
    text = text.translate(_TYPESET)
    return unicodedata.normalize("NFKC", text)


def _without_command(text: str) -> str:
    text = re.sub(r"^(?:\$|!|%|>>>|RUN)\s*(?=\S*\s)", "", text)
    command = (
        r"^(?:(?:sudo|uv|python3?|-m)\s+)*(?:pip3?|conda|mamba|poetry|pipenv|uv)\s+"
        r"(?:install|add)\s+(?:-\S+\s+)*"
    )
    return re.sub(command, "", text)


def _without_list_marks(text: str) -> str:
    return re.sub(r"^(?:[*•·+-]|\d+[.)])\s+", "", text)


def _without_quotes(text: str) -> str:
    found = re.fullmatch(r"([\"'`])([^\"'`]+)\1\s*[,;]?", text)
    return found[2] if found else text


def _without_tail(text: str) -> str:
    return re.sub(r"\s+\((?:from|via)\b[^)]*\)$", "", text).rstrip(",;\\. ")


def _without_comment(text: str) -> str:
    return re.sub(r"(?<=\w)(#|//).*$", "", text)


def _from_toml(text: str) -> str:
    """Read poetry's `name = "^1.2"` and `name = {version = "1.2", extras = […]}`."""
    found = re.fullmatch(rf"[\"']?({_BARE})[\"']?\s*=\s*([\"'{{].+)", text)
    if found is None:
        return text
    name, value = found[1], found[2].strip()
    extras = re.search(r"extras\s*=\s*(\[[^\]]*\])", value)
    version = re.search(r"version\s*=\s*[\"']([^\"']*)[\"']", value)
    plain = re.fullmatch(r"[\"']([^\"']*)[\"']", value)
    if plain is None and version is None:
        return text
    wanted = (plain or version or found)[1].strip()
    if extras:
        name += re.sub(r"[\"'\s]", "", extras[1])
    if re.match(r"\d[\w.+-]*$", wanted):
        wanted = f"=={wanted}"
    return name if wanted == "*" else f"{name}{wanted}"


def _from_ranges(text: str) -> str:
    """Spell poetry's and npm's `^1.2` and `~1.2` as ranges."""
    found = re.fullmatch(
        rf"({_NAME})\s*(?:@|==?(?=\s*\^))?\s*([\^~])\s*(\d+(?:\.\d+)*)", text
    )
    if found is None:
        return text
    parts = [int(part) for part in found[3].split(".")]
    place = min(1, len(parts) - 1)
    if found[2] == "^":
        place = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    above = ".".join(map(str, [*parts[:place], parts[place] + 1]))
    return f"{found[1]}>={found[3]},<{above}"


def _with_operators(text: str) -> str:
    head, mark, marker = text.partition(";")
    for wrong, right in (
        (r"=>", ">="),
        (r"=<", "<="),
        (r"=~", "~="),
        (r"=!", "!="),
        (r"<>", "!="),
        (r"([<>])\s+=", r"\1="),
        (r"([<>!~])==+", r"\1="),
        (r"={4,}|=\s+=", "=="),
        (r"(?<![<>=!~])=(?!=)", "=="),
    ):
        head = re.sub(wrong, right, head)
    return f"{head}{mark}{marker}"


def _with_version(text: str) -> str:
    """Put an operator between a name and a version: `pip list`, npm, Maven."""
    found = re.fullmatch(
        rf"({_NAME})\s*(?:\s|:|@)\s*\(?v?(\d[\w.+!]*)\)?(?:\s+\S+)*", text
    )
    return f"{found[1]}=={found[2]}" if found else text


def _without_any(text: str) -> str:
    wanted = re.fullmatch(
        rf"({_NAME})\s*(?:==?|>=|@|:)\s*[\"']?(?:latest|newest|any|\*|)[\"']?", text
    )
    return wanted[1] if wanted else text


def _with_commas(text: str) -> str:
    head, mark, marker = text.partition(";")
    found = re.fullmatch(rf"({_NAME})\s*\(?\s*((?:{_CLAUSE}[\s,&|]*)+)\)?\s*", head)
    if found is None:
        return text
    clauses = re.findall(_CLAUSE, found[2])
    return f"{found[1]}{','.join(c.replace(' ', '') for c in clauses)}{mark}{marker}"


def _without_stars(text: str) -> str:
    """`.*` goes with == and != only, and stands at the end."""
    text = re.sub(r"((?:>=|<=|<|>|~=)\s*[\d.]*\d)(?:\.\*)+", r"\1", text)
    return re.sub(r"\.[*x](?:\.[*x])+|\.x\b", ".*", text)


def _without_twins(text: str) -> str:
    """Take one of two points, and close a bracket."""
    text = re.sub(r"(?<=\d)\.{2,}(?=\d)", ".", text)
    return re.sub(r"\[([\w,.\s-]*[\w.-])(?=$|\s*[<>=!~;])", r"[\1]", text)


def _with_parts(text: str) -> str:
    """`~=` needs two parts of a version."""
    return re.sub(r"~=\s*(\d+)(?![\w.])", lambda v: f">={v[1]},<{int(v[1]) + 1}", text)


def _with_marker(text: str) -> str:
    """Mend what stands behind the semicolon, or should."""
    if ";" not in text:
        text = re.sub(rf",?\s+(?:if\s+)?(?={_MARKERS}\s*[<>=!~])", " ; ", text, count=1)
    head, mark, marker = text.partition(";")
    for wrong, right in (
        (r"^\s*if\s+", " "),
        (r"&&?", "and"),
        (r"\|\|?", "or"),
        (r"\bpython\b(?=\s*[<>=!~])", "python_version"),
        (r"\bplatform\b(?=\s*[=!])", "sys_platform"),
        (r"=>", ">="),
        (r"=<", "<="),
        (r"(?<![<>=!~])=(?!=)", "=="),
        (rf"({_MARKERS}\s*(?:[<>=!~]+|not in|in)\s*)([\w.]+)", r'\1"\2"'),
    ):
        marker = re.sub(wrong, right, marker)
    marker = re.sub(r"[a-z_]{4,}(?=\s*[<>=!~])", _marker_word, marker)
    return f"{head}{mark}{marker}"


def _marker_word(found: re.Match[str]) -> str:
    near = meant(found[0], _MARKER_WORDS)
    return near[0] if near else found[0]


_STEPS: tuple[tuple[_Step, str], ...] = (
    (_in_ascii, ""),
    (_without_command, ""),
    (_without_list_marks, ""),
    (_without_quotes, ""),
    (_without_tail, ""),
    (_without_comment, "a comment begins with a blank and #"),
    (_from_toml, "this is TOML"),
    (_from_ranges, "^ and ~ are not of PEP 440"),
    (_without_any, "the newest comes by itself"),
    (_with_operators, ""),
    (_with_version, ""),
    (_without_twins, ""),
    (_without_stars, ".* goes with == and != only"),
    (_with_parts, "~= needs two parts"),
    (_with_commas, ""),
    (_with_marker, ""),
)
"""What undoes a habit, and what to say of it; in this order."""


# Several on one line.


def _apart(text: str) -> str | None:
    parts = _without_command(_in_ascii(text)).strip()
    for separator in (r"\s*;\s*", r"\s+", r",\s*(?=[A-Za-z])"):
        listed = [part.strip("\"',") for part in re.split(separator, parts)]
        is_marker = any(re.match(_MARKERS, part) for part in listed)
        if len(listed) > 1 and not is_marker and all(map(_reads, listed)):
            return f"write each on a line of its own: {' and '.join(listed[:3])}" + (
                f" and {len(listed) - 3} more" if len(listed) > 3 else ""
            )
    return None


def _reads(text: str) -> bool:
    try:
        requirement = read_requirement(text)
    except InvalidRequirement:
        return False
    return all(each.version for each in requirement.specifier)
