"""Lets Lighthouse judge the pages that volunteers wait for on a bad line: sign-in, the form on the phone, the receipt.

`make lighthouse` starts the demo, prints each figure of 100, then the seconds on a slow line beside their goal, and
ends with 1 if one falls short; reports go to ./lighthouse.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

from tests.acceptance.product import REPOSITORY, Product
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.slow_line import measure
from tests.browser.walking import sign_in_links

LIGHTHOUSE = REPOSITORY / "deploy" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")


def main() -> int:
    """Start the demo in a folder of its own, sign in, judge."""
    folder = REPOSITORY / "lighthouse"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        product = Product(Path(place) / "data")
        product.environment["OPENDOOR_DEMO"] = "1"
        try:
            product.start()
            link = sign_in_links(product)["volunteer"]
            cookie, paths = _volunteer(link, product.address)
            judged = {"sign-in": _judge(product.address + "/sign-in", "", folder / "sign-in.json")}
            judged |= {
                name: _judge(product.address + path, cookie, folder / f"{name}.json") for name, path in paths.items()
            }
            in_time = _on_a_slow_line(link, product.address)
        finally:
            product.stop()
    return 0 if in_time and all(figure == 100 for figures in judged.values() for figure in figures) else 1


def _on_a_slow_line(link: str, home: str) -> bool:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            return measure(browser, link, home)
        finally:
            browser.close()


def _volunteer(link: str, home: str) -> tuple[str, dict[str, str]]:
    session = requests.Session()
    session.trust_env = False
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', session.get(link).text)
    assert token is not None
    first = session.post(link, data={"csrf_token": token[1]}).text
    ready = re.search(r"/visits/[0-9a-f-]{36}/ready", first)
    receipt = re.search(r"/visits/[0-9a-f-]{36}/receipt", first)
    assert ready is not None
    assert receipt is not None
    paths = {"phone-form": ready[0].replace("/ready", "/phone"), "receipt": receipt[0], "first-page": "/"}
    # Each process draws a page for the first time once after it was started; no phone waits for that twice.
    for path in ["/sign-in", *paths.values()]:
        session.get(home + path)
    cookie = "; ".join(f"{one.name}={one.value}" for one in session.cookies)
    return cookie, paths


def _judge(address: str, cookie: str, report: Path) -> list[int]:
    command = [str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={' '.join(FLAGS)}", f"--only-categories={','.join(CATEGORIES)}"]
    if cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": str(CHROMIUM)})
    found = json.loads(report.read_text(encoding="utf-8"))
    figures = [round((found["categories"][name]["score"] or 0) * 100) for name in CATEGORIES]
    print(report.stem.ljust(12), *(f"{name} {figure}" for name, figure in zip(CATEGORIES, figures, strict=True)))
    for audit in found["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] != "informative":
            print("   ", audit["id"], audit.get("displayValue", ""), audit["title"])
    return figures


if __name__ == "__main__":
    sys.exit(main())
