"""Reading what a request brings: strict JSON objects, query parameters, ids. Faults are told field by field."""

import json
import math
import re
import uuid
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from starlette.requests import ClientDisconnect, Request

from api.errors import ErrorCode, Invalid, NotFound, Problem, TooLarge
from api.texts import SENTENCES

JsonObject = dict[str, Any]

LIMIT: Final = 64 * 1024
KEY_LIMIT: Final = 128
KEY_PATTERN: Final = "^[!-~]+$"
_LONGEST_NUMBER = 20
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST_PROBLEMS = 50


class Misread(Invalid):
    """The request itself cannot be read; its problems carry REST's own field names."""


class Body(BaseModel):
    """A JSON object that a caller sends: nothing is converted, nothing unknown passes, null is not given."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Params(Body):
    """The query parameters of a route: the same strictness, from text."""


B = TypeVar("B", bound=Body)


async def read(request: Request, model: type[B]) -> B:
    """The request's JSON object, as `model`. Raises Misread, TooLarge."""
    content = await _content(request)
    if content or not _may_be_empty(model):
        _require_json(request)
    return _validated(model, _parse(content) if content else {})


def params(request: Request, model: type[B]) -> B:
    """The request's query parameters, as `model`. Raises Misread."""
    given: JsonObject = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise Misread("duplicate_field", field=(name,))
        given[name] = value
    return _validated(model, given)


def path_id(request: Request, *, reason: str) -> uuid.UUID:
    """The id in the path. Raises NotFound with `reason` for what is no id at all."""
    text = request.path_params["id"]
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        raise NotFound(reason) from None
    if str(parsed) != text.lower():
        raise NotFound(reason)
    return parsed


def idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key header. Raises Misread when it is not visible ASCII of at most `KEY_LIMIT` characters."""
    key = request.headers.get("idempotency-key")
    if key is not None and len(key) > KEY_LIMIT:
        raise Misread("too_long", field=("Idempotency-Key",), limit=KEY_LIMIT)
    if key is not None and not re.fullmatch(KEY_PATTERN, key):
        raise Misread("bad_value", field=("Idempotency-Key",))
    return key


async def _content(request: Request) -> bytes:
    taken = bytearray()
    try:
        async for chunk in request.stream():
            taken += chunk
            if len(taken) > LIMIT:
                raise TooLarge("body_too_large", limit=LIMIT)
    except ClientDisconnect:
        raise Misread("bad_json") from None
    return bytes(taken)


def _may_be_empty(model: type[Body]) -> bool:
    return not any(field.is_required() for field in model.model_fields.values())


def _require_json(request: Request) -> None:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != "application/json":
        raise Misread("not_json")


def _parse(content: bytes) -> JsonObject:
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=_float,
            parse_int=_int,
        )
        # A lone surrogate, written as an escape, passes the parser and breaks whatever stores or sends it.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Misread("bad_json") from None
    if not isinstance(value, dict):
        raise Misread("bad_json")
    return value


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        # Readers disagree on which of the two counts; so neither does.
        raise ValueError("a key is given twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("out of range")
    return value


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("out of range")
    return int(text)


def whole(value: object) -> object:
    """A whole number that was written as `5.0`, as JSON allows."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def decimal(value: object) -> object:
    """A whole number in a query parameter."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value) else value


def present(value: str | None) -> str | None:
    """Text that, where it is given, says something."""
    if value is not None and not value.strip():
        raise PydanticCustomError("required", "required")
    return value


def _validated(model: type[B], given: JsonObject) -> B:
    garbled = [name for name, value in given.items() if isinstance(value, str) and _CONTROL.search(value)]
    if garbled:
        raise Misread.of([Problem("unprintable", (name,)) for name in garbled[:_MOST_PROBLEMS]])
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Misread.of([_problem(details) for details in error.errors()[:_MOST_PROBLEMS]]) from None


def _problem(details: ErrorDetails) -> Problem:
    field = (str(details["loc"][0]),) if details["loc"] else ()
    match details["type"]:
        case "missing":
            return Problem("required", field, code=ErrorCode.REQUIRED)
        case "extra_forbidden":
            return Problem("unknown_field", field)
        case kind if kind in SENTENCES:
            return Problem(kind, field, dict(details.get("ctx", {})))
        case _:
            return Problem("bad_value", field)


def given_id(text: object) -> uuid.UUID:
    """An id as people write it: 36 characters."""
    parsed = id_or_none(text) if isinstance(text, str) else None
    if parsed is None or str(parsed) != str(text).lower():
        raise PydanticCustomError("bad_value", "bad_value")
    return parsed


def id_where_given(text: object) -> uuid.UUID | None:
    """The same of a field that may be left out."""
    return None if text is None else given_id(text)


def id_or_none(name: str) -> uuid.UUID | None:
    """The id that a caller gave where a slug would do as well; None when it is none."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
