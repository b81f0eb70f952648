"""From text to the trees of an item's other phrases: clock times, durations, gaps, what a missed dose or a closed day does, places."""

from typing import Final, Literal, NoReturn

from dosecal.dose import UNITS as DOSE_UNITS
from dosecal.phrases.amounts import amount, measured_units
from dosecal.phrases.terminals import UNITS, calendar_date, clock_time, is_range, is_whole, length, named_time, run, time_unit, whole
from dosecal.phrases.timing import weekdays
from dosecal.phrases.tree import (
    At,
    AtPlace,
    ClockTime,
    CycleOf,
    Duration,
    Gap,
    IfClosed,
    IfMissed,
    InitiateAgain,
    NamedTime,
    NearTime,
    OnlyIf,
    Places,
    PlaceTimes,
    RecordValue,
    TimeUnit,
)
from dosecal.phrases.whole import read_phrase
from dosecal.phrases.words import SINGULAR, Cursor, Names, Parsed
from dosecal.study_time import WEEKDAYS

_TIME_UNITS: Final[tuple[TimeUnit, ...]] = ("hour", "minute")
ValueKind = Literal["name", "cycle", "date", "amount", "plan", "weekdays"]
"""What a record entry's value may be; which ones, its own table in docs/language.md says."""
_VALUE_KINDS: Final[tuple[ValueKind, ...]] = ("name", "cycle", "date", "amount", "plan", "weekdays")


def parse_at(text: str, names: Names) -> Parsed[At]:
    """A clock time, a named one or one near it; in cohort plans also `TIME every INT minutes`. Raises PhraseError."""
    return read_phrase(text, names, "a clock time", at)


def parse_duration(text: str, names: Names) -> Parsed[Duration]:
    """An item's `lasts`. Raises PhraseError."""
    return read_phrase(text, names, "a duration", duration)


def parse_gap(text: str, names: Names) -> Parsed[Gap]:
    """`at-least`. Raises PhraseError."""
    return read_phrase(text, names, "a gap", gap)


def parse_if_missed(text: str, names: Names) -> Parsed[IfMissed]:
    """`if-missed`. Raises PhraseError."""
    return read_phrase(text, names, "a rule for a missed dose", if_missed)


def parse_if_closed(text: str, names: Names) -> Parsed[IfClosed]:
    """`if-closed`. Raises PhraseError."""
    return read_phrase(text, names, "a rule for a closed day", if_closed)


def parse_only_if(text: str, names: Names) -> Parsed[OnlyIf]:
    """`only-if`. Raises PhraseError."""
    return read_phrase(text, names, "a condition on the participant", only_if)


def parse_initiate_again(text: str, names: Names) -> Parsed[InitiateAgain]:
    """A value of `initiate-again`. Raises PhraseError."""
    return read_phrase(text, names, "a rule for a new initiation", initiate_again)


def parse_places(text: str, names: Names) -> Parsed[Places]:
    """A key of a cohort plan's `places`. Raises PhraseError."""
    return read_phrase(text, names, "a range of places", places)


def parse_record_value(text: str, names: Names, *may_be: ValueKind) -> Parsed[RecordValue]:
    """A value of a record entry, of one of the kinds that the entry allows (none given: any). Raises PhraseError.

    A name is one of `names.referable`, whatever it begins with: in a record nothing can follow it but a cycle's number.
    """
    return read_phrase(text, names, "a value", lambda cursor: _record_value(cursor, may_be or _VALUE_KINDS))


def at(cursor: Cursor) -> At:
    """`at = TIME | NAME | INT ( "minutes" | "hours" ) ( "before" | "after" ) NAME | "place" | TIME "every" INT "minutes"`"""
    start = cursor.at
    word = cursor.word
    if is_whole(word):
        count = whole(cursor)
        unit = time_unit(cursor, _TIME_UNITS)
        side = cursor.expect("before", "after")
        return cursor.node(NearTime(count, unit, "before" if side == "before" else "after", named_time(cursor)), start)
    if word[:1].isdigit():
        time = clock_time(cursor)
        if not cursor.accept("every"):
            return cursor.node(ClockTime(time), start)
        every = whole(cursor)
        time_unit(cursor, ("minute",))
        return cursor.node(PlaceTimes(time, every), start)
    if cursor.accept("place"):
        return cursor.node(AtPlace(), start)
    for thing in ("a clock time", "a number"):
        cursor.look_for(thing)
    return cursor.node(NamedTime(named_time(cursor)), start)


def duration(cursor: Cursor) -> Duration:
    """`lasts = NUM ( "minutes" | "hours" )`"""
    start = cursor.at
    return cursor.node(Duration(*length(cursor, _TIME_UNITS)), start)


def gap(cursor: Cursor) -> Gap:
    """`at-least = NUM unit "apart"`"""
    start = cursor.at
    value, unit = length(cursor, UNITS)
    cursor.expect("apart")
    return cursor.node(Gap(value, unit), start)


