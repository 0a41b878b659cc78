"""The stretches of days with their dangers, and what is to be said of the timing: `windows.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from icans.guidance.cited import Cited, read_cited
from icans.guidance.monitoring.answer import Window
from icans.guidance.monitoring.timing import Fit, opened, pair, read_fit, text_of
from icans.rules.document import Reader

TOXICITIES = ("before", "infusion", "tls", "crs", "icans", "hyperinflammation", "infection", "late")
HOURS_A_DAY = 24


@dataclass(frozen=True)
class WindowRule:
    """A window as the file has it, before there is a time of infusion."""

    id: str
    toxicity: str
    label: str
    days: tuple[float, float]
    fit: Fit
    peaks: tuple[tuple[Fit, tuple[float, float]], ...]
    watch: str
    cited: Cited

    def at(self, product: str, infusion: datetime) -> Window:
        """The window after one infusion (UTC), to the end of the product's own peak where that is later."""
        peak = next((days for fit, days in self.peaks if fit.holds(product)), None)
        first, last = self.days[0], max(self.days[1], (peak or self.days)[1])
        start, end = (infusion + timedelta(days=d) for d in (first, last))
        return Window(
            self.id, self.toxicity, self.label, first, last, start, end, peak, self.watch, self.cited
        )  # fmt: skip


@dataclass(frozen=True)
class TimingNote:
    """What is to be said of the timing after some products."""

    text: str
    fit: Fit
    cited: Cited


def read_windows(text: str, file: str) -> tuple[tuple[WindowRule, ...], tuple[TimingNote, ...]]:
    """The windows and notes of a file like `windows.yaml`. Raises RuleError listing all its mistakes."""
    raw, reader = opened(text, file)
    reader.only(raw, ("sources", "windows", "notes", "unsure"), file)
    found = [_read_window(entry, reader) for entry in reader.entries(raw, "windows", file)]
    notes = [_read_note(entry, reader) for entry in reader.entries(raw, "notes", file)]
    reader.mistakes.check()
    return tuple(w for w in found if w is not None), tuple(notes)


def stretch(entry: dict[str, Any], reader: Reader, name: str) -> tuple[float, float] | None:
    """The days of an entry, given as `days` or `hours` from the infusion; None where it has neither."""
    for key, unit in (("days", 1), ("hours", HOURS_A_DAY)):
        if key in entry:
            ends = pair(entry[key])
            if ends is None:
                reader.mistakes.add(f"'{key}' is [first, last], from the infusion", entry, name)
                return None
            return ends[0] / unit, ends[1] / unit
    return None


def _read_window(entry: dict[str, Any], reader: Reader) -> WindowRule | None:
    name = str(entry.get("id", "a window without an id"))
    allowed = ("id", "toxicity", "label", "days", "hours", "for", "peaks", "watch", "source", "mark")
    reader.only(entry, allowed, name)
    cited, days = read_cited(entry, reader, name), stretch(entry, reader, name)
    if entry.get("toxicity") not in TOXICITIES:
        reader.mistakes.add(f"toxicity is one of: {', '.join(TOXICITIES)}", entry, name)
    if not {"label", "watch"} <= set(entry) or not {"days", "hours"} & set(entry):
        reader.mistakes.add("a window needs label, watch, and days or hours", entry, name)
        return None
    if days is None:
        return None
    peaks = []
    for peak in reader.entries(entry, "peaks", name):
        within = stretch(peak, reader, name)
        if within is None or within[0] < days[0]:
            reader.mistakes.add("a peak needs days, and does not begin before its window", peak, name)
            continue
        peaks.append((read_fit(peak, reader, name), within))
    label, watch, toxicity = str(entry["label"]), str(entry["watch"]), str(entry.get("toxicity"))
    return WindowRule(name, toxicity, label, days, read_fit(entry, reader, name), tuple(peaks), watch, cited)


def _read_note(entry: dict[str, Any], reader: Reader) -> TimingNote:
    name = "a note"
    reader.only(entry, ("text", "for", "source", "mark"), name)
    if "text" not in entry:
        reader.mistakes.add("has no 'text'", entry, name)
    return TimingNote(
        str(entry.get("text", "")).strip(), read_fit(entry, reader, name), read_cited(entry, reader, name)
    )  # fmt: skip


@cache
def windows() -> tuple[tuple[WindowRule, ...], tuple[TimingNote, ...]]:
    """Every window and note of `windows.yaml`."""
    return read_windows(text_of("windows.yaml"), "windows.yaml")
