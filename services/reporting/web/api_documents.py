"""The documents API of wire.md §6: which versions there are, the bytes of each, and a lead's wish for new ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, url_for

from services.reporting.documents import CONTENT_SECURITY_POLICY, PDF_SECURITY_POLICY
from services.reporting.documents.formats import HTML, OF_TYPE, PDF, file_name
from services.reporting.forms import DocumentsAnswer, PageQuery, RequestAnswer
from services.reporting.store.documents import DocumentRequest
from services.reporting.use_cases import documents
from services.reporting.use_cases.documents import Document
from services.reporting.web.api import ApiBlueprint, me, service
from shared.web.gate import requires

blueprint = ApiBlueprint(
    "documents_api",
    __name__,
    url_prefix="/api/reporting/v1/exercises/<uuid:exercise_id>/documents",
    description="Findings packs and recommendations as documents",
)


@blueprint.route("")
@requires("documents.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, DocumentsAnswer)
def listed(query: dict[str, Any], exercise_id: UUID) -> dict[str, Any]:
    """Every version of every document that the caller may read."""
    found, following = documents.documents_of(service(), me(), str(exercise_id), query["after"], query["limit"])
    return {"items": [as_answer(one, str(exercise_id)) for one in found], "next": following}


@blueprint.route("", methods=["POST"])
@requires("documents.make")
@blueprint.response(202, RequestAnswer)
def ask(exercise_id: UUID) -> tuple[dict[str, str], int, dict[str, str]]:
    """Ask for new versions; they are made behind the scenes."""
    asked = documents.ask_for_documents(service(), me(), str(exercise_id))
    where = url_for("documents_api.progress", exercise_id=exercise_id, request_id=asked.id)
    return _request(asked), 202, {"Location": where}


@blueprint.route("/requests/<uuid:request_id>")
@requires("documents.make")
@blueprint.response(200, RequestAnswer)
def progress(exercise_id: UUID, request_id: UUID) -> dict[str, str]:
    """How far a request is."""
    return _request(documents.request_of(service(), me(), str(exercise_id), str(request_id)))


@blueprint.route("/<kind>/<int:version>.<ending>")
@requires("documents.read")
@blueprint.doc(responses={"200": {"description": "The document itself, as it was made."}})
def content(exercise_id: UUID, kind: str, version: int, ending: str) -> Response:
    """The bytes of one format of one version."""
    file, body = documents.read_document(service(), me(), str(exercise_id), kind, version, ending)
    response = make_response(body)
    format_ = OF_TYPE[file.media_type]
    response.headers["Content-Type"] = f"{file.media_type}; charset=utf-8" if format_ == HTML else file.media_type
    if format_.disposition:
        name = file_name(file.kind, file.version, format_.ending)
        response.headers["Content-Disposition"] = f'{format_.disposition}; filename="{name}"'
    policy = PDF_SECURITY_POLICY if format_ == PDF else CONTENT_SECURITY_POLICY
    response.headers["Content-Security-Policy"] = policy
    response.headers["ETag"] = f'"{file.sha256}"'
    return response


def as_answer(document: Document, exercise_id: str) -> dict[str, Any]:
    """A document in the shape of wire.md §6."""
    return {
        "kind": document.kind,
        "version": document.version,
        "made_at": document.files[0].made_at.isoformat(),
        "formats": [
            {
                "media_type": file.media_type,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "href": url_for(
                    "documents_api.content",
                    exercise_id=exercise_id,
                    kind=file.kind,
                    version=file.version,
                    ending=OF_TYPE[file.media_type].ending,
                ),
            }
            for file in document.files
        ],
    }


def _request(asked: DocumentRequest) -> dict[str, str]:
    return {"id": asked.id, "state": asked.state, "told": asked.told}