def if_missed(cursor: Cursor) -> IfMissed:
    """`if-missed = "skip" | "take" [ "if" bound NUM unit "before next" ( "dose" | "week" | "cycle" ) "else skip" ]`"""
    start = cursor.at
    rule = cursor.expect("skip", "take")
    if rule == "skip" or not cursor.accept("if"):
        return cursor.node(IfMissed("skip" if rule == "skip" else "take"), start)
    if cursor.expect("at", "more") == "at":
        cursor.expect("least")
        bound: Literal["at least", "more than"] = "at least"
    else:
        cursor.expect("than")
        bound = "more than"
    value, unit = length(cursor, UNITS)
    cursor.expect_each("before", "next")
    following: Literal["dose", "week", "cycle"] = cursor.expect("dose", "week", "cycle")
    cursor.expect_each("else", "skip")
    return cursor.node(IfMissed("take", bound, value, unit, following), start)


def if_closed(cursor: Cursor) -> IfClosed:
    """`if-closed = "stay" | ( "next" | "previous" | "nearest" ) "open day" | "refuse"`"""
    start = cursor.at
    rule: Literal["stay", "next", "previous", "nearest", "refuse"] = cursor.expect("stay", "next", "previous", "nearest", "refuse")
    if rule not in ("stay", "refuse"):
        cursor.expect("open")
        cursor.expect_noun("day")
    return cursor.node(IfClosed(rule), start)


def only_if(cursor: Cursor) -> OnlyIf:
    """`only-if = [ "not" ] NAME`"""
    start = cursor.at
    negated = bool(cursor.accept("not"))
    return cursor.node(OnlyIf(cursor.expect_name(cursor.names.flags, "the name of a flag"), negated), start)


def initiate_again(cursor: Cursor) -> InitiateAgain:
    """`again = "after" INT "missed days"`"""
    start = cursor.at
    cursor.expect("after")
    days = whole(cursor)
    cursor.expect("missed")
    cursor.expect_noun("day")
    return cursor.node(InitiateAgain(days), start)


def places(cursor: Cursor) -> Places:
    """`name n` or `name n-m`: the last word tells the places, the words before it are the name."""
    start = cursor.at
    words = len(cursor.words) - 1
    if words < 2 or not (is_range(cursor.words[words - 1]) or is_whole(cursor.words[words - 1])):  # noqa: PLR2004  (a name and its places)
        mend = "write a name and its places: `sentinels 1-2`"
        cursor.refuse("a range of places is a name and its numbers", mend, first=0, words=words)
    name = " ".join(cursor.words[: words - 1])
    cursor.take(words - 1)
    numbers = run(cursor, "place")
    return cursor.node(Places(name, numbers.first, numbers.last), start)


def _record_value(cursor: Cursor, may_be: tuple[ValueKind, ...]) -> RecordValue:
    """`record-value = NAME [ "cycle" INT ] | DATE | NUM UNIT | "plan" | DAY { DAY }`"""
    start, word = cursor.at, cursor.word
    named = _name_or_cycle(cursor, may_be)
    if named is not None:
        return cursor.node(named, start)
    if word[:1].isdigit() and "date" in may_be and ("amount" not in may_be or word.count("-") > 1):
        return cursor.node(calendar_date(cursor), start)
    if word[:1].isdigit() and "amount" in may_be:
        return amount(cursor, (*DOSE_UNITS, *measured_units()))
    if "plan" in may_be and cursor.accept("plan"):
        return cursor.node("plan", start)
    if word in WEEKDAYS and "weekdays" in may_be:
        return weekdays(cursor)
    for kind, thing in (("date", "a date"), ("amount", "an amount"), ("weekdays", "weekdays")):
        if kind in may_be:
            cursor.look_for(thing)
    return _fail_for_a_value(cursor, may_be)


def _fail_for_a_value(cursor: Cursor, may_be: tuple[ValueKind, ...]) -> NoReturn:
    """Refuse the present word, which begins no value of these kinds: an unknown name, or a name that goes on wrongly."""
    if "name" in may_be or "cycle" in may_be:
        cursor.expect_name(cursor.names.referable, "a declared name")
        if "cycle" in may_be:
            cursor.expect_noun("cycle")
            whole(cursor)
        cursor.end()
    cursor.fail()


def _name_or_cycle(cursor: Cursor, may_be: tuple[ValueKind, ...]) -> str | CycleOf | None:
    """The whole value as NAME, or as NAME "cycle" INT: the number is the last word, whatever the name holds."""
    words = cursor.words[cursor.at : -1]
    known = cursor.names.referable
    name = " ".join(words) if "name" in may_be and " ".join(words) in known else None
    phase = " ".join(words[:-2])
    counted = "cycle" in may_be and phase in known and SINGULAR.get(words[-2]) == "cycle" and is_whole(words[-1])
    if name is not None and counted:
        message = f"`{name}` can be read in two ways: as that name, or as a cycle of `{phase}`"
        cursor.refuse(message, f"rename `{name}` or `{phase}`", "ambiguous-name", words=len(words))
    if not counted:
        cursor.take(len(words) if name is not None else 0)
        return name
    cursor.take(len(words) - 1)
    return CycleOf(phase, whole(cursor))
