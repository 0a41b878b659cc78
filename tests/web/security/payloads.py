"""What is put into every text field, and how one sees that it did something: the mark `icx`."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

HTML = """'"><icx a=b><script>icx()</script><img src=x onerror=icx()><svg/onload=icx()>"""
PAYLOADS = (
    HTML,
    """" icxattr="1" autofocus onfocus="icx()""",
    """' icxattr='1' onfocus='icx()""",
    "--><icx a=b><!--",
    "</textarea></title></option></select></script><icx a=b>",
    "javascript:icx()",
    "]]><icx a=b><![CDATA[",
    "<!--answer icx MUST-->",
    "{{1337*1331}}{% for x in 'ab' %}icxloop{% endfor %}${1337*1331}#{1337*1331}<%= 1337*1331 %>",
    "{0.__class__.__mro__} %(icx)s %s %n",
    "'; DROP TABLE entry; --",
    "' OR '1'='1",
    '" UNION SELECT login, password FROM account --',
    "x\r\nSet-Cookie: icx=1\r\nX-Icx: 1\r\n\r\n<icx a=b>",
    "..\\..\\..\\/../../../etc/passwd",
    "a\x00b\x07\x1b[31m\x7f",
    "\u202egnp.exe\u200b\ufeff\u2066\u0000\U000e0041",
    "A" * 20_000,
    "\U0001f9e0" * 300,
    "e\u0301\u0327" * 500,
    "=cmd|' /C calc'!A0",
    "[1] #read(\"/etc/passwd\") #panic(\"icx\") $1$ *b* _i_ @icx <icx> \\u{1F}",
    "NaN", "Infinity", "-1e400", "1e308", "99999999999999999999999999", "0x41", "\u0663\u0667", "null", "true",
)  # fmt: skip
TEXTS = tuple(p for p in PAYLOADS if len(ascii(p)) > 27)
ONE_LINE = "".join(p for p in PAYLOADS[:13])
"""Many of them at once, for one field after the other."""
PRODUCT_OF_THE_TEMPLATE = str(1337 * 1331)


class _Marks(HTMLParser):
    """Finds elements, attributes and scripts that came out of a payload."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag == "icx":
            self.found.append("<icx>")
        self.found += [f"{name}={value}" for name, value in attrs if _is_active(name, value or "")]
        self._script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self._script = False

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._script and "icx" in data:
            self.found.append("icx in a script")


def _is_active(name: str, value: str) -> bool:
    if name.startswith(("icx", "on")):
        return True
    return name in ("href", "src", "action", "formaction", "hx-get", "style") and bool(
        re.match(r"\s*javascript:", value, re.IGNORECASE)
    )


def broke_out(answer: Any) -> list[str]:
    """What a payload did in an answer: became an element, an attribute, a header; was reckoned; told of our inside."""
    found = [f"header {name}" for name in answer.headers if "icx" in name.lower()]
    found += ["a cookie"] if "icx" in answer.headers.get("set-cookie", "") else []
    found += ["a header in two lines"] if any("\n" in v or "\r" in v for v in answer.headers.values()) else []
    found += [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    text = answer.text if "pdf" not in answer.headers.get("content-type", "") else ""
    if "html" in answer.headers.get("content-type", ""):
        marks = _Marks()
        marks.feed(text)
        found += marks.found
    found += ["the template was reckoned"] if PRODUCT_OF_THE_TEMPLATE in text or "icxloopicxloop" in text else []
    found += [w for w in ("root:x:0", "Traceback (most", "sqlalchemy", "sqlite3.", "psycopg", "$argon2") if w in text]
    return found


def named(payload: str) -> str:
    """A payload as the name of a test."""
    return ascii(payload[:24])
