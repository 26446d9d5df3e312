"""The index as it was: `/g/<generation>/simple/`, for builds that must come out the same.

What a generation lists never changes, whatever is yanked, removed or published later. A
withdrawn file is listed as well, and given to nobody: a build that wants it fails loudly,
as does one of a generation whose files `gc` has removed.
"""

from flask import Blueprint, Response, request

from axletree.server.answers.rendering import (
    render_project,
    render_project_list,
)
from axletree.server.guard import Readers
from axletree.server.live.index import (
    FROZEN_PATH,
    LIST_PATH,
    LiveIndex,
)
from axletree.server.live.ready import Ready
from axletree.server.views.names import (
    moved,
    no_project,
    normalised,
)
from axletree.server.views.sending import respond

MOST_GENERATIONS = 2**53
"""More than will ever be made, and less than a database's largest integer."""


def frozen_blueprint(index: LiveIndex, readers: Readers) -> Blueprint:
    """Make the views of generations; the index keeps their pages as it keeps its own."""
    source = index.source
    blueprint = Blueprint(
        "frozen",
        __name__,
        url_prefix=f"{FROZEN_PATH}<int(max={MOST_GENERATIONS}):generation>",
    )

    @blueprint.get("/simple")
    def project_list_without_slash(generation: int) -> Response:
        del generation
        return moved("simple/")

    @blueprint.get("/simple/")
    def project_list(generation: int) -> Response:
        readers.require(request.headers.get("Authorization"), None)

        def render() -> Ready:
            page = render_project_list(source.projects(generation), root="../../../")
            return Ready(answer=page, project=None)

        return respond(index.kept(f"{FROZEN_PATH}{generation}{LIST_PATH}", render))

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(generation: int, project: str) -> Response:
        del generation
        return moved(f"{normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(generation: int, project: str) -> Response:
        name = normalised(project)
        readers.require(request.headers.get("Authorization"), name)
        if name != project:
            return moved(f"../{name}/")

        def render() -> Ready | None:
            files = source.files_of(name, generation)
            if not files and not index.is_known(name):
                return None
            status = source.status_of(name, generation)
            listed = index.listing.listed(files, generation)
            page = render_project(name, listed, status, root="../../../../")
            return Ready(answer=page, project=name)

        page = index.kept(f"{FROZEN_PATH}{generation}{LIST_PATH}{name}/", render)
        if page is None:
            raise no_project()
        return respond(page)

    return blueprint
