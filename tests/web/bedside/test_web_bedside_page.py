"""The pages of ICE and CAPD as the server writes them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined

from icans.web.bedside.prompts import prompts
from icans.web.bedside.subject import Subject
from icans.web.site import LANGUAGES, Site

BLOCKS = "".join(f"{{% block {name} %}}{{% endblock %}}" for name in ("title", "styles", "main", "scripts"))
NURSE = SimpleNamespace(account=SimpleNamespace(name="N. Night"))
ADULT = Subject(id="a1", name="Bed 12", age=61.37, developmental_delay=False, baseline=9, baseline_note="cannot see")
CHILD = Subject(id="c1", name="Bed 3", age=5.2)
HOSTILE = '"><script>alert(1)</script>'


class Page(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, **having: str) -> list[dict[str, str | None]]:
        wanted = {key.replace("_", "-"): value for key, value in having.items()}
        return [a for t, a in self.tags if t == tag and all(a.get(k) == v for k, v in wanted.items())]


def page(test: str, tested: Subject, language: str = "en", site: Site | None = None) -> Page:
    loader = ChoiceLoader(
        [DictLoader({"base.html": f"<html lang='en'>{BLOCKS}</html>"}), PackageLoader("icans.web", "templates")]
    )
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    context = {"tested": tested, "who": NURSE, "languages": list(LANGUAGES.items())}
    return Page(pages.get_template(f"{test}.html").render(prompts=prompts(test, language, site), **context))


BOTH = pytest.mark.parametrize(("test", "tested"), [("ice", ADULT), ("capd", CHILD)])


@BOTH
def test_the_page_has_nothing_that_the_content_policy_forbids(test: str, tested: Subject):
    for tag, attributes in page(test, tested).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert (attributes["src"] or "").startswith("/static/")
        assert tag not in ("style", "iframe", "object")


@BOTH
def test_words_of_a_record_and_of_a_site_are_escaped(test: str, tested: Subject):
    site = Site(city=HOSTILE[:100], hospital=HOSTILE)
    hostile = Subject(id=HOSTILE, name=HOSTILE, age=tested.age, baseline=4, baseline_note=HOSTILE)
    found = page(test, hostile, "de", site)
    assert [a.get("src") for a in found.all("script")] == ["/static/bedside.js"]
    assert HOSTILE in found.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_question_of_ice_is_one_screen_said_in_the_language(language: str):
    found = page("ice", ADULT, language)
    assert [a["data-step"] for a in found.all("section") if "data-item" in a] == [
        q.name for q in prompts("ice").questions
    ]
    spoken = [a for a in found.all("span", lang=language) if a.get("class") == "spoken"]
    assert len(spoken) == 11  # ten questions and the sentence


@BOTH
def test_every_screen_has_a_heading_that_can_take_the_focus(test: str, tested: Subject):
    found = page(test, tested)
    screens = len(found.all("section"))
    assert len(found.all("h2", tabindex="-1")) >= screens
    assert all(a.get("type") == "button" for a in found.all("button"))


@BOTH
def test_every_field_has_a_label(test: str, tested: Subject):
    found = page(test, tested)
    labelled = {a.get("for") for a in found.all("label")}
    for tag in ("textarea", "select", "input"):
        for field in found.all(tag):
            assert field.get("type") == "checkbox" or field["id"] in labelled


def test_the_baseline_and_what_limits_it_are_shown():
    words = page("ice", ADULT).words
    assert "ICE 9" in words
    assert "cannot see" in words
    assert "61.3 years" in words


def test_a_missing_baseline_says_what_is_taken():
    assert "not recorded; 10 is taken" in page("ice", Subject(id="b", name="B", age=40)).words
    assert "not recorded; 0 is taken" in page("capd", CHILD).words


def test_a_child_in_front_of_ice_is_led_to_capd():
    found = page("ice", CHILD, "fr")
    assert "/patients/c1/capd?language=fr" in [a.get("href") for a in found.all("a")]
    assert "/patients/a1/capd?language=fr" not in [a.get("href") for a in page("ice", ADULT, "fr").all("a")]


def test_the_script_is_told_the_points_of_every_answer():
    steps = [a for a in page("capd", CHILD).all("section") if "data-item" in a]
    assert json.loads(steps[0]["data-choices"] or "") == {
        "never": 4,
        "rarely": 3,
        "sometimes": 2,
        "often": 1,
        "always": 0,
    }
    assert [a["data-points"] for a in steps] == ["4"] * 8


def test_the_script_is_told_what_another_cause_records():
    causes = {
        a["data-answer"]: json.loads(a["data-records"] or "")
        for a in page("ice", ADULT).all("button")
        if "data-cause" in a
    }
    assert causes["sedative"] == {"consciousness_other_cause": "yes", "sedated": "yes"}


def test_the_age_of_the_anchors_is_chosen_for_a_child_whose_age_is_known():
    def chosen(tested: Subject) -> list[str | None]:
        return [a["value"] for a in page("capd", tested).all("option") if "selected" in a]

    assert chosen(CHILD) == ["2_years"]
    assert chosen(Subject(id="x", name="X")) == [""]


def test_the_translation_is_marked_on_every_question_but_not_in_english():
    assert page("ice", ADULT, "de").words.count("Our translation, not validated.") == 11  # the start and ten questions
    assert "Our translation" not in page("ice", ADULT).words
