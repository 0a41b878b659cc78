"""Questionnaires, such as the ICE: an item of a questionnaire whose linkId is the name of an item here."""

from __future__ import annotations

from collections.abc import Iterator

from icans.record.catalogue import Item, catalogue
from icans.record.fhir.codes import code_data
from icans.record.fhir.log import LeftOut, Log, Place, Wrong
from icans.record.fhir.models import Answer, QuestionnaireItem, QuestionnaireResponse
from icans.record.fhir.reading import Reading, Seen, at, note_day, subject, updated
from icans.record.fhir.values import encoded

KIND = "QuestionnaireResponse"


def read_questionnaire(it: QuestionnaireResponse, source: str, place: Place, log: Log) -> Reading:
    """The answers of a questionnaire; each is counted once, as used or with the reason why not."""
    reading = Reading(source, updated(it, it.authored))
    try:
        if it.status in code_data()["left_out"][KIND]:
            raise LeftOut(f"with status {it.status}")
        patient, authored = subject(it.subject), at(it.authored)
    except (LeftOut, Wrong) as reason:
        said = reason if isinstance(reason, LeftOut) else "with a mistake, see the problems"
        reading.skipped += [f"{KIND} {said}" for _ in _answers(it.item)]
        if isinstance(reason, Wrong):
            log.problem(place, f"{KIND}: {reason}")
        return reading
    note_day(authored, KIND, log)
    for question, answer in _answers(it.item):
        with reading.accounted(KIND, log, place):
            item = _item(question)
            counted = f"{KIND} {item.name}"
            value = encoded(answer, item, log)
            reading.seen.append(
                Seen(patient, authored.time, item.name, value, None, None, source, reading.updated, counted)
            )
    return reading


def _answers(items: tuple[QuestionnaireItem, ...]) -> Iterator[tuple[QuestionnaireItem, Answer]]:
    """Each question with its answer, those below it too; one with neither has an empty answer."""
    for question in items:
        for answer in question.answer:
            yield question, answer
            yield from _answers(answer.item)
        if not question.answer and not question.item:
            yield question, Answer()
        yield from _answers(question.item)


def _item(question: QuestionnaireItem) -> Item:
    name = question.link_id.replace("/", ".").rpartition(".")[2]
    item = catalogue().get(name)
    if item is None:
        raise LeftOut(f"with no item of the name: {question.link_id[:60]}")
    return item
