"""The parts of FHIR R4 (4.0.1) that are read here, as lean models.

Only the elements used are listed; all others are ignored. Names are those of FHIR in snake case
(`valueQuantity` is `value_quantity`). Source: the resource definitions of http://hl7.org/fhir/R4.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Element(BaseModel):
    """What all parts share: FHIR's own names in JSON, no coercion of types, unknown elements ignored."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="ignore", frozen=True, defer_build=True)


class Coding(Element):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element):
    """A meaning, by codes and by words."""

    coding: tuple[Coding, ...] = Field(default=(), strict=False)
    text: str | None = None


class Quantity(Element):
    """A measured amount; `code` is its unit in the code system `system`, `unit` the unit in words."""

    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(Element):
    """One quantity for another, as in 4 mg for 1 h."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element):
    """A time span, open at an end that is not given."""

    start: str | None = None
    end: str | None = None


class Identifier(Element):
    """A business identifier."""

    system: str | None = None
    value: str | None = None


class Reference(Element):
    """A pointer to another resource."""

    reference: str | None = None
    display: str | None = None
    identifier: Identifier | None = None


class Meta(Element):
    """Data about the resource."""

    last_updated: str | None = None


class Extension(Element):
    """An addition to a resource, known by its URL."""

    url: str | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_decimal: float | None = None
    value_date_time: str | None = None
    value_quantity: Quantity | None = None
    extension: tuple[Extension, ...] = Field(default=(), strict=False)


class Resource(Element):
    """What every resource has."""

    id: str | None = None
    meta: Meta | None = None
    contained: tuple[dict[str, Any], ...] = Field(default=(), strict=False)
    extension: tuple[Extension, ...] = Field(default=(), strict=False)


class ReferenceRange(Element):
    """What a laboratory takes for normal."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None


class Valued(Element):
    """An answer of one of FHIR's types; of those typed Any it is only noted that there is one."""

    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_decimal: float | None = None
    value_boolean: bool | None = None
    value_coding: Coding | None = None
    value_range: Any = None
    value_ratio: Any = None
    value_sampled_data: Any = None
    value_time: Any = None
    value_date: Any = None
    value_date_time: Any = None
    value_period: Any = None


class ObservationComponent(Valued):
    """One of several results of an Observation."""

    code: CodeableConcept = CodeableConcept()
    data_absent_reason: CodeableConcept | None = None
    reference_range: tuple[ReferenceRange, ...] = Field(default=(), strict=False)


class Observation(Resource, ObservationComponent):
    """A measurement or finding."""

    status: str | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    device: Reference | None = None
    component: tuple[ObservationComponent, ...] = Field(default=(), strict=False)


class Dosage(Element):
    """How much of a drug, by which route, how fast."""

    text: str | None = None
    route: CodeableConcept | None = None
    dose: Quantity | None = None
    rate_quantity: Quantity | None = None
    rate_ratio: Ratio | None = None


class MedicationAdministration(Resource):
    """A drug given."""

    status: str | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    dosage: Dosage | None = None


class Procedure(Resource):
    """Something done to the patient."""

    status: str | None = None
    code: CodeableConcept = CodeableConcept()
    subject: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    used_code: tuple[CodeableConcept, ...] = Field(default=(), strict=False)


class Condition(Resource):
    """A diagnosis or problem."""

    verification_status: CodeableConcept | None = None
    code: CodeableConcept = CodeableConcept()
    subject: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    recorded_date: str | None = None


class Hospitalization(Element):
    """How a stay began and ended."""

    discharge_disposition: CodeableConcept | None = None


class Encounter(Resource):
    """A stay or visit."""

    status: str | None = None
    subject: Reference | None = None
    hospitalization: Hospitalization | None = None


class Answer(Valued):
    """An answer of a questionnaire."""

    item: tuple[QuestionnaireItem, ...] = Field(default=(), strict=False)


class QuestionnaireItem(Element):
    """A question with its answers and the questions below it."""

    link_id: str = ""
    answer: tuple[Answer, ...] = Field(default=(), strict=False)
    item: tuple[QuestionnaireItem, ...] = Field(default=(), strict=False)


class QuestionnaireResponse(Resource):
    """A filled-in questionnaire, such as the ICE."""

    status: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: tuple[QuestionnaireItem, ...] = Field(default=(), strict=False)


class Patient(Resource):
    """The person. Names and addresses are not read."""

    identifier: tuple[Identifier, ...] = Field(default=(), strict=False)
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None


class Medication(Resource):
    """A drug that administrations point to."""

    code: CodeableConcept | None = None


class DeviceName(Element):
    """A name of a device."""

    name: str | None = None


class Device(Resource):
    """A device that observations point to."""

    type: CodeableConcept | None = None
    device_name: tuple[DeviceName, ...] = Field(default=(), strict=False)


READ: dict[str, type[Resource]] = {
    model.__name__: model
    for model in (
        Patient,
        Observation,
        MedicationAdministration,
        Procedure,
        Condition,
        Encounter,
        QuestionnaireResponse,
        Medication,
        Device,
    )
}
"""The resource types that are read, by name."""
