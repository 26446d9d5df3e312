"""Requirements by address: `NAME @ URL`, `https://…whl`, `./folder[extra]`, `-e PATH`.

As in pip, a path is relative to the current folder, whatever file it stands in, and
`#egg=NAME`, `#subdirectory=…` and `#sha256=…` count. What has no name gets the one that
its file's name says, or a folder's own files; nothing is built for that.
Source: pip, `req/constructors.py`.
"""

import os.path
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.project_names import ProjectNameError, name_in_folder
from axletree.resolver.model.bounds import LONGEST_URL
from axletree.resolver.model.distribution import STRONG_HASHES
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.model.requirements import UNNAMED, Address, told_apart_by

# Source: pip, `utils/filetypes.py`: a requirement that ends so is a path to pip.
ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz"),
    *(".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
)
_SCHEME = re.compile(r"(?:(git|hg|svn|bzr)\+)?([a-z][a-z0-9.]*):", re.IGNORECASE)
_EXTRAS = re.compile(r"(.+?)(\[[^\[\]]*\])")
_LOGIN = re.compile(r"(://)[^/@]*@")
_NAMED = re.compile(
    # A space is tried in one place alone: in two, many would take their square.
    r"[A-Za-z0-9][A-Za-z0-9._-]*+\s*+(?:\[[^\[\]]*+\]\s*+)?@\s*+\S*[:/.\\]"
)
_GLUED_MARKER = re.compile(r"(?<=[^\s;]);\s")
_REPOSITORY = re.compile(
    # As git and pip write it: with `git+`, in a scheme that is one's own, `user@host:`.
    r"(?:git|hg|svn|bzr)\+|(?:git|ssh|svn|hg|bzr|lp)://|[\w.-]+@[\w.-]+:(?!//)\S*\.git\b",
    re.IGNORECASE,
)
_IS_REPOSITORY = "it is a repository, and a lock holds files with their hashes"
_BUILT_BY_RECIPE = (
    "and build that (axletree build RECIPE; axletree docs recipe), then require the "
    "project by name"
)
_COMMIT = re.compile("[0-9a-f]{40}")
_WITHOUT_NAME = "its name is not known"
_NAME_IT = "write NAME @ before it, with the name of its project"


class AddressError(ValueError):
    """A clause that says why a text is no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A requirement by address, taken apart."""

    requirement: Requirement
    """Without the URL."""
    address: Address


def is_address(text: str) -> bool:
    """Tell whether pip takes a text for an address, and not for a name."""
    if _REPOSITORY.match(text):
        return True
    if _NAMED.match(text):
        return False
    head = text.partition(";")[0].strip()
    before = head.partition("@")[0]
    name = head.partition("[")[0].partition(" ")[0]
    return (
        "://" in before
        or head.startswith((".", "/", "~", "\\", "file:"))
        or name.lower().endswith(ARCHIVES)
        or "/" in before
    )


def with_marker_apart(text: str) -> str:
    """Put a blank before the marker of `NAME @ URL; …`: pip needs none there."""
    return _GLUED_MARKER.sub(" ; ", text, count=1) if _NAMED.match(text) else text


def read_reference(
    text: str, read: Callable[[str], str] | None, *, is_editable: bool = False
) -> Reference:
    """Take apart a requirement that begins with its address.

    :param read: gives the text of a file in a folder that is named; None: none is
        looked at.
    :raises AddressError: it is none.
    """
    address_text, marker = _split_marker(text)
    address_text, extras = _split_extras(address_text)
    address, fragment = _address(address_text, is_editable=is_editable)
    egg = fragment.get("egg", "")
    name = _name_of(egg, address, read)
    if isinstance(name, ProjectNameError):
        address = _with_problem(address, str(name) or _WITHOUT_NAME, _NAME_IT)
        name = UNNAMED
    try:
        requirement = read_requirement(f"{name}{extras or _extras_of(egg)}{marker}")
    except InvalidRequirement as error:
        raise AddressError(str(error).partition("\n")[0]) from error
    return Reference(requirement=requirement, address=address)


def of_named(requirement: Requirement, *, is_editable: bool = False) -> Reference:
    """Take the address out of `NAME @ URL`.

    :raises AddressError: it is none.
    """
    address, _ = _address(requirement.url or "", is_editable=is_editable)
    bare = Requirement(requirement.name)
    bare.extras = requirement.extras
    bare.marker = requirement.marker
    return Reference(requirement=bare, address=address)


def path_of(url: str) -> Path:
    """Return the path that a `file:` URL of ours names."""
    return Path(_local_path(urlsplit(url).path))


def _local_path(quoted: str) -> str:
    from urllib.request import url2pathname  # noqa: PLC0415  late, for http.client and ssl

    return url2pathname(quoted)


def _split_marker(text: str) -> tuple[str, str]:
    """Split the marker off: of a URL only behind a blank, as in pip."""
    mark = r"\s*;\s+|\s+;" if _SCHEME.match(text) else r"\s*;"
    address, *rest = re.split(mark, text.strip(), maxsplit=1)
    if not rest:
        return address, ""
    try:
        Marker(rest[0])
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        raise AddressError(f"its marker cannot be read: {reason}") from error
    return address, f" ; {rest[0]}"


def _split_extras(text: str) -> tuple[str, str]:
    found = None if _SCHEME.match(text) else _EXTRAS.fullmatch(text)
    return (found[1].rstrip(), found[2]) if found else (text, "")


def _extras_of(egg: str) -> str:
    found = _EXTRAS.fullmatch(egg)
    return found[2] if found else ""


