"""What changes between two schedules -> a before / after table for people, in which long runs of equal changes stand on two lines."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from dosecal.changes import KINDS, Change
from dosecal.diagnostic import visible
from dosecal.dose import dose_in_words
from dosecal.schedule import STANDS, Event
from dosecal.study_time import Window
from dosecal.write.columns import aligned
from dosecal.write.iso import clock_iso
from dosecal.write.lengths import length_in_words
from dosecal.write.people import day_in_words, days_in_words, took_place, window_in_words
from dosecal.write.rows import what_in_words

LISTED: Final = 12
"""How many changes of one kind and item stand line by line; what comes after them is folded where it is alike."""
_FEWEST: Final = 3
"""The fewest changes that are folded: they take two lines."""
_HEADERS: Final = ("Change", "What", "Before", "After", "How far", "Notes")
_WORDS: Final = {
    "took-place": "took place",
    "restored": "planned again",
    "dose-changed": "dose changed",
    "window-changed": "window changed",
    "changed": "details changed",
    "out-of-window": "now out of window",
    "gap-broken": "now too soon after the one before",
    "two-on-one-day": "now two on one day",
}
_SEVERAL: Final = {"dose changed": "doses changed", "window changed": "windows changed"}
_REST: Final = "Nothing else changes."
_NOTHING: Final = "Nothing changes in the schedule."

Row = tuple[str, ...]


def write(changes: Sequence[Change]) -> str:
    """The changes as text, ending in one newline: a line for each, in their order, and what they come to.

    Of one kind and item the first LISTED are said one by one; further ones that follow each other and differ in nothing but their dates
    are the first and the last of them with their number. dosecal's own words are ASCII, and no line is cut off.
    """
    if not changes:
        return f"{_NOTHING}\n"
    rows = [row for run in _runs(changes) for row in _rows(run)]
    return "\n".join([*aligned([_HEADERS, *rows]), "", f"{counted(changes)}. {_REST}"]) + "\n"


def counted(changes: Sequence[Change]) -> str:
    """How many changes there are of each kind: "1 missed, 24 moved, 2 now out of window"."""
    words = [_word(change) for change in changes]
    order = sorted({_word(change): KINDS.index(change.kind) for change in changes}.items(), key=lambda pair: pair[1])
    counts = ((word, words.count(word)) for word, _ in order)
    return ", ".join(f"{count:,} {word if count == 1 else _SEVERAL.get(word, word)}" for word, count in counts)


def _word(change: Change) -> str:
    """What happened, in a word or a few; what no longer takes place is called by its state."""
    if change.kind == "cancelled" and change.after is not None:
        return change.after.state
    return _WORDS.get(change.kind, change.kind)


# -- folding


def _runs(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """The changes in their order; a run of those that are folded stands where its first one would."""
    alike: dict[Hashable, list[int]] = {}
    for index, change in enumerate(changes):
        event = change.event
        alike.setdefault((change.kind, event.subject, event.section, event.item, event.phase), []).append(index)
    runs: dict[int, list[Change]] = {}
    for indexes in alike.values():
        for index in indexes[:LISTED]:
            runs[index] = [changes[index]]
        for _, equal in groupby(indexes[LISTED:], key=lambda index: _what_is_equal(changes[index])):
            run = list(equal)
            for part in [run] if len(run) >= _FEWEST else [[index] for index in run]:
                runs[part[0]] = [changes[index] for index in part]
    return (runs[index] for index in sorted(runs))


def _what_is_equal(change: Change) -> Hashable:
    """Everything that the line of a change says but its dates; windows as they lie around them."""
    reason = _notes(change) if change.kind == "cancelled" else ""
    details = tuple(_details(change.event, change.before, days=False)) if change.kind == "changed" else ()
    sides = _apart_from_dates(change.before), _apart_from_dates(change.after)
    return _word(change), _how_far(change), _on_the_clock(change), reason, details, *sides


def _apart_from_dates(event: Event | None) -> Hashable:
    if event is None:
        return None
    ends = (event.window.earliest, event.window.latest) if event.window is not None else ()
    around = tuple(None if end is None else _moment(end) - _moment(event.date) for end in ends)
    return event.state, event.dose, around


def _on_the_clock(change: Change) -> Hashable:
    """How far the clock time moves within the day; what has one only before or after tells it apart."""
    clocks = [
        event.clock.local.time() if event is not None and event.clock is not None else None for event in (change.before, change.after)
    ]
    before, after = (datetime.combine(_NO_DAY, clock) if clock is not None else None for clock in clocks)
    return after - before if before is not None and after is not None else (before is None, after is None)


def _moment(day: date) -> datetime:
    return day.replace(tzinfo=None) if isinstance(day, datetime) else datetime.combine(day, time.min)


# -- one line


def _rows(run: Sequence[Change]) -> Iterator[Row]:
    first, last = run[0], run[-1]
    if len(run) == 1:
        yield _word(first), what_in_words(first.event), *_cells(first)
        return
    event = first.event
    where = f" ({visible(event.phase)})" if event.phase is not None else ""
    yield _word(first), f"{visible(event.item)}{where}, {len(run):,} more: the first", *_cells(first)
    yield "", "  the last", *_cells(last)


def _cells(change: Change) -> Row:
    return _before(change), _after(change), _how_far(change), _notes(change)


def _before(change: Change) -> str:
    before = change.before
    if before is None:
        return ""
    match change.kind:
        case "dose-changed" | "window-changed" | "changed":
            return f"{_when(before)}: {_content(change, before, change.after)}"
    when = _when(before)
    return when if before.state in STANDS else f"{before.state} {when}"


def _after(change: Change) -> str:
    after = change.after
    if after is None or change.kind == "cancelled":
        return ""
    match change.kind:
        case "dose-changed" | "window-changed" | "changed":
            moved = change.before is None or _when(change.before) != _when(after)
            return (f"{_when(after)}: " if moved else "") + _content(change, after, change.before)
    return _when(after)


def _content(change: Change, event: Event, other: Event | None) -> str:
    """What an event says of that which changes."""
    if change.kind == "dose-changed":
        return dose_in_words(event.dose) if event.dose is not None else "no dose"
    if change.kind == "window-changed":
        return window_in_words(event.window, event.date) if event.window is not None else "no window"
    return ", ".join(_details(event, other))


def _when(event: Event) -> str:
    clock = _clock(event)
    return f"{day_in_words(event.date)} {clock}".rstrip()


def _clock(event: Event) -> str:
    return clock_iso(event.clock.local.time()) if event.clock is not None else ""


def _details(event: Event, other: Event | None, *, days: bool = True) -> Iterator[str]:
    """What an event says otherwise than the other, of its name, place in the study (its study day with `days`), length and product."""
    if other is None or (event.label, event.section, event.title) != (other.label, other.section, other.title):
        yield visible(event.label if event.title is None else f"{event.label} ({event.title})")
    if other is None or (event.phase, event.cycle) != (other.phase, other.cycle):
        cycle = f", cycle {event.cycle}" if event.cycle is not None else ""
        yield visible(event.phase or "no phase") + cycle
    if days and (other is None or event.study_day != other.study_day):
        yield f"Day {event.study_day}"
    if other is None or event.lasts != other.lasts:
        yield length_in_words(event.lasts) if event.lasts is not None else "no length"
    if other is None or event.product != other.product:
        yield visible(f"hand out {event.product}" if event.product is not None else "nothing to hand out")


def _how_far(change: Change) -> str:
    """The distance from before to after: "7 days later", "30 minutes earlier"; "" where it stays or is not there."""
    if change.before is None or change.after is None or change.kind not in ("moved", "took-place", "restored"):
        return ""
    if change.days:
        return days_in_words(change.days, "later", "earlier")
    before, after = change.before.clock, change.after.clock
    if before is None or after is None:
        return ""
    apart = after.local.replace(tzinfo=None, fold=0) - before.local.replace(tzinfo=None, fold=0)
    return f"{length_in_words(abs(apart))} {'later' if apart > timedelta(0) else 'earlier'}" if apart else ""


def _notes(change: Change) -> str:
    """Why it no longer takes place, the window that it leaves or that moves with it, the dose of what is new."""
    before, after = change.before, change.after
    if after is None:
        return ""
    match change.kind:
        case "cancelled":
            return visible(after.reasons[-1]) if after.reasons else ""
        case "out-of-window":
            return _allowed(after.window)
        case "moved" if before is not None and before.window != after.window:
            return _allowed(after.window) or "no window"
        case "took-place" if before is not None and not change.days:
            return f"{took_place(after.section)} as planned" if (_when(before), before.dose) == (_when(after), after.dose) else ""
        case "added":
            return "; ".join(_of_the_new(after))
    return ""


def _allowed(window: Window | None) -> str:
    return f"window {_words(window)}" if window is not None and _words(window) else ""


def _words(window: Window) -> str:
    """A window whose dates are always said: an end of clock times may lie on another day than the event."""
    return window_in_words(window, _NO_DAY)


_NO_DAY: Final = date.min


def _of_the_new(event: Event) -> Iterable[str]:
    if event.state == "done":
        yield took_place(event.section)
    if event.dose is not None:
        yield dose_in_words(event.dose)
    if event.window is not None:
        yield _allowed(event.window)
