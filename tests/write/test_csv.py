"""The schedule as CSV, and that none of its cells is a formula."""

import csv
import io
import json
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.study_time import Window
from dosecal.write.csv import write
from dosecal.write.json import write as write_json
from tests.write.schedules import DAY_1, at, dose, event, interferon_arm, schedule

HEADER = (
    "date,weekday,study_day,month,time,utc_offset,kind,item,label,amount,unit,route,duration_min,"
    "window_earliest,window_latest,phase,flags,key,cycle,product,subject,state,due_date"
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_event_with_everything_is_one_line_under_the_header() -> None:
    written = write(
        schedule(
            event(
                "alemtuzumab",
                DAY_1,
                key="alemtuzumab/month 0 day 1",
                phase="treatment",
                course_days=5,
                month=0,
                clock=at(DAY_1, time(10)),
                lasts=timedelta(hours=4),
                dose=dose("1200.50", "mg", "IV"),
                window=Window(date(2026, 1, 4), datetime(2026, 1, 6, 16)),  # noqa: DTZ001
                flags=("given", "late"),
            )
        )
    )
    assert written == (
        f"{HEADER}\r\n"
        '2026-01-05,Mon,1,0,10:00,UTC-08:00,dose,alemtuzumab,"alemtuzumab, day 1 of 5",1200.5,mg,IV,240,'
        "2026-01-04,2026-01-06T16:00,treatment,given; late,alemtuzumab/month 0 day 1,,,,planned,2026-01-05\r\n"
    )


def test_what_does_not_apply_is_an_empty_cell_and_a_negative_study_day_stays_a_number() -> None:
    written = write(schedule(event("blood test", date(2025, 12, 22), "labs")))
    assert written == f"{HEADER}\r\n2025-12-22,Mon,-14,,,,lab,blood test,blood test,,,,,,,,,blood test/2025-12-22,,,,planned,2025-12-22\r\n"


def test_no_events_are_a_header_alone() -> None:
    assert write(schedule()) == f"{HEADER}\r\n"


def test_every_line_ends_in_crlf_and_there_are_as_many_as_events() -> None:
    written = write(interferon_arm())
    assert written.count("\r\n") == written.count("\n") == 346
    assert written.endswith("\r\n")


def test_csv_and_json_tell_of_the_same_events() -> None:
    arm = interferon_arm()
    data = json.loads(write_json(arm))["events"]
    assert [(row["date"], row["kind"], row["label"], row["study_day"]) for row in rows(write(arm))] == [
        (one["date"], one["kind"], one["label"], str(one["study_day"])) for one in data
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", " =1+1", "-14"])
def test_text_that_could_begin_a_formula_has_an_apostrophe_before_it(text: str) -> None:
    (row,) = rows(write(schedule(event(text, DAY_1, phase=text, flags=(text,), key=text))))
    for column in ("item", "label", "phase", "flags", "key"):
        assert row[column].lstrip(" ").startswith("'"), column
        assert row[column].replace("'", "") == text, column


@pytest.mark.parametrize(("text", "cell"), [("\t=1", "\\t=1"), ("\r=1", "\\r=1"), ("a\nb", "a\\nb"), ("a\x00b\x1b[2J", "a\\x00b\\x1b[2J")])
def test_a_control_character_is_shown_escaped(text: str, cell: str) -> None:
    (row,) = rows(write(schedule(event(text, DAY_1))))
    assert row["item"] == cell


def test_a_formula_behind_a_semicolon_is_harmless_to_a_spreadsheet_that_splits_there() -> None:
    (row,) = rows(write(schedule(event('a, b; =HYPERLINK("x")', DAY_1))))
    assert row["item"] == 'a, b; \'=HYPERLINK("x")'


def test_ordinary_text_is_left_alone() -> None:
    (row,) = rows(write(schedule(event("MRI (3 T) - brain + spine = 2 scans, ±7 days; call @ 9", DAY_1))))
    assert row["item"] == "MRI (3 T) - brain + spine = 2 scans, ±7 days; call @ 9"


@given(st.text(), st.sampled_from([",", ";", "\t"]))
@settings(derandomize=True, deadline=None)
def test_no_cell_of_any_text_begins_as_a_formula_whatever_separator_the_reader_takes(text: str, separator: str) -> None:
    written = write(schedule(event(text, DAY_1, phase=text, flags=(text, text), key=text)))
    cells = [cell.strip().lstrip('"') for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in row]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@＝＋－＠\t\r"))] == []
    assert len(rows(written)) == 1


def test_csv_refuses_to_fold() -> None:
    with pytest.raises(ValueError, match="cannot fold"):
        write(interferon_arm(), fold=True)
