"""Waits for something in a page to become true.

Playwright's `wait_for_function` evaluates its text anew at every look. The first look is let through; from the second
on our pages' own policy (no `unsafe-eval`) refuses it, so that a test would pass or fail by how quick the page was.
"""

from __future__ import annotations

from playwright.sync_api import Page

_COMES_TRUE = """async (milliseconds) => {
  const end = performance.now() + milliseconds
  while (!(%s)) {
    if (performance.now() > end) return false
    await new Promise((go) => setTimeout(go, 20))
  }
  return true
}"""


def comes_true(page: Page, question: str, milliseconds: int = 20_000) -> None:
    """Wait until `question`, a JavaScript expression that may `await`, is true; `AssertionError` when it never is."""
    assert page.evaluate(_COMES_TRUE % question, milliseconds), f"never true: {question}"
