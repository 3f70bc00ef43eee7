"""What the script of the phone page is told about an assignment: one block of data. What it asks and says stands in a
script of its own (phone_script)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from services.intake.domain import draft as drafts
from services.intake.domain.recording import MOST_SECONDS
from services.intake.domain.voice_note import MOST_NOTES
from services.intake.use_cases.phone import ForPhone, owner_of
from services.intake.web.api import service
from services.intake.web.names_apart import apart
from services.intake.web.phone_words import sending_words
from shared.web.gate import current_person


def phone_data(found: ForPhone) -> dict[str, Any]:
    """The block `phone-page`. It is kept on the phone, so nothing in it lets anybody in or names a person."""
    ready, settings = found.ready, service().settings
    title = f"{apart(ready.site.name)}: {sending_words()['kind-' + ready.asked.kind]}"
    if ready.wave.number > 1:
        title = _("%(title)s, round %(number)s", title=title, number=ready.wave.number)
    return {
        "owner": owner_of(service(), current_person().id),
        "assignment": ready.asked.id,
        "page": f"/visits/{ready.asked.id}/phone",
        "title": title,
        "kind": ready.asked.kind,
        "instrument": found.instrument.name,
        "version": found.instrument.version,
        "channel": found.channel,
        "exercise": ready.exercise.id,
        "wave": ready.wave.number,
        "opens": ready.wave.opens.isoformat(),
        "closes": ready.wave.closes.isoformat(),
        "takes_visits": ready.takes_visits,
        "stopped": found.stopped,
        "site": {"id": ready.site.id, "name": ready.site.name, "photos_allowed": ready.site.photos_allowed},
        "parts": _parts(found),
        "limits": {
            "words": settings.words_characters,
            "photos": settings.photos_per_visit,
            "photo_bytes": settings.photo_bytes,
            "voice_notes": MOST_NOTES,
            "voice_seconds": MOST_SECONDS,
        },
    }


def _parts(found: ForPhone) -> list[dict[str, Any]]:
    draft = drafts.new_draft(
        exercise_id=found.ready.exercise.id,
        site_id=found.ready.site.id,
        wave=found.ready.wave.number,
        kind=found.ready.asked.kind,
        version=found.instrument.version,
        channel=found.channel,
    )
    codes = drafts.parts(draft, found.instrument, found.ready.site.zones)
    names = {zone.code: zone.name for zone in found.instrument.zones}
    names |= {stage.code: stage.name for stage in found.instrument.stages}
    return [
        {
            "code": code,
            "name": names[code],
            "items": [item.code for item in drafts.items_in({**draft, "form": "long"}, found.instrument, code)],
        }
        for code in codes
    ]
