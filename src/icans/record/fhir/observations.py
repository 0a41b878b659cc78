"""Observations: vital signs, laboratory, scores and findings."""

from __future__ import annotations

from collections.abc import Callable

from icans.record.catalogue import Item, catalogue
from icans.record.fhir.codes import answer_of, code_data, item_of, name_of
from icans.record.fhir.log import LeftOut, Log, Place, Wrong
from icans.record.fhir.models import CodeableConcept, Observation, ObservationComponent, Quantity, Reference
from icans.record.fhir.moments import Moment
from icans.record.fhir.reading import Reading, Seen, at, note_day, subject, updated
from icans.record.fhir.values import cause_of, encoded, in_items_unit

KIND = "Observation"
DeviceOf = Callable[[Reference], CodeableConcept]


def read_observation(it: Observation, source: str, place: Place, log: Log, device_of: DeviceOf) -> Reading:
    """The values of an Observation and of its components.

    Each value is counted once, as used or with the reason why not: the Observation's own value, unless it is
    only a panel (no value and no reason for its absence, but components), and each component. A device of
    oxygen and the limits of the laboratory come on top.
    """
    reading = Reading(source, updated(it, it.issued))
    parts = own_parts(it)
    try:
        patient, time = _whose_and_when(it)
    except (LeftOut, Wrong) as reason:
        _leave_out_all(parts, reason, reading, place, log)
        return reading
    note_day(time, KIND, log)
    cause = cause_of(it.extension)

    def row(item: Item, value: float, counted: str) -> Seen:
        return Seen(patient, time.time, item.name, value, *cause, source, reading.updated, counted)

    for part in parts:
        with reading.accounted(KIND, log, place):
            item = _item(part)
            reading.seen.append(row(item, _value(part, item, log), f"{KIND} {item.name}"))
            reading.seen += [row(*limit, "Observation.referenceRange") for limit in _limits(part, item)]
    if it.device is not None and (worn := _worn(device_of(it.device))):
        reading.seen.append(row(*worn, "Observation.device"))
    return reading


def own_parts(it: Observation) -> list[ObservationComponent]:
    """What of an Observation is counted: itself unless it is only a panel, then its components."""
    panel = it.component and it.data_absent_reason is None and not _has_value(it)
    return [*(() if panel else (it,)), *it.component]


def _has_value(part: ObservationComponent) -> bool:
    return any(name.startswith("value_") for name in part.model_fields_set)


def _whose_and_when(it: Observation) -> tuple[str, Moment]:
    if it.status in code_data()["left_out"][KIND]:
        raise LeftOut(f"with status {it.status}")
    period = it.effective_period
    return subject(it.subject), at(
        it.effective_date_time or it.effective_instant or (period and (period.start or period.end))
    )


def _leave_out_all(
    parts: list[ObservationComponent], reason: LeftOut | Wrong, reading: Reading, place: Place, log: Log
) -> None:
    """Count all parts under the one reason; parts whose code is not known under that."""
    for part in parts:
        try:
            item = _item(part)
        except LeftOut as unknown:
            reading.skipped.append(f"{KIND} {unknown}")
            continue
        said = f"{item.name} {reason}" if isinstance(reason, LeftOut) else "with a mistake, see the problems"
        reading.skipped.append(f"{KIND} {said}")
    if isinstance(reason, Wrong):
        log.problem(place, f"{KIND}: {reason}")


def _item(part: ObservationComponent) -> Item:
    item = item_of(part.code)
    if item is None:
        raise LeftOut(f"with no code known here: {name_of(part.code)}")
    return item


def _value(part: ObservationComponent, item: Item, log: Log) -> float:
    if _has_value(part):
        return encoded(part, item, log)
    if part.data_absent_reason is not None:
        raise LeftOut(f"{item.name} without a value, the reason being given")
    raise LeftOut(f"{item.name} without a value")


def _limits(part: ObservationComponent, item: Item) -> list[tuple[Item, float]]:
    """The limits of normal, where the catalogue has items for them and there is one range only."""
    if len(part.reference_range) != 1:
        return []
    limits = []
    for end, quantity in (("uln", part.reference_range[0].high), ("lln", part.reference_range[0].low)):
        limit = catalogue().get(f"{item.name}_{end}")
        if limit is not None and isinstance(quantity, Quantity):
            try:
                limits.append((limit, in_items_unit(quantity, limit)))
            except (LeftOut, Wrong):
                continue
    return limits


def _worn(device: CodeableConcept) -> tuple[Item, float] | None:
    """The oxygen device that the device of a measurement is; None for another, such as the oximeter."""
    item = catalogue()["oxygen_device"]
    word = answer_of(item, device)
    return (item, item.encode(word)) if word else None
