"""From text to the trees of timing: `when` and windows, one function for each production of the grammar."""

from typing import Final

from dosecal.phrases.names import POINT_WORDS, goes_on_after_event
from dosecal.phrases.points import point, ref
from dosecal.phrases.terminals import (
    DATE_UNITS,
    LARGEST,
    SIGNS_AND_DIGITS,
    UNITS,
    decimal,
    is_decimal,
    is_range,
    is_whole,
    length,
    run,
    signed,
    time_unit,
    whole,
    whole_days,
)
from dosecal.phrases.tree import (
    Apart,
    Around,
    Between,
    Cycles,
    End,
    Every,
    FirstDays,
    ForSpan,
    FromTo,
    Mark,
    Numbers,
    On,
    OpenDays,
    Point,
    Ref,
    Span,
    Through,
    Until,
    Weekdays,
    Weekly,
    When,
    WindowPhrase,
)
from dosecal.phrases.whole import read_phrase
from dosecal.phrases.words import SINGULAR, Cursor, Names, Parsed
from dosecal.study_time import WEEKDAYS, Weekday

_ABBREVIATED: Final = {
    "daily": "every day",
    "QD": "every day",
    "weekly": "every week",
    "QW": "every week",
    "Q2W": "every 2 weeks",
    "Q3W": "every 3 weeks",
    "Q4W": "every 4 weeks",
    "monthly": "every month",
    "TIW": "3 times weekly",
}
"""What the clinic writes for short, and what it is in a phrase."""


def parse_when(text: str, names: Names) -> Parsed[When]:
    """One timing of a `when` key. Raises PhraseError."""
    return read_phrase(text, names, "a timing", when)


def parse_point(text: str, names: Names) -> Parsed[Point]:
    """A point: `not-before`, a phase's `starts`, a cohort plan's `next`. Raises PhraseError."""
    return read_phrase(text, names, "a point in time", point)


def parse_ref(text: str, names: Names) -> Parsed[Ref]:
    """A reference: `except`. Raises PhraseError."""
    return read_phrase(text, names, "a reference", ref)


def parse_window(text: str, names: Names) -> Parsed[WindowPhrase]:
    """A window. Raises PhraseError."""
    return read_phrase(text, names, "a window", window)


def parse_span(text: str, names: Names) -> Parsed[Span]:
    """A length in whole days, weeks or months: a phase's `lasts`, a cycle's `length`. Raises PhraseError."""
    return read_phrase(text, names, "a length", span)


def parse_weekdays(text: str, names: Names) -> Parsed[Weekdays]:
    """Weekdays in the order of the week, from any of them: `days`. Raises PhraseError."""
    return read_phrase(text, names, "a list of weekdays", weekdays)


def when(cursor: Cursor) -> When:
    """`when = every | weekly | "first" INT "days of" ref | base [ "of" cycles ] [ "for" INT date-unit ]`"""
    start = cursor.at
    if cursor.word in _ABBREVIATED and cursor.longest(cursor.names.referable) is None:
        cursor.refuse(f"a timing cannot begin with `{cursor.word}`", f"write `{_ABBREVIATED[cursor.word]}`")
    if cursor.word in WEEKDAYS:
        cursor.refuse(f"a timing cannot begin with `{cursor.word}`", f"write `every {cursor.text}`")
    if cursor.accept("every"):
        return cursor.node(_every(cursor), start)
    times = _times_weekly(cursor)
    if times is not None:
        origin = point(cursor) if cursor.accept("from") else None
        return cursor.node(Weekly(times, origin, _end(cursor)), start)
    if cursor.word == "first" and is_whole(cursor.peek()) and cursor.peek(2) in ("day", "days"):
        cursor.take()
        count = whole(cursor)
        cursor.expect_noun("day")
        cursor.expect("of")
        return cursor.node(FirstDays(count, ref(cursor)), start)
    base = _base(cursor)
    cycles = _cycles(cursor) if cursor.accept("of") else None
    lasting = span(cursor) if cursor.accept("for") else None
    return cursor.node(On(base, cycles, lasting), start)


