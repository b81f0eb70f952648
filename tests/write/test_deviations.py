"""Deviations as text for people, and as data."""

import csv
import io
import json
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.deviations import Report, report
from dosecal.schedule import Event
from dosecal.study_time import Window
from dosecal.write.deviations import write
from dosecal.write.deviations_data import COLUMNS, write_csv, write_json
from tests.write.schedules import DAY_1, ZONE, at, dose, event, every, schedule

MON, TUE, WED, THU, FRI = every(1, 5)


def done(item: str, day: date, due: date, section: Any = "doses", **fields: Any) -> Event:
    study_day = (day - DAY_1).days + 1
    defaults: dict[str, Any] = {
        "state": "done",
        "nominal_date": due,
        "due_date": due,
        "study_day": study_day,
        "key": f"{item}/day {(due - DAY_1).days + 1}",
    }
    return event(item, day, section, **(defaults | fields))


def someone(identity: str = "1042", as_of: date | None = None) -> Report:
    """A participant with a missed and a late dose, a late test outside its window, and a dose without an entry."""
    test = done(
        "blood test",
        date(2026, 1, 16),
        date(2026, 1, 12),
        "labs",
        window=Window(date(2026, 1, 10), date(2026, 1, 14)),
        reasons=("day 8", "entry 3: done: travel"),
    )
    late = done(
        "study drug",
        THU,
        WED,
        phase="treatment",
        cycle=2,
        dose=dose("10", "mg", "PO"),
        clock=at(THU, time(9)),
        flags=("late", "gap-broken"),
        reasons=("entry 2: given",),
    )
    missed = event(
        "study drug", TUE, state="missed", phase="treatment", dose=dose("10", "mg", "PO"), reasons=("entry 1: not given: felt ill",)
    )
    planned = event("study drug", FRI, phase="treatment", clock=at(FRI, time(9)), dose=dose("10", "mg", "PO"))
    first = event("study drug", TUE, phase="treatment", key="other", clock=at(TUE, time(21)), dose=dose("10", "mg", "PO"))
    call = event("call", WED, "calls")
    return report(schedule(first, late, planned, test, call, participant=identity, zone=ZONE, absent=(missed,)), as_of)


def test_the_deviations_of_one_participant_look_like_this() -> None:
    expected = """\
Study:        CARE-MS II
Participant:  1042
Day 1:        Monday 5 January 2026
Time zone:    America/Los_Angeles

Deviation      What                             Due              Took place            Study day  How far                                     Record
missed         study drug (treatment)           Tue 6 Jan 2026                         Day 2                                                  entry 1: not given: felt ill
late           study drug (treatment, cycle 2)  Wed 7 Jan 2026   Thu 8 Jan 2026        Day 4      1 day late                                  entry 2: given
gap broken     study drug (treatment, cycle 2)  Wed 7 Jan 2026   Thu 8 Jan 2026 09:00  Day 4      36 hours after the one before               entry 2: given
late           blood test                       Mon 12 Jan 2026  Fri 16 Jan 2026       Day 12     4 days late                                 entry 3: done: travel
out of window  blood test                       Mon 12 Jan 2026  Fri 16 Jan 2026       Day 12     2 days after its window, 10 to 14 Jan 2026  entry 3: done: travel

2 late, 1 missed, 1 out of window, 1 gap broken

No entry yet, planned before Sun 1 Feb 2026: 2
  study drug (treatment): Tue 6 Jan 2026, Fri 9 Jan 2026
  of kinds that the record says nothing of: 1 call

deviations, dosecal VERSION, zone data 2026f
"""  # noqa: E501  (nothing is cut off)
    assert write([someone(as_of=date(2026, 2, 1))]) == expected.replace("VERSION", __version__)


def test_no_deviations_are_said_plainly() -> None:
    text = write([report(schedule(event("study drug", MON), participant="1042"))])
    assert "\nNo deviations.\n" in text
    assert "No entry" not in text
    asked = write([report(schedule(event("study drug", MON, state="done"), participant="1042"), FRI)])
    assert "No entry yet, planned before Fri 9 Jan 2026: none\n" in asked


def test_of_several_participants_each_line_says_whose_it_is_and_each_has_a_count() -> None:
    text = write([someone("1042"), report(schedule(participant="1043")), someone("1044")])
    lines = text.splitlines()
    assert lines[:2] == ["Study:         CARE-MS II", "Participants:  3"]
    assert [line.split()[0] for line in lines[4:14]] == ["1042"] * 5 + ["1044"] * 5
    assert lines[15:19] == [
        "4 late, 2 missed, 2 out of window, 2 gap broken",
        "  1042: 2 late, 1 missed, 1 out of window, 1 gap broken",
        "  1043: none",
        "  1044: 2 late, 1 missed, 1 out of window, 1 gap broken",
    ]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (done("drug", date(2026, 1, 9), date(2026, 1, 19)), "10 days early"),
        (
            done(
                "scan",
                MON,
                MON,
                "assessments",
                clock=at(MON, time(16, 45)),
                window=Window(datetime(2026, 1, 5, 14), datetime(2026, 1, 5, 16)),  # noqa: DTZ001  (windows are local)
            ),
            "45 minutes after its window, 14:00 to 16:00",
        ),
        (done("scan", MON, MON, "assessments", window=Window(date(2026, 1, 8), None)), "3 days before its window, from 8 Jan 2026"),
        (done("drug", MON, MON, dose=dose("1200.50", "mg", "IV"), flags=("amount-differs",)), "1,200.5 mg intravenous"),
    ],
)
def test_how_far_is_in_words(one: Event, words: str) -> None:
    lines = write([report(schedule(one))]).splitlines()
    assert [line for line in lines if line.rstrip().endswith(words)] != [], lines


