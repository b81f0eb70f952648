"""The terminals of the grammar, read from a cursor: numbers, time units, clock times, named times, dates; their forms and bounds."""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import Final, NoReturn, TypeVar

from dosecal.diagnostic import nearest
from dosecal.phrases.names import LANGUAGE_WORDS
from dosecal.phrases.tree import DateUnit, Run, Unit
from dosecal.phrases.words import SINGULAR, Cursor, in_a_row
from dosecal.study_time import FIRST_DATE, LAST_DATE

LARGEST: Final = 99999
_MOST_DIGITS: Final = 12
DATE_UNITS: Final[tuple[DateUnit, ...]] = ("day", "week", "month")
UNITS: Final[tuple[Unit, ...]] = ("day", "week", "month", "open day", "hour", "minute")
U = TypeVar("U", bound=str)


SIGNS_AND_DIGITS: Final = frozenset("+-0123456789")


def is_whole(word: str) -> bool:
    """Whether `word` is INT or SIGNED in form."""
    body = word[1:] if word[:1] in ("+", "-") else word
    return body.isascii() and body.isdigit()


def is_decimal(word: str) -> bool:
    """Whether `word` is NUM in form (also with a plus sign or a bare point, which the one spelling then refuses)."""
    body = word.removeprefix("+").replace(".", "", 1)
    return body.isascii() and body.isdigit()


def is_range(word: str) -> bool:
    """Whether `word` is RANGE in form."""
    first, _, last = word.partition("-")
    return word.isascii() and first.isdigit() and last.isdigit()


def whole(cursor: Cursor, least: int = 1, most: int = LARGEST) -> int:
    """INT, between `least` and `most`."""
    word = cursor.word
    if not is_whole(word):
        _fail_for_a_number(cursor, "a whole number")
    value = _bounded(cursor, word)
    if value < least:
        cursor.refuse(f"`{word}` is too small", f"the smallest number that can stand here is {least}", "number")
    if value > most:
        cursor.refuse(f"`{word}` is too large", f"the largest number that can stand here is {most}", "number")
    cursor.take()
    return value


def signed(cursor: Cursor) -> int:
    """SIGNED: `+7`, `-3`, `+0`."""
    word = cursor.word
    if not is_whole(word):
        _fail_for_a_number(cursor, "a number with its sign")
    value = _bounded(cursor, word)
    cursor.take()
    return value


def position(cursor: Cursor, unit: str) -> int:
    """The INT after `day`, `study day` (negative or positive), `week` or `month` (0 or positive)."""
    word = cursor.word
    if not is_whole(word):
        _fail_for_a_number(cursor, "a whole number")
    value = _bounded(cursor, word)
    if unit in ("week", "month"):
        if value < 0:
            mend = f"write `{-value} {unit}{'' if value == -1 else 's'} before day 1`"
            cursor.refuse(f"a {unit}'s number cannot be negative", mend, "number")
    elif value == 0 and not (unit == "day" and cursor.names.day_zero):
        _refuse_day_zero(cursor)
    cursor.take()
    return value


def _refuse_day_zero(cursor: Cursor) -> NoReturn:
    """There is no day 0 (CDISC SDTM 4.4.4): the caret stands under `day 0`, in a list under the number."""
    singular = SINGULAR.get(cursor.words[cursor.at - 1]) if cursor.at else None
    first = cursor.at - 1 if singular == "day" else cursor.at
    mend = "write day 1 for the day of the first dose, or day -1 for the day before"
    cursor.refuse("there is no day 0", mend, "day-zero", first=first, words=cursor.at - first + 1)


def run(cursor: Cursor, unit: str) -> Run:
    """INT or RANGE: one number after `days`, `weeks`, `months`, `cycles` ..., or two of which the second is larger."""
    start = cursor.at
    word = cursor.word
    if not is_range(word):
        value = whole(cursor) if unit in COUNTED else position(cursor, unit)
        return cursor.node(Run(value, value), start)
    first, last = (_bounded(cursor, part) for part in word.split("-"))
    if first == 0 and (unit in COUNTED or unit == "study day" or (unit == "day" and not cursor.names.day_zero)):
        if unit in COUNTED:
            cursor.refuse(f"there is no {unit} 0", f"{unit}s count from 1", "number")
        _refuse_day_zero(cursor)
    if first >= last:
        mend = f"write `{last}-{first}`" if first > last else f"write `{unit} {first}`"
        cursor.refuse("a range goes from the smaller number to the larger one", mend, "ascending")
    cursor.take()
    return cursor.node(Run(first, last), start)


COUNTED: Final = ("cycle", "dose", "cohort", "place")
"""What is counted from 1 on."""


def decimal(cursor: Cursor, *, zero: bool = False, most: int | None = None) -> Decimal:
    """NUM: positive, or 0 where `zero` allows it; at most twelve digits."""
    word = cursor.word
    if not is_decimal(word):
        _fail_for_a_number(cursor, "a number")
    body = word.removeprefix("+")
    if len(body) - body.count(".") > _MOST_DIGITS:
        cursor.refuse(f"`{word}` has too many digits", f"a number has at most {_MOST_DIGITS} digits", "number")
    value = Decimal(body)
    if not value and not zero:
        cursor.refuse(f"`{word}` is not a positive number", "write a number larger than 0", "number")
    if most is not None and value > most:
        cursor.refuse(f"`{word}` is too large", f"the largest number that can stand here is {most}", "number")
    cursor.take()
    return value


