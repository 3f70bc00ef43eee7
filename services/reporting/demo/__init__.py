"""What was asked for in the demo and what came of it, told through the use cases its people would use."""

from __future__ import annotations

from services.reporting.demo.playing import load

__all__ = ["load"]
