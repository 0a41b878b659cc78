"""Drugs given, and the infusion of CAR-T cells where it is written as a drug."""

from __future__ import annotations

from collections.abc import Callable

from icans.record.fhir.codes import code_data, codes_of, mentions, name_of, named_in, words_of
from icans.record.fhir.log import LeftOut, Log, Place, Wrong
from icans.record.fhir.models import CodeableConcept, Dosage, MedicationAdministration, Reference
from icans.record.fhir.reading import Given, Infusion, Reading, span, subject, updated
from icans.record.fhir.values import ucum

KIND = "MedicationAdministration"
DrugOf = Callable[[Reference], CodeableConcept]


def read_administration(it: MedicationAdministration, source: str, place: Place, log: Log, drug_of: DrugOf) -> Reading:
    """The therapy of a MedicationAdministration, or the infusion of CAR-T cells that it is."""
    reading = Reading(source, updated(it))
    with reading.accounted(KIND, log, place):
        if it.status in code_data()["left_out"][KIND]:
            raise LeftOut(f"with status {it.status}")
        drug = _drug(it, drug_of)
        product = None if _is_ours(drug) else named_in("products", drug)
        if product or (mentions("any_product", drug) and not _is_ours(drug)):
            start, _ = span(it.effective_date_time, it.effective_period)
            reading.infusions.append(Infusion(subject(it.subject), start.time, product))
            reading.used.append(f"{KIND} of CAR-T cells")
        else:
            given = _given(it, drug, source)
            reading.given.append(given)
            reading.used.append(f"{KIND} {given.drug}")
    return reading


def _is_ours(drug: CodeableConcept) -> bool:
    """True for a drug with a code of urn:icans:drugs: a record said so, and its words need no guessing."""
    return any(system == "drugs" for system, _ in codes_of(drug))


def _drug(it: MedicationAdministration, drug_of: DrugOf) -> CodeableConcept:
    if it.medication_codeable_concept is not None:
        return it.medication_codeable_concept
    if it.medication_reference is not None:
        return drug_of(it.medication_reference)
    raise LeftOut("without a drug")


def _given(it: MedicationAdministration, drug: CodeableConcept, source: str) -> Given:
    name = named_in("drugs", drug)
    if name is None:
        raise LeftOut(f"of a drug not known here: {next(words_of(drug), name_of(drug))[:60]}")
    dosage = it.dosage or Dosage()
    if not _is_ours(drug) and (mentions("not_systemic", drug) or mentions("not_systemic", dosage.route)):
        raise LeftOut(f"of {name} that does not act on the whole body")
    patient = subject(it.subject)
    start, end = span(it.effective_date_time, it.effective_period)
    dose = dosage.dose.value if dosage.dose else None
    rate, rate_unit = _rate(dosage)
    if (dose or 0.0) < 0 or (rate or 0.0) < 0:
        raise Wrong("a dose or rate of 0 or more is expected")
    unit = ucum(dosage.dose) if dose is not None else None
    route = next(words_of(dosage.route), None)
    return Given(patient, start.time, end and end.time, name, dose, unit, route, rate, rate_unit, source)


def _rate(dosage: Dosage) -> tuple[float | None, str | None]:
    """(rate, its unit in UCUM): a quantity as it stands; a ratio as numerator for one of the denominator."""
    if dosage.rate_quantity is not None and dosage.rate_quantity.value is not None:
        return dosage.rate_quantity.value, ucum(dosage.rate_quantity)
    ratio = dosage.rate_ratio
    if ratio is None or ratio.numerator is None or ratio.denominator is None:
        return None, None
    over, under = ratio.numerator.value, ratio.denominator.value
    if over is None or not under:
        return None, None
    return over / under, f"{ucum(ratio.numerator) or '1'}/{ucum(ratio.denominator) or '1'}"
