"""The few links at the top of every page, chosen by what the person is; three services, one way round the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext as _

from shared.access import directory
from shared.access.roles import HOST_ROLES, Role
from shared.access.rules import roles_allowed
from shared.web import gate


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the navigation; `current` when it leads to the page one is on."""

    text: str
    href: str
    current: bool


def install(app: Flask) -> None:
    """Give every template `nav_items`, `signed_in`, `is_volunteer` and `is_lead`."""

    def navigation() -> dict[str, Any]:
        person = gate.person_or_none()
        if person is None:
            return {"nav_items": [], "signed_in": False, "is_volunteer": False, "is_lead": False}
        roles, may = _roles(person.id)
        return {
            "nav_items": [NavItem(text, href, request.path == href) for text, href in _links(roles, may)],
            "signed_in": True,
            "is_volunteer": Role.VOLUNTEER in roles,
            "is_lead": Role.LEAD in roles,
        }

    app.context_processor(navigation)


_ASKED = ("recommendations.read", "care-queue.work")


def _roles(person_id: str) -> tuple[frozenset[Role], frozenset[str]]:
    """All roles of the person, and which of the actions asked about some exercise lets them do now."""
    kept: tuple[frozenset[Role], frozenset[str]] | None = g.get("navigation_roles")
    if kept is None:
        with gate.database_of_request().reading() as tx:
            mine = directory.exercises_of(tx, person_id)
        roles = frozenset(role for _, membership in mine for role in membership.roles)
        may = frozenset(act for act in _ASKED if any(roles_allowed(act, m.roles, e.stage) for e, m in mine))
        kept = g.navigation_roles = (roles, may)
    return kept


def _links(roles: frozenset[Role], may: frozenset[str]) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    if roles & HOST_ROLES:
        links.append((_("Today"), "/"))
        if "care-queue.work" in may:
            links.append((_("Words and photos"), "/words-and-photos"))
    elif Role.VOLUNTEER in roles:
        links.append((_("Your visits"), "/"))
    else:
        links.append((_("Start"), "/"))
    if Role.VOLUNTEER in roles:
        links.append((_("What came of it"), "/changes"))
    if "recommendations.read" in may:
        links.append((_("Findings"), "/findings"))
        links.append((_("Recommendations"), "/recommendations"))
    return links
