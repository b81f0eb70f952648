"""Deviations of one or several participants -> CSV cells for spreadsheets, or JSON; no cell can become a formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Encoder, format  # noqa: A004  (its name there)

from dosecal import __version__
from dosecal.deviations import KINDS, Deviation, Report
from dosecal.dose import number_in_source
from dosecal.schedule import Event, Schedule
from dosecal.study_time import StudyDay
from dosecal.write.csv import harmless
from dosecal.write.iso import clock_iso, minutes_of, moment_iso

COLUMNS: Final = (
    "participant", "deviation", "kind", "item", "label", "study_day", "due_date", "actual_date", "days", "minutes", "count",
    "window_earliest", "window_latest", "amount", "unit", "phase", "cycle", "reason", "key", "study", "arm", "actual_time",
)  # fmt: skip
"""The columns, in an order that does not change; what is new is added at the end."""
NO_ENTRY: Final = "no-entry"
"""In the place of a kind of deviation: the event is planned before the date asked for, and the record says nothing of it."""

Cell = str | int | float | None


def write_csv(reports: Sequence[Report]) -> str:
    """One header line, one deviation a line, with CRLF line ends (RFC 4180); after a participant's deviations what has no entry.

    `days` is signed: late 14, early -10, beyond the window 2 or -2; for a broken gap how far back the one before lies. `minutes` is the
    same where clock times decide. Text that could begin a formula has an apostrophe before it.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for report in reports:
        rows.writerows(_cells(report.schedule, one.event, one) for one in report.deviations)
        rows.writerows(_cells(report.schedule, event, None) for event in _without_entry(report))
    return text.getvalue()


def _without_entry(report: Report) -> tuple[Event, ...]:
    return report.unrecorded.events if report.unrecorded is not None else ()


def _cells(schedule: Schedule, event: Event, one: Deviation | None) -> tuple[Cell, ...]:
    """The cells of a deviation, or of an event without an entry, in the order of COLUMNS; None is an empty cell."""
    amount, window = event.dose.amount if event.dose is not None else None, event.window
    actual = one.actual_date if one is not None else None
    return (
        harmless(schedule.participant or ""),
        one.kind if one is not None else NO_ENTRY,
        event.kind,
        harmless(event.item),
        harmless(event.label),
        event.study_day,
        event.due_date.isoformat(),
        actual.isoformat() if actual is not None else None,
        one.days if one is not None else None,
        _minutes(one.exact) if one is not None else None,
        one.count if one is not None else None,
        moment_iso(window.earliest) if window is not None else None,
        moment_iso(window.latest) if window is not None else None,
        number_in_source(amount.value) if amount is not None else None,
        amount.unit if amount is not None else None,
        harmless(event.phase or ""),
        event.cycle,
        harmless(one.reason if one is not None else ""),
        harmless(event.key),
        harmless(schedule.study),
        harmless(schedule.arm or ""),
        _time(event, actual),
    )


def _minutes(length: timedelta | None) -> int | float | None:
    return None if length is None else minutes_of(length)


def _time(event: Event, actual: date | None) -> str | None:
    return clock_iso(event.clock.local.time()) if actual is not None and event.clock is not None else None


# -- json


class _Occurrence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An occurrence that departed from the plan (`deviation` says how), or one without an entry, where it stands."""

    deviation: str | UnsetType = UNSET
    kind: str
    item: str
    label: str
    study_day: StudyDay
    due_date: str
    date: str | UnsetType = UNSET
    actual_date: str | UnsetType = UNSET
    actual_time: str | UnsetType = UNSET
    days: int | UnsetType = UNSET
    minutes: int | float | UnsetType = UNSET
    count: int | UnsetType = UNSET
    window: dict[str, str | None] | UnsetType = UNSET
    amount: Raw | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    phase: str | UnsetType = UNSET
    cycle: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    key: str


class _Head(Struct, frozen=True, kw_only=True):
    """Whose deviations follow, and how many of each kind; `not_covered`: planned events in the sections that the record says nothing of."""

    participant: str | None
    study: str
    arm: str | None
    day_1: str
    counts: dict[str, int]
    as_of: str | UnsetType = UNSET
    not_covered: dict[str, int] | UnsetType = UNSET


_ENCODER: Final = Encoder()


def write_json(reports: Sequence[Report]) -> str:
    """One object with the participants, each deviation on a line of its own, ending in one newline.

    With `--as-of` a participant has `no_entry` too: what is planned before that date and has no entry, in the sections that the record
    covers; `not_covered` says how many there are in the others.
    """
    participants = ",\n".join(_participant(report) for report in reports)
    return f'{{"content": "deviations", "dosecal": {_line(__version__)}, "participants": [\n{participants}\n]}}\n'


def _participant(report: Report) -> str:
    schedule, kinds, without = report.schedule, [one.kind for one in report.deviations], report.unrecorded
    others = [event.section for event in without.uncovered] if without is not None else []
    head = _Head(
        participant=schedule.participant,
        study=schedule.study,
        arm=schedule.arm,
        day_1=schedule.day_1.isoformat(),
        counts={kind: kinds.count(kind) for kind in KINDS if kind in kinds},
        as_of=UNSET if without is None else without.before.isoformat(),
        not_covered=UNSET if without is None else {section: others.count(section) for section in dict.fromkeys(others)},
    )
    text = _line(head).removesuffix("}") + ', "deviations": [' + _lines(_occurrence(one.event, one) for one in report.deviations) + "]"
    if without is not None:
        text += ', "no_entry": [' + _lines(_occurrence(event, None) for event in without.events) + "]"
    return text + "}"


def _lines(data: Iterator[Struct]) -> str:
    lines = ",\n".join(map(_line, data))
    return f"\n{lines}\n" if lines else ""


def _line(data: Struct | str) -> str:
    """One value on one line, with a space after each comma and colon."""
    return format(_ENCODER.encode(data), indent=0).decode()


def _occurrence(event: Event, one: Deviation | None) -> _Occurrence:
    actual = one.actual_date if one is not None else None
    amount, window, minutes = event.dose.amount if event.dose is not None else None, event.window, _minutes(one.exact) if one else None
    return _Occurrence(
        deviation=UNSET if one is None else one.kind,
        kind=event.kind,
        item=event.item,
        label=event.label,
        study_day=event.study_day,
        due_date=event.due_date.isoformat(),
        date=event.date.isoformat() if one is None else UNSET,
        actual_date=UNSET if actual is None else actual.isoformat(),
        actual_time=_time(event, actual) or UNSET,
        days=UNSET if one is None or one.days is None else one.days,
        minutes=UNSET if minutes is None else minutes,
        count=UNSET if one is None or one.count is None else one.count,
        window=UNSET if window is None else {"earliest": moment_iso(window.earliest), "latest": moment_iso(window.latest)},
        amount=UNSET if amount is None else Raw(number_in_source(amount.value).encode()),
        unit=UNSET if amount is None else amount.unit,
        phase=UNSET if event.phase is None else event.phase,
        cycle=UNSET if event.cycle is None else event.cycle,
        reason=(one.reason or UNSET) if one is not None else UNSET,
        key=event.key,
    )