def test_many_events_of_one_item_without_an_entry_are_their_number_the_first_and_the_last() -> None:
    events = [event("drug", day) for day in every(1, 9)]
    text = write([report(schedule(*events, event("drug", DAY_1, state="done", key="x")), date(2027, 1, 1))])
    assert "  drug: 9, the first on Mon 5 Jan 2026, the last on Tue 13 Jan 2026\n" in text


@given(st.text(), st.text())
@settings(derandomize=True, deadline=None)
def test_whatever_a_name_or_reason_holds_each_deviation_is_one_line(name: str, reason: str) -> None:
    one = done(name, TUE, MON, reasons=(f"entry 1: given: {reason}",), phase=name)
    text = write([report(schedule(one, participant="1042"))])
    assert len(text.split("\n")) == 11
    assert all(line.isprintable() for line in text.split("\n"))


# -- data


def test_csv_holds_a_line_for_each_deviation_and_then_for_each_planned_event_without_an_entry() -> None:
    text = write_csv([someone(as_of=date(2026, 2, 1))])
    assert text.count("\r\n") == text.count("\n") == 8
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    names = ("participant", "deviation", "item", "study_day", "due_date", "actual_date", "days", "minutes")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("1042", "missed", "study drug", "2", "2026-01-06", "", "", ""),
        ("1042", "late", "study drug", "4", "2026-01-07", "2026-01-08", "1", ""),
        ("1042", "gap-broken", "study drug", "4", "2026-01-07", "2026-01-08", "1", "2160"),
        ("1042", "late", "blood test", "12", "2026-01-12", "2026-01-16", "4", ""),
        ("1042", "out-of-window", "blood test", "12", "2026-01-12", "2026-01-16", "2", ""),
        ("1042", "no-entry", "study drug", "2", "2026-01-06", "", "", ""),
        ("1042", "no-entry", "study drug", "5", "2026-01-09", "", "", ""),
    ]
    assert [rows[4][name] for name in ("window_earliest", "window_latest", "reason")] == [
        "2026-01-10",
        "2026-01-14",
        "entry 3: done: travel",
    ]
    assert [rows[0][name] for name in ("amount", "unit", "phase", "cycle")] == ["10", "mg", "treatment", ""]


def test_no_deviations_are_a_header_alone() -> None:
    assert write_csv([report(schedule())]) == ",".join(COLUMNS) + "\r\n"


@given(st.text(), st.sampled_from([",", ";", "\t"]))
@settings(derandomize=True, deadline=None)
def test_no_cell_begins_as_a_formula_whatever_separator_the_reader_takes(text: str, separator: str) -> None:
    one = done(text, date(2026, 1, 6), MON, phase=text, key=text, reasons=(f"entry 1; {text}",), subject=None)
    written = write_csv([report(schedule(one, participant=text, study=text, arm=text))])
    cells = [cell.strip().lstrip('"') for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in row]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@＝＋－＠\t\r"))] == []
    assert written.count("\n") == 2


def test_json_keeps_participants_deviations_and_what_has_no_entry_apart() -> None:
    data = json.loads(write_json([someone(as_of=date(2026, 2, 1)), report(schedule(participant="1043"))]))
    assert (data["content"], data["dosecal"]) == ("deviations", __version__)
    first, second = data["participants"]
    assert (first["participant"], first["study"], first["day_1"], first["as_of"]) == ("1042", "CARE-MS II", "2026-01-05", "2026-02-01")
    assert first["counts"] == {"late": 2, "missed": 1, "out-of-window": 1, "gap-broken": 1}
    assert [one["deviation"] for one in first["deviations"]] == ["missed", "late", "gap-broken", "late", "out-of-window"]
    assert first["deviations"][4] == {
        "deviation": "out-of-window",
        "kind": "lab",
        "item": "blood test",
        "label": "blood test",
        "study_day": 12,
        "due_date": "2026-01-12",
        "actual_date": "2026-01-16",
        "days": 2,
        "window": {"earliest": "2026-01-10", "latest": "2026-01-14"},
        "reason": "entry 3: done: travel",
        "key": "blood test/day 8",
    }
    assert [(one["item"], one["date"]) for one in first["no_entry"]] == [("study drug", "2026-01-06"), ("study drug", "2026-01-09")]
    assert first["not_covered"] == {"calls": 1}
    assert second == {"participant": "1043", "study": "CARE-MS II", "arm": None, "day_1": "2026-01-05", "counts": {}, "deviations": []}


def test_one_deviation_stands_on_one_line_of_json() -> None:
    lines = write_json([someone()]).split("\n")
    assert sum(line.startswith('{"deviation": ') for line in lines) == 5
