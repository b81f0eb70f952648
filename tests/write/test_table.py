"""The schedule as plain text in columns."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.study_time import MonthRule, Window
from dosecal.write.table import write
from tests.write.schedules import DAY_1, ZONE, at, dose, event, every, injections, interferon_arm, schedule


def body(text: str) -> list[str]:
    """The lines of the table itself, header first."""
    return text.split("\n\n")[1].split("\n")


def test_a_small_schedule_looks_like_this() -> None:
    window = Window(date(2026, 1, 29), date(2026, 2, 12))
    events = [
        event("screening", date(2025, 12, 22), "visits", window=Window(date(2025, 12, 15), None)),
        event(
            "alemtuzumab", DAY_1, month=0, course_days=5, clock=at(DAY_1, time(10)), lasts=timedelta(hours=4), dose=dose("12", "mg", "IV")
        ),
        event("blood test", DAY_1, "labs", month=0, flags=("late",)),
        event("blood test", date(2026, 2, 5), "labs", month=1, window=window),
    ]
    assert write(schedule(*events, arm="alemtuzumab-12", participant="1042", zone=ZONE)) == (
        """\
Study:        CARE-MS II
Arm:          alemtuzumab-12
Participant:  1042
Day 1:        Monday 5 January 2026
Time zone:    America/Los_Angeles

       Date  Weekday  Study day  Month    Time   What                     Lasts    Dose               Window                 Notes
22 Dec 2025  Mon      Day -14                    screening                                            from 15 Dec 2025
 5 Jan 2026  Mon      Day 1      Month 0  10:00  alemtuzumab, day 1 of 5  4 hours  12 mg intravenous
                                                 blood test                                                                  late
 5 Feb 2026  Thu      Day 32     Month 1         blood test                                           29 Jan to 12 Feb 2026

1 dose, 2 labs, 1 visit
  alemtuzumab: 1 dose, 12 mg in all

