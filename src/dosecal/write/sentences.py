"""A timing, a point or a window of the phrase language -> English, so that a regimen can be reviewed without knowing the language.

The words that stand here are true of every participant: no date is worked out. `English` says what the words depend on besides the
phrase itself: what a month is, and from what days are counted.
"""

from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from dosecal.dose import number_in_words
from dosecal.phrases.tree import (
    Apart,
    Around,
    Between,
    Cycles,
    EdgeOf,
    End,
    Every,
    FirstDays,
    ForSpan,
    FromTo,
    Gap,
    Its,
    Mark,
    Numbers,
    Offset,
    On,
    OpenDays,
    Point,
    Ref,
    Run,
    Search,
    Span,
    Through,
    Until,
    Weekdays,
    Weekly,
    When,
    WindowPhrase,
)
from dosecal.study_time import CALENDAR_MONTHS, MonthRule, Weekday
from dosecal.write.clauses import counted, listed

WEEKDAY_NAMES: Final[dict[Weekday, str]] = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_TIMES: Final = {1: "once", 2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times", 7: "seven times"}


class English(Struct, frozen=True):
    """What a phrase's words depend on: the meaning of a month, the scope that days count from, and the number of its first day."""

    months: MonthRule | None = CALENDAR_MONTHS
    scope: Literal["study", "phase", "cycle"] = "study"
    first_number: int = 1

    def length(self, number: Decimal | int, unit: str) -> str:
        """A length: "5 days", "24 calendar months", "3 months of 28 days"."""
        if unit != "month":
            return counted(number, unit)
        if self.months is None or self.months.days is None:
            return counted(number, "calendar month")
        return f"{counted(number, 'month')} of {self.months.days} days"

    def first_day(self) -> str:
        """The first day of the scope: "Day 1", "Day 1 of the cycle"."""
        return f"Day {self.first_number}" + ("" if self.scope == "study" else f" of the {self.scope}")


# -- points


def point_in_words(point: Point, english: English) -> str:
    """A point as a noun, or as an adverb where it is a distance: "Day 8", "each visit", "30 days after the last dose"."""
    match point:
        case Mark("week" | "month" as unit, 0):
            return f"{unit.capitalize()} 0 (Day {english.first_number})"
        case Mark(unit, number):
            return f"{unit.title()} {number}"
        case Ref():
            return _ref(point)
        case EdgeOf(edge, ref):
            return f"the {edge} of {_ref(ref)}"
        case Its(edge):
            return f"its own {edge}"
        case Offset(amounts, unit, side, origin):
            *others, last = amounts
            numbers = listed([*(number_in_words(one) for one in others), english.length(last, unit)])
            return f"{numbers} {side} {point_in_words(origin, english)}"
        case Search(weekday, open_day, origin):
            day = WEEKDAY_NAMES[weekday] if weekday is not None else "day"
            on_open = " on which the site is open," if open_day else ""
            return f"the first {day}{on_open} on or after {point_in_words(origin, english)}"


def _ref(ref: Ref) -> str:
    name = f"course of {ref.name}" if ref.course else ref.name
    match ref.which:
        case "":
            words = f"the {name}" if ref.course else name
        case "each":
            words = f"each {name}"
        case "each next":
            words = f"each {name} after the first"
        case "each late":
            words = f"each {name} that took place after its window"
        case "each initiation of":
            words = f"each initiation of {'a ' if ref.course else ''}{name}"
        case which:
            words = f"the {which} {name}" if ref.count is None else f"the {which} {counted(ref.count, 'occurrence')} of {name}"
            if ref.course and ref.count is not None:
                words = f"the {which} {counted(ref.count, 'course')} of {ref.name}"
    return f"the due date of {words}" if ref.due else words


def on_point(point: Point, english: English) -> str:
    """A point as an adverb: "on Day 8", "at Week 24", "on the day of each visit", "30 days after the last dose"."""
    words = point_in_words(point, english)
    match point:
        case Mark("week" | "month"):
            return f"at {words}"
        case Mark() | Search():
            return f"on {words}"
        case Ref(due=True):
            return f"on {words}"
        case Ref(which="first" | "last", count=int()):
            return f"on the days of {words}"
        case Ref():
            return f"on the day of {words}"
        case EdgeOf() | Its():
            return f"at {words}"
        case Offset():
            return words


# -- when


def when_in_words(when: When, english: English, weekdays: Weekdays | None = None) -> str:
    """A timing as an adverb: "on Days 1 and 15", "every 4 weeks, 3 times in all, beginning at Week 24".

    `weekdays` are those that the regimen names for `n times weekly`, where it does.
    """
    match when:
        case On():
            return _on(when, english)
        case FirstDays(count, ref):
            days = "day" if count == 1 else f"{count} days"
            return f"on the first {days} of {_ref(Ref(ref.name, ref.which, ref.count, course=True, due=ref.due))}"
        case Weekly():
            return _weekly(when, english, weekdays)
        case Every():
            return _every(when, english)


def _on(when: On, english: English) -> str:
    base = _numbers(when.base) if isinstance(when.base, Numbers) else on_point(when.base, english)
    if when.span is not None:
        base = f"{_consecutive(when.span, english)} beginning {_starts(when.base) if isinstance(when.base, Numbers) else base}"
    if when.cycles is not None:
        return f"{base} {_cycles(when.cycles)}"
    if english.scope != "cycle":
        return base
    numbered = isinstance(when.base, Numbers) or (isinstance(when.base, Mark) and when.base.unit != "study day")
    return f"{base} of every cycle" if numbered else f"{base}, in every cycle"


def _consecutive(span: Span, english: English) -> str:
    if span.unit != "day":
        return f"every day for {english.length(span.count, span.unit)}"
    return f"on {counted(span.count, 'consecutive day')}" if span.count > 1 else "on 1 day"


def _starts(numbers: Numbers) -> str:
    """Where the courses of numbered days start: a range of days is one course, each week or month of a range begins its own."""
    if numbers.unit != "day":
        return _numbers(numbers).replace("at ", "at each of ", 1)
    return "on " + listed(f"Day {run.first}" if run.first == run.last else f"the first of Days {_run(run)}" for run in numbers.runs)


def _numbers(numbers: Numbers) -> str:
    runs = listed(_run(run) for run in numbers.runs)
    if numbers.unit == "day":
        return f"on Days {runs}"
    return f"at {numbers.unit.capitalize()}s {runs}"


def _run(run: Run) -> str:
    return str(run.first) if run.first == run.last else f"{run.first} to {run.last}"


def _cycles(cycles: Cycles) -> str:
    if cycles.step != 1:
        return f"of cycle {cycles.first} and every {cycles.step} cycles after it"
    if cycles.last is None:
        return f"of every cycle from cycle {cycles.first} on"
    return f"of cycle {cycles.first}" if cycles.first == cycles.last else f"of cycles {cycles.first} to {cycles.last}"


def _every(when: Every, english: English) -> str:
    parts = [_step(when.step, english)]
    if when.times is not None:
        parts.append("once only" if when.times == 1 else f"{when.times:,} times in all")
    parts.append(_beginning(when, english))
    parts += _end(when.end, english)
    if when.end is None and when.times is None and english.scope != "study":
        parts.append(f"until the {english.scope} ends")
    if when.at_most is not None:
        parts.append(f"for at most {counted(when.at_most, 'day')}")
    return ", ".join(parts)


def _beginning(when: Every, english: English) -> str:
    """Where a repeat begins; on weekdays and open days it begins there or on the first such day after it."""
    if not isinstance(when.step, Span):
        return f"from {english.first_day() if when.start is None else point_in_words(when.start, english)} on"
    if when.start is not None:
        return f"beginning {on_point(when.start, english)}"
    first = english.first_day()
    return f"beginning on {first}" if when.step.unit == "day" else f"beginning at {when.step.unit.capitalize()} 0 ({first})"


def _step(step: Span | OpenDays | Weekdays, english: English) -> str:
    match step:
        case OpenDays():
            return "on every day on which the site is open"
        case Weekdays(days):
            return f"every {listed(WEEKDAY_NAMES[day] for day in days)}"
        case Span(count, unit):
            return "every " + english.length(count, unit).removeprefix("1 ")


def _end(end: End | None, english: English) -> list[str]:
    match end:
        case None:
            return []
        case ForSpan(span):
            return [f"for {english.length(span.count, span.unit)}"]
        case Through(point):
            return [f"through {point_in_words(point, english)} (included)"]
        case Until(event):
            return [f"until the day before {event}"]


def _weekly(when: Weekly, english: English, weekdays: Weekdays | None) -> str:
    parts = [f"{_TIMES.get(when.times, f'{when.times} times')} weekly"]
    if when.start is not None:
        parts.append(f"from {point_in_words(when.start, english)} on")
    end = _end(when.end, english) or ([f"until the {english.scope} ends"] if english.scope != "study" else [])
    if when.start is None and end:
        parts = [f"{parts[0]} {end[0]}"]
    else:
        parts += end
    if weekdays is not None:
        days = listed(f"{WEEKDAY_NAMES[day]}s" for day in weekdays.days)
        parts.append(f"on {days} unless the participant chooses other days")
    else:
        parts.append(f"on {counted(when.times, 'weekday')} that the participant chooses")
    return ", ".join(parts)


# -- windows and gaps


def window_rule_in_words(window: WindowPhrase, english: English) -> str:
    """When it is allowed: "from 7 days before to 7 days after the planned date"."""
    match window:
        case Around(amount, unit):
            length = english.length(amount, unit)
            return f"from {length} before to {length} after the planned {_planned(unit)}"
        case Between(earliest, latest, unit):
            planned = f"the planned {_planned(unit)}"
            first = planned if earliest == 0 else f"{_signed(earliest, unit, english)} {planned}"
            return f"from {first} to {planned if latest == 0 else f'{_signed(latest, unit, english)} it'}"
        case Apart(nearest, farthest, unit, side, origin):
            return f"from {number_in_words(nearest)} to {english.length(farthest, unit)} {side} {point_in_words(origin, english)}"
        case FromTo(opens, closes):
            return f"from {point_in_words(opens, english)} to {point_in_words(closes, english)}"


def _planned(unit: str) -> str:
    return "time" if unit in ("hour", "minute") else "date"


def _signed(distance: int, unit: str, english: English) -> str:
    return f"{english.length(abs(distance), unit)} {'before' if distance < 0 else 'after'}"


def gap_in_words(gap: Gap, english: English) -> str:
    """The least distance: "at least 48 hours after the one before"."""
    return f"at least {english.length(gap.amount, gap.unit)} after the one before"
