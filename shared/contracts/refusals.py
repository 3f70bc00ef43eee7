"""The one way to say no: every rule that is broken ends as a Refusal, which the web turns into problem+json.

Plain Python, so that domain rules may raise it. Statuses and codes are those of wire.md §1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from shared.contracts.sentences import Sentence

NOT_THERE = Sentence("There is nothing here that you can see.")
"""Said for "not there" and for "not yours to know of" alike, so the answer tells nothing (wire.md §1)."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one value. `pointer` is a JSON pointer such as `/answers/3/trigger`."""

    pointer: str
    detail: str

    def as_json(self) -> dict[str, str]:
        """The shape of one entry of `errors` in a problem."""
        return {"pointer": self.pointer, "detail": self.detail}


class Refusal(Exception):
    """A request that is understood and refused. `retry_after`: seconds; `extra` joins the problem's body."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        extra: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = dict(extra)


def not_found() -> Refusal:
    """404 `not-found`: always the same sentence."""
    return Refusal(404, "not-found", NOT_THERE)


def forbidden(detail: str, code: str = "forbidden") -> Refusal:
    """403: the caller may know of it, but may not do this."""
    return Refusal(403, code, detail)


def conflict(code: str, detail: str, **extra: Any) -> Refusal:
    """409: what is there already, or the stage it has reached, does not allow it."""
    return Refusal(409, code, detail, extra=extra)


def invalid(
    errors: Sequence[FieldError],
    code: str = "invalid",
    detail: str = "Some of what was sent is not right.",
) -> Refusal:
    """422: understood, but the content is wrong; `errors` says where."""
    return Refusal(422, code, detail, errors)
