"""What is refused, where the caret stands, and what the help says: one line for each way to go wrong.

Each phrase is written with its refused part in brackets; `[]` is the place right after the text.
"""

from collections.abc import Callable
from typing import Any

import pytest

from dosecal.phrases.amounts import parse_amount, parse_conditions, parse_give
from dosecal.phrases.rules import (
    ValueKind,
    parse_at,
    parse_duration,
    parse_gap,
    parse_if_closed,
    parse_if_missed,
    parse_only_if,
    parse_places,
    parse_record_value,
)
from dosecal.phrases.timing import parse_point, parse_ref, parse_span, parse_weekdays, parse_when, parse_window
from dosecal.phrases.tree import Mark, Numbers, On, Run
from dosecal.phrases.words import Names, Parsed, PhraseError

Parser = Callable[[str, Names], Parsed[Any]]

NAMES = Names(
    referable=frozenset(
        {"dose", "visit", "alemtuzumab", "pump disconnect", "end of treatment visit", "CT", "CT course", "day 9 visit", "discontinuation"}
    ),
    events=frozenset({"discontinuation"}),
    arms=frozenset({"AB", "BA"}),
    tables=frozenset({"first week"}),
    flags=frozenset({"pregnant"}),
)

CASES: list[tuple[Parser, str, str, str]] = [
    # day 0 and other numbers
    (parse_when, "[day 0]", "day-zero", "write day 1 for the day of the first dose, or day -1 for the day before"),
    (parse_when, "days -1 [0] 1", "day-zero", "write day 1"),
    (parse_when, "[days 0-4]", "day-zero", "write day 1"),
    (parse_conditions, "from [day 0]", "day-zero", "write day 1"),
    (parse_when, "study [day 0]", "day-zero", "write day 1"),
    (parse_when, "week [-2]", "number", "`2 weeks before day 1`"),
    (parse_when, "month [-1]", "number", "`1 month before day 1`"),
    (parse_when, "day [1.5]", "number", "write a whole number"),
    (parse_when, "day [100000]", "number", "99999"),
    (parse_when, "every [0] days", "number", "1"),
    (parse_when, "[8] times weekly", "number", "7"),
    (parse_when, "days [-7--1]", "number", "`day -7 for 7 days`"),
    (parse_when, "[1.5] days after dose", "number", "whole days"),
    (parse_when, "[0] days after dose", "number", "larger than 0"),
    (parse_when, "day 1 of cycle [0]", "number", "1"),
    (parse_give, "[0] mg IV", "number", "larger than 0"),
    (parse_give, "[1234567890.123] mg IV", "number", "12 digits"),
    (parse_give, "[-5] mg IV", "number", "a number"),
    # ascending
    (parse_when, "days 8 [1]", "ascending", "ascending order"),
    (parse_when, "days 1 [1]", "ascending", "each once"),
    (parse_when, "days 1-5 [5-9]", "ascending", "ascending order"),
    (parse_when, "days [5-1]", "ascending", "`1-5`"),
    (parse_when, "days [5-5]", "ascending", "`day 5`"),
    (parse_when, "2 [1] hours after dose", "ascending", "ascending order"),
    (parse_window, "+7 to [+0] days", "ascending", "smaller number first"),
    (parse_window, "3 to [1] days before dose", "ascending", "smaller number first"),
    (parse_window, "from day 14 to [day 1]", "ascending", "the earlier point first"),
    (parse_weekdays, "Wed Mon [Fri]", "ascending", "order of the week"),
    (parse_weekdays, "Mon [Mon]", "ascending", "each once"),
    (parse_conditions, "weight from 70 to under [60] kg", "ascending", "smaller number first"),
    # one spelling
    (parse_when, "every [1] day", "spelling", "`every day`"),
    (parse_when, "[2] times weekly", "spelling", "`twice weekly`"),
    (parse_when, "[1] time weekly", "spelling", "`once weekly`"),
    (parse_when, "[days] 1", "spelling", "`day 1`"),
    (parse_when, "[day] 1 8", "spelling", "`days 1 8`"),
    (parse_when, "day [01]", "spelling", "`day 1`"),
    (parse_when, "day [+1]", "spelling", "`day 1`"),
    (parse_when, "1 [days] after dose", "spelling", "`1 day after dose`"),
    (parse_when, "day 1[ ]", "spelling", "`day 1`"),
    (parse_when, "[ ]day 1", "spelling", "`day 1`"),
    (parse_when, "every[ ] day", "spelling", "`every day`"),
    (parse_when, "first [1] dose", "spelling", "`first` without a number"),
    (parse_when, "day 1 of [cycles] 3", "spelling", "`day 1 of cycle 3`"),
    (parse_when, "day 1 of every [1] cycles from 3", "number", "2"),
    (parse_give, "[1.0] mg PO", "spelling", "`1 mg PO`"),
    (parse_give, "[.5] mg PO", "spelling", "`0.5 mg PO`"),
    (parse_give, "1 [tablets] PO", "spelling", "`1 tablet PO`"),
    (parse_give, "[12mg] IV", "spelling", "`12 mg`"),
    (parse_at, "[9:00]", "spelling", "`09:00`"),
    (parse_window, "[±] 7 days", "spelling", "`±7 days`"),
    (parse_window, "±1 [days]", "spelling", "`±1 day`"),
    (parse_window, "[-0] to +7 days", "spelling", "`+0 to +7 days`"),
    # typography
    (parse_when, "days 1[,]8,15", "comma", "`days 1 8 15`"),
    (parse_when, "days 1[,] 8, 15", "comma", "`days 1 8 15`"),
    (parse_give, "[1,000] mg PO", "comma", "`1000`"),
    (parse_give, "[0,5] mg PO", "comma", "`0.5`"),
    (parse_when, "days [1–5]", "typography", "`1-5`"),
    (parse_when, "day [−1]", "typography", "`-1`"),
    (parse_when, "day[\u00a0]1", "typography", "one space"),
    (parse_when, "day[\t]1", "typography", "one space"),
    (parse_when, "day 1[\u200b]", "typography", "take it out"),
    # words
    (parse_when, "[]", "phrase", "`every`"),
    (parse_when, "[evry] day", "phrase", "did you mean `every`?"),
    (parse_when, "[Every] day", "phrase", "did you mean `every`?"),
    (parse_when, "every day [untl] discontinuation", "phrase", "did you mean `until`?"),
    (parse_when, "every day for[]", "phrase", "a whole number"),
    (parse_when, "day[]", "phrase", "a whole number"),
    (parse_when, "month 0 for 5 days [8]", "phrase", "the end"),
    (parse_when, "once [daily]", "phrase", "`every day`"),
    (parse_when, "[Mon] Wed Fri", "phrase", "`every Mon Wed Fri`"),
    (parse_when, "every [other] day", "phrase", "`every 2 days`"),
    (parse_when, "[Q3W]", "phrase", "`every 3 weeks`"),
    (parse_when, "[TIW]", "phrase", "`3 times weekly`"),
    (parse_point, "day 1 [for] 5 days", "phrase", "the end"),
    (parse_window, "[7 days]", "phrase", "`±7 days`"),
    (parse_if_missed, "take if at least 48 hours before next [month] else skip", "phrase", "`dose`"),
    (parse_if_closed, "[nxt] open day", "phrase", "did you mean `next`?"),
    (parse_conditions, "weight from 70 to [80] kg", "phrase", "`to under 80`"),
    (parse_places, "[sentinels]", "phrase", "`sentinels 1-2`"),
    (parse_span, "14 [dayz]", "unit", "did you mean `days`?"),
    # units and routes
    (parse_give, "[12] IV", "no-unit", "mg, mcg, g"),
    (parse_give, "[12]", "no-unit", "mg, mcg, g"),
    (parse_give, "12 [mgg] IV", "unit", "did you mean `mg`?"),
    (parse_give, "12 [µg] SC", "unit", "did you mean `mcg`?"),
    (parse_give, "12 [ug] SC", "unit", "did you mean `mcg`?"),
    (parse_give, "12 [IU] SC", "unit", "did you mean `units`?"),
    (parse_give, "12 [mg/m²] IV", "unit", "did you mean `mg/m2`?"),
    (parse_give, "12 [µg/kg] IV", "unit", "did you mean `mcg/kg`?"),
    (parse_give, "12 mg [iv]", "route", "did you mean `IV`?"),
    (parse_give, "12 mg [subcutaneously]", "route", "did you mean `SC`?"),
    (parse_give, "12 mg[]", "route", "docs/language.md"),
    (parse_amount, "[5]", "no-unit", "mg"),
    (parse_conditions, "age over [75]", "no-unit", "years"),
    (parse_conditions, "age over 75 [kg]", "unit", "years"),
    (parse_duration, "[4]", "no-unit", "hours or minutes"),
    (parse_duration, "4 [days]", "unit", "hours or minutes"),
    (parse_gap, "[48] apart", "no-unit", "hours"),
    (parse_when, "[30] after dose", "no-unit", "days"),
    (parse_window, "±[7]", "no-unit", "days"),
    # names
    (parse_when, "30 days after last [pump disconect]", "unknown-name", "did you mean `pump disconnect`?"),
    (parse_when, "each [alemtuzumb] course", "unknown-name", "did you mean `alemtuzumab`?"),
    (parse_when, "30 days after [foo bar] due", "unknown-name", "declared here"),
    (parse_when, "first 2 days of each [study drug] course", "unknown-name", "declared here"),
    (parse_when, "every 3 weeks [until] week 24", "phrase", "`through week 24`"),
    (parse_when, "7 days after [day 9 visit]", "unreferable-name", "rename"),
    (parse_when, "every day until [progression]", "unknown-name", "discontinuation"),
    (parse_when, "each [CT course]", "ambiguous-name", "rename"),
    (parse_point, "30 days before [end of treatment visit]", "unreferable-name", "rename"),
    (parse_ref, "[metotrexate]", "phrase", "a declared name"),
    (parse_conditions, "arm [CD]", "unknown-name", "AB or BA"),
    (parse_give, "table [frist week]", "unknown-name", "did you mean `first week`?"),
    (parse_only_if, "not [pregant]", "unknown-name", "did you mean `pregnant`?"),
    (parse_at, "30 minutes before [5]", "phrase", "a named time"),
    # clock times and dates
    (parse_at, "[24:00]", "clock-time", "`23:59`"),
    (parse_at, "[09.30]", "clock-time", "`09:00`"),
    (parse_record_value, "[2027-02-30]", "date", "the calendar"),
    (parse_record_value, "[1850-01-01]", "date", "1900"),
]


