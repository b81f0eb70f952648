"""What changes, as a before / after table for people and as data."""

from datetime import date, time, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.changes import changes
from dosecal.schedule import Event
from dosecal.study_time import Window
from dosecal.write.changes import LISTED, write
from dosecal.write.changes_data import changes_data
from tests.write.schedules import DAY_1, at, dose, event, every, injections, schedule

MON, TUE, WED, THU, FRI = every(1, 5)


def later(one: Event, days: int, **fields: Any) -> Event:
    return replace(one, date=one.date + timedelta(days), **fields)


def shown(before: list[Event], after: list[Event], absent: tuple[Event, ...] = ()) -> str:
    return write(changes(schedule(*before), schedule(*after, absent=absent)))


def test_where_nothing_changes_that_is_said() -> None:
    assert shown([event("drug", MON)], [event("drug", MON)]) == "Nothing changes in the schedule.\n"


def test_a_delayed_cycle_looks_like_this() -> None:
    dose_10 = dose("85", "mg/m2", "IV")
    fields: dict[str, Any] = {"phase": "treatment", "cycle": 5, "dose": dose_10}
    drug = event("oxaliplatin", date(2027, 7, 13), clock=at(date(2027, 7, 13), time(9), hours=-5), **fields)
    moved = later(drug, 7, clock=at(date(2027, 7, 20), time(9), hours=-5))
    test = event("CBC", date(2027, 7, 12), "labs", window=Window(date(2027, 7, 10), date(2027, 7, 12)), phase="treatment", cycle=5)
    scan = event("CT", date(2027, 7, 14), "assessments", window=Window(date(2027, 7, 7), date(2027, 7, 21)))
    again = event(
        "CBC", date(2027, 7, 19), "labs", key="CBC/again 1", phase="treatment", cycle=5, window=Window(date(2027, 7, 17), date(2027, 7, 19))
    )
    visit = event("visit", date(2027, 7, 30), "visits")
    missed = event("call", date(2027, 7, 15), "calls", state="missed", reasons=("day 2", "entry 4: not done: no answer"))
    before = [test, drug, scan, replace(missed, state="planned"), visit]
    after = [replace(test, state="done"), moved, again, later(scan, 9, flags=("out-of-window",)), later(visit, -1)]
    expected = """\
Change             What                              Before                 After                  How far        Notes
took place         CBC (treatment, cycle 5)          Mon 12 Jul 2027        Mon 12 Jul 2027                       done as planned
moved              oxaliplatin (treatment, cycle 5)  Tue 13 Jul 2027 09:00  Tue 20 Jul 2027 09:00  7 days later
moved              CT                                Wed 14 Jul 2027        Fri 23 Jul 2027        9 days later
now out of window  CT                                Wed 14 Jul 2027        Fri 23 Jul 2027                       window 7 to 21 Jul 2027
missed             call                              Thu 15 Jul 2027                                              entry 4: not done: no answer
added              CBC (treatment, cycle 5)                                 Mon 19 Jul 2027                       window 17 to 19 Jul 2027
moved              visit                             Fri 30 Jul 2027        Thu 29 Jul 2027        1 day earlier

1 took place, 3 moved, 1 missed, 1 added, 1 now out of window. Nothing else changes.
"""  # noqa: E501  (nothing is cut off)
    assert shown(before, after, (missed,)) == expected


def test_a_long_run_of_equal_changes_is_folded_after_the_first_ones_with_its_number_first_and_last() -> None:
    visits = [event("visit", day, "visits") for day in every(7, 36)]
    text = shown(visits, [later(one, 7) for one in visits])
    lines = text.splitlines()
    assert len(lines) == 1 + LISTED + 2 + 2
    assert lines[1].split("  ")[0] == "moved"
    assert " ".join(lines[1 + LISTED].split()) == "moved visit, 24 more: the first Mon 30 Mar 2026 Mon 6 Apr 2026 7 days later"
    assert " ".join(lines[2 + LISTED].split()) == "the last Mon 7 Sep 2026 Mon 14 Sep 2026 7 days later"
    assert lines[-1] == "36 moved. Nothing else changes."


