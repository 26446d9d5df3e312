"""The locks of requirement sets: one address is all that an image build needs.

`/sets/<name>/<environment>/simple/` is an index of just what that lock has, as wheels;
beside it are the same pins for pip's `-r` and `-c`, and for builds. Over all environments
there is `/sets/<name>/pylock.toml`. What is withdrawn is given out by none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from flask import Blueprint, Response, request
from packaging.utils import NormalizedName

from axletree.server.answers.addresses import RootOf
from axletree.server.answers.errors import NotServedError
from axletree.server.answers.negotiation import Form
from axletree.server.answers.rendering import (
    render_project,
    render_project_list,
    url_below,
)
from axletree.server.answers.variants import variant_of
from axletree.server.guard import Readers
from axletree.server.live.index import SETS_PATH, LiveIndex
from axletree.server.live.ready import Ready
from axletree.server.views.names import kept_from_others, moved, no_project, normalised
from axletree.server.views.sending import respond, wanted_form
from axletree.wheelhouse.errors import NoSetError
from axletree.wheelhouse.model import StoredFile
from axletree.wheelhouse.sets.locks import (
    LockForm,
    read_back,
    spelled,
    with_addresses,
)
from axletree.wheelhouse.sets.reading import KeptSet, find_target
from axletree.wheelhouse.sets.records import Target

SetReader: TypeAlias = Callable[[str], KeptSet]
"""Reads a set by its name; raises NoSetError."""

_ROOT = "../../../"
"""From an environment's address to `/`."""
_FORMS: Mapping[str, LockForm] = {
    "requirements.txt": "requirements",
    "constraints.txt": "constraints",
    # What is built for a set is built against what the set has.
    "build-constraints.txt": "constraints",
}
_TEXT = "text/plain; charset=utf-8"
_TOML = "application/toml"


def sets_blueprint(
    index: LiveIndex, read: SetReader, readers: Readers, root_of: RootOf
) -> Blueprint:
    """Make the views of sets."""
    blueprint = Blueprint("sets", __name__, url_prefix=SETS_PATH.rstrip("/"))
    pages = _SetPages(index=index, read=read)
    _add_locks(blueprint, pages, readers, root_of)
    _add_indexes(blueprint, pages, readers, root_of)
    return blueprint


def _require(readers: Readers, project: NormalizedName | None = None) -> None:
    readers.require(request.headers.get("Authorization"), project)


def _add_locks(
    blueprint: Blueprint, pages: "_SetPages", readers: Readers, root_of: RootOf
) -> None:
    @blueprint.get("/<name>/pylock.toml")
    def pylock(name: str) -> Response:
        _require(readers)
        root_url = root_of(request.environ) or request.root_url
        return respond(pages.pylock(name, root_url))

    forms = ", ".join(f'"{form}"' for form in _FORMS)

    @blueprint.get(f"/<name>/<environment>/<any({forms}):form>")
    def pins(name: str, environment: str, form: str) -> Response:
        _require(readers)
        return respond(pages.pins(name, environment, form))


def _add_indexes(
    blueprint: Blueprint, pages: "_SetPages", readers: Readers, root_of: RootOf
) -> None:
    @blueprint.get("/<name>/<environment>/simple")
    def list_without_slash(name: str, environment: str) -> Response:
        del name, environment
        return moved("simple/")

    @blueprint.get("/<name>/<environment>/simple/")
    def project_list(name: str, environment: str) -> Response:
        _require(readers)
        form = wanted_form(request.environ)
        return respond(pages.project_list(name, environment, form))

    @blueprint.get("/<name>/<environment>/simple/<project>")
    def page_without_slash(name: str, environment: str, project: str) -> Response:
        del name, environment
        return moved(f"{normalised(project)}/")

    @blueprint.get("/<name>/<environment>/simple/<project>/")
    def project_page(name: str, environment: str, project: str) -> Response:
        wanted = normalised(project)
        _require(readers, wanted)
        if wanted != project:
            return moved(f"../{wanted}/")
        with kept_from_others(pages.index, wanted):
            form = wanted_form(request.environ)
            root_url = root_of(request.environ)
            page = pages.project_page(name, environment, wanted, form, root_url)
        return respond(page)


