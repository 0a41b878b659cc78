"""Rules, initial assignments, functions and events, against arithmetic by hand."""

from __future__ import annotations

import math

import pytest

from icans.mechanism.compiler.sbml import read_sbml
from mechanism.compiler.made_sbml import TIME, from_antimony, plain, rate_of_x


def made(body: str):
    return plain(from_antimony(f"model m; {body} end"))


def test_assignment_rules_may_stand_in_any_order():
    """c = b + 1, b = 2 a, a = x k = 3 * 2: c is 13."""
    model = made("c := b + 1; b := 2*a; a := x*k; x = 3; k = 2; x' = -c;")
    assert list(model.system.assigned) == ["a", "b", "c"]
    assert model.rates() == {"x": -13.0}
    assert model.assigned(states={"x": 1.0}) == {"a": 2.0, "b": 4.0, "c": 5.0}


def test_a_start_can_be_calculated_from_other_starts():
    """y = 2 x = 6, z = y + k = 8."""
    model = made("z = y + k; y = 2*x; x = 3; k = 2; x' = -x; y' = -y; z' = -z;")
    assert model.start() == {"x": 3.0, "y": 6.0, "z": 8.0}
    assert model.start(k=10.0)["z"] == 16.0


def test_a_parameter_calculated_at_the_start_keeps_that_value():
    """SBML evaluates an initial assignment once: p = 2 x(0) = 6, however x goes on."""
    model = made("x = 3; x' = -x; p = 2*x; y = 1; y' = p;")
    assert model.rates(states={"x": 0.5})["y"] == 6.0
    assert list(model.system.derived) == ["p"]


def test_a_parameter_calculated_at_the_start_from_a_rule_keeps_that_value():
    """p = q(0) = 3 * 2 + 0, q = x k + time."""
    model = made("x = 3; x' = -x; k = 2; q := x*k + time; p = q; y = 1; y' = p;")
    assert model.rates(time=5.0, states={"x": 0.5})["y"] == 6.0
    assert model.rates(time=5.0, k=4.0)["y"] == 12.0, "but it follows the parameters"


def test_what_a_start_is_calculated_from_is_not_to_be_changed_later():
    """k could be given doses, were the derived value not calculated from it once."""
    system = read_sbml(from_antimony("model m; var k = 2; p = 2*k; x = 1; x' = p; end"))
    assert [p.name for p in system.constants] == ["k"]
    assert system.inputs == ()


def test_a_function_is_expanded_with_its_arguments():
    model = plain(
        from_antimony(
            "function hill(x, K, n) x^n/(K^n + x^n) end function twice(u) 2*hill(u, 1, 2) end "
            "model m; x = 3; K = 1; x' = twice(x) + hill(1, K, 1); end"
        )
    )
    assert model.rates()["x"] == pytest.approx(2 * 9 / 10 + 1 / 2, rel=1e-15)


def apply(name: str, *args: str) -> str:
    return f"<apply><{name}/>{''.join(args)}</apply>"


def cn(value: object) -> str:
    return f"<cn>{value}</cn>"


X = "<ci>x</ci>"  # 4


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (apply("log", X), math.log10(4.0)), (apply("log", "<logbase><cn>2</cn></logbase>", X), 2.0),
        (apply("ln", X), math.log(4.0)), (apply("root", X), 2.0),
        (apply("root", "<degree><cn>3</cn></degree>", X), 4.0 ** (1 / 3)), (apply("power", X, cn(1.5)), 8.0),
        (apply("power", apply("minus", X), cn(3)), -64.0), (apply("minus", X), -4.0), (apply("minus", X, cn(1)), 3.0),
        (apply("plus"), 0.0), (apply("times"), 1.0), (apply("plus", X, X, cn(1)), 9.0),
        (apply("divide", X, cn(8)), 0.5),
        (apply("exp", cn(1)), math.e), (apply("floor", cn(-1.5)), -2.0), (apply("ceiling", cn(-1.5)), -1.0),
        (apply("abs", cn(-1.5)), 1.5), (apply("sin", X), math.sin(4.0)), (apply("cos", X), math.cos(4.0)),
        (apply("tan", X), math.tan(4.0)), (apply("tanh", X), math.tanh(4.0)), (apply("arcsin", cn(0.5)), math.pi / 6),
        (apply("arccos", cn(0.5)), math.pi / 3), (apply("arctan", X), math.atan(4.0)),
        ("<pi/>", math.pi), ("<exponentiale/>", math.e), ("<infinity/>", math.inf), ("<notanumber/>", math.nan),
        ('<cn type="rational">1<sep/>3</cn>', 1 / 3), ('<cn type="e-notation">1.5<sep/>3</cn>', 1500.0),
        ('<cn type="integer">7</cn>', 7.0), (TIME, 10.0),
        (TIME.replace("time", "avogadro"), 6.02214179e23),
    ],
)  # fmt: skip
def test_what_an_operation_means(content, expected):
    assert plain(rate_of_x(content)).rates(time=10.0)["x"] == pytest.approx(expected, rel=1e-14, nan_ok=True)


