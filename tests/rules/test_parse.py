"""What the rule language understands, and the words for what it does not."""

from __future__ import annotations

import pytest
from names import NAMES, SWITCHES, truth

from icans.rules.expression import Constant, Number
from icans.rules.parse import ExpressionError, parse


def mistakes(text: str) -> list[str]:
    with pytest.raises(ExpressionError) as caught:
        parse(text, NAMES, SWITCHES)
    return caught.value.mistakes


ROW = {
    "flow": [6.0], "warmth": [38.0], "change": [-2.0], "score": [7], "points": [3], "wet": [True], "cold": [False],
    "device": ["mask"], "drugs": [0b011],
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "wet",
        "not cold",
        "wet and not cold",
        "cold or wet",
        "flow > 5.9 and flow >= 6 and flow < 6.1 and flow <= 6 and flow == 6 and flow != 7",
        "5 < flow <= 6 < score",
        "6 >= flow",
        "device == 'mask' and device != 'tube'",
        "device in ('mask', 'tube') and device not in ('none', 'cannula')",
        "device in ['none', 'mask']",
        "flow + score == 13 and flow - score == -1 and flow * score == 42 and flow / 4 == 1.5",
        "-change == 2",
        "min(flow, score, 9) == 6 and max(flow, score, 3) == 7",
        "floor(flow / 4) == 1",
        "log2(score + 1) == 3",
        "count(drugs, 'a', 'c') == 1 and count(drugs, 'a', 'b') == 2",
        "any_of(drugs, 'b', 'c') and not any_of(drugs, 'c')",
        "not empty(drugs)",
        "rank(device) == 2",
        "any_known(flow, score)",
        "first_known(flow, score) == 6",
        "reconcile(points + 4, score) == 7",
        "convention('C1') and not convention('C2')",
        "wet if convention('C1') else cold",
        "cold if convention('C2') else wet",
        "flow > (5 if convention('C1') else 50)",
    ],
)
def test_what_is_understood(text: str):
    assert truth(text, ROW) == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("temprature > 38", "'temprature' is not known"),
        ("wramth > 38", "'wramth' is not known. Is it 'warmth'?"),
        ("zzz", "'zzz' is not known"),
        ("device == 'masc'", "'device' is never 'masc'; it has: none, cannula, mask, tube"),
        ("any_of(drugs, 'z')", "'drugs' is never 'z'"),
        ("device == mask", "'mask' is not a quoted word of 'device'"),
        ("device in ()", "'device' needs words to be compared with"),
        ("device > 'mask'", "'device' is a choice: ask it with ==, !=, in or not in"),
        ("device", "'device' is a choice: ask it with == or in"),
        ("drugs", "'drugs' is a set: ask it with any_of, count or empty"),
        ("flow in (1, 2)", "'flow' is not a choice, so it cannot be asked with 'in'"),
        ("flow is 3", "cannot be asked with 'in'"),
        ("flow and wet", "'flow' is not a condition"),
        ("not flow", "'flow' is not a condition"),
        ("wet + 1 > 2", "'wet' is not a number"),
        ("unknown > 1", "'unknown' is not a number"),
        ("score > 10", "'score > 10' never holds: score lies in 0 to 10"),
        ("10 < score", "'score > 10' never holds"),
        ("score >= 0", "'score >= 0' always holds"),
        ("score == 11", "'score == 11' never holds"),
        ("score != 11", "'score != 11' always holds"),
        ("warmth < 10", "'warmth < 10' never holds: warmth lies in 10 to 50"),
        ("warmth <= 50", "'warmth <= 50' always holds"),
        ("flow < 0", "'flow < 0' never holds: flow lies in 0 to inf"),
        ("count(drugs, 'a') > 1", "'count(drugs) > 1' never holds: count(drugs) lies in 0 to 1"),
        ("rank(device) >= 4", "'rank(device) >= 4' never holds: rank(device) lies in 0 to 3"),
        ("rank(drugs) > 1", "'rank' asks a choice, and 'drugs' is a set"),
        ("count(device, 'mask') > 0", "'count' asks a set, and 'device' is a choice"),
        ("count(drugs) > 0", "'count(drugs, ...)' needs words of 'drugs'"),
        ("any_of(drugs)", "needs words of 'drugs'"),
        ("empty(drugs, 'a')", "'empty' asks about the whole set"),
        ("any_of(wet or cold, 'a')", "'any_of' asks an item first"),
        ("floor(flow, score) > 1", "'floor' takes one number"),
        ("min() > 1", "'min' needs something in its brackets"),
        ("min(flow, key=1) > 1", "'min' is not a function of the rule language"),
        ("any_known(flow > 1)", "'any_known' asks names, not 'flow > 1'"),
        ("first_known(wet, flow)", "'first_known' joins accounts of one kind"),
        ("convention('C99')", "convention('C99') is not among: C1, C2"),
        ("wet if cold else cold", "'if cold': only a convention may choose between two readings"),
        ("flow >", "'flow >' is not an expression"),
        ("", "'' is not an expression"),
        ("flow = 3", "'flow = 3' is not an expression"),
        ("flow\x00 > 3", "is not an expression"),
        ("1e999 > flow", "is not part of the rule language"),
    ],
)
def test_what_is_not(text: str, words: str):
    assert any(words in mistake for mistake in mistakes(text)), mistakes(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "flow.real > 1",
        "(lambda: 1)()",
        "f'{flow}'",
        "[x for x in drugs]",
        "{'a': 1}",
        "flow[0] > 1",
        "eval('1') > 0",
        "open('/etc/hostname')",
        "flow ** 9 ** 9 ** 9 > 1",
        "flow % 2 == 0",
        "flow // 2 == 0",
        "~wet",
        "wet & cold",
        "True",
        "None",
        "'word'",
        "1j > flow",
        "(yield)",
        "await wet",
        "*drugs",
        "flow := 3",
        "...",
    ],
)
def test_python_beyond_the_language_is_refused(text: str):
    assert mistakes(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "wet" + ")" * 300,
        "not " * 900 + "wet",
        "-" * 3000 + "flow > 1",
        "min(" * 190 + "flow" + ")" * 190 + " > 1",
        "+".join(["flow"] * 700) + " > 1",
        " and ".join(["wet"] * 5000),
        "f" * 100_000,
    ],
    ids=["brackets", "not", "minus", "min", "sum", "long", "name"],
)
def test_what_is_huge_gets_words_and_no_crash(text: str):
    (words,) = mistakes(text)
    assert len(words) < 250
    assert "nested too deep" in words or "is longer than 4000 signs" in words or "too many nested" in words


def test_all_mistakes_of_an_expression_are_told_together():
    assert len(mistakes("wett and score > 12 and device == 'masc' and floow > 1")) == 4


def test_what_is_written_is_worked_out_at_once():
    assert parse("28 / 4 + 1", NAMES) == Number(8.0)
    assert parse("wet or convention('C1')", NAMES, SWITCHES) == Constant(True)
    assert parse("wet and convention('C2')", NAMES, SWITCHES) == Constant(False)
    assert parse("wet and convention('C1')", NAMES, SWITCHES) == parse("wet", NAMES)
    assert parse("not unknown", NAMES) == Constant(None)
