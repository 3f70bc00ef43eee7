"""Writes down what the partner's manager says about a finding: it stands beside the finding and never changes it."""

from __future__ import annotations

from uuid import uuid4

from services.assessment.store import replies, telling
from services.assessment.use_cases.reading import Reader
from services.assessment.use_cases.receiving import as_text
from services.assessment.use_cases.showing import picture
from shared.contracts.refusals import not_found
from shared.runtime.service import Service


def reply(service: Service, reader: Reader, site_id: str, finding_id: str, text: str) -> str:
    """Keep a reply to a finding that the reader may see; its id. Raises Refusal (404)."""
    site = reader.exercise.site(site_id)
    if site is None:
        raise not_found()
    now = service.clock.now()
    with service.database.transaction(f"{reader.exercise.id}/{site_id}") as tx:
        seen = picture(tx, reader.exercise.id, site_id, site.zones).findings(reader.sight)
        if finding_id not in {finding["id"] for finding in seen}:
            raise not_found()
        reply_id = str(uuid4())
        replies.add(
            tx,
            reply_id=reply_id,
            finding_id=finding_id,
            exercise_id=reader.exercise.id,
            site_id=site_id,
            person_id=reader.person_id,
            at=as_text(now),
            text=text,
        )
        telling.wave_changed(tx, reader.exercise.id, site_id, telling.NO_WAVE)
    return reply_id