def piecewise(*pieces: tuple[str, str], otherwise: str) -> str:
    inner = "".join(f"<piece>{value}{condition}</piece>" for value, condition in pieces)
    return f"<piecewise>{inner}<otherwise>{otherwise}</otherwise></piecewise>"


TRUE, FALSE = "<true/>", "<false/>"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (apply("lt", X, cn(4)), False), (apply("leq", X, cn(4)), True), (apply("gt", X, cn(4)), False),
        (apply("geq", X, cn(4)), True), (apply("eq", X, cn(4)), True), (apply("neq", X, cn(4)), False),
        (TRUE, True), (FALSE, False), (apply("not", TRUE), False), (apply("not", FALSE), True),
        (apply("and", TRUE, TRUE, FALSE), False), (apply("or", FALSE, FALSE, TRUE), True),
        (apply("not", apply("or", FALSE, apply("lt", X, cn(5)))), False),
    ],
)  # fmt: skip
def test_what_a_condition_means(condition, holds):
    model = plain(rate_of_x(piecewise((cn(1), condition), otherwise=cn(0))))
    assert model.rates()["x"] == (1.0 if holds else 0.0)


@pytest.mark.parametrize(("x", "expected"), [(0.5, 10.0), (1.5, 20.0), (2.5, 30.0)])
def test_of_several_pieces_the_first_that_holds_counts(x, expected):
    pieces = (cn(10), apply("lt", X, cn(1))), (cn(20), apply("lt", X, cn(2)))
    assert plain(rate_of_x(piecewise(*pieces, otherwise=cn(30)))).rates(states={"x": x})["x"] == expected


@pytest.mark.parametrize(("text", "expected"), [("max(x, 2, 7)", 7.0), ("min(x, 2, 7)", 2.0), ("min(x, 2, -x)", -4.0)])
def test_the_largest_and_the_smallest(text, expected):
    assert made(f"x = 4; x' = {text};").rates()["x"] == expected


def test_in_level_3_version_2_truths_and_numbers_stand_for_each_other():
    """(x < 5) is 1; a number is true where it is not 0."""
    assert made("x = 4; x' = 3*(x < 5);").rates() == {"x": 3.0}
    assert made("x = 4; x' = (x < 5) + (x < 6);").rates() == {"x": 2.0}
    assert made("x = 4; x' = piecewise(1, x, 2);").rates() == {"x": 1.0}
    assert made("x = 4; x' = piecewise(1, x - 4, 2);").rates() == {"x": 2.0}


def test_names_that_mean_something_in_python_or_in_the_module_itself():
    """p' = 2 states + lambda time + v0 v1 + time_, with 'time' a parameter: 2 * 2 + 7 * 5 + 3 * 4 + 9 = 60."""
    model = plain(
        rate_of_x(apply("plus", *[
            apply("times", cn(2), "<ci>states</ci>"), apply("times", "<ci>lambda</ci>", "<ci>time</ci>"),
            apply("times", "<ci>v0</ci>", "<ci>v1</ci>"), "<ci>time_</ci>", TIME]))
        .replace("</listOfParameters>", "".join(
            f'<parameter id="{name}" value="{value}" constant="true"/>'
            for name, value in {"states": 2, "lambda": 7, "time": 5, "v0": 3, "v1": 4, "time_": 9, "np": 0}.items()
        ) + "</listOfParameters>").replace('"x"', '"p"')
    )  # fmt: skip
    assert model.rates(time=100.0) == {"p": 160.0}


def test_names_like_those_of_shared_parts():
    """Shared parts get names of their own, and v0, v1, v2 are the model's here.

    v1 = x v0 = 1.5, v2 = exp(v1), s = v1² + v2²: x' = v1 v2 + v2 + s ln s + v0.
    """
    square_log = "ln(v1*v1 + v2*v2)*(v1*v1 + v2*v2)"
    model = made(f"x = 0.5; v0 = 3; v1 := x*v0; v2 := exp(v1); x' = v1*v2 + v2 + {square_log} + v0;")
    square = 1.5**2 + math.exp(3.0)
    assert model.rates()["x"] == pytest.approx(2.5 * math.exp(1.5) + math.log(square) * square + 3.0, rel=1e-14)
    assert model.assigned() == pytest.approx({"v1": 1.5, "v2": math.exp(1.5)})


def test_an_event_at_a_known_time():
    """x becomes 5 + x, k becomes 2 T: from the values before it, at T = 1.5 * 2."""
    model = made("x = 3; T = 2; k = 1; x' = -k*x; at time >= 1.5*T: x = x + 5, k = 2*T*x;")
    assert model.module["event_times"](model.values()) == [3.0]
    assert model.module["EVENT_TARGETS"] == [("x", "k")]
    assert model.module["event_0"](3.0, [4.0], model.values()) == [9.0, 16.0]
    assert [p.name for p in model.system.inputs] == ["k"]


def test_an_event_can_set_what_was_calculated_at_the_start():
    """p = 2 T at the start and 7 after the event: a state that does not change by itself."""
    model = made("x = 3; T = 2; p = 2*T; x' = -p*x; at time >= 1: p = 7;")
    assert model.start()["p"] == 4.0
    assert model.rates() == {"x": -12.0, "p": 0.0}
