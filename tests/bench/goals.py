"""What each figure should be on a quiet machine of two cores (issue 4, point 6), and whether it is."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any


def say(line: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Goals:
    """The goals so far, each with what was found."""

    told: list[dict[str, Any]] = field(default_factory=list)

    def most(self, what: str, found: float, goal: float, unit: str = "") -> None:
        """`found` should be `goal` at most."""
        self._tell(what, found, f"at most {goal:g}{unit}", found <= goal, unit)

    def least(self, what: str, found: float, goal: float, unit: str = "") -> None:
        """`found` should be `goal` at least."""
        self._tell(what, found, f"at least {goal:g}{unit}", found >= goal, unit)

    def _tell(self, what: str, found: float, goal: str, met: bool, unit: str) -> None:
        say(f"    {'yes' if met else 'NO '}  {what}: {found:.4g}{unit}, goal {goal}")
        self.told.append({"what": what, "found": round(found, 4), "goal": goal, "met": met})
