"""Writing what a request gets: the only place that knows HTTP's status codes."""

import math
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

import structlog
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api.errors import AppError, ErrorCode, Problem, RateLimited, Unauthenticated, Unavailable
from api.texts import Locale, say
from rest_compat.body import Misread
from rest_compat.fields import said
from rest_compat.spreadsheet import lines_of

log = structlog.get_logger("alidash.rest")

JSON: Final = "application/json"
CSV: Final = "text/csv"
PROBLEM_JSON: Final = "application/problem+json"
TYPES: Final = "/api/v1/docs/#"

STATUS: Final[dict[ErrorCode, HTTPStatus]] = {
    ErrorCode.INVALID: HTTPStatus.BAD_REQUEST,
    ErrorCode.REQUIRED: HTTPStatus.BAD_REQUEST,
    ErrorCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.SECOND_FACTOR_NEEDED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.CONFLICT: HTTPStatus.CONFLICT,
    ErrorCode.CHAT_CLOSED: HTTPStatus.CONFLICT,
    ErrorCode.DEPARTMENT_CLOSED: HTTPStatus.CONFLICT,
    ErrorCode.CAPACITY: HTTPStatus.CONFLICT,
    ErrorCode.RESYNC: HTTPStatus.CONFLICT,
    ErrorCode.LAGGED: HTTPStatus.CONFLICT,
    ErrorCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorCode.IDEMPOTENCY_MISMATCH: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.PROOF_NEEDED: HTTPStatus.FORBIDDEN,
    ErrorCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    ErrorCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.STORAGE_FULL: HTTPStatus.SERVICE_UNAVAILABLE,
}
_STATUS_OF_REASON: Final = {
    "not_json": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
}
_FIELDS: Final = {
    "departmentId": "department",
    "departmentIds": "departments",
    "externalId": "external_id",
    "accessPointId": "access_point",
    "accessPoint": "access_point",
    "clientId": "client_id",
    "body": "text",
    "score": "rating",
    "period": "from",
    "latency": "latency_ms",
}
"""REST's names for arguments of use cases, which carry GraphQL's; any other is the same in both."""


class Answer(BaseModel):
    """A JSON object that we send."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


@dataclass(frozen=True)
class Reply:
    """What a handler found or did."""

    answer: Answer | Sequence[Answer]
    created: bool = False


@dataclass(frozen=True)
class Sheet(Reply):
    """Lines for a spreadsheet: `answer` is a sequence of `model`, whose fields are the columns."""

    model: type[Answer] = Answer


class ProblemDetails(Answer):
    """An error, as RFC 9457 writes it."""

    type: Annotated[str, said("Endereço que explica o código.", "Address that explains the code.")]
    title: Annotated[str, said("O código, em palavras.", "The code, in words.")]
    status: Annotated[int, said("O status HTTP.", "The HTTP status.")]
    detail: Annotated[str, said("Uma frase para pessoas, no idioma pedido.", "A sentence for people.")]
    code: Annotated[ErrorCode, said("O código, para programas.", "The code, for programs.")]
    errors: Annotated[
        dict[str, list[str]] | None,
        said("O que corrigir, por campo.", "What to mend, by field."),
    ] = None


def status_of(error: AppError) -> HTTPStatus:
    """The HTTP status that tells this error."""
    return _STATUS_OF_REASON.get(error.reason, STATUS[error.code])


def success(*, created: bool) -> HTTPStatus:
    """The HTTP status that tells this success."""
    return HTTPStatus.CREATED if created else HTTPStatus.OK


def write(reply: Reply) -> Response:
    """The answer as JSON, or as CSV where it is lines for a spreadsheet."""
    answer = reply.answer
    if isinstance(reply, Sheet) and not isinstance(answer, Answer):
        content = lines_of(list(reply.model.model_fields), [row.model_dump() for row in answer])
        headers = {"content-disposition": 'attachment; filename="metrics.csv"'}
        return Response(content, media_type=CSV, headers=headers)
    content = (
        answer.model_dump_json()
        if isinstance(answer, Answer)
        else f"[{','.join(row.model_dump_json() for row in answer)}]"
    )
    return Response(content, int(success(created=reply.created)), media_type=JSON)


def problem(error: AppError, locale: Locale, *, headers: dict[str, str] | None = None) -> Response:
    """The error as a problem, with the headers that its status asks for."""
    content = details(error, locale).model_dump_json(exclude_none=True)
    found = {"content-language": locale.value} | headers_of(error) | (headers or {})
    return Response(content, int(status_of(error)), headers=found, media_type=PROBLEM_JSON)


def failure(error: Exception, locale: Locale, *, reference: str) -> Response:
    """What is our fault: told by a reference alone; the log has the place, and never the values it met."""
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("rest failed", reference=reference, error=type(error).__name__, place=place)
    return problem(Failure("internal", reference=reference), locale)


class Failure(AppError):
    """Something nobody expected."""

    code = ErrorCode.INTERNAL


def details(error: AppError, locale: Locale) -> ProblemDetails:
    """The error in the reader's language."""
    first = error.problems[0]
    status = status_of(error)
    return ProblemDetails(
        type=f"{TYPES}{error.code}",
        title=status.phrase if error.code is ErrorCode.INVALID else error.code.replace("_", " ").capitalize(),
        status=status,
        detail=say(first.reason, locale, **first.values),
        code=error.code,
        errors=_errors(error, locale) or None,
    )


def _errors(error: AppError, locale: Locale) -> dict[str, list[str]]:
    if error.code is ErrorCode.IDEMPOTENCY_MISMATCH:
        # Its key came in the body or in a header; the sentence is the same for both.
        return {}
    found: dict[str, list[str]] = {}
    for one in error.problems:
        if one.field:
            found.setdefault(_field(error, one), []).append(say(one.reason, locale, **one.values))
    return found


def _field(error: AppError, one: Problem) -> str:
    name = one.field[-1]
    return name if isinstance(error, Misread) else _FIELDS.get(name, name)


def headers_of(error: AppError) -> dict[str, str]:
    """The headers that this error brings."""
    match error:
        case Unauthenticated():
            known = "" if error.reason == "sign_in_needed" else ', error="invalid_token"'
            return {"www-authenticate": f'Bearer realm="AliDash"{known}'}
        case RateLimited() | Unavailable():
            return {"retry-after": str(max(1, math.ceil(error.retry_after.total_seconds())))}
        case _ if error.code is ErrorCode.STORAGE_FULL:
            return {"retry-after": "60"}
        case _ if error.code is ErrorCode.TOO_LARGE:
            # The rest of the body is not read, so the connection cannot carry another request.
            return {"connection": "close"}
        case _:
            return {}
