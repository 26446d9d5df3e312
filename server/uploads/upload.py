"""Uploads as twine and uv publish send them: PyPI's legacy API, `POST /legacy/`.

What a form says of its file is compared, never believed: which project it is, and so
whether the token may upload it, is read from the file. The file lies in a folder of its
own until it is published; what is left of a killed upload is seen by nobody.

Source: the "Upload API" of the Python Package Index's documentation
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import IO

from flask import Blueprint, Response, request
from packaging.utils import InvalidName, canonicalize_name, canonicalize_version
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

from axletree.errors import AxletreeError
from axletree.resolver.model.shown_text import shown
from axletree.server.answers.errors import (
    TEXT_HEADERS,
    UPLOADS,
    InvalidUploadError,
    LengthRequiredError,
    TooBusyError,
    UploadTooLargeError,
)
from axletree.server.guard import (
    AccessSettings,
    Guard,
    has_right,
    is_named,
    refuse_unsafe_write,
    require_any,
    require_right,
)
from axletree.server.live.source import UploadTarget
from axletree.server.uploads.form import (
    DIGESTS,
    MAX_FIELDS_BYTES,
    READ_BYTES,
    Form,
    read_form,
)
from axletree.server.watching.places import Place, Places
from axletree.wheelhouse.access.tokens import Token
from axletree.wheelhouse.catalog.admission import Checked, check
from axletree.wheelhouse.catalog.house import utc_now
from axletree.wheelhouse.errors import WrongHashError
from axletree.wheelhouse.model import IncomingFile, Published, Sha256

ORIGIN = "upload"
MAX_DRAINED_BYTES = 256 * 1024**2
MOST_DRAINED = 32
"""At once, in a worker."""
_draining = threading.BoundedSemaphore(MOST_DRAINED)


def upload_blueprint(
    target: UploadTarget, guard: Guard, settings: AccessSettings, places: Places
) -> Blueprint:
    """Make the view of uploads."""
    blueprint = Blueprint(UPLOADS, __name__)

    @blueprint.post("/legacy", endpoint="without_slash")
    @blueprint.post("/legacy/")
    def upload() -> Response:
        body = get_input_stream(request.environ)
        try:
            _admitted(guard, settings)
            with _place(places), target.receiving() as folder:
                form = read_form(
                    body,
                    request.headers.get("Content-Type"),
                    folder,
                    max_file_bytes=settings.max_file_bytes,
                )
                # Asked again: it may have been revoked while a large file came.
                token = guard.holder(request.headers.get("Authorization"))
                return _answer(_publish(target, token, form))
        except AxletreeError:
            _drain(body)
            raise

    return blueprint


def _admitted(guard: Guard, settings: AccessSettings) -> None:
    """Refuse who may not upload, before anything of the body is kept."""
    refuse_unsafe_write(
        request.environ, is_plain_allowed=settings.is_plain_http_allowed
    )
    token = guard.holder(request.headers.get("Authorization"))
    require_any(token, "upload")
    if request.content_length is None:
        raise LengthRequiredError("an upload must say how long it is")
    if request.content_length > settings.max_file_bytes + MAX_FIELDS_BYTES:
        raise UploadTooLargeError(
            f"the upload is larger than {settings.max_file_bytes} bytes",
            hint="axletree serve --max-upload allows more",
        )


def _place(places: Places) -> Place:
    """Take a place for an upload.

    :raises TooBusyError: all are taken.
    """
    place = places.take("uploads")
    if place is None:
        raise TooBusyError(
            "as many uploads are under way as this index takes at once",
            hint="upload again in a few seconds",
        )
    return place


def _drain(body: IO[bytes]) -> None:
    """Read the rest of a refused upload: a client that still sends hears no answer.

    Of a few at once: who sends slowly holds a thread, and needs no token for that.
    """
    if not _draining.acquire(blocking=False):
        return
    left = MAX_DRAINED_BYTES
    try:
        with suppress(ClientDisconnected):
            while left > 0 and (data := body.read(min(left, READ_BYTES))):
                left -= len(data)
    finally:
        _draining.release()


def _publish(target: UploadTarget, token: Token, form: Form) -> Published:
    _compare_action(form.fields)
    _compare_digests(form)
    incoming = IncomingFile(
        path=form.file.path,
        filename=form.file.filename,
        expected_sha256=Sha256(form.file.digests["sha256"]),
        upload_time=utc_now(),
        origin=ORIGIN,
        strictness="lenient",
    )
    checked = check(incoming)
    project = checked.inspected.project
    _compare_release(form.fields, checked)
    require_right(token, "upload", project)
    if not is_named(token, "upload", project):
        target.refuse_reserved(project)
    if not has_right(token, "replace-upstream", project):
        target.refuse_replacing(project)
    return target.publish(checked, token)


def _compare_action(fields: MultiDict[str, str]) -> None:
    action = fields.get(":action", "")
    if action != "file_upload":
        raise InvalidUploadError(
            f"the form's :action is {shown(action)!r}, not 'file_upload'",
            hint="upload with twine or uv publish",
        )
    version = fields.get("protocol_version", "1")
    if version != "1":
        raise InvalidUploadError(
            f"the form's protocol_version is {shown(version)!r}, not '1'",
            hint="upload with twine or uv publish",
        )


def _compare_digests(form: Form) -> None:
    for name in DIGESTS:
        own = form.file.digests[name]
        for said in form.fields.getlist(f"{name}_digest"):
            if said and said.lower() != own:
                raise WrongHashError(
                    f"the file that came has the {name} digest {own}, "
                    f"not {shown(said)} as the form says",
                    hint="upload it again: it was changed on the way",
                )


def _compare_release(fields: MultiDict[str, str], checked: Checked) -> None:
    inspected = checked.inspected
    _compare("name", fields, inspected.project, _as_project)
    _compare("version", fields, inspected.version, _as_version)


def _compare(
    field: str,
    fields: MultiDict[str, str],
    own: str,
    normalised: Callable[[str], str],
) -> None:
    for said in fields.getlist(field):
        if said and normalised(said) != normalised(own):
            raise InvalidUploadError(
                f"the form's {field} is {shown(said)}, the file's is {own}",
                hint="build the file again, and upload it as it is",
            )


def _as_project(text: str) -> str:
    try:
        return canonicalize_name(text, validate=True)
    except InvalidName:
        return text


def _as_version(text: str) -> str:
    # 1.0 and 1.0.0 are one version; what is none is returned as it is.
    return canonicalize_version(text)


def _answer(published: Published) -> Response:
    [file] = (*published.new, *published.already_there)
    is_new = bool(published.new)
    said = "published" if is_new else "there already, with the same content"
    lines = [f"{file.filename}: {said} (generation {published.generation})"]
    lines += [f"note: {note.text}" for note in published.notes]
    return Response(
        "\n".join(lines) + "\n",
        status=HTTPStatus.OK,
        headers=TEXT_HEADERS,
    )
