"""The demo exercises: two offices, two waves each, told through the use cases that their people would use."""

from __future__ import annotations

from services.intake.demo.playing import load, people

__all__ = ["load", "people"]