def _every(cursor: Cursor) -> Every:
    """`every = "every" step ( INT "times" [ "from" point ] | [ "from" point ] [ end ] ) [ "at most" INT "days" ]`"""
    step = _step(cursor)
    times = end = at_most = None
    if is_whole(cursor.word):
        times = whole(cursor)
        cursor.expect_noun("time")
    else:
        cursor.look_for("a number of times")
    origin = point(cursor) if cursor.accept("from") else None
    if times is None:
        end = _end(cursor)
    if cursor.accept("at"):
        cursor.expect("most")
        at_most = whole(cursor)
        cursor.expect_noun("day")
    return Every(step, times, origin, end, at_most)


def _step(cursor: Cursor) -> Span | OpenDays | Weekdays:
    """`step = [ INT ] date-unit | "open day" | DAY { DAY }`"""
    start = cursor.at
    if is_whole(cursor.word) or is_decimal(cursor.word):
        return span(cursor)
    unit = cursor.accept_noun(*DATE_UNITS)
    if unit is not None:
        return cursor.node(Span(1, unit), start)
    if cursor.accept("open"):
        cursor.expect_noun("day")
        return cursor.node(OpenDays(), start)
    if cursor.word == "other":
        cursor.refuse("a timing cannot go on with `other`", f"write `every 2 {SINGULAR.get(cursor.peek(), 'day')}s`")
    cursor.look_for("a number")
    return weekdays(cursor)


def _times_weekly(cursor: Cursor) -> int | None:
    """( "once" | "twice" | INT "times" ) "weekly", of: weekly = ... [ "from" point ] [ end ] ;"""
    few = cursor.accept("once", "twice")
    if few is not None:
        times = 1 if few == "once" else 2
    elif is_whole(cursor.word) and SINGULAR.get(cursor.peek()) == "time":
        times = whole(cursor, most=len(WEEKDAYS))
        cursor.expect_noun("time")
    else:
        return None
    if cursor.word == "daily":
        mend = "write `every day`" if times == 1 else "write `every day`, and the times of day as a list in `at`"
        cursor.refuse("there is no word `daily`", mend)
    cursor.expect("weekly")
    return times


def _end(cursor: Cursor) -> End | None:
    """`end = "for" INT date-unit | "through" point | "until" NAME`"""
    start = cursor.at
    if cursor.accept("for"):
        return cursor.node(ForSpan(span(cursor)), start)
    if cursor.accept("through"):
        return cursor.node(Through(point(cursor)), start)
    if cursor.accept("until"):
        if cursor.longest(cursor.names.events) is None and (cursor.word in POINT_WORDS or cursor.word[:1].isdigit()):
            rest = " ".join(cursor.words[cursor.at : -1])
            mend = f"write `through {rest}`, which includes that day"
            cursor.refuse("`until` stands before an event only", mend, first=cursor.at - 1)
        return cursor.node(Until(cursor.expect_name(cursor.names.events, "the name of an event", goes_on_after_event)), start)
    return None


def _base(cursor: Cursor) -> Point | Numbers:
    """`base = point | ( "days" | "weeks" | "months" ) ( RANGE | INT ( INT | RANGE ) ) { INT | RANGE }`"""
    start = cursor.at
    is_list = is_range(cursor.peek()) or cursor.peek(2)[:1] in SIGNS_AND_DIGITS
    if SINGULAR.get(cursor.word) not in DATE_UNITS or not is_list:
        return point(cursor)
    unit = cursor.expect_noun(*DATE_UNITS)
    runs = [run(cursor, unit)]
    while cursor.word[:1] in SIGNS_AND_DIGITS:
        place = cursor.at
        runs.append(run(cursor, unit))
        if runs[-1].first <= runs[-2].last:
            cursor.refuse("a list ascends", "write the numbers in ascending order, each once", "ascending", first=place)
    return cursor.node(Numbers(unit, tuple(runs)), start)


def _cycles(cursor: Cursor) -> Cycles:
    """`cycles = "cycle" INT | "cycles" ( RANGE | "from" INT ) | "every" INT "cycles from" INT`"""
    start = cursor.at
    if cursor.accept("every"):
        step = whole(cursor, least=2)
        cursor.expect_noun("cycle")
        cursor.expect("from")
        return cursor.node(Cycles(whole(cursor), None, step), start)
    cursor.expect_noun("cycle")
    if cursor.accept("from"):
        return cursor.node(Cycles(whole(cursor), None), start)
    numbers = run(cursor, "cycle")
    return cursor.node(Cycles(numbers.first, numbers.last), start)


