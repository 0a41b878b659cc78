"""How a walk takes an ICE: with the keys, or with a finger."""

from __future__ import annotations

from collections.abc import Callable, Collection

from playwright.sync_api import Locator, Page

STEP = "#bedside [data-step]:not([hidden])"
Press = Callable[[Locator], None]


def by_key(button: Locator) -> None:
    """As Enter does on a button that has the focus."""
    button.press("Enter")


def by_finger(button: Locator) -> None:
    """A tap. Within 350 ms of a new question a tap is taken for the second of a double tap, so it waits first."""
    button.page.wait_for_timeout(360)
    button.tap()


def step(page: Page) -> str:
    """The step that is shown."""
    return page.locator(STEP).get_attribute("data-step") or ""


def begin(page: Page, press: Press = by_key) -> None:
    """Start; the patient is awake."""
    press(page.locator(f'{STEP} [data-tap="start"]'))
    press(page.locator(f'{STEP} [data-answer="awake"]'))


def answer(page: Page, wrong: Collection[str] = (), until: str = "summary", press: Press = by_key) -> None:
    """Answer one question after the other, right unless it is named, until a step is reached."""
    while (at := step(page)) != until:
        if at == "writing":
            press(page.locator(f"{STEP} [data-go=writing_judged]"))
            continue
        word = "wrong" if at.removesuffix("_judged") in wrong else "right"
        press(page.locator(f'{STEP} [data-answer="{word}"]'))


def save(page: Page, press: Press = by_key) -> None:
    """Save and grade."""
    press(page.locator(f'{STEP} [data-tap="save"]'))


def write(page: Page) -> None:
    """Draw a zigzag where the patient writes."""
    box = page.locator(f"{STEP} canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for n in range(1, 25):
        page.mouse.move(x + 12 * n, y + (20 if n % 2 else -20))
    page.mouse.up()