def test_what_is_not_alike_is_not_folded() -> None:
    visits = [event("visit", day, "visits") for day in every(7, 36)]
    lines = shown(visits, [later(one, 1 + index % 2) for index, one in enumerate(visits)]).splitlines()
    assert len(lines) == 1 + 36 + 2
    calls = [event("call", day, "calls") for day in every(7, LISTED + 2)]
    assert len(shown(calls, [later(one, 7) for one in calls]).splitlines()) == 1 + LISTED + 2 + 2


def test_another_item_has_its_own_lines_between_those_of_the_first() -> None:
    visits = [event("visit", day, "visits") for day in every(7, 20)]
    tests = [event("blood test", day, "labs") for day in every(7, 20)]
    both = sorted([*visits, *tests], key=lambda one: one.date)
    text = shown(both, [later(one, 1) for one in both])
    assert text.count(", 8 more: the first") == 2
    assert text.splitlines()[-1] == "40 moved. Nothing else changes."


def test_doses_at_two_times_of_the_day_fold_together() -> None:
    doses = [
        event("drug", day, clock=at(day, clock), dose=dose("240"), key=f"{day} {clock}")
        for day in every(1, 14)
        for clock in (time(7), time(19))
    ]
    lines = shown(doses, [replace(one, dose=dose("120")) for one in doses]).splitlines()
    assert len(lines) == 1 + LISTED + 2 + 2
    assert " ".join(lines[-3].split()) == "the last Sun 18 Jan 2026 19:00: 240 micrograms subcutaneous 120 micrograms subcutaneous"
    assert lines[-1] == "28 doses changed. Nothing else changes."


def test_another_shift_of_the_clock_is_not_alike() -> None:
    visits = [event("visit", day, "visits", clock=at(day, time(9))) for day in every(7, LISTED + 6)]
    moved = [later(one, 7, clock=at(one.date + timedelta(7), time(9 + index % 2))) for index, one in enumerate(visits)]
    assert len(shown(visits, moved).splitlines()) == 1 + LISTED + 6 + 2


def test_stopped_doses_fold_with_the_reason() -> None:
    doses = injections(*every(2, 30))
    gone = tuple(replace(one, state="stopped", reasons=("every 2 days", "entry 7: stopped: rash")) for one in doses)
    lines = shown(doses, [], gone).splitlines()
    assert len(lines) == 1 + LISTED + 2 + 2
    assert lines[1].endswith("entry 7: stopped: rash")
    assert lines[-1] == "30 stopped. Nothing else changes."


def row(before: Event | None, after: Event | None, absent: tuple[Event, ...] = (), *, was_absent: tuple[Event, ...] = ()) -> list[str]:
    """The lines of the table between its header and its counts, with single spaces."""
    was = schedule(*(one for one in (before,) if one is not None), absent=was_absent)
    now = schedule(*(one for one in (after,) if one is not None), absent=absent)
    return [" ".join(line.split()) for line in write(changes(was, now)).split("\n\n")[0].splitlines()[1:]]


DRUG = event("drug", MON, dose=dose("10", "mg", "PO"))


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (replace(DRUG, dose=dose("7.50", "mg", "PO")), "dose changed drug Mon 5 Jan 2026: 10 mg oral 7.5 mg oral"),
        (replace(DRUG, dose=None), "dose changed drug Mon 5 Jan 2026: 10 mg oral no dose"),
        (replace(DRUG, window=Window(MON, WED)), "window changed drug Mon 5 Jan 2026: no window 5 to 7 Jan 2026"),
        (
            replace(DRUG, lasts=timedelta(hours=1), product="vial"),
            "details changed drug Mon 5 Jan 2026: no length, nothing to hand out 1 hour, hand out vial",
        ),
        (replace(DRUG, phase="b", cycle=2), "details changed drug (b, cycle 2) Mon 5 Jan 2026: no phase b, cycle 2"),
        (replace(DRUG, study_day=3), "details changed drug Mon 5 Jan 2026: Day 1 Day 3"),
        (replace(DRUG, clock=at(MON, time(7, 30))), "moved drug Mon 5 Jan 2026 Mon 5 Jan 2026 07:30"),
        (replace(DRUG, state="done"), "took place drug Mon 5 Jan 2026 Mon 5 Jan 2026 given as planned"),
        (replace(DRUG, state="done", date=WED), "took place drug Mon 5 Jan 2026 Wed 7 Jan 2026 2 days later"),
        (replace(DRUG, date=TUE, window=Window(TUE, WED)), "moved drug Mon 5 Jan 2026 Tue 6 Jan 2026 1 day later window 6 to 7 Jan 2026"),
    ],
)
def test_each_change_says_before_and_after(after: Event, line: str) -> None:
    assert row(DRUG, after) == [line]