def _address(text: str, *, is_editable: bool) -> tuple[Address, dict[str, str]]:
    if len(text) > LONGEST_URL:
        raise AddressError(f"it has over {LONGEST_URL} characters")
    if _REPOSITORY.match(text):
        return _repository(text, is_editable=is_editable)
    try:
        whole, fragment = _normalized(text)
        items = dict(parse_qsl(fragment, keep_blank_values=True))
        shown = _without_login(whole)
    except AddressError:
        raise
    except ValueError as error:
        raise AddressError(f"it is not an address: {error}") from error
    # A wheel has none, and pip looks at none.
    is_wheel = urlsplit(whole).path.endswith(".whl")
    subdirectory = "" if is_wheel else items.get("subdirectory", "")
    if subdirectory and not _is_inside(subdirectory):
        raise AddressError("its subdirectory leads out of it")
    address = Address(
        url=shown,
        source=whole,
        subdirectory=subdirectory,
        hashes=tuple(
            f"{k}:{v.lower()}" for k, v in items.items() if k in STRONG_HASHES
        ),
        fragment=told_apart_by(fragment),
        is_editable=is_editable,
    )
    if urlsplit(whole).path.endswith(".git"):
        address = _with_problem(address, _IS_REPOSITORY, _how_to_build(whole, items))
    return address, items


def _repository(text: str, *, is_editable: bool) -> tuple[Address, dict[str, str]]:
    """Take apart what only a checkout would make a project of.

    :raises AddressError: it is no address.
    """
    if not text.isprintable() or " " in text:
        raise AddressError("it holds a blank or a character that no URL has")
    whole, _, fragment = text.partition("#")
    items = dict(parse_qsl(unquote(fragment), keep_blank_values=True))
    address = Address(
        url=_LOGIN.sub(r"\1", whole),
        source=whole,
        fragment=told_apart_by(unquote(fragment)),
        is_editable=is_editable,
        problem=_IS_REPOSITORY,
        hint=_how_to_build(whole, items),
    )
    return address, items


def _how_to_build(url: str, items: Mapping[str, str]) -> str:
    """Say how a lock can hold a file of a repository: by a recipe, which takes git."""
    plain = re.sub(r"^git\+", "", url, flags=re.IGNORECASE)
    found = re.fullmatch(r"(https://|ssh://)(?:[^/@]*@)?(.+?)(?:@([^/@]+))?", plain)
    if found is None or "subdirectory" in items:
        return (
            "make an sdist of it (python -m build --sdist), write a recipe with that "
            f"as [source] {_BUILT_BY_RECIPE}"
        )
    scheme, rest, revision = found.groups()
    where = f'git = "{scheme}{rest}"' if scheme == "https://" else "git = its URL"
    commit = (
        f'commit = "{revision}"'
        if _COMMIT.fullmatch(revision or "")
        else f"the commit of {revision}"
        if revision
        else "its commit"
    )
    return f"write a recipe with {where} and {commit} in [source] {_BUILT_BY_RECIPE}"


def _normalized(text: str) -> tuple[str, str]:
    """Return an absolute URL, and its fragment."""
    found = _SCHEME.match(text)
    if found is None:
        path, _, fragment = text.partition("#")
        return _uri(path), fragment
    if found[2].lower() == "file":
        parts = urlsplit(text)
        if parts.netloc not in {"", "localhost"}:
            message = "a file: URL has three slashes, or the name of no other machine"
            raise AddressError(message)
        return _uri(_local_path(parts.path)), unquote(parts.fragment)
    if found[2].lower() not in {"http", "https"}:
        raise AddressError(f"nothing is fetched over {found[2]}:")
    parts = urlsplit(text)
    if not parts.hostname:
        raise AddressError("it names no host")
    if not text.isprintable() or " " in text:
        raise AddressError("it holds a blank or a character that no URL has")
    return parts._replace(fragment="").geturl(), unquote(parts.fragment)


def _uri(path: str) -> str:
    if "\0" in path:
        raise AddressError("it holds a NUL")
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  `..` is not to follow links


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_inside(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return ".." not in parts and not path.startswith(("/", "~")) and "\0" not in path


def _with_problem(address: Address, problem: str, hint: str) -> Address:
    if address.problem:
        return address
    return replace(address, problem=problem, hint=hint)


def _name_of(
    egg: str, address: Address, read: Callable[[str], str] | None
) -> str | ProjectNameError:
    last = unquote(urlsplit(address.url).path.rstrip("/").rpartition("/")[2])
    is_archive = last.lower().endswith(ARCHIVES)
    # A wheel's own name counts, whatever is said of it behind, as in pip.
    if egg and not (last.endswith(".whl") and _name_in(last)):
        return _EXTRAS.sub(r"\1", egg)
    if is_archive or not address.is_local or read is None:
        return _name_in(last) or ProjectNameError(_WITHOUT_NAME)
    folder = path_of(address.url)
    try:
        return name_in_folder(str(folder / address.subdirectory), read)
    except ProjectNameError as error:
        return error


def version_in(address: Address) -> Version | None:
    """Return the version that a file's name says, if it does."""
    found = _parts_of(unquote(urlsplit(address.url).path.rpartition("/")[2]))
    return None if found is None else found[1]


def _name_in(filename: str) -> str | None:
    found = _parts_of(filename)
    return None if found is None else str(found[0])


def _parts_of(filename: str) -> tuple[NormalizedName, Version] | None:
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[:2]
        return parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
