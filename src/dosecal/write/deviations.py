"""Deviations of one or several participants -> plain text in aligned columns for people, with their counts."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from dosecal.deviations import KINDS, Deviation, Report, Unrecorded
from dosecal.diagnostic import visible
from dosecal.dose import dose_in_words
from dosecal.schedule import Event, Schedule
from dosecal.write.columns import aligned
from dosecal.write.iso import clock_iso
from dosecal.write.lengths import length_in_words
from dosecal.write.people import day_in_words, days_in_words, window_in_words
from dosecal.write.rows import counts_of, heading_lines, heading_of, versions_of, what_in_words

_HEADERS: Final = ("Participant", "Deviation", "What", "Due", "Took place", "Study day", "How far", "Record")
_DAYS_LISTED: Final = 5
"""Of how many planned events of one item without an entry each date is said; of more, how many there are, the first and the last."""


def write(reports: Sequence[Report]) -> str:
    """The deviations as text. dosecal's own words are ASCII, no line is cut off, and the last line says what made it.

    One participant's have the heading of their schedule; of several, each line says whose it is, and each participant has a count.
    """
    several = len(reports) > 1
    lines = heading_lines(_heading_of_several(reports) if several else heading_of(reports[0].schedule))
    rows = [_row(one, report.schedule, several=several) for report in reports for one in report.deviations]
    if rows:
        lines += ["", *aligned([_HEADERS, *rows])]
    every = [one for report in reports for one in report.deviations]
    lines += ["", counted(every) if every else "No deviations."]
    if several:
        lines += [f"  {_whose(report.schedule)}: {counted(report.deviations) or 'none'}" for report in reports]
    lines += _unrecorded(reports, several=several)
    versions = dict.fromkeys(versions_of(report.schedule) for report in reports)
    return "\n".join([*lines, "", f"deviations, {'; '.join(versions)}"]) + "\n"


def counted(found: Sequence[Deviation]) -> str:
    """How many there are of each kind: "3 late, 1 missed, 2 out of window"; "" where there are none."""
    kinds = [one.kind for one in found]
    return ", ".join(f"{kinds.count(kind):,} {_kind(kind)}" for kind in KINDS if kind in kinds)


def _kind(kind: str) -> str:
    return kind.replace("-", " ")


def _heading_of_several(reports: Sequence[Report]) -> list[tuple[str, str]]:
    studies = dict.fromkeys(visible(report.schedule.study) for report in reports)
    return [("Study", "; ".join(studies)), ("Participants", f"{len(reports):,}")]


def _whose(schedule: Schedule) -> str:
    return visible(schedule.participant or "")


def _row(one: Deviation, schedule: Schedule, *, several: bool) -> tuple[str, ...]:
    """The cells of a deviation, in the order of the headers."""
    event = one.event
    actual = ""
    if one.actual_date is not None:
        at = f" {clock_iso(event.clock.local.time())}" if one.exact is not None and event.clock is not None else ""
        actual = f"{day_in_words(one.actual_date)}{at}"
    whose = _whose(schedule) if several else ""
    due = day_in_words(event.due_date)
    return whose, _kind(one.kind), what_in_words(event), due, actual, f"Day {event.study_day}", _how_far(one), visible(one.reason)


def _how_far(one: Deviation) -> str:
    """As "14 days late", "2 days after its window, 1 to 15 Feb 2027", "36 hours after the one before"; "" where nothing took place."""
    match one.kind:
        case "late" | "early" if one.days is not None:
            return days_in_words(one.days, "late", "early")
        case "out-of-window" if one.event.window is not None:
            return f"{_beyond(one)} its window, {window_in_words(one.event.window, one.event.date)}"
        case "gap-broken" if one.days is not None:
            far = length_in_words(one.exact) if one.exact is not None else days_in_words(one.days, "", "").rstrip()
            return f"{far} after the one before"
        case "two-on-one-day" if one.count is not None:
            return f"{one.count:,} on that day"
        case "amount-differs" if one.event.dose is not None:
            return dose_in_words(one.event.dose)
    return ""


def _beyond(one: Deviation) -> str:
    if one.exact is not None and abs(one.exact) < timedelta(days=1):
        return f"{length_in_words(abs(one.exact))} {'after' if one.exact > timedelta(0) else 'before'}"
    return days_in_words(one.days or 0, "after", "before")


# -- what has no entry


def _unrecorded(reports: Sequence[Report], *, several: bool) -> Iterator[str]:
    """What stood before the date of `--as-of` and has no entry; nothing where that was not asked for."""
    asked = [(report.schedule, report.unrecorded) for report in reports if report.unrecorded is not None]
    if not asked:
        return
    before = day_in_words(asked[0][1].before)
    count = sum(len(found.events) for _, found in asked)
    yield ""
    yield f"No entry yet, planned before {before}: {f'{count:,}' if count else 'none'}"
    for schedule, found in asked:
        whose = f"{_whose(schedule)}: " if several else ""
        yield from (f"  {whose}{line}" for line in _without_entry(found))


def _without_entry(found: Unrecorded) -> Iterator[str]:
    """One line for each item, and one for all that the record never speaks of."""
    items: dict[tuple[str | None, str], list[Event]] = {}
    for event in found.events:
        items.setdefault((event.phase, event.item), []).append(event)
    for (phase, item), events in items.items():
        where = f" ({phase})" if phase is not None else ""
        yield visible(f"{item}{where}") + f": {_dates(events)}"
    if found.uncovered:
        yield f"of kinds that the record says nothing of: {counts_of(found.uncovered)}"


def _dates(events: Sequence[Event]) -> str:
    days = [day_in_words(day) for day in dict.fromkeys(event.date for event in events)]
    if len(days) <= _DAYS_LISTED:
        return ", ".join(days)
    return f"{len(events):,}, the first on {days[0]}, the last on {days[-1]}"