def test_what_was_given_on_its_day_in_another_amount_was_not_given_as_planned() -> None:
    assert row(DRUG, replace(DRUG, state="done", dose=dose("5", "mg", "PO"))) == [
        "took place drug Mon 5 Jan 2026 Mon 5 Jan 2026",
        "dose changed drug Mon 5 Jan 2026: 10 mg oral 5 mg oral",
    ]


def test_a_shift_of_the_clock_is_in_hours_and_minutes() -> None:
    before = replace(DRUG, clock=at(MON, time(9)))
    assert row(before, replace(DRUG, clock=at(MON, time(7, 30)))) == [
        "moved drug Mon 5 Jan 2026 09:00 Mon 5 Jan 2026 07:30 1 hour 30 minutes earlier"
    ]


def test_what_is_restored_says_what_it_was() -> None:
    missed = replace(DRUG, state="missed")
    assert row(None, DRUG, was_absent=(missed,)) == ["planned again drug missed Mon 5 Jan 2026 Mon 5 Jan 2026"]


def test_what_is_added_says_that_it_took_place() -> None:
    assert row(None, replace(DRUG, flags=("unscheduled",), state="done")) == ["added drug Mon 5 Jan 2026 given; 10 mg oral"]


def test_a_broken_gap_and_two_on_one_day_are_said() -> None:
    broken = replace(DRUG, flags=("gap-broken", "two-on-one-day"))
    assert row(DRUG, broken) == [
        "now too soon after the one before drug Mon 5 Jan 2026 Mon 5 Jan 2026",
        "now two on one day drug Mon 5 Jan 2026 Mon 5 Jan 2026",
    ]


@given(st.text(), st.lists(st.integers(-3, 3), min_size=40, max_size=40))
@settings(derandomize=True, deadline=None)
def test_the_counts_are_those_of_all_changes_and_every_line_is_printable_ascii_where_the_names_are(name: str, shifts: list[int]) -> None:
    before = [event(name, day, key=str(index)) for index, day in enumerate(every(7, 40))]
    moved = sum(shift != 0 for shift in shifts)
    text = shown(before, [later(one, shift) for one, shift in zip(before, shifts, strict=True)])
    assert text.split("\n")[-2] == (f"{moved} moved. Nothing else changes." if moved else "Nothing changes in the schedule.")
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.isascii() or not name.isascii()


def test_data_holds_both_sides_of_every_change_with_exact_amounts() -> None:
    before = replace(DRUG, clock=at(MON, time(9)), window=Window(MON, None))
    after = later(before, 2, dose=dose("7.50", "mg", "PO"), clock=at(WED, time(9)), phase="b")
    gone = event("call", FRI, "calls", state="held", reasons=("entry 2: held",))
    found = changes(schedule(before, replace(gone, state="planned")), schedule(after, absent=(gone,)))
    data = msgspec.json.decode(msgspec.json.encode(changes_data(found)))
    assert [(one["change"], one["item"], one.get("days")) for one in data] == [
        ("moved", "drug", 2),
        ("dose-changed", "drug", 2),
        ("changed", "drug", 2),
        ("cancelled", "call", None),
    ]
    assert data[0]["before"] == {
        "state": "planned",
        "date": "2026-01-05",
        "time": "09:00",
        "amount": 10,
        "unit": "mg",
        "route": "PO",
        "window": {"earliest": "2026-01-05", "latest": None},
        "study_day": 1,
        "flags": [],
        "reasons": [],
    }
    assert data[0]["after"]["amount"] == 7.5
    assert data[3]["after"] == {"state": "held", "date": "2026-01-09", "study_day": 5, "flags": [], "reasons": ["entry 2: held"]}


def test_what_is_nowhere_is_null_in_the_data() -> None:
    (one,) = changes_data(changes(schedule(DRUG), schedule()))
    assert (one.after, one.before is None, one.key) == (None, False, f"drug/{DAY_1}")
