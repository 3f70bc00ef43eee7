"""What the marks on a photo say, from the W3C Web Annotations that intake checked (wire.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_SELECTOR = "xywh=percent:"


def marks_of(annotations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each mark as place (per cent of the picture), kind, item, strength and words, in the order it was made.

    An annotation of another shape is passed over: a photo without one of its marks is better than none.
    """
    return [mark for annotation in annotations if (mark := _mark(annotation)) is not None]


def _mark(annotation: Mapping[str, Any]) -> dict[str, Any] | None:
    body = annotation.get("body")
    try:
        selector = annotation["target"]["selector"]["value"]
        sides = [float(side) for side in selector.removeprefix(_SELECTOR).split(",")]
        box = dict(zip("xywh", sides, strict=True))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not isinstance(body, Mapping) or body.get("purpose") != "tagging":
        return None
    said = {name: body.get(name) for name in ("item", "strength", "words")}
    return {**box, "kind": body.get("value"), **said}
