"""All three services behind one address inside the test's own process, so that a state that takes the product weeks is
there in a second; and browsers that are somebody's, without the way through the sign-in page.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from playwright.sync_api import BrowserContext
from werkzeug.serving import make_server
from werkzeug.wsgi import LimitedStream

from services.embedded.web import OneAddress
from services.intake.use_cases import people
from tests.acceptance import visits
from tests.acceptance.plans import World, make_plan
from tests.acceptance.test_recommendations import Story
from tests.system.in_process import InProcess

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
"""One word that no phone is wide enough for."""
WORDY = f"The office where everybody from {LONG} has to go when they have nowhere else that they could go to"
assert len(WORDY) > 120


class House(InProcess):
    """The product behind one address."""

    def __init__(self, folder: Path) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        super().__init__(folder, {})
        self.rng = Random(12)
        self._front = OneAddress(self.apps)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # As gunicorn does, so that what is left of a refused body can be read to its end.
        environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0))
        return self._front(environ, start_response)

    def close(self) -> None:
        """Stop answering, and let go of every file."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        super().close()

    def sign_in(self, context: BrowserContext, person_id: str) -> None:
        """From now on the browser is that person's."""
        client = self.client()
        link = people.invite(self.intake, person_id).partition("/sign-in/")[2]
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/sign-in/{link}").text)
        assert token
        assert client.post(f"/sign-in/{link}", data={"csrf_token": token[1]}).status_code == 303
        cookie = client.get_cookie("opendoor")
        assert cookie
        context.clear_cookies()
        context.add_cookies([{"name": "opendoor", "value": cookie.value, "url": self.address}])

    def named_at_length(self, **more: Any) -> World:
        """An exercise in its first stage, in which everything has a name that is hard to fit in."""
        plan = make_plan(self.rng, [["EN", "RE"]], wave_count=1, volunteers=3, **more)
        plan["exercise"]["title"] = f"How it is to come in: {WORDY}"
        plan["partner"]["name"] = f"{LONG} and the villages round it, together"
        plan["sites"][0]["name"] = WORDY
        plan["scenarios"][0] |= {"title": f"Somebody from {LONG}", "safe_letter": f"Ring the sponsor in {LONG}."}
        for person in plan["people"]:
            person["name"] = f"{person['name']} of {LONG}"
        return self.world(plan)

    def at(self, stage: str) -> World:
        """An exercise as far as that, with what by then has been sent, found, asked for and answered."""
        world = self.named_at_length()
        for each in STAGES[1 : STAGES.index(stage) + 1]:
            if each == "closed":
                world.close()
            else:
                world.move(each)
            self.drain()
            if each == "fieldwork":
                self._visits(world)
            if each == "manager-review":
                Story(world).up_to_shared()
            self.drain()
        return world

    def send(self, world: World, who: str, **changes: Any) -> str:
        """One visit of somebody to the reception, where the same thing gets to everybody; its id."""
        site, visit_id = world.sites[0], visits.visit_id(self.rng)
        said = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3, "words": f"Like {LONG}. {WORDY}"}]
        body = visits.plain_environment(world.exercise, site, 1, world.day(1), said)
        body |= {"consents": {"use_words": True, "quote": True}, **changes}
        answer = world.people[who].send_visit(visit_id, body)
        assert answer.status_code == 201, answer.text
        return visit_id

    def _visits(self, world: World) -> None:
        for who in world.volunteers:
            self.send(world, who)
        self.drain()


def role_of(world: World, role: str) -> str:
    """The id of the first person with a role."""
    return next(str(person["id"]) for person in world.plan["people"] if role in person["roles"])
