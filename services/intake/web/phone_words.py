"""The sentences that the scripts of the phone say about keeping and sending, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _


def sending_words() -> dict[str, str]:
    """By the name under which the scripts ask for them; `%(…)s` is filled in on the phone."""
    return {
        "state-writing": _("You are still writing this. Only this phone has it."),
        "state-queued": _("Waiting to be sent. Only this phone has it."),
        "state-sending": _("Being sent now."),
        "state-safe": _("Safe with us."),
        "state-refused": _("It could not be sent as it is. Everything is still here."),
        "said-no-signal": _("There is no signal just now. Nothing is lost. It sends by itself when there is."),
        "said-server-away": _(
            "There is a line, but Open Door does not answer. Nothing is lost. It tries again by itself."
        ),
        "said-busy": _("Open Door is busy. Nothing is lost. It tries again by itself in a little while."),
        "said-sign-in": _("You need to sign in again with your link. Then it sends by itself. Nothing is lost."),
        "said-other-person": _(
            "Somebody else is signed in on this phone. Sign in with your own link, then it sends by itself."
        ),
        "said-not-yours": _(
            "This visit is no longer asked of you, so it was not taken. Ask the lead. All of it is still here."
        ),
        "said-not-open": _(
            "Visits are not taken just now. All of it is still here. Ask the lead, then press Send now."
        ),
        "said-too-big": _("It is too big to send in one go. Make your words shorter, then send it again."),
        "said-wrong-content": _(
            "Something in it does not fit any more. Perhaps the questions have changed. Nothing is lost: open it, "
            "look it over, and send it again. If that does not help, ask the lead."
        ),
        "said-wrong-day": _(
            "The day you went is not one of the days of this round, or has not come yet. Nothing is lost: open it, "
            "choose the day again, and send it again."
        ),
        "said-new-questions": _(
            "The questions have changed since you wrote this. Nothing is lost. Look it over, and send it again."
        ),
        "said-taken-back": _("You took this visit back, so nothing more is needed. You can delete it from this phone."),
        "said-closed-for-changes": _(
            "An earlier copy of this visit is safe with us, and it cannot be changed any more. Ask the lead."
        ),
        "said-file-refused": _("Not all files could be taken. Look below."),
        "said-refused": _("It was not taken. All of it is still here. Ask the lead."),
        "said-phone-full": _(
            "This phone is full. What you wrote last is on the page, but not kept yet. Delete some photos, then go on."
        ),
        "file-photo": _("Photo %(number)s"),
        "file-voice": _("Voice note %(number)s"),
        "file-visit": _("Your answers"),
        "file-here": _("Waits on this phone"),
        "file-sending": _("Being sent now"),
        "file-safe": _("Safe with us"),
        "file-refused": _("Not taken"),
        "file-lost": _("It is no longer on this phone. You can take it out and send the rest."),
        "count-safe": _("%(safe)s of %(all)s safe."),
        "delete-now": _("You can delete this from your phone."),
        "delete": _("Delete from this phone"),
        "delete-ask": _("Delete this from your phone? It is safe with us."),
        "delete-ask-unsent": _(
            "Delete this from your phone? It was not sent, so nobody will have it. This cannot be undone."
        ),
        "delete-yes": _("Yes, delete it"),
        "delete-no": _("No, keep it"),
        "deleted": _("Gone from this phone."),
        "take-out": _("Take it out, send the rest"),
        "send-now": _("Send now"),
        "carry-on": _("Carry on"),
        "look": _("Look at it"),
        "none-here": _("Nothing is kept on this phone just now."),
        "signing-out": _(
            "There is no signal, so signing out is not finished. Nothing of yours opens here. It finishes by itself as "
            "soon as there is a signal, before anything else opens."
        ),
        "none-known": _("Sign in with your link to see what is kept on this phone."),
        "pages-here": _("You can open these without signal:"),
        "kind-environment": _("look at the building"),
        "kind-mystery-shop": _("go and ask for help"),
    }
