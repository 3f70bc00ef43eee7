"""Sample data for the gallery, in the shapes of wire.md §4 to §6, with the awkward cases: nothing counted, too few visits, long words."""

from __future__ import annotations

from typing import Any


def _load(points: int | None, maximum: int | None, percent: float | None, spread: list[float] | None) -> dict[str, Any]:
    return {"points": points, "maximum": maximum, "percent": percent, "range": spread}


def _zone(zone: str, trigger: dict[str, Any], comfort: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "zone": zone, "visits": 3, "volunteers": 2, "sure": "fair", "state": "scored", "trigger": trigger, "comfort": comfort,
        "band": None, "caps": [], "red": [], "amber": [], "strength": [],
    }
    return {**usual, **more}


ZONES = [
    _zone("AP", _load(2, 27, 7.4, [0.0, 16.7]), _load(9, 27, 33.3, [22.2, 44.4]), band="calm", strength=["P-AP-01"]),
    _zone("EN", _load(38, 54, 70.4, [55.6, 83.3]), _load(3, 54, 5.6, [0.0, 11.1]), band="heavy", red=["P-EN-01", "P-EN-04"]),
    _zone("RE", _load(6, 33, 18.2, [0.0, 41.7]), _load(0, 18, 0.0, [0.0, 0.0]), band="strained", caps=["open-red"], red=["P-RE-03"], amber=["P-RE-02"]),
    _zone("WA", _load(12, 60, 20.0, [8.3, 33.3]), _load(21, 45, 46.7, [33.3, 66.7]), band="some-strain", amber=["P-WA-07"], strength=["P-WA-09", "P-AZ-03"]),
    _zone("WY", _load(4, 18, None, None), _load(2, 12, None, None), visits=2, volunteers=2, sure="early", why="Two visits so far: points, but no band yet."),
    _zone("TS", _load(3, 18, None, None), _load(0, 0, None, None), visits=1, volunteers=1, sure="one-persons-view", state="one-persons-view", red=["P-TS-01"]),
    _zone("TO", _load(None, None, None, None), _load(None, None, None, None), visits=None, volunteers=None, sure=None, state="not-enough-seen",
          why="Fewer than 3 visits by 2 volunteers. Figures are not shown, so that nobody can be recognised."),
    _zone("QS", _load(0, 0, None, None), _load(0, 0, None, None), visits=0, volunteers=0, state="does-not-apply"),
    _zone("EX", _load(0, 0, None, None), _load(0, 0, None, None), visits=0, volunteers=0, state="nothing-seen"),
]

STAGES = [
    {"stage": "BE", "points": 8, "maximum": 18, "percent": 44.4, "face_median": 2},
    {"stage": "AR", "points": 14, "maximum": 24, "percent": 58.3, "face_median": 2.5},
    {"stage": "WE", "points": 17, "maximum": 24, "percent": 70.8, "face_median": 4},
    {"stage": "CV", "points": 0, "maximum": 0, "percent": None, "face_median": None},
    {"stage": "OU", "points": None, "maximum": None, "percent": None, "face_median": None},
]

RED = {
    "id": "1", "item": "P-RE-03", "zone": "RE", "kind": "red", "state": "open", "k": 1, "n": 3,
    "in_words": None, "prevalence": {"percent": 33.3, "low": 6.1, "high": 79.2},
    "quotes": ["I had to say why I came with everybody in the queue behind me. I wanted to leave."], "photos": [],
    "reply": "The screen at the second desk was away for repair in that month.",
}
STRENGTH = {
    "id": "2", "item": "P-WA-09", "zone": "WA", "kind": "strength", "state": "open", "k": 3, "n": 3,
    "in_words": "All 3 visits said that this helped.", "prevalence": None, "quotes": ["There was a plant and a window. I could breathe."], "reply": None,
}
HIDDEN = {"id": "3", "item": "P-TS-01", "zone": "TS", "kind": "red", "state": "resolved", "k": None, "n": None, "in_words": None, "prevalence": None, "quotes": [], "reply": None}

MARKS = [
    {"x": 67, "y": 10, "w": 27, "h": 68, "kind": "trigger", "strength": 3, "item": "P-WA-02", "words": "The door is locked from the inside. I could not see how to get out."},
    {"x": 5, "y": 13, "w": 32, "h": 40, "kind": "comfort", "strength": 2, "item": "P-AZ-03", "words": "Daylight and something green to look at."},
    {"x": 8, "y": 56, "w": 52, "h": 26, "kind": "trigger", "strength": 1, "item": "P-WA-01", "words": "Seats in a row, bolted down, backs to the door."},
]

