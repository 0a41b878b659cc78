"""What a site chose to say, show or have written in the ICE, over the words of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.web.bedside.question import Words, words_in
from icans.web.site import LANGUAGES, Site


def command(found: Mapping[str, Any], language: str, site: Site) -> Words:
    """The simple command. A site's own is taken in the language it was given in only: it is spoken."""
    return _said("command", found, language, site)


def sentence(found: Mapping[str, Any], language: str, site: Site) -> Words:
    """The sentence to be written, the site's where it has one in the language."""
    return _said("sentence", found, language, site)


def thing(number: int, found: Mapping[str, Any], language: str, site: Site) -> Words:
    """The object with a number from 1 on.

    Objects lie on the ward, whatever is spoken: those chosen in one language are shown to all others too, by the name
    they were given.
    """
    given = {
        code: site.ice[code].objects[number - 1] for code in LANGUAGES if code in site.ice and site.ice[code].objects
    }
    if not given:
        return words_in(found["objects"]["says"][number - 1], language)
    said = words_in(given, language)
    return Words(said.text, said.language, said.english, by_site=True)


def _said(key: str, found: Mapping[str, Any], language: str, site: Site) -> Words:
    given = {code: words for code, choice in site.ice.items() if (words := getattr(choice, key).strip())}
    if language not in given:
        return words_in(found[key]["says"], language)
    return Words(given[language], language, given.get("en", "") if language != "en" else "", by_site=True)