class _SetPages:
    """Makes what is served of sets, once until something changes."""

    def __init__(self, *, index: LiveIndex, read: SetReader) -> None:
        self.index = index
        self._read = read

    def project_list(self, name: str, environment: str, form: Form) -> Ready:
        """Give the list of the projects that a lock has."""

        def render() -> Ready:
            projects = self._files(name, environment)
            page = render_project_list(projects, root=f"../{_ROOT}", form=form)
            return Ready(answer=page, project=None)

        return self.index.kept(_path(name, environment, "simple/"), render, form)

    def project_page(
        self,
        name: str,
        environment: str,
        project: NormalizedName,
        form: Form,
        root_url: str,
    ) -> Ready:
        """Give the page of a project: of one that the lock lacks an empty one.

        An installer that was told of no such project would take it from elsewhere.

        :raises NotServedError: nobody here knows of it.
        """

        def render() -> Ready:
            files = self._files(name, environment).get(project)
            if files is None and not self.index.is_known(project):
                raise no_project()
            listed = files or ()
            root = f"../../{_ROOT}"
            page = render_project(
                project,
                listed,
                variants=self.index.source.variants.of(project),
                root=root,
                root_url=root_url,
                form=form,
            )
            is_by_root = any(file.provenance_sha256 for file in listed)
            return Ready(answer=page, project=project, is_by_root=is_by_root)

        path = _path(name, environment, f"simple/{project}/")
        return self.index.kept(path, render, form, root_url)

    def pins(self, name: str, environment: str, filename: str) -> Ready:
        """Give the pins of a lock in one of pip's forms."""

        def render() -> Ready:
            target, lock = self._lock(name, environment)
            text = spelled(lock, target, name, _FORMS[filename])
            return _as_text(text, _TEXT)

        return self.index.kept(_path(name, environment, filename), render)

    def pylock(self, name: str, root_url: str) -> Ready:
        """Give the locks of all environments as one, with addresses below a URL.

        Not kept: the address by which it is asked for stands in it.
        """
        kept = self._set(name)
        answers = [
            read_back(
                state.lock.lock or "",
                find_target(kept.version, state.environment),
                lambda filename, sha256: url_below(root_url, filename, sha256),
            )
            for state in kept.states
            if state.lock is not None
        ]
        if not answers:
            raise NotServedError(
                f"the requirement set {name} has no lock: {_standing(kept)}",
                hint=f"axletree set show {name} says why",
            )
        return _as_text(with_addresses(answers, name), _TOML)

    def _files(
        self, name: str, environment: str
    ) -> Mapping[NormalizedName, Sequence[StoredFile]]:
        """Look up the wheels of a lock, by project."""
        target, lock = self._lock(name, environment)
        found: dict[NormalizedName, list[StoredFile]] = {}
        for pin in read_back(lock, target).pins:
            files = map(self.index.file, (file.filename for file in pin.files))
            found[pin.name] = [
                # Whoever installs this lock has decided already.
                replace(file, yanked=None)
                for file in files
                if file is not None and file.kind == "wheel"
            ]
        return found

    def _lock(self, name: str, environment: str) -> tuple[Target, str]:
        """Read a lock.

        :raises NotServedError: there is none.
        """
        kept = self._set(name)
        for state in kept.states:
            if state.environment != environment:
                continue
            if state.lock is None or state.lock.lock is None:
                outcome = state.outcome
                raise NotServedError(
                    f"the requirement set {name} has no lock for {environment}: it is "
                    f"{outcome.result} since {outcome.cause}",
                    hint=f"axletree set show {name} says why",
                )
            return find_target(kept.version, environment), state.lock.lock
        names = ", ".join(target.name for target in kept.version.targets)
        raise NotServedError(
            "the requirement set has no such environment", hint=f"it has {names}"
        )

    def _set(self, name: str) -> KeptSet:
        try:
            return self._read(name)
        except NoSetError as error:
            raise NotServedError(
                "no such requirement set on this index",
                hint="`axletree set list` shows those that there are",
            ) from error


def _path(name: str, environment: str, rest: str) -> str:
    return f"{SETS_PATH}{name}/{environment}/{rest}"


def _as_text(text: str, content_type: str) -> Ready:
    answer = variant_of(text.encode(), content_type, "")
    return Ready(answer=answer, project=None)


def _standing(kept: KeptSet) -> str:
    outcome = kept.states[0].outcome
    return f"it is {outcome.result} since {outcome.cause}"
