"""What is left of a finding that is no longer drawn: what was asked and where, and nothing that anybody said or saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = ("id", "item", "prompt", "zone", "kind")
"""`prompt` is the question, which no volunteer wrote."""


def past(finding: Mapping[str, Any]) -> dict[str, Any]:
    """The finding without quotes, photos, figures, state and reply: it may be past because they were taken back."""
    return {name: finding[name] for name in KEPT if name in finding}
