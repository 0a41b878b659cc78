"""What SBML says of compartments, species, parameters and reactions, against arithmetic by hand."""

from __future__ import annotations

import pytest

from icans.mechanism.compiler.sbml import read_sbml
from mechanism.compiler.made_sbml import document, from_antimony, mathml, plain

TWO_LITRES = """
model made_up
  compartment cell = 2
  species S in cell, T in cell, $F in cell
  substanceOnly species N in cell
  S = 3; T = 0; F = 5; N = 8
  k = 0.5
  J: 2 S -> 3 T + N; k*S*F
end
"""


def test_a_reaction_moves_amounts_and_concentrations_follow_from_the_volume():
    """J = 0.5 * 3 * 5 = 7.5 amounts per time. In 2 litres: S' = -2 J/2, T' = 3 J/2; N is an amount: N' = J."""
    model = plain(from_antimony(TWO_LITRES))
    assert model.start() == {"S": 3.0, "T": 0.0, "N": 8.0}
    assert model.rates() == {"S": -7.5, "T": 11.25, "N": 7.5}
    assert model.rates(cell=4.0) == {"S": -3.75, "T": 5.625, "N": 7.5}, "a compartment's size is a parameter"


def test_a_boundary_species_stays_as_it_is_and_can_be_set():
    model = plain(from_antimony(TWO_LITRES))
    assert "F" in {p.name for p in model.system.parameters}
    assert model.rates(F=10.0)["S"] == -15.0


def test_a_reaction_can_be_used_by_name_for_its_rate():
    model = plain(from_antimony(TWO_LITRES.replace("end", "x = 0; x' = 2*J; y := J/3\nend")))
    assert model.rates()["x"] == 15.0
    assert model.assigned()["y"] == 2.5
    assert model.assigned()["J"] == 7.5


def species(value: str, kind: str = "false", boundary: str = "false") -> str:
    return (
        f'<species id="S" compartment="cell" {value} hasOnlySubstanceUnits="{kind}" boundaryCondition="{boundary}"'
        ' constant="false"/>'
    )


def flow(one_species: str, level: int = 3, law: str = "", reference: str = "", more: str = "") -> str:
    """A constant flow of 6 amounts per time into S, in a compartment of 4; more: parameters and rules."""
    constant = ' constant="true"' if level == 3 else ""
    stoichiometry = reference or ('stoichiometry="1" constant="true"' if level == 3 else "")
    reaction = ' reversible="false" fast="false"' if level == 3 else ""
    return document(
        f'<listOfCompartments><compartment id="cell" spatialDimensions="3" size="4"{constant}/></listOfCompartments>'
        f"<listOfSpecies>{one_species}</listOfSpecies>{more}"
        f"<listOfReactions><reaction id='J'{reaction}><listOfProducts>"
        f'<speciesReference species="S" {stoichiometry}/></listOfProducts><kineticLaw>'
        f"{law or mathml('<cn>6</cn>')}</kineticLaw></reaction></listOfReactions>",
        level,
    )


@pytest.mark.parametrize(
    ("value", "kind", "start", "rate"),
    [
        ('initialConcentration="3"', "false", 3.0, 1.5),
        ('initialAmount="3"', "false", 0.75, 1.5),
        ('initialConcentration="3"', "true", 12.0, 6.0),
        ('initialAmount="3"', "true", 3.0, 6.0),
    ],
)
@pytest.mark.parametrize("level", [2, 3])
def test_amount_and_concentration_as_the_start_and_as_the_meaning(value, kind, start, rate, level):
    """In 4 litres: 3 per litre are 12, 3 are 0.75 per litre; a flow of 6 is 1.5 per litre."""
    model = plain(flow(species(value, kind), level))
    assert model.start() == {"S": start}
    assert model.rates() == {"S": rate}


def test_the_start_follows_the_volume_where_an_amount_is_told():
    assert plain(flow(species('initialAmount="3"'))).start(cell=8.0) == {"S": 0.375}


def test_a_constant_species_given_as_an_amount_is_derived_and_cannot_be_set():
    grows = (
        '<listOfParameters><parameter id="x" value="1" constant="false"/></listOfParameters>'
        f'<listOfRules><rateRule variable="x">{mathml("<ci>S</ci>")}</rateRule></listOfRules>'
    )
    model = plain(flow(species('initialAmount="3"', boundary="true"), more=grows))
    assert list(model.system.derived) == ["S"]
    assert model.rates() == {"x": 0.75}


def test_stoichiometry_counts():
    assert plain(flow(species('initialAmount="0"'), reference='stoichiometry="2.5" constant="true"')).rates() == {
        "S": 2.5 * 6 / 4
    }


def test_a_named_stoichiometry_that_nothing_changes_is_a_number():
    in_level_3 = flow(species('initialAmount="0"'), reference='id="n" stoichiometry="2" constant="false"')
    in_level_2 = flow(species('initialAmount="0"'), level=2, reference='id="n" stoichiometry="2"')
    assert plain(in_level_3).rates() == plain(in_level_2).rates() == {"S": 3.0}


def test_without_a_stoichiometry_it_is_one_in_level_2():
    assert plain(flow(species('initialAmount="0"'), level=2)).rates() == {"S": 1.5}


@pytest.mark.parametrize(
    ("level", "tags"),
    [(2, ("listOfParameters", "parameter")), (3, ("listOfLocalParameters", "localParameter"))],
)
def test_a_reactions_own_parameter_hides_that_of_the_model(level, tags):
    """k is 2 in the model and 10 in the reaction: S' = 10 / 4, x' = 2."""
    constant = ' constant="false"' if level == 3 else ""
    own = f'<{tags[0]}><{tags[1]} id="k" value="10"/></{tags[0]}>'
    model = (
        f'<listOfParameters><parameter id="k" value="2"{constant}/><parameter id="x" value="1" constant="false"/>'
        f'</listOfParameters><listOfRules><rateRule variable="x">{mathml("<ci>k</ci>")}</rateRule></listOfRules>'
    )
    sbml = flow(species('initialAmount="0"'), level, law=mathml("<ci>k</ci>") + own, more=model)
    assert plain(sbml).rates() == {"S": 2.5, "x": 2.0}


def test_what_a_dose_can_change_is_what_is_not_constant():
    system = read_sbml(from_antimony("model m; x = 1; x' = a + b; a = 2; var b = 3; end"))
    assert [p.name for p in system.constants] == ["a"]
    assert [p.name for p in system.inputs] == ["b"]


def test_units_are_kept_for_the_reader():
    system = read_sbml(from_antimony("model m; unit conc = mole/litre; x = 1; x has conc; x' = -x; end"))
    assert system.states[0].unit == "conc"
