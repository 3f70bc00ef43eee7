"""A plan file is taken whole or not at all, the same file again changes nothing, and what comes out is what went in."""

import copy
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance.plans import World, make_plan
from tests.acceptance.product import Product

pytestmark = pytest.mark.slow
Plan = dict[str, Any]


def new_plan() -> Plan:
    """A right plan that nobody has imported."""
    return make_plan(Random(uuid.uuid4().int), [["RE", "WA"]], volunteers=2)


def bring(product: Product, plan: Any, folder: Path, *, own_process: bool = False) -> tuple[int, str]:
    """Import it: exit code and everything that was said."""
    path = folder / "plan.json"
    path.write_text(plan if isinstance(plan, str) else json.dumps(plan), encoding="utf-8")
    done = (product.command if own_process else product.command_here)("plan", "import", str(path))
    return done.returncode, done.stdout + done.stderr


def export(product: Product, plan: Plan) -> Any:
    """What the product says the plan is now, or None."""
    done = product.command_here("plan", "export", plan["exercise"]["id"])
    return json.loads(done.stdout) if done.returncode == 0 else None


def test_the_same_file_again_changes_nothing(product: Product, tmp_path: Path) -> None:
    plan = new_plan()
    world = World(plan, product.import_plan(plan), product)
    path = f"/api/intake/v1/exercises/{world.exercise}"
    before, exported = world.role("lead").get(path).json(), export(product, plan)
    assert bring(product, plan, tmp_path)[0] == 0
    assert world.role("lead").get(path).json() == before
    assert export(product, plan) == exported
    assert bring(product, exported, tmp_path)[0] == 0, "what was exported can be imported"
    assert world.role("lead").get(path).json() == before


def test_what_comes_out_is_what_went_in(product: Product) -> None:
    plan = new_plan()
    product.import_plan(plan)
    out, lost = export(product, plan), []

    def look(given: Any, got: Any, path: str) -> None:
        if isinstance(given, dict):
            for key, value in given.items():
                look(value, got.get(key) if isinstance(got, dict) else None, f"{path}.{key}")
        elif isinstance(given, list) and given and isinstance(given[0], dict):
            rows = {row["id"] if "id" in row else row["number"]: row for row in got or []}
            for row in given:
                look(row, rows.get(row["id"] if "id" in row else row["number"]), f"{path}[]")
        elif given != got and not (isinstance(given, list) and sorted(given) == sorted(got or [])):
            lost.append(f"{path}: {given!r} became {got!r}")

    look(plan, out, "")
    assert not lost, "\n".join(lost)
    assert set(out) == set(plan)


def test_a_changed_file_changes_the_plan(product: Product, tmp_path: Path) -> None:
    plan = new_plan()
    world = World(plan, product.import_plan(plan), product)
    changed = copy.deepcopy(plan)
    changed["exercise"]["title"] = "Another title"
    changed["people"].append(
        {**plan["people"][0], "id": str(uuid.uuid4()), "name": "One more", "representative": False}
    )
    assert bring(product, changed, tmp_path)[0] == 0
    shown = world.role("lead").get(f"/api/intake/v1/exercises/{world.exercise}")
    assert "Another title" in shown.text
    assert "One more" in shown.text


def _drop(part: str, number: int, name: str) -> Callable[[Plan], Any]:
    return lambda plan: plan[part][number].pop(name)


def _set(part: str, number: int | None, name: str, value: Any) -> Callable[[Plan], Any]:
    def change(plan: Plan) -> None:
        at = plan[part] if number is None else plan[part][number]
        at[name] = value

    return change


FAULTS: list[tuple[str, Callable[[Plan], Any], str]] = [
    ("a role that is not one", _set("people", 2, "roles", ["boss"]), r"people\[2\]\.roles"),
    ("no stop line", _drop("scenarios", 0, "stop_line"), r"scenarios\[0\]\.stop_line"),
    ("an empty stop line", _set("scenarios", 0, "stop_line", " "), r"scenarios\[0\]\.stop_line"),
    ("covert without a decision", _set("exercise", None, "mode", "covert"), r"exercise\.sponsor_decision"),
    ("a zone that is not one", _set("sites", 0, "zones", ["RE", "XX"]), r"sites\[0\]\.zones"),
    ("an assignment of nobody", _set("assignments", 1, "volunteer", str(uuid.uuid4())), r"assignments\[1\]\.volunteer"),
    ("an assignment nowhere", _set("assignments", 1, "site", str(uuid.uuid4())), r"assignments\[1\]\.site"),
    ("an assignment in no wave", _set("assignments", 1, "wave", 9), r"assignments\[1\]\.wave"),
    ("a shop without a scenario", _drop("assignments", 1, "scenario"), r"assignments\[1\]\.scenario"),
    ("two waves with one number", lambda p: p["exercise"]["waves"][1].update(number=1), r"exercise\.waves"),
    (
        "a wave that ends first",
        lambda p: p["exercise"]["waves"][0].update(closes="2020-01-01"),
        r"exercise\.waves\[0\]",
    ),
    ("one id for two people", lambda p: p["people"][1].update(id=p["people"][0]["id"]), r"people\[1\]\.id"),
    ("a field that is not one", _set("sites", 0, "colour", "blue"), r"sites\[0\]\.colour"),
    ("a partner of no kind", _set("partner", None, "kind", "bank"), r"partner\.kind"),
    ("no people at all", lambda p: p.pop("people"), r"people"),
]


def test_a_faulty_file_is_refused_by_its_line_of_thought(product: Product, tmp_path: Path) -> None:
    found = []
    for number, (name, change, told) in enumerate(FAULTS):
        plan = new_plan()
        change(plan)
        code, said = bring(product, plan, tmp_path, own_process=number == 0)
        if code == 0:
            found.append(f"{name}: taken")
        elif "Traceback" in said or not re.search(told, said):
            found.append(f"{name}: {said.strip()[-200:]!r}, expected {told}")
    assert export(product, plan) is None, "something of a faulty plan was kept"
    for name, text in (("not JSON", "{"), ("a list", "[]"), ("a number twice", '{"people": NaN}'), ("nothing", "")):
        code, said = bring(product, text, tmp_path, own_process=not text)
        if code == 0 or "Traceback" in said or not said.strip():
            found.append(f"{name}: {code} {said[-200:]!r}")
    assert not found, "\n".join(found)


def test_a_fault_in_a_later_file_changes_nothing(product: Product, tmp_path: Path) -> None:
    plan = new_plan()
    world = World(plan, product.import_plan(plan), product)
    broken = copy.deepcopy(plan)
    broken["exercise"]["title"] = "Half of it"
    broken["people"][-1]["roles"] = ["boss"]
    assert bring(product, broken, tmp_path)[0] != 0
    assert "Half of it" not in world.role("lead").get(f"/api/intake/v1/exercises/{world.exercise}").text


def test_tokens_by_command(product: Product) -> None:
    plan = new_plan()
    world = World(plan, product.import_plan(plan), product)
    person = world.volunteers[0]
    made = product.command("token", "create", "--person", person, "--days", "2")
    assert made.returncode == 0, made.stderr
    token = made.stdout.split()[-1]
    assert product.client(token).get("/api/intake/v1/me").json()["person"]["id"] == person
    for words in (("--person", str(uuid.uuid4())), ("--person", "x"), ("--person", person, "--days", "-1")):
        refused = product.command_here("token", "create", *words)
        assert refused.returncode != 0, words
        assert "Traceback" not in refused.stderr
