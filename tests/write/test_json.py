"""The schedule as JSON."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.study_time import Window
from dosecal.write.json import write
from tests.write.schedules import DAY_1, ZONE, at, dose, event, interferon_arm, schedule


def only_event(text: str) -> dict[str, object]:
    (one,) = json.loads(text)["events"]
    assert isinstance(one, dict)
    return one


def test_an_event_with_everything_has_every_field_in_this_order() -> None:
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
                dose=dose("12", "mg", "IV"),
                window=Window(date(2026, 1, 4), None),
                flags=("given",),
                reasons=("month 0 begins on Day 1",),
            )
        )
    )
    assert list(only_event(written).items()) == [
        ("date", "2026-01-05"),
        ("time", "10:00"),
        ("utc_offset", "-08:00"),
        ("kind", "dose"),
        ("label", "alemtuzumab, day 1 of 5"),
        ("dose", {"amount": 12, "unit": "mg", "route": "IV"}),
        ("duration_min", 240),
        ("window", {"earliest": "2026-01-04", "latest": None}),
        ("flags", ["given"]),
        ("study_day", 1),
        ("month", 0),
        ("phase", "treatment"),
        ("key", "alemtuzumab/month 0 day 1"),
        ("item", "alemtuzumab"),
        ("nominal_date", "2026-01-05"),
        ("due_date", "2026-01-05"),
        ("state", "planned"),
        ("reasons", ["month 0 begins on Day 1"]),
    ]


def test_a_field_that_does_not_apply_is_absent_and_flags_are_always_there() -> None:
    one = only_event(write(schedule(event("blood test", date(2025, 12, 22), "labs"))))
    assert list(one) == ["date", "kind", "label", "flags", "study_day", "key", "item", "nominal_date", "due_date", "state", "reasons"]
    assert (one["flags"], one["study_day"], one["kind"]) == ([], -14, "lab")


def test_the_head_says_what_the_schedule_is_of_and_null_where_unknown() -> None:
    text = write(interferon_arm())
    assert text.startswith('{"dosecal": ')  # by which a file is known to be ours
    known = json.loads(text)
    assert known.pop("events")
    assert known == {
        "dosecal": __version__,
        "study": "CARE-MS II",
        "participant": "1042",
        "arm": "interferon-beta-1a",
        "day_1": "2026-01-05",
        "timezone": "America/Los_Angeles",
        "zone_data": "2026f",
        "holidays": None,
    }
    unknown = json.loads(write(schedule()))
    assert [unknown[name] for name in ("participant", "arm", "timezone", "zone_data", "events")] == [None, None, None, None, []]


def test_one_event_stands_on_one_line_so_that_one_change_is_one_line_of_a_diff() -> None:
    arm = interferon_arm()
    lines = write(arm).split("\n")
    assert len(lines) == 345 + 3  # the head, the events, the end, and nothing after the last newline
    assert lines[-2:] == ["]}", ""]
    assert [json.loads(line.removesuffix(","))["date"] for line in lines[1:-2]] == [str(one.date) for one in arm.events]


@given(amount=st.decimals(min_value=Decimal("0.000001"), max_value=Decimal(10) ** 12, allow_nan=False, allow_infinity=False))
@settings(derandomize=True, deadline=None)
def test_an_amount_reads_back_as_exactly_the_decimal(amount: Decimal) -> None:
    written = write(schedule(event("x", DAY_1, dose=dose(str(amount)))))
    (one,) = json.loads(written, parse_float=Decimal, parse_int=Decimal)["events"]
    assert one["dose"]["amount"] == amount


@pytest.mark.parametrize(
    ("amount", "digits"), [("8.8", "8.8"), ("1.0", "1"), ("1E+3", "1000"), ("0.10000000000000000001", "0.10000000000000000001")]
)
def test_an_amount_is_a_plain_number_without_exponent_or_trailing_zero(amount: str, digits: str) -> None:
    assert f'"amount": {digits},' in write(schedule(event("x", DAY_1, dose=dose(amount))))


def test_a_placebo_without_amount_has_a_route_and_nulls() -> None:
    one = only_event(write(schedule(event("inhalation", DAY_1, dose=dose(None, route="inhaled")))))
    assert one["dose"] == {"amount": None, "unit": None, "route": "inhaled"}


def test_the_ends_of_a_window_in_hours_are_local_date_times() -> None:
    window = Window(datetime.combine(DAY_1, time(14), ZONE.rules), datetime.combine(DAY_1, time(16, 30), ZONE.rules))
    one = only_event(write(schedule(event("knemometry", DAY_1, "assessments", window=window))))
    assert one["window"] == {"earliest": "2026-01-05T14:00", "latest": "2026-01-05T16:30"}


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (timedelta(0), "+00:00"),
        (timedelta(hours=5, minutes=45), "+05:45"),
        (timedelta(hours=-3, minutes=-30), "-03:30"),
        (timedelta(hours=14), "+14:00"),
        (timedelta(minutes=-4, seconds=-56), "-00:04:56"),
    ],
)
def test_an_offset_is_signed_hours_and_minutes(offset: timedelta, text: str) -> None:
    clock = at(DAY_1, time(8))
    one = only_event(write(schedule(event("x", DAY_1, clock=type(clock)(local=clock.local, utc_offset=offset)))))
    assert one["utc_offset"] == text


@pytest.mark.parametrize(("lasts", "minutes"), [(timedelta(hours=46), 2760), (timedelta(seconds=90), 1.5), (timedelta(0), 0)])
def test_a_duration_is_in_minutes(lasts: timedelta, minutes: float) -> None:
    one = only_event(write(schedule(event("x", DAY_1, lasts=lasts))))
    assert one["duration_min"] == minutes


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(derandomize=True, deadline=None)
def test_any_text_comes_back_unchanged_and_breaks_no_line(text: str) -> None:
    written = write(schedule(event(text, DAY_1, phase=text, flags=(text,)), study=text, arm=text))
    data = json.loads(written)
    assert (data["study"], data["arm"]) == (text, text)
    (one,) = data["events"]
    assert (one["item"], one["label"], one["phase"], one["flags"]) == (text, text, text, [text])
    assert written.count("\n") == 3


def test_json_refuses_to_fold() -> None:
    with pytest.raises(ValueError, match="cannot fold"):
        write(interferon_arm(), fold=True)
