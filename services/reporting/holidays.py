"""The bank holidays of England, from a kept library, as plain dates for the rules to count with."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from holidays import country_holidays


@lru_cache(maxsize=16)
def bank_holidays(year: int) -> frozenset[date]:
    """Every bank holiday in England of `year` and the next: enough for any reply that is asked for in `year`."""
    return frozenset(country_holidays("GB", subdiv="ENG", years=(year, year + 1)))
