"""Make the pictures of the ward app for the manual, from the made-up ward of `icans serve --demo`.

python docs/screenshots.py [NAME ...]         (needs Chromium and the package playwright)
"""

from __future__ import annotations

import math
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--lang=en-GB",
]
LARGEST = 250_000
"""Bytes of a picture."""
DESK, TABLET, PHONE = (1280, 1040), (1180, 820), (390, 844)


@contextmanager
def served() -> Iterator[str]:
    """The demo, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "icans", "serve", "--demo", "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address: str) -> None:
    """Wait until the demo answers. Raises TimeoutError after three minutes."""
    for _ in range(900):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the demo does not answer")


def ward_of(browser: Browser, address: str, login: str, size: tuple[int, int], scheme: str = "light") -> Page:
    """The ward as somebody sees it, every row worked out."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-GB", timezone_id="UTC", base_url=address,
        color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator(f'button[value="demo-{login}"]').click()
    page.wait_for_selector("table.ward")
    page.wait_for_function("() => !document.querySelector('#ward').innerText.includes('being worked out')")
    return page


def patient(page: Page, name: str, then: str = "") -> None:
    """Open a patient of the ward."""
    address = page.locator("a.who", has_text=name).get_attribute("href")
    page.goto(f"{address}{then}")


def ward(browser: Browser, address: str) -> Page:
    """Who is due for what."""
    return ward_of(browser, address, "clinician", DESK)


def one(browser: Browser, address: str) -> Page:
    """A patient with ICANS, and one action that was answered."""
    page = ward_of(browser, address, "clinician", DESK)
    patient(page, "Farid")
    page.locator(".answer button.quiet").first.click()
    page.wait_for_selector(".answered")
    page.evaluate("() => scrollTo(0, 0)")
    return page


def ice(browser: Browser, address: str) -> Page:
    """An ICE on a tablet: the patient writes."""
    page = ward_of(browser, address, "nurse", TABLET)
    patient(page, "Elif", "/ice")
    step = "#bedside [data-step]:not([hidden])"
    page.locator(f"{step} [data-tap=start]").press("Enter")
    page.locator(f'{step} [data-answer="awake"]').press("Enter")
    while page.locator(step).get_attribute("data-step") != "writing":
        at = page.locator(step).get_attribute("data-step")
        page.locator(f'{step} [data-answer="{"wrong" if at in ("city", "third_object") else "right"}"]').press("Enter")
    write(page, page.locator(f"{step} canvas").bounding_box() or {})
    return page


def write(page: Page, box: dict[str, float]) -> None:
    """Something like handwriting: loops that lean and get smaller, word by word."""
    letters, x, base = (3, 3, 2, 7, 5), box["x"] + 50, box["y"] + box["height"] * 0.66
    for word in letters:
        tall = 30.0
        for n in range(word * 12 + 1):
            turn = n / 12 * 2 * math.pi
            point = (x + n * 1.9 + 9 * math.sin(turn), base - tall * (0.5 - 0.5 * math.cos(turn)))
            page.mouse.move(*point)
            if n == 0:
                page.mouse.down()
            tall = 30.0 if n // 12 % 3 else 52.0
        page.mouse.up()
        x, base = x + word * 12 * 1.9 + 42, base + 3


def phone(browser: Browser, address: str) -> Page:
    """The ward at night, on a phone."""
    return ward_of(browser, address, "nurse", PHONE, "dark")


def enter(browser: Browser, address: str) -> Page:
    """A sheet to fill in."""
    page = ward_of(browser, address, "nurse", (1180, 900))
    patient(page, "Elif", "/enter/vitals")
    return page


def record(browser: Browser, address: str) -> Page:
    """The record, with an entry that was corrected."""
    page = ward_of(browser, address, "nurse", (1180, 720))
    patient(page, "Elif", "/enter/vitals")
    page.get_by_label("Body temperature", exact=True).fill("39.7")
    page.get_by_label("Heart rate", exact=True).fill("88")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_selector(".verdicts")
    page.get_by_role("link", name="Record").click()
    page.get_by_role("link", name="Correct Body temperature").first.click()
    page.get_by_label("The right value").fill("37.9")
    page.get_by_label("What was wrong").fill("typing slip")
    page.get_by_role("button", name="Correct", exact=True).click()
    page.wait_for_selector("del")
    return page


PICTURES: dict[str, Callable[[Browser, str], Page]] = {
    "ward": ward, "ward-patient": one, "ward-ice": ice, "ward-phone": phone, "ward-enter": enter, "ward-record": record,
}  # fmt: skip


def main(wanted: list[str]) -> None:
    """Those named, or all."""
    with served() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name in wanted or PICTURES:
            page = PICTURES[name](browser, address)
            page.mouse.move(0, 0)
            file = IMAGES / f"{name}.png"
            page.screenshot(path=file, scale="css")
            size = file.stat().st_size
            sys.stdout.write(f"{file.name}  {size:,} bytes{'' if size < LARGEST else ', too large'}\n")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
