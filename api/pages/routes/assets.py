"""Serves style, script, icons and fonts, to everybody."""

from fastapi import APIRouter, Request, Response

from api.errors import NoSuchAddress
from api.pages.static_files import FOR_EVER, PREFIX, static_files

router = APIRouter(include_in_schema=False)


@router.get(PREFIX + "{name}")
async def asset(name: str, request: Request) -> Response:
    """A file; what is in it never changes under its name."""
    file = static_files().get(name)
    if file is None:
        raise NoSuchAddress
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    accepted = request.headers.get("accept-encoding", "")
    if file.gzipped is not None and "gzip" in accepted.lower():
        headers["Content-Encoding"] = "gzip"
        return Response(file.gzipped, media_type=file.media_type, headers=headers)
    return Response(file.data, media_type=file.media_type, headers=headers)