BEFORE_AFTER = [
    ({"item": "P-WA-02", "zone": "WA", "from_percent": 66.7, "to_percent": 16.7, "change": -50.0, "verdict": "better", "flag": "resolved"}, "Were the seats far enough apart?"),
    ({"item": "P-EN-01", "zone": "EN", "from_percent": 66.7, "to_percent": 25.0, "change": -41.7, "verdict": "better", "flag": "still-open"}, "How did security treat you?"),
    ({"item": "P-AZ-03", "zone": "WA", "from_percent": 0.0, "to_percent": 25.0, "change": 25.0, "verdict": "worse", "flag": "new-amber"}, "How was the light?"),
    ({"item": "P-TO-01", "zone": "TO", "from_percent": 25.0, "to_percent": 25.0, "change": 0.0, "verdict": "same", "flag": "none"}, "Could you use a toilet?"),
    ({"item": "P-TS-01", "zone": "TS", "from_percent": None, "to_percent": None, "change": None, "verdict": None, "flag": "cannot-tell"}, "Was the talking space private?"),
]

COVERAGE = [
    {"site": "Seaside Jobcentre", "wave": 1, "done": 3, "needed": 3, "volunteers": 2, "parts_of_day": ["morning", "afternoon"], "missing": "", "href": "#"},
    {"site": "Harbour housing office", "wave": 1, "done": 2, "needed": 3, "volunteers": 1, "parts_of_day": ["morning"], "missing": "One afternoon visit by somebody else.", "href": "#"},
    {"site": "Harbour housing office", "wave": 2, "done": 0, "needed": 3, "volunteers": 0, "parts_of_day": [], "missing": "Everything: three visits by two volunteers at two parts of the day.", "href": "#"},
]

KEYS_ONE = [{"who": "A lead of the exercise", "signed": "3 November", "mine": True}, {"who": "A representative of the volunteers", "signed": None, "mine": False}]
KEYS_BOTH = [{"who": "A lead of the exercise", "signed": True, "mine": False}, {"who": "A representative of the volunteers", "signed": True, "mine": False}]


def _rec(title: str, status: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "status": status, "owner_post": "", "due": None, "cost_band": "none", "overdue": False, "silent": False, "reply_due": None, **more}


RECOMMENDATIONS = [
    {"rec": _rec("Put a screen between the two desks, so that people can talk without being heard", "shared", cost_band="under-1000", overdue=True,
                 reply_due_words="30 October 2026"), "href": "#", "site": "Seaside Jobcentre"},
    {"rec": _rec("Say hello first, then ask", "accepted", owner_post="Front of house", due_words="15 December 2026", due="2026-12-15"), "href": "#", "site": "Seaside Jobcentre"},
    {"rec": _rec("Turn the seats round", "doing", owner_post="Front of house", due_words="1 December 2026", due="2026-12-01", silent=True), "href": "#", "site": "Harbour housing office"},
    {"rec": _rec("Show the way out with a sign", "verified", owner_post="Estates", due_words="1 November 2026", due="2026-11-01", cost_band="under-100", evidence_count=2),
     "href": "#", "site": "Seaside Jobcentre"},
    {"rec": _rec("Open the quiet room to everybody", "not-accepted", cost_band="more"), "href": "#", "site": "Harbour housing office"},
]
COLUMNS = [
    {"title": "Waiting for a reply", "items": RECOMMENDATIONS[:1], "empty": ""},
    {"title": "Being done", "items": RECOMMENDATIONS[1:3], "empty": ""},
    {"title": "To be checked", "items": [], "empty": "When the partner says that something is done, it waits here until volunteers have looked."},
    {"title": "Finished", "items": RECOMMENDATIONS[3:], "empty": ""},
]
HISTORY = [
    {"who": "Exercise lead", "side": "host", "when": "1 October 2026", "to": "shared", "note": "All volunteers of the group agreed to this one.", "evidence": []},
    {"who": "Partner manager", "side": "partner", "when": "14 October 2026", "to": "accepted-in-part", "evidence": [],
     "note": "We can put a screen at one desk now. The second desk is on the wall with the cables; we have asked what it costs."},
    {"who": "Front of house", "side": "partner", "when": "2 November 2026", "to": "partner-says-done", "note": "The first screen stands.",
     "evidence": [{"kind": "photo", "text": "the desk from the waiting area"}, {"kind": "date", "text": "2 November 2026"}]},
]
HEARD = [
    {"said": "I had to say why I came with everybody behind me.", "where": "Reception", "answer_status": "accepted-in-part", "answered": "We can put a screen at one desk now.",
     "done": "A screen stands at the first desk.", "checked": "Two volunteers went back and said: it is better."},
    {"said": "The light in the corridor buzzed.", "where": "Finding the way round", "answer_status": None, "answered": None, "done": None, "checked": None,
     "silent_words": "No answer yet. They have had this for 31 days."},
]
PARTS = [
    {"name": "On the way in", "href": "#", "state": "done", "words": None},
    {"name": "Entrance and security", "href": "#", "state": "some", "words": "3 of 9 answered"},
    {"name": "Reception", "href": "#", "state": "none", "words": None},
]
FILES = [
    {"name": "Photo 1, waiting", "state": "cleaned", "why": None},
    {"name": "Photo 2, entrance", "state": "safe", "why": None},
    {"name": "Photo 3, toilets", "state": "missing", "why": "It will be sent again when you have signal."},
    {"name": "Photo 4", "state": "refused", "why": "This file is not a picture."},
]
