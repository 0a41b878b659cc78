"""The units of the model fit, and the checks find what does not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from icans.errors import RuleError
from icans.mechanism.definition import annotate, check, compose, unit_check
from icans.mechanism.definition.check import Finding
from icans.mechanism.definition.parameters import parameter, table


def document(sbml: str) -> Any:
    import libsbml

    return libsbml.readSBMLFromString(sbml)


def changed(old: str, new: str) -> str:
    """The model's SBML with one piece of its text changed."""
    text = compose.antimony_text()
    assert text.count(old) == 1
    return annotate.annotated(compose._translated(text.replace(old, new)))


def findings(sbml: str) -> set[tuple[str, str]]:
    return {(finding.check, finding.name) for finding in check.sbml_findings(sbml)} - check.exceptions().keys()


def test_the_model_is_in_order():
    assert check.check() == []


def test_libsbml_finds_no_inconsistency_in_sbml_or_units():
    import libsbml

    model = document(compose.sbml_text())
    model.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    assert model.checkConsistency() == 0


def test_every_species_parameter_and_compartment_has_a_unit():
    held = document(compose.sbml_text())
    model = held.getModel()
    assert all(s.isSetSubstanceUnits() for s in model.getListOfSpecies())
    assert all(p.isSetUnits() for p in model.getListOfParameters())
    assert all(c.isSetUnits() for c in model.getListOfCompartments())
    assert model.getTimeUnits() == "day"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        # A rate squared: libSBML sees it too.
        ("IL1' = k1*(IL1_0 - IL1)", "IL1' = k1*k1*(IL1_0 - IL1)", r"second\^-2"),
        # mg/L taken for ug/L: a factor of 1,000, of which libSBML says nothing.
        ("Cd := ug_in_mg*dex/Vd", "Cd := dex/Vd", r"has the unit 1e-06 .*formula 0.001 "),
        # mmHg per mL times L.
        ("Pb := Pb0 + eb*mL_in_L*Wb", "Pb := Pb0 + eb*Wb", r"Pb0 \+ eb \* Wb: 133.322 .* meets 133322 "),
        ("exp(-time/tau15)", "exp(-time)", r"exp\(-time\): 86400 second meets 1$"),
    ],
)
def test_units_that_do_not_fit_are_found(old: str, new: str, words: str):
    held = document(changed(old, new))
    (_, text), *others = unit_check.mismatches(held.getModel())
    assert not others
    assert re.search(words, text)


def test_libsbml_alone_would_pass_a_wrong_factor_of_ten():
    import libsbml

    model = document(changed("Cd := ug_in_mg*dex/Vd", "Cd := dex/Vd"))
    model.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    assert model.checkConsistency() == 0


def test_a_number_with_a_hidden_unit_is_found():
    # 3 for IL-6 would be pg/mL; numbers in equations have no unit, so it must become a parameter.
    assert ("unit", "u6") in findings(changed("u6 := IL6*f6/fTp", "u6 := (IL6 - 3)*f6/fTp"))


def test_a_parameter_that_no_table_tells_is_found():
    assert ("untold", "k_new") in findings(changed("lev' = in_lev", "lev' = k_new + in_lev"))


def test_a_parameter_that_no_equation_uses_is_found():
    assert ("unused", "a_fb") in findings(changed("(1 + a_fb*H1)", "(1 + H1)"))


def table_with(name: str, **change: Any) -> Iterator[Finding]:
    return check.table_findings([dataclasses.replace(p, **change) if p.name == name else p for p in table()])


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("k1", {"value": 400.0}, "range: k1 is 400 1/d, plausible are 20 to 300"),
        ("k1", {"source": ""}, "source: k1 has no source"),
        ("k1", {"evidence": "sure"}, "source: k1 has the evidence mark 'sure'"),
    ],
)
def test_a_row_that_is_not_in_order_is_found(name: str, change: dict[str, Any], found: str):
    assert [str(finding) for finding in table_with(name, **change)] == [found]


def test_the_loop_of_microglia_and_il1_has_the_gain_of_the_review():
    # Section 2.9: kG wG1 (0.5 p1b/k1b)/K1b = 2.23 x 0.272 x (0.5 x 162/7.55)/29.6 = 0.22 against dG = 1.22: 0.18
    values = {p.name: p.value for p in table()}
    assert check.loop_gain(values) == pytest.approx(0.22 / 1.22, abs=0.005)


def test_a_loop_gain_of_one_is_found():
    # The gain is proportional to p1b: 162/0.18 = 900 pg/mL/d takes it to 1.
    assert {f.check for f in table_with("p1b", value=900.0)} == {"range", "loop gain"}
    assert {f.check for f in table_with("p1b", value=890.0)} == {"range"}


def test_crp_owed_to_il6_must_not_pass_its_baseline():
    # Section 2.5: pC H(IL6_0, K6C, nC) = 0.47 against kC CRP0 = 0.571 x 1.2 = 0.69
    values = {p.name: p.value for p in table()}
    assert check.lost_crp(values) * parameter("kC").value == pytest.approx(0.47, abs=0.005)
    assert {f.check for f in table_with("CRP0", value=0.8)} == {"CRP floor"}  # 0.47/0.571 = 0.82


def test_an_exception_needs_a_reason_and_a_finding(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(check, "exceptions", lambda: {("unused", "k1"): "because"})
    assert "exception: k1 is no longer needed for unused" in [str(finding) for finding in check.check()]
    monkeypatch.undo()
    monkeypatch.setattr(
        "icans.mechanism.definition.check.yaml.safe_load", lambda text: [{"check": "unused", "name": "k1"}]
    )
    with pytest.raises(RuleError, match="unused k1 has no reason"):
        check.exceptions.__wrapped__()


def test_molecules_carry_their_identifiers():
    held = document(compose.sbml_text())
    model = held.getModel()
    resources = {
        name: {
            term.getResourceURI(i)
            for term in model.getElementBySId(name).getCVTerms()
            for i in range(term.getNumResources())
        }
        for name in ("IL6", "Fer", "dex", "brain")
    }
    assert resources == {
        "IL6": {"https://identifiers.org/uniprot:P05231"},
        "Fer": {"https://identifiers.org/uniprot:P02794", "https://identifiers.org/uniprot:P02792"},
        "dex": {"https://identifiers.org/CHEBI:41879"},
        "brain": {"https://identifiers.org/UBERON:0000955"},
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("IL7,is,uniprot,P13232,interleukin-7", r"the model has no IL7; did you mean IL"),
        ("IL6,is,wiki,IL6,interleukin-6", "IL6: is wiki is not known here"),
    ],
)
def test_an_identifier_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, row: str, words: str):
    read = annotate._read
    head = "name,qualifier,resource,identifier,label\n"
    monkeypatch.setattr(annotate, "_read", lambda name: head + row if name == "identifiers.csv" else read(name))
    with pytest.raises(RuleError, match=words):
        annotate.annotated(compose._translated(compose.antimony_text()))
