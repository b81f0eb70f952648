"""The whole schedule: arms, order, what is asked back, and that it is a pure function of what goes in."""

from datetime import date

import pytest

from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.participant import Participant
from dosecal.study_time import MonthRule
from tests.expand.laying import dates_of, laid_out, refusals, regimen

ARMS = """
arms:
  high: {title: High dose, doses: {drug: {give: 20 mg PO, when: day 1}}}
  low: {doses: {drug: {give: 10 mg PO, when: days 1-2}}, labs: {extra: {when: day 8}}}
visits: {clinic visit: {when: day 1}}
"""


def test_an_arm_has_its_own_items_and_the_regimens() -> None:
    assert [event.item for event in laid_out(ARMS, arm="high").events] == ["drug", "clinic visit"]
    assert [event.item for event in laid_out(ARMS, arm="low").events] == ["drug", "clinic visit", "drug", "extra"]


def test_an_unknown_arm_is_refused_with_the_arms() -> None:
    (diagnostic,) = refusals(ARMS, arm="middle")
    assert diagnostic.name == "arm"
    assert diagnostic.help is not None
    assert "high, low" in diagnostic.help


def test_an_arm_must_be_named_where_there_are_several() -> None:
    (diagnostic,) = refusals(ARMS)
    assert diagnostic.name == "arm"


def test_an_arm_is_refused_where_there_are_none() -> None:
    (diagnostic,) = refusals("visits: {it: {when: day 1}}", arm="high")
    assert diagnostic.name == "arm"


def test_a_schedule_says_what_it_is_of() -> None:
    schedule = laid_out(ARMS, "2027-01-05", arm="high", timezone="Europe/Berlin", months="30 days")
    assert (schedule.study, schedule.arm, schedule.day_1, schedule.months) == ("a study", "high", date(2027, 1, 5), MonthRule(30))
    assert schedule.zone is not None
    assert schedule.zone.name == "Europe/Berlin"


def test_an_event_says_what_it_is_and_why() -> None:
    body = "labs: {it: {title: A blood test, when: every month from month 1 through month 2}}"
    first = laid_out(body, "2027-01-31").events[0]
    assert (first.section, first.item, first.title, first.kind) == ("labs", "it", "A blood test", "lab")
    assert (first.nominal_date, first.due_date, first.date) == (date(2027, 2, 28),) * 3
    assert (first.study_day, first.month) == (29, 1)
    assert "`every month from month 1 through month 2`" in first.reasons[0]
    assert "the month has no day 31" in first.reasons[0]


def test_events_stand_by_date_and_on_one_day_by_section() -> None:
    body = """
calls: {call: {when: days 1-2}}
visits: {visit: {when: days 1-2}}
labs: {lab: {when: days 1-2}}
medicines: {medicine: {give: 1 mg PO, when: days 1-2}}
doses: {dose a: {give: 1 mg PO, when: days 1-2}}
procedures: {procedure: {when: days 1-2}}
samples: {sample: {when: days 1-2}}
assessments: {assessment: {when: days 1-2}}
"""
    order = ["dose a", "medicine", "lab", "visit", "assessment", "sample", "call", "procedure"]
    assert [event.item for event in laid_out(body).events] == order * 2


def test_every_fault_is_found_at_once() -> None:
    body = """
doses: {a: {give: 1 mg PO, when: once weekly for 2 weeks}, b: {give: {day 1: 1 mg PO}, when: days 1-2}}
visits: {c: {when: day 99999}}
"""
    assert {(diagnostic.name, diagnostic.path) for diagnostic in refusals(body)} == {
        ("no-weekdays", ("doses", "a", "when")),
        ("step-gap", ("doses", "b", "give")),
        ("date-range", ("visits", "c", "when")),
    }


def test_a_refusal_in_an_arm_leads_into_the_arm() -> None:
    body = "arms: {x: {doses: {a: {give: 1 2 mg PO, when: days 1-3}}}}"
    assert [diagnostic.path for diagnostic in refusals(body, arm="x")] == [("arms", "x", "doses", "a", "give")]


def test_the_same_input_gives_the_same_schedule_and_the_input_is_left_alone() -> None:
    body = "visits: {it: {when: every 3 months through month 24, window: ±7 days, at: noon}}"
    asked = {"day_1": "2027-01-31", "timezone": "Europe/Berlin", "times": {"noon": "12:00"}}
    assert laid_out(body, **asked) == laid_out(body, **asked)  # type: ignore[arg-type]
    once, participant = regimen("visits: {it: {when: days 1-3}}"), Participant(day_1=date(2027, 1, 4))
    first = expand(once, participant)
    assert expand(once, participant) == first
    assert once == regimen("visits: {it: {when: days 1-3}}")


def test_only_day_1_and_what_was_chosen_is_needed() -> None:
    schedule = expand(regimen("visits: {it: {when: day 1}}"), Participant(day_1=date(2027, 1, 4)))
    assert (schedule.participant, schedule.zone, schedule.arm) == (None, None, None)
    assert dates_of(schedule) == ["2027-01-04"]


def test_a_horizon_before_everything_leaves_nothing() -> None:
    assert laid_out("visits: {it: {when: day 8}}", horizon="2027-01-10").events == ()


def test_a_refusal_is_one_exception_with_every_message() -> None:
    with pytest.raises(Refused, match="which weekdays"):
        laid_out("doses: {a: {give: 1 mg PO, when: once weekly for 2 weeks}}")
