"""All three services, built from the same settings: the only list of them there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.assessment import wiring as assessment
from services.intake import wiring as intake
from services.reporting import wiring as reporting
from shared.runtime.clock import Clock
from shared.runtime.service import Service
from shared.runtime.settings import Settings

Build = Callable[[Settings, Clock | None], Service]

BUILDERS: Mapping[str, Build] = MappingProxyType(
    {
        "intake": lambda settings, clock: intake.build(settings, clock=clock),
        "assessment": lambda settings, clock: assessment.build(settings, clock=clock),
        "reporting": lambda settings, clock: reporting.build(settings, clock=clock),
    }
)
"""By name, in the order in which facts travel."""


def build_all(settings: Settings, clock: Clock | None = None) -> dict[str, Service]:
    """Every service by name. Opens nothing. Raises SettingsRefused."""
    return {name: build(settings, clock) for name, build in BUILDERS.items()}
