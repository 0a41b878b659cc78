"""Pages read as a browser reads them: elements, attributes, forms; and every page there is for an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from guarded_ward import Guarded
from plausible import ROUTES, address, names_for

from icans.web.sheets import sheets

NO_PAGES = ("/api", "/fhir", "/cds-services", "/static", "/openapi.json", "/healthz")


@dataclass
class Element:
    """A start tag and the text right within it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Form:
    """A form: where it is sent, and its boxes with what they hold."""

    method: str
    action: str
    boxes: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Reads a page into `elements` and `forms`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        if tag == "form":
            self.forms.append(Form(given.get("method", "get"), given.get("action", "")))
            self._inside = True
        elif tag in ("input", "textarea", "select", "button") and self._inside and "name" in given:
            self.forms[-1].boxes.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self._inside = self._inside and tag != "form"

    def handle_data(self, data: str) -> None:
        """Text; what is in a script or style counts to it."""
        if self.elements:
            self.elements[-1].text += data


def pages(guarded: Guarded) -> Iterator[tuple[str, Any]]:
    """(address, answer) of every page, as an administrator sees it, and of the sign-in."""
    for route in ROUTES:
        method, path = route.split()
        if method == "GET" and not path.startswith(NO_PAGES) and path not in ("/", "/sign-up"):
            there = address(route, names_for(guarded, route))
            client = guarded.client() if path == "/sign-in" else guarded.administrator
            yield there, client.get(there)
    for sheet in sheets():
        there = f"/patients/{guarded.patient}/enter/{sheet}"
        yield there, guarded.administrator.get(there)
    for there in (f"/patients/{guarded.patient}/ice?language=de", "/audit?check=true", "/patients/nobody"):
        yield there, guarded.administrator.get(there)