def span(cursor: Cursor) -> Span:
    """INT date-unit: after `for`, and as the length of a phase or a cycle."""
    start = cursor.at
    count = whole(cursor)
    return cursor.node(Span(count, time_unit(cursor, DATE_UNITS)), start)


def weekdays(cursor: Cursor) -> Weekdays:
    """DAY { DAY }: in the order of the week from any day, each once."""
    start = cursor.at
    first_day, dash, last_day = cursor.peek(0).partition("-")
    if dash and first_day in WEEKDAYS and last_day in WEEKDAYS:
        cursor.refuse("weekdays are named one by one", "write each of them, as in `Sat Sun`", "phrase")
    days: list[Weekday] = [cursor.expect(*WEEKDAYS)]
    while (day := cursor.accept(*WEEKDAYS)) is not None:
        first, before, now = (WEEKDAYS.index(one) for one in (days[0], days[-1], day))
        if (now - first) % 7 <= (before - first) % 7:
            mend = "write weekdays in the order of the week, from any of them, each once"
            cursor.refuse("weekdays stand in the order of the week", mend, "ascending", first=cursor.at - 1)
        days.append(day)
    return cursor.node(Weekdays(tuple(days)), start)


def window(cursor: Cursor) -> WindowPhrase:
    """`window = "±" NUM unit | SIGNED "to" SIGNED unit | NUM "to" NUM unit side point | "from" point "to" point`"""
    start = cursor.at
    word = cursor.word
    for sign in ("±", "+/-"):
        if word.startswith(sign):
            cursor.split(len(sign))
            cursor.take()
            return cursor.node(Around(*length(cursor, UNITS)), start)
    if word[:1] in ("+", "-"):
        return cursor.node(_between(cursor), start)
    if is_decimal(word):
        if cursor.peek() and cursor.peek() != "to":
            length(cursor, UNITS)
            mend = f"write `±{cursor.text}` for both sides, or `+0 to +{cursor.text}` for later only"
            cursor.refuse("whether the window is before or after is not said", mend, first=start, words=cursor.at - start)
        return cursor.node(_apart(cursor), start)
    for thing in ("`±` and a number", "a number with its sign", "a number"):
        cursor.look_for(thing)
    cursor.expect("from")
    opens = point(cursor)
    cursor.expect("to")
    place = cursor.at
    closes = point(cursor)
    if isinstance(opens, Mark) and isinstance(closes, Mark) and opens.unit == closes.unit and opens.number > closes.number:
        mend = "write the earlier point first"
        cursor.refuse("a window closes before it opens", mend, "ascending", first=place, words=cursor.at - place)
    return cursor.node(FromTo(opens, closes), start)


def _between(cursor: Cursor) -> Between:
    """SIGNED "to" SIGNED unit"""
    earliest = signed(cursor)
    cursor.expect("to")
    place = cursor.at
    latest = signed(cursor)
    _refuse_unless_ascending(cursor, earliest < latest, place)
    return Between(earliest, latest, time_unit(cursor, UNITS))


def _apart(cursor: Cursor) -> Apart:
    """NUM "to" NUM unit ( "before" | "after" ) point"""
    places = cursor.at, cursor.at + 2
    nearest = decimal(cursor, zero=True, most=LARGEST)
    cursor.expect("to")
    farthest = decimal(cursor, zero=True, most=LARGEST)
    _refuse_unless_ascending(cursor, nearest < farthest, places[1])
    unit = time_unit(cursor, UNITS)
    whole_days(cursor, unit, zip((nearest, farthest), places, strict=True))
    side = cursor.expect("before", "after")
    return Apart(nearest, farthest, unit, "before" if side == "before" else "after", point(cursor))


def _refuse_unless_ascending(cursor: Cursor, ascending: bool, place: int) -> None:
    if not ascending:
        mend = "write the smaller number first, and two different ones"
        cursor.refuse("a window goes from the smaller number to the larger one", mend, "ascending", first=place)