dosecal VERSION, zone data 2026f
""".replace("VERSION", __version__)
    )


def test_a_folded_run_says_its_days_last_date_and_count_below_its_item() -> None:
    text = write(interferon_arm(), fold=True)
    header, first, run, *others = body(text)
    assert header.split() == ["Date", "Weekday", "Study", "day", "Month", "What", "Dose", "Window"]
    assert first.split("  ")[0] == "5 Jan 2026"
    assert "interferon beta-1a" in first
    assert "44 micrograms subcutaneous" in first
    assert run.strip() == "Mon Wed Fri until 3 January 2028, 313 doses"
    assert len(others) == 32
    assert text.endswith(
        "\n\n313 doses, 24 labs, 8 assessments\n  interferon beta-1a: 313 doses, 13,772 micrograms in all"
        f"\n\ndosecal {__version__}, zone data 2026f\n"
    )


def test_an_unfolded_table_has_a_line_for_every_event_and_the_same_counts() -> None:
    text = write(interferon_arm())
    assert len(body(text)) == 1 + 345
    assert "\n313 doses, 24 labs, 8 assessments\n" in text


def test_the_date_of_a_day_is_said_once() -> None:
    events = [event(item, DAY_1, "labs") for item in ("haematology", "chemistry")]
    _, first, second = body(write(schedule(*events)))
    assert first.startswith("5 Jan 2026  Mon")
    assert second == " " * first.index("haematology") + "chemistry"


def test_nothing_is_ever_cut_off() -> None:
    name = "a very long name of an assessment " * 12
    assert name.strip() in write(schedule(event(name.strip(), DAY_1, "assessments")))


def test_a_schedule_without_events_says_so() -> None:
    assert write(schedule()) == f"Study:  CARE-MS II\nDay 1:  Monday 5 January 2026\n\nno events\n\ndosecal {__version__}\n"


def test_months_of_a_fixed_length_are_announced() -> None:
    assert "A month is:  28 days\n" in write(schedule(months=MonthRule(28)))


def test_the_tables_own_words_are_ascii() -> None:
    assert write(interferon_arm(), fold=True).isascii()


def test_doses_are_in_words_that_cannot_be_misread() -> None:
    doses = [
        dose("0.50", "mg", "PO"),
        dose("1.0", "tablets", "SL"),
        dose("1000", "mg", "IV"),
        dose("8.8", "mcg", "SC"),
        dose(None, route="inhaled"),
    ]
    text = write(schedule(*(event("x", DAY_1 + timedelta(n), dose=one) for n, one in enumerate(doses))))
    assert [line.split("x", 1)[1].strip() for line in body(text)[1:]] == [
        "0.5 mg oral",
        "1 tablet sublingual",
        "1,000 mg intravenous",
        "8.8 micrograms subcutaneous",
        "placebo inhaled",
    ]


def test_totals_are_exact_and_keep_units_apart() -> None:
    events = [event("a", day, dose=dose("0.1", "mg", "PO")) for day in every(1, 3)]
    events += [event("a", date(2026, 2, 1), dose=dose("1", "tablets", "PO")), event("b", DAY_1, dose=dose(None, route="PO"))]
    text = write(schedule(*events))
    assert "\n  a: 4 doses, 0.3 mg and 1 tablet in all\n  b: 1 dose\n" in text


def clock_window(start: str, end: str) -> Window:
    return Window(datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(date(2027, 1, 22), date(2027, 2, 5)), "22 Jan to 5 Feb 2027"),
        (Window(date(2027, 1, 8), date(2027, 1, 22)), "8 to 22 Jan 2027"),
        (Window(date(2026, 12, 29), date(2027, 1, 12)), "29 Dec 2026 to 12 Jan 2027"),
        (Window(date(2027, 1, 8), date(2027, 1, 8)), "on 8 Jan 2027"),
        (Window(date(2027, 1, 8), None), "from 8 Jan 2027"),
        (Window(None, date(2027, 1, 8)), "by 8 Jan 2027"),
        (Window(None, None), ""),
        (clock_window("2026-01-05T14:00", "2026-01-05T16:00"), "14:00 to 16:00"),
        (clock_window("2026-01-06T14:00", "2026-01-06T16:00"), "6 Jan 2026 14:00 to 16:00"),
        (clock_window("2026-01-05T22:00", "2026-01-06T02:00"), "5 Jan 2026 22:00 to 6 Jan 2026 02:00"),
        (Window(date(2026, 1, 5), datetime.fromisoformat("2026-01-06T02:00")), "5 Jan 2026 to 6 Jan 2026 02:00"),
    ],
)
def test_a_window_says_once_what_its_ends_share(window: Window, words: str) -> None:
    _, line = body(write(schedule(event("scan", DAY_1, "assessments", window=window))))
    assert line.split("scan")[1].strip() == words


@pytest.mark.parametrize(
    ("lasts", "words"),
    [(timedelta(hours=2, minutes=30), "2 hours 30 minutes"), (timedelta(minutes=1), "1 minute"), (timedelta(hours=46), "46 hours")],
)
def test_a_length_is_in_hours_and_minutes(lasts: timedelta, words: str) -> None:
    _, line = body(write(schedule(event("scan", DAY_1, "assessments", lasts=lasts))))
    assert line.split("scan")[1].strip() == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"flags": ("out-of-window", "moved-from:2026-01-02")}, "outside its window; moved from Fri 2 Jan 2026"),
        ({"nominal_date": date(2026, 1, 2)}, "nominally Fri 2 Jan 2026"),
        ({"state": "done"}, "done"),
        ({"state": "done", "due_date": date(2026, 1, 4), "flags": ("late", "out-of-window")}, "done 1 day late; outside its window"),
        ({"state": "done", "due_date": date(2026, 1, 15), "flags": ("early",)}, "done 10 days early"),
        ({"flags": ("delayed-from:2025-12-29", "again")}, "cycle delayed from Mon 29 Dec 2025; once more for the delayed cycle"),
        ({"flags": ("adjusted", "unscheduled")}, "dose adjusted; unscheduled"),
        ({"flags": ("gap-broken", "two-on-one-day")}, "minimum gap broken; two on one day"),
        ({"flags": ("amount-differs",)}, "another amount than planned"),
        ({"nominal_date": date(2026, 1, 2), "flags": ("moved-from:2026-01-02",)}, "moved from Fri 2 Jan 2026"),
        ({"clock": at(DAY_1, time(3, 30), shifted=time(2, 30)), "flags": ("shifted-from:02:30",)}, "the clock skips 02:30 on this day"),
        (
            {"clock": at(DAY_1, time(1, 30), ambiguous=True), "flags": ("given", "clock-shows-twice")},
            "given; the clock shows 01:30 twice on this day: UTC-08:00",
        ),
    ],
)
def test_what_is_unusual_about_a_date_or_time_is_noted(fields: dict[str, object], words: str) -> None:
    _, line = body(write(schedule(event("scan", DAY_1, "assessments", **fields))))
    assert line.split("scan")[1].strip() == words


def test_wide_letters_and_combining_marks_keep_the_columns_straight() -> None:
    events = [event(name, day, dose=dose()) for name, day in zip(["注射", "e\u0301tude", "plain"], every(1, 3), strict=True)]
    _, wide, marked, plain = body(write(schedule(*events)))
    column = plain.index("44 micrograms")
    assert wide.index("44 micrograms") == column - 2  # two letters that take two columns each
    assert marked.index("44 micrograms") == column + 1  # a mark that takes none


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(derandomize=True, deadline=None)
def test_no_text_can_disturb_a_terminal_or_add_a_line(text: str) -> None:
    plain, hostile = (write(schedule(event(name, DAY_1, phase=name), study=f"S{name}", arm=name)) for name in ("x", f"x{text}"))
    assert all(c.isprintable() for c in hostile.replace("\n", ""))
    assert hostile.count("\n") == plain.count("\n")


def test_titration_weeks_stay_line_by_line_above_the_folded_run() -> None:
    low = injections(*every(2, 6), dose=dose("8.8"))
    high = injections(*every(2, 20, date(2026, 1, 17)))
    assert len(body(write(schedule(*low, *high), fold=True))) == 1 + 6 + 2


def test_a_dose_that_took_place_was_given_and_all_else_was_done() -> None:
    late = event("drug", DAY_1, due_date=date(2025, 12, 22), state="done", flags=("late",))
    _, line = body(write(schedule(late)))
    assert line.split("drug")[1].strip() == "given 14 days late"
