"""The built front ends: inside the wheel, or beside the code in a checkout."""

from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.middleware import PAGE_POLICY

_HERE = Path(__file__).parent


def folder(front_end: str) -> Path:
    """Where `web` or `widget` was built to."""
    packaged = _HERE / "assets" / front_end
    return packaged if packaged.is_dir() else _HERE.parent / front_end / "dist"


def page(front_end: str, name: str, *, policy: str = PAGE_POLICY) -> FileResponse:
    """An HTML page under a content security policy. Raises HTTPException 503 where the front end was not built."""
    path = folder(front_end) / name
    if not path.is_file():
        raise HTTPException(503, f"{front_end} is not built: run `make front-ends`")
    headers = {"content-security-policy": policy, "cache-control": "no-cache"}
    return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)


class Immutable(StaticFiles):
    """Files whose names change with their content."""

    def __init__(self, front_end: str, inside: str) -> None:
        super().__init__(directory=folder(front_end) / inside, check_dir=False)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


class Fresh(StaticFiles):
    """Files that keep their names: asked for again each time, answered by 304 while they are the same."""

    def __init__(self, front_end: str, inside: str = "") -> None:
        super().__init__(directory=folder(front_end) / inside, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response
