"""What people read in a calendar: discreet for the participant, everything for the site, always as the ISMP lists ask."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import get_args

import pytest

from dosecal.dose import ROUTES
from dosecal.regimen import Section
from dosecal.study_time import Window
from dosecal.write.wording import (
    Audience,
    calendar_name,
    cancelled_description,
    cancelled_title,
    category,
    english,
    participant_title,
    site_description,
    site_title,
    title,
)
from tests.write.schedules import DAY_1, at, dose, event, schedule

SECTIONS: tuple[Section, ...] = get_args(Section)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("labs", "Blood test"),
        ("visits", "Clinic visit"),
        ("assessments", "Assessment"),
        ("samples", "Blood sample"),
        ("calls", "Phone call"),
        ("procedures", "Procedure"),
    ],
)
def test_rule_20_a_section_has_a_generic_title(section: Section, expected: str) -> None:
    assert participant_title(event("anti-drug antibodies", DAY_1, section)) == expected


@pytest.mark.parametrize(
    ("route", "expected"), [("IV", "Infusion"), ("SC", "Injection"), ("PO", "Medicine by mouth"), ("inhaled", "Inhalation")]
)
@pytest.mark.parametrize("section", ["doses", "medicines"])
def test_rule_20_a_dose_is_called_by_its_route(section: Section, route: str, expected: str) -> None:
    assert participant_title(event("alemtuzumab", DAY_1, section, dose=dose("12", "mg", route))) == expected


def test_a_course_of_several_days_says_which_day_it_is() -> None:
    infusion = event("alemtuzumab", DAY_1, dose=dose("12", "mg", "IV"), course_day=2, course_days=5)
    assert participant_title(infusion) == "Infusion, day 2 of 5"
    assert site_title(infusion) == "alemtuzumab, day 2 of 5: 12 mg intravenous"


def test_the_regimens_own_title_comes_first() -> None:
    assert participant_title(event("alemtuzumab", DAY_1, dose=dose(), title="Study treatment")) == "Study treatment"
    in_course = event("alemtuzumab", DAY_1, dose=dose(), title="Study treatment", course_day=1, course_days=3)
    assert participant_title(in_course) == "Study treatment, day 1 of 3"


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("section", SECTIONS)
def test_rule_20_no_word_of_item_phase_or_dose_reaches_a_participant(section: Section, route: str) -> None:
    told = event("Xyzumab", DAY_1, section, dose=dose("777", "mg", route), phase="Xyzphase", reasons=("Xyzreason",), flags=("Xyzflag",))
    words = f"{title(told, 'participant')} {category(told, 'participant')}"
    assert "Xyz" not in words
    assert "777" not in words


def test_a_participants_calendar_has_a_name_that_says_nothing() -> None:
    assert calendar_name(schedule(participant="1042", arm="verum"), "participant") == "Visits and treatment"


def test_the_sites_calendar_names_study_and_participant() -> None:
    assert calendar_name(schedule(participant="1042"), "site") == "CARE-MS II: participant 1042"
    assert calendar_name(schedule(), "site") == "CARE-MS II: Day 1 on 2026-01-05"


@pytest.mark.parametrize(
    ("amount", "unit", "route", "expected"),
    [
        ("44", "mcg", "SC", "drug: 44 micrograms subcutaneous"),
        ("0.50", "mg", "PO", "drug: 0.5 mg oral"),
        ("1.0", "mg", "IV", "drug: 1 mg intravenous"),
        ("1000", "units", "IM", "drug: 1,000 units intramuscular"),
        (None, "mg", "inhaled", "drug: placebo inhaled"),
    ],
)
def test_promise_20_doses_are_spelled_out_for_the_site(amount: str | None, unit: str, route: str, expected: str) -> None:
    assert site_title(event("drug", DAY_1, dose=dose(amount, unit, route))) == expected


def test_the_site_reads_where_in_the_study_an_event_is_and_why() -> None:
    moved = event(
        "laboratory tests",
        date(2026, 2, 9),
        "labs",
        phase="treatment",
        month=1,
        nominal_date=date(2026, 2, 7),
        due_date=date(2026, 2, 8),
        window=Window(date(2026, 1, 31), date(2026, 2, 14)),
        lasts=timedelta(hours=1, minutes=30),
        flags=("moved-from:2026-02-08", "out-of-window"),
        reasons=("month 1 after Day 1", "closed on 2026-02-07"),
    )
    assert site_description(moved).split("\n") == [
        "Study day 36",
        "Phase: treatment",
        "Month 1",
        "Window: 2026-01-31 to 2026-02-14",
        "Planned for 2026-02-07",
        "Due on 2026-02-08",
        "Lasts 1 hour 30 minutes",
        "Flags: moved from 2026-02-08, out of window",
        "Why this date:",
        "- month 1 after Day 1",
        "- closed on 2026-02-07",
    ]


def test_nothing_is_said_of_what_is_not_there() -> None:
    assert site_description(event("visit", date(2026, 1, 4), "visits")) == "Study day -1"


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(date(2026, 1, 1), None), "Window: from 2026-01-01"),
        (Window(None, date(2026, 1, 9)), "Window: until 2026-01-09"),
        (Window(None, None), "Window: any date"),
        (Window(datetime(2026, 1, 5, 14), datetime(2026, 1, 5, 16, 30)), "Window: 2026-01-05 14:00 to 2026-01-05 16:30"),  # noqa: DTZ001
    ],
)
def test_a_window_is_told_with_its_open_ends(window: Window, expected: str) -> None:
    assert expected in site_description(event("visit", DAY_1, "visits", window=window)).split("\n")


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(hours=4), "Lasts 4 hours"),
        (timedelta(hours=46), "Lasts 46 hours"),
        (timedelta(minutes=1), "Lasts 1 minute"),
        (timedelta(minutes=2, seconds=30), "Lasts 2 minutes 30 seconds"),
        (timedelta(0), "Lasts 0 minutes"),
    ],
)
def test_lengths_are_spelled_out(length: timedelta, expected: str) -> None:
    assert expected in site_description(event("drug", DAY_1, lasts=length)).split("\n")


def test_the_site_is_told_what_a_clock_change_did() -> None:
    shifted = event("drug", date(2026, 3, 8), clock=at(date(2026, 3, 8), time(3, 30), -7, shifted=time(2, 30)))
    assert "Clocks go forward: 02:30 does not exist on this day, so it is at 03:30" in site_description(shifted)
    twice = event("drug", date(2026, 11, 1), clock=at(date(2026, 11, 1), time(1, 30), -7, ambiguous=True))
    assert "Clocks go back: 01:30 comes twice on this day; the one at UTC-07:00 is meant" in site_description(twice)


def test_rule_8_a_cancelled_event_says_first_why_it_is_and_then_what_it_was() -> None:
    gone = event("visit", DAY_1, "visits", phase="treatment", reasons=("day 1", "held, entry 3: rash"))
    assert cancelled_title(site_title(gone)) == "Cancelled: visit"
    assert cancelled_description(gone).split("\n") == [
        "Why it is cancelled: held, entry 3: rash", "Study day 1", "Phase: treatment", "Why this date:", "- day 1",
    ]  # fmt: skip
    assert cancelled_description(event("visit", DAY_1, "visits")) == "Study day 1"


def test_rule_8_cancelled_can_be_said_in_another_language() -> None:
    def dutch(sentence: str) -> str:
        return {"Cancelled: {what}": "Vervallen: {what}"}[sentence]

    assert cancelled_title("Infusie", dutch) == "Vervallen: Infusie"


@pytest.mark.parametrize("audience", ["participant", "site"])
def test_rule_19_every_section_has_a_category(audience: Audience) -> None:
    assert {section: category(event("x", DAY_1, section), audience) for section in SECTIONS} == {
        "participant": {
            "doses": "Treatment", "medicines": "Treatment", "labs": "Test", "visits": "Visit",
            "assessments": "Visit", "samples": "Test", "calls": "Call", "procedures": "Visit",
        },
        "site": {
            "doses": "Dose", "medicines": "Dose", "labs": "Laboratory", "visits": "Visit",
            "assessments": "Assessment", "samples": "Sample", "calls": "Call", "procedures": "Procedure",
        },
    }[audience]  # fmt: skip


def test_every_sentence_can_be_said_in_another_language() -> None:
    said: list[str] = []

    def dutch(sentence: str) -> str:
        said.append(sentence)
        return {"Infusion": "Infusie", "{what}, day {day} of {days}": "{what}, {days} dagen, dag {day}"}[sentence]

    told: Callable[[str], str] = dutch
    infusion = event("alemtuzumab", DAY_1, dose=dose("12", "mg", "IV"), course_day=2, course_days=5)
    assert participant_title(infusion, told) == "Infusie, 5 dagen, dag 2"
    assert said == ["Infusion", "{what}, day {day} of {days}"]
    assert english("Infusion") == "Infusion"
