"""The shapes of what a volunteer tells their buddy before they go, and of a number to call."""

from __future__ import annotations

from services.intake.forms.plain import Form, Words, YesNo

LONGEST = 500


class PreparedForm(Form):
    """Everything may be left out."""

    not_known_here = YesNo()
    needs = Words(longest=LONGEST)
    company = Words(longest=LONGEST)
    way_there = Words(longest=LONGEST)
    way_out = Words(longest=LONGEST)
    code_word = Words(longest=60)
    number = Words(longest=40)
    if_missing = Words(longest=LONGEST)


class NumberForm(Form):
    """A number to call; left out to take it away."""

    number = Words(longest=40)


class TalkForm(Form):
    """What somebody wrote after a visit, for their buddy alone."""

    words = Words(longest=2000)