def time_unit(cursor: Cursor, units: tuple[U, ...]) -> U:
    """One of `units` (singular words) after a number: `days`, `open days`, `hours`."""
    word = cursor.word
    noun = "open day" if word == "open" else SINGULAR.get(word)
    for unit in units:
        if unit == noun:
            cursor.take()
            if word == "open":
                cursor.expect_noun("day")
            return unit
    return _refuse_unit(cursor, [f"{unit}s" for unit in units])


def _refuse_unit(cursor: Cursor, plurals: list[str]) -> NoReturn:
    """Refuse the present word, which stands where one of `plurals` must: no unit at all, or an unknown one."""
    word, number = cursor.word, cursor.words[cursor.at - 1]
    if word in ("", "before", "after", "apart", "to", "of", "for", "from", "else"):
        mend = f"write {in_a_row(plurals)} after `{number}`"
        cursor.refuse(f"the number `{number}` has no unit", mend, "no-unit", first=cursor.at - 1)
    near = nearest(word, plurals)
    mend = f"did you mean `{near}`?" if near else f"here can stand {in_a_row(plurals)}"
    cursor.refuse(f"`{word}` is not a unit that can stand here", mend, "unit")


def whole_days(cursor: Cursor, unit: str, numbers: Iterable[tuple[Decimal, int]]) -> None:
    """Refuse a decimal (given with its word's place) of a unit that has none: only hours and minutes do."""
    for value, place in numbers:
        if unit not in ("hour", "minute") and value != int(value):
            cursor.refuse(f"only hours and minutes have decimals, {unit}s have none", f"write whole {unit}s", "number", first=place)


def length(cursor: Cursor, units: tuple[U, ...]) -> tuple[Decimal, U]:
    """NUM unit: positive, with decimals only in hours and minutes."""
    place = cursor.at
    amount = decimal(cursor, most=LARGEST)
    unit = time_unit(cursor, units)
    whole_days(cursor, unit, [(amount, place)])
    return amount, unit


def clock_time(cursor: Cursor) -> time:
    """TIME: `09:00`, from 00:00 to 23:59."""
    word = cursor.word
    hours, colon, minutes = word.partition(":")
    if not (colon and word.isascii() and hours.isdigit() and minutes.isdigit() and len(word) <= len("09:00")):
        cursor.refuse(f"`{word}` is not a clock time", "write hours and minutes of the 24-hour clock: `09:00`", "clock-time")
    if int(hours) > 23 or int(minutes) > 59 or len(minutes) != len("00"):  # noqa: PLR2004  (the clock's own bounds)
        cursor.refuse(f"there is no time `{word}`", "clock times go from `00:00` to `23:59`", "clock-time")
    cursor.take()
    return time(int(hours), int(minutes))


def named_time(cursor: Cursor) -> str:
    """A named time: one or more words of letters, none of them a word of the language."""
    start = cursor.at
    while cursor.word.isalpha() and cursor.word not in LANGUAGE_WORDS:
        cursor.take()
    if cursor.at == start:
        cursor.look_for("a named time such as `breakfast`")
        cursor.fail()
    return " ".join(cursor.words[start : cursor.at])


def calendar_date(cursor: Cursor) -> date:
    """DATE: `2027-05-18`, from 1900 to 2200."""
    word = cursor.word
    parts = word.split("-")
    if not (word.isascii() and [len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts)):
        cursor.refuse(f"`{word}` is not a date", "write year, month and day: `2027-05-18`", "date")
    try:
        value = date.fromisoformat(word)
    except ValueError:
        cursor.refuse(f"there is no date {word}", "write a day that the calendar has", "date")
    if not FIRST_DATE <= value <= LAST_DATE:
        cursor.refuse(f"{word} is out of range", f"dates go from {FIRST_DATE} to {LAST_DATE}", "date")
    cursor.take()
    return value


def _bounded(cursor: Cursor, word: str) -> int:
    """`word` as a whole number of at most five digits; longer ones are refused before `int` sees them."""
    if len(word.lstrip("+-0")) > len(str(LARGEST)):
        cursor.refuse(f"`{word}` is too large", f"whole numbers go up to {LARGEST}", "number")
    return int(word)


def _fail_for_a_number(cursor: Cursor, thing: str) -> NoReturn:
    """Refuse a word that is not the number that must stand here, in the words that mend it."""
    word = cursor.word
    body = word.lstrip("0123456789.")
    number = word[: len(word) - len(body)]
    if is_decimal(number) and body[:1].isalpha():
        cursor.refuse("a space stands between a number and its unit", f"write `{number} {body}`", "spelling")
    if word[:1] == "-" and "-" in word[1:] and word.replace("-", "").isdigit():
        cursor.refuse("a range cannot begin before day 1", "write `day -7 for 7 days` for the seven days before day 1", "number")
    if is_decimal(word) or is_whole(word):
        kind = "negative" if word.startswith("-") else "not a whole number"
        cursor.refuse(f"`{word}` is {kind}", f"write {thing}", "number")
    cursor.look_for(thing)
    cursor.fail()
