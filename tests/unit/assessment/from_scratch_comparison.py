"""Before and after (domain.md §3.7, wire.md §5), written down a second time beside `from_scratch`."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from tests.unit.assessment.from_scratch import (
    COUNTABLE,
    Visit,
    answers_of,
    counted,
    items_of,
    open_reds,
    resolved_in,
    share,
    tenth,
)


def comparison(waves: dict[int, list[Visit]], start: int, end: int) -> dict[str, Any]:
    before, after = items_of(waves.get(start, [])), items_of(waves.get(end, []))
    was_open = open_reds(waves, start)
    matched: dict[tuple[str, str], dict[str, Any]] = {}
    unmatched: dict[tuple[str, str], dict[str, Any]] = {}
    sums = [0, 0, 0, 0]
    falls = rises = 0
    for place in {*before, *after}:
        a, b = before.get(place), after.get(place)
        if (a or b or {})["kind"] == "C":
            continue
        n_a, n_b = (a["n"] if a else 0), (b["n"] if b else 0)
        if not n_a and not n_b:
            continue
        if place in was_open:
            done = resolved_in(*place, waves.get(end, []))
            flag = "cannot-tell" if not n_b else "resolved" if done else "still-open"
        elif b and b["flag"] == "red":
            flag = "new-red"
        elif b and b["flag"] == "amber" and not (a and a["flag"] in ("red", "amber")):
            flag = "new-amber"
        else:
            flag = "none"
        if not n_a or not n_b:
            unmatched[place] = {"why": "not-seen-before" if not n_a else "not-seen-after", "flag": flag}
            continue
        assert a is not None
        assert b is not None
        for at, value in enumerate((sum(a["triggers"]), 3 * n_a, sum(b["triggers"]), 3 * n_b)):
            sums[at] += value
        row: dict[str, Any] = dict.fromkeys(("from_percent", "to_percent", "change", "verdict")) | {"flag": flag}
        if n_a >= 2 and n_b >= 2:
            was, now = Fraction(100 * sum(a["triggers"]), 3 * n_a), Fraction(100 * sum(b["triggers"]), 3 * n_b)
            falls += now < was
            rises += now > was
            verdict = "better" if now - was <= -10 else "worse" if now - was >= 10 else "same"
            row |= {"from_percent": tenth(was), "to_percent": tenth(now), "change": tenth(now - was)}
            row["verdict"] = verdict
        matched[place] = row
    verdicts = [row["verdict"] for row in matched.values()]
    seen = [
        sum(
            any(answers_of(v).get(place, ("skip",))[0] in COUNTABLE for place in matched)
            for v in counted(waves.get(w, []), "environment")
        )
        for w in (start, end)
    ]
    was, now = share(sums[0], sums[1]), share(sums[2], sums[3])
    untied, few = falls + rises, min(falls, rises)
    p = Fraction(2 * sum(math.comb(untied, i) for i in range(few + 1)), 2**untied)
    return {
        "matched": len(matched),
        "trigger_from": {"percent": tenth(was) if seen[0] >= 2 else None},
        "trigger_to": {"percent": tenth(now) if seen[1] >= 2 else None},
        "change": tenth(now - was) if was is not None and now is not None and min(seen) >= 2 else None,
        "sums": sums,
        "better": verdicts.count("better"),
        "same": verdicts.count("same"),
        "worse": verdicts.count("worse"),
        "sign_test": {
            "untied": untied,
            "better": falls,
            "p": math.floor(min(p, Fraction(1)) * 10000 + Fraction(1, 2)) / 10000,
            "note": "rough guide",
        }
        if untied >= 6
        else None,
        "items": matched,
        "unmatched": unmatched,
    }