@pytest.mark.parametrize(("parser", "marked", "name", "mend"), CASES, ids=[f"{parser.__name__}-{marked}" for parser, marked, _, _ in CASES])
def test_a_faulty_phrase_is_refused_under_its_faulty_word(parser: Parser, marked: str, name: str, mend: str) -> None:
    start = marked.index("[")
    end = marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    with pytest.raises(PhraseError) as refusal:
        parser(text, NAMES)
    found = refusal.value
    assert (found.name, found.start, found.end) == (name, start, end), (found.message, found.help)
    assert mend in found.help
    assert found.message.rstrip(".") == found.message == str(found)


def test_a_phrase_longer_than_five_hundred_characters_is_refused() -> None:
    within, beyond = "days " + " ".join(map(str, range(1, 150))), "days " + " ".join(map(str, range(1, 160)))
    assert (len(within) <= 500, len(beyond) > 500) == (True, True)
    assert parse_when(within, NAMES).tree == On(Numbers("day", tuple(Run(number, number) for number in range(1, 150))))
    with pytest.raises(PhraseError, match="too long"):
        parse_when(beyond, NAMES)


def test_day_0_may_be_said_where_a_protocol_counts_from_0() -> None:
    names = Names(day_zero=True)
    assert parse_when("days 0-4", names).tree == On(Numbers("day", (Run(0, 4),)))
    assert parse_when("day 0", names).tree == On(Mark("day", 0))
    with pytest.raises(PhraseError, match="no day 0"):
        parse_when("study day 0", names)


def test_a_name_with_two_spaces_in_a_row_is_never_found() -> None:
    with pytest.raises(PhraseError, match="`A B` is not declared"):
        parse_conditions("arm A  B", Names(arms=frozenset({"A  B"})))


def test_the_keyboards_way_to_write_a_window_is_accepted() -> None:
    assert parse_window("+/-7 days", NAMES).tree == parse_window("±7 days", NAMES).tree


def test_a_record_entry_accepts_only_the_kinds_of_value_of_its_own_table() -> None:
    assert parse_record_value("plan", NAMES, "amount", "plan").tree == "plan"
    wrong: tuple[tuple[str, ValueKind], ...] = (
        ("plan", "date"),
        ("2027-05-18", "weekdays"),
        ("Mon", "amount"),
        ("alemtuzumab", "cycle"),
        ("75 mg", "name"),
    )
    for text, kind in wrong:
        with pytest.raises(PhraseError):
            parse_record_value(text, NAMES, kind)
