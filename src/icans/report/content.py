"""What every page says about a review, in words: one small table a section, the same in HTML and terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from icans.grading.answer import Answer, Episode
from icans.grading.conventions import conventions
from icans.guidance.cited import Cited
from icans.record.catalogue import catalogue, products
from icans.report.words import (
    day,
    day_of,
    in_order,
    interval,
    length,
    moment,
    outcome_name,
    plain,
    score_value,
)

if TYPE_CHECKING:
    from icans.patient_review import Review

NOT_A_DEVICE = "Decision support, not a medical device."


@dataclass(frozen=True)
class Verdict:
    """The present grade of one outcome: the interval, since when, the peak, and the answer behind it."""

    outcome: str
    name: str
    grade: str
    certain: bool
    since: str
    peak: str
    answer: Answer | None


@dataclass(frozen=True)
class Source:
    """A source that was used: what for, and the evidence marks it was used with."""

    source: str
    places: tuple[str, ...]
    marks: tuple[str, ...]


def name_of(review: Review) -> str:
    """What the patient is called: the label of the record, else the identifier."""
    return review.label or review.patient


def facts(review: Review) -> list[tuple[str, str]]:
    """Who and when: (what, in words), only what is known."""
    listed = products().get(review.product or "")
    sexes = review.records.patients["sex"].drop_nulls().to_list()
    rows = [
        ("Product", listed.label if listed else review.product or ""),
        ("Infusion", moment(review.infusion)),
        ("After infusion", day(review.day)),
        ("Seen up to", moment(review.now)),
        ("Age", f"{review.age:.3g} years" if review.age is not None else ""),
        ("Sex", sexes[0] if sexes else ""),
    ]
    return [(what, words) for what, words in rows if words]


def when(review: Review, time: datetime | None) -> str:
    """`day 2.5 (2025-03-05 22:00 UTC)`, the day only where the infusion is known."""
    if time is None:
        return ""
    if review.infusion is None:
        return moment(time)
    return f"{day(day_of(time, review.infusion))} ({moment(time)})"


def verdicts(review: Review) -> list[Verdict]:
    """The present grades, CRS and ICANS first, also where one of them could not be graded."""
    return [_verdict(review, o) for o in in_order({"crs", "icans", *review.current})]


def _verdict(review: Review, outcome: str) -> Verdict:
    answer = review.current.get(outcome)
    low, high = (answer.min, answer.max) if answer else (None, None)
    peak = review.peak.get(outcome)
    highest = f"{interval(peak[0], peak[1])}, {when(review, peak[2])}".rstrip(", ") if peak else ""
    return Verdict(
        outcome,
        outcome_name(outcome),
        interval(low, high) if answer else "not graded",
        answer is not None and low == high,
        when(review, review.since.get(outcome)),
        highest,
        answer,
    )


def labels(items: Iterable[str]) -> list[str]:
    """Items by the names people use."""
    return [catalogue()[i].label if i in catalogue() else plain(i) for i in items]


EPISODE_COLUMNS = ("Episode", "Onset", "Peak", "Peak at", "Resolution", "Duration")


def episodes(review: Review) -> list[tuple[str, ...]]:
    """One row an episode, in the order of onset, under EPISODE_COLUMNS."""
    return [_episode(review, e) for e in sorted(review.episodes, key=lambda e: e.onset)]


def _episode(review: Review, episode: Episode) -> tuple[str, ...]:
    onset = when(review, episode.onset) + (", or earlier" if episode.onset_uncertain else "")
    return (
        outcome_name(episode.outcome),
        onset,
        interval(*episode.peak),
        when(review, episode.peak_time),
        _end(review, episode),
        length(episode.duration_hours),
    )


def _end(review: Review, episode: Episode) -> str:
    if episode.ongoing:
        return "goes on"
    if episode.resolution is None:
        return f"not known; last sign {when(review, episode.last_sign)}"
    sooner = ", or sooner" if episode.resolution_uncertain else ""
    return (
        when(review, episode.resolution) + sooner + ("" if episode.settled else "; too short ago to be over for sure")
    )


SCORE_COLUMNS = ("Score", "Value", "From", "Missing", "Source")


def scores(review: Review) -> list[tuple[str, ...]]:
    """One row a score or related toxicity, under SCORE_COLUMNS."""
    rows = []
    for s in review.related.scores:
        value = score_value(s.min, s.max) + (f" ({s.band})" if s.band else "")
        inputs = "; ".join(f"{label} {words}" for label, words in s.inputs.items())
        source = f"{s.source} [{s.mark}]"
        rows.append((s.title, value, inputs or s.formula, ", ".join(labels(s.missing)), source))
    for a in review.related.present:
        used = "; ".join(f"{'' if h.certain else 'not ruled out: '}{h.says}" for h in a.decided_by)
        source = "; ".join(dict.fromkeys(f"{h.source} [{h.mark}]" for h in a.decided_by))
        value = "met" if _name(a.title) != a.title else f"grade {interval(a.min, a.max)}"
        rows.append((_name(a.title), value, used, "", source))
    return rows


def read_in_short(used: Mapping[str, int]) -> list[str]:
    """What was read, a line a kind of entry: 'Observation: 812 (34 kinds)'."""
    kinds: dict[str, list[int]] = {}
    for what, number in used.items():
        kinds.setdefault(what.split(" ")[0], []).append(number)
    return [f"{kind}: {sum(n)}" + (f" ({len(n)} kinds)" if len(n) > 1 else "") for kind, n in kinds.items()]


def neighbours(review: Review) -> list[str]:
    """A sentence on the related toxicities that are surely absent, and one on those the record leaves open."""
    said = []
    if review.related.absent:
        said.append(f"Not present: {'; '.join(_name(title) for title in review.related.absent)}.")
    if review.related.unsettled:
        left = "; ".join(_open(title, low, high) for title, low, high in review.related.unsettled)
        said.append(f"Not settled by what was recorded: {left}.")
    return said


def _name(title: str) -> str:
    """The title of a scale without the key of its numbers: 'IEC-HS criteria (0: not met, 1: met)'."""
    return title.partition(" (0:")[0]


def _open(title: str, low: int, high: int) -> str:
    return f"{_name(title)}, yes or no" if _name(title) != title else f"{title}, grade {interval(low, high)}"


def notices(review: Review) -> list[str]:
    """What to be aware of: of the review, of the current grades, of the related toxicities."""
    said = [h.says for a in (*review.current.values(), *review.related.present) for h in a.notices]
    return list(dict.fromkeys((*review.notices, *said, *_not_in_the_grade(review))))


def _not_in_the_grade(review: Review) -> Iterator[str]:
    """Findings on EEG or MRI that go with an ICANS grade, and that the items of the scale do not hold."""
    if review.guidance:
        for what, reading in (("EEG", review.guidance.eeg), ("MRI", review.guidance.mri)):
            for bearing in reading.bearings:
                if bearing.is_to_record and bearing.grade is not None:
                    goes = f"{bearing.finding.label} goes with ICANS grade {bearing.grade}"
                    yield f"{what}: {goes}; the grade does not hold it."


def sources(review: Review, cited: Iterable[Cited] = ()) -> list[Source]:
    """Every source behind what is shown, in the order of first use.

    cited  what the guidance rests on
    """
    answers = (*review.current.values(), *review.related.present)
    hits = [h for a in answers for h in (*a.decided_by, *(h for d in a.domains for h in d.hits), *a.notices)]
    uses = [Cited(h.source, h.where, h.mark) for h in hits]
    uses += [Cited(s.source, "", s.mark) for s in review.related.scores]
    return sources_of((*uses, *cited))


def sources_of(cited: Iterable[Cited]) -> list[Source]:
    """Each source once, in the order of first use, with its places and marks."""
    used: dict[str, tuple[list[str], list[str]]] = {}
    for c in cited:
        places, marks = used.setdefault(c.source, ([], []))
        places.append(c.where)
        marks.append(c.mark)
    return [
        Source(s, tuple(dict.fromkeys(p for p in places if p)), tuple(dict.fromkeys(marks)))
        for s, (places, marks) in used.items()
    ]


def numbers_of(used: Iterable[Source]) -> dict[str, int]:
    """source -> its number in the list of sources, from 1."""
    return {source.source: place for place, source in enumerate(used, 1)}


def switches(review: Review) -> list[tuple[str, str, str, str]]:
    """The conventions in force: id, name, on or off, and what is done."""
    known = conventions()
    return [
        (name, known[name].name, "on" if on else "off", known[name].text(on))
        for name, on in review.conventions.items()
        if name in known
    ]
