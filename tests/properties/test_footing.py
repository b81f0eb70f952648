"""Where a schedule's footing bears another Day 1, the schedule there is the same but moved; and so is the calendar, octet for octet."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.expand.footing import Footing, expand_with_footing, parts_of
from dosecal.participant import Participant, Site
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen, read_regimen_file
from dosecal.regimen import Regimen
from dosecal.schedule import Event, Schedule, by_date, in_order
from dosecal.study_time import NamedTimeOfDay, Window
from dosecal.write.ics import IcsWriter
from dosecal.write.options import CalendarOptions
from dosecal.write.relative import RelativeCalendar
from tests.cohort.people import NOT_MOVED, UNTIL_A_HORIZON, WAITING_AT_CLOCK_TIMES
from tests.expand.laying import zone
from tests.golden.cases import cases as cases_of_golden
from tests.golden.cases import participant_of
from tests.golden.cases import regimen_of as golden_regimen
from tests.properties.test_laws import OPEN, Case, cases

REGIMENS = Path(__file__).parents[2] / "regimens"
TWO_YEARS = [date(2026, 1, 1) + timedelta(days) for days in range(730)]
TIMED = """format: dosecal/1
study: a study
source: a test
months: calendar
doses: {study drug: {give: 44 mcg SC, when: 3 times weekly for 24 months, days: Mon Wed Fri, at: "20:00", lasts: 15 minutes}}
labs: {blood test: {when: every month from month 1 through month 24, at: "01:30", lasts: 30 minutes}}
assessments: {check-up: {when: [every 3 months from month 3 through month 24, day 45], at: "09:30", lasts: 3 hours}}
"""
TWO_PHASES = """phases:
  run-in: {lasts: 4 weeks, visits: {visit: {when: day 1}}}
  treatment: {lasts: 2 months, visits: {visit: {when: [day 1, month 1]}}}"""


def seen_from_day_1(schedule: Schedule) -> list[tuple[object, ...]]:
    """What is said of each event but its reasons and its study month, with dates counted from Day 1 and clock times on the wall."""
    return [_seen(event, schedule.day_1) for event in (*schedule.events, *schedule.absent)]


def _seen(event: Event, day_1: date) -> tuple[object, ...]:
    wall = event.clock.local.time() if event.clock is not None else None
    dates = [day - day_1 for day in (event.nominal_date, event.due_date, event.date)]
    what = event.key, event.section, event.item, event.title, event.phase, event.cycle, event.course_day, event.course_days
    said = event.study_day, wall, event.elapsed, event.lasts, event.dose, event.product, event.flags, event.state
    return *dates, *what, *said, _window(event.window, day_1)


def _window(window: Window | None, day_1: date) -> object:
    if window is None:
        return None
    midnight = date(day_1.year, day_1.month, day_1.day)
    return [bound and (bound - midnight if type(bound) is date else str(bound)[11:]) for bound in (window.earliest, window.latest)]


def borne(footing: Footing, near: date, most: int) -> list[date]:
    """Other Day 1s within two years that the footing bears, the nearest first."""
    days = sorted((near + timedelta(days) for days in range(-730, 731) if days), key=lambda day: abs(day - near))
    return [day for day in days if footing.bears(day)][:most]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(case=cases())
def test_where_a_footing_bears_another_day_1_the_schedule_is_the_same_but_moved(case: Case) -> None:
    schedule, footing = expand_with_footing(case.regimen(), case.participant(), OPEN)
    assert schedule == case.schedule()
    if footing is None:  # something waits for something at a clock time
        assert any(event.clock is not None for event in schedule.events)
        return
    assert footing.bears(case.day_1)
    for day in borne(footing, case.day_1, 3):
        moved = case.schedule(day_1=day)
        if any(name.startswith("shifted") for event in (*schedule.events, *moved.events) for name in event.flags):
            continue  # a clock change: the writer refuses to move it
        assert seen_from_day_1(moved) == seen_from_day_1(schedule)


def test_most_random_regimens_have_a_footing_that_bears_other_days() -> None:
    """Otherwise the law above would say nothing."""
    found: list[int] = []

    @settings(derandomize=True, deadline=None, max_examples=100, database=None)
    @given(case=cases())
    def look(case: Case) -> None:
        _, footing = expand_with_footing(case.regimen(), case.participant(), OPEN)
        found.append(len(borne(footing, case.day_1, 3)) if footing is not None else 0)

    look()
    assert sum(count > 0 for count in found) > len(found) / 3


@settings(derandomize=True, deadline=None, max_examples=300)
@given(case=cases())
def test_the_parts_of_an_arm_are_together_the_whole(case: Case) -> None:
    regimen, whole = case.regimen(), case.schedule()
    parts = parts_of(regimen, case.arm)
    alone = [expand(part, case.participant(), OPEN) for part in parts]
    assert in_order(event for one in alone for event in one.events) == whole.events
    assert {note for one in alone for note in one.notes} == {*whole.notes}


def test_many_random_regimens_come_in_parts() -> None:
    """Otherwise the law above would say nothing."""
    found: list[int] = []

    @settings(derandomize=True, deadline=None, max_examples=150, database=None)
    @given(case=cases())
    def look(case: Case) -> None:
        found.append(len(parts_of(case.regimen(), case.arm)))

    look()
    assert sum(count > 1 for count in found) > 10


@pytest.mark.parametrize(
    ("body", "held", "not_held"),
    [
        ("visits: {visit: {when: [day 1, day 15]}}", ["2027-01-05", "2031-05-01"], []),
        ("visits: {visit: {when: [day 1, first Mon on or after day 15]}}", ["2027-01-11", "2031-05-05"], ["2027-01-05"]),
        ("visits: {visit: {when: every Mon for 4 weeks}}", ["2027-01-11", "2031-05-05"], ["2027-01-05"]),
        ("visits: {visit: {when: twice weekly for 4 weeks, days: Mon Thu}}", ["2027-01-11", "2031-05-05"], ["2027-01-05"]),
        ("visits: {visit: {when: month 1}}", ["2027-01-12", "2027-03-01", "2027-07-05"], ["2027-02-08", "2027-04-05"]),
        # Months first, then days: every month is one from Day 1, whatever the day.
        ("visits: {visit: {when: every month from day 15 for 3 months}}", ["2027-01-11", "2027-01-25"], ["2027-02-01"]),
        # The months of the second phase count from its start: 1 February for 4 January, 1 March for 1 February.
        (TWO_PHASES, ["2027-01-11", "2027-01-18"], ["2027-02-01"]),
        ("visits: {visit: {when: month 1}}", [], ["2027-01-31"]),
    ],
)
def test_a_footing_bears_the_days_whose_months_come_to_as_many_days(body: str, held: list[str], not_held: list[str]) -> None:
    text = f"format: dosecal/1\nstudy: a study\nsource: a test\nmonths: calendar\n{body}\n"
    _, footing = expand_with_footing(read_regimen(read_document("test.yaml", text.encode())).regimen, Participant(day_1=date(2027, 1, 4)))
    assert footing is not None
    assert [day for day in held if not footing.bears(date.fromisoformat(day))] == []
    assert [day for day in not_held if footing.bears(date.fromisoformat(day))] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"horizon": date(2028, 1, 1)},
        {"birth_date": date(1980, 2, 29)},
        {"day_1": date(1925, 1, 5)},
        {"day_1": date(2151, 1, 4)},
        {"cohort": 1},
    ],
)
def test_what_rests_on_more_than_day_1_has_no_footing(asked: dict[str, Any]) -> None:
    participant = Participant(**{"day_1": date(2027, 1, 4), "zone": zone("Europe/Berlin"), **asked})
    assert expand_with_footing(regimen_of(TIMED), participant)[1] is None


def test_a_clock_time_for_each_weekday_ties_the_footing_to_a_weekday() -> None:
    text = (
        "format: dosecal/1\nstudy: a study\nsource: a test\nmedicines: {drug: {give: 1 mg PO, when: every day for 9 days, at: breakfast}}\n"
    )
    early, late = time(7), time(9)
    for by_weekday, borne_there in (((early,) * 7, True), ((*(early,) * 5, late, late), False)):
        facts: dict[str, Any] = {"zone": zone("Etc/UTC"), "times": {"breakfast": NamedTimeOfDay(by_weekday)}}
        _, footing = expand_with_footing(regimen_of(text), Participant(day_1=date(2027, 1, 4), **facts))
        assert footing is not None
        assert footing.bears(date(2027, 1, 5)) == borne_there


def test_a_site_that_closes_leaves_no_footing() -> None:
    site = Site(weekend=frozenset({"Sat", "Sun"}))
    participant = Participant(day_1=date(2027, 1, 4), zone=zone("Europe/Berlin"))
    assert expand_with_footing(regimen_of(TIMED), participant, site)[1] is None
    assert expand_with_footing(regimen_of(TIMED), participant)[1] is not None


def test_what_waits_for_something_at_a_clock_time_has_no_footing() -> None:
    text = TIMED + 'calls: {call: {when: 2 days after each check-up, at: "10:00"}}\n'
    participant = Participant(day_1=date(2027, 1, 4), zone=zone("Europe/Berlin"))
    assert expand_with_footing(regimen_of(text), participant)[1] is None


def regimen_of(text: str) -> Regimen:
    return read_regimen(read_document("test.yaml", text.encode())).regimen


# -- the calendar


WRITERS = {
    "plain": CalendarOptions(),
    "alarms and tasks": CalendarOptions(alarm=timedelta(minutes=30), tasks=True),
}


@pytest.mark.parametrize("options", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("zone_name", ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC"])
@settings(derandomize=True, deadline=None, max_examples=12)
@given(first=st.sampled_from(TWO_YEARS))
def test_a_moved_calendar_is_the_one_that_is_written_for_its_day_1(first: date, zone_name: str, options: CalendarOptions) -> None:
    regimen, writer = regimen_of(TIMED), IcsWriter(options=options)
    who = Participant(day_1=first, zone=zone(zone_name), id="1042")
    schedule, footing = expand_with_footing(regimen, who)
    if footing is None:
        assert has_a_change(schedule)
        return
    calendar = moved_by(writer, schedule)
    assert calendar is not None or has_a_change(schedule)
    if calendar is None:
        return
    for day in (first, *borne(footing, first, 3)):
        wanted = expand(regimen, Participant(day_1=day, zone=zone(zone_name), id="1042"))
        moved = calendar.stencil(day)
        assert moved is not None or has_a_change(wanted) or has_a_change(schedule)
        if moved is not None:
            assert moved.calendar_of("1042") == IcsWriter(options=options).write(wanted)


def moved_by(writer: IcsWriter, schedule: Schedule) -> RelativeCalendar | None:
    """The calendar of a schedule, counted from Day 1."""
    block = writer.block(schedule, by_date)
    return writer.relative(schedule, [block]) if block is not None else None


def has_a_change(schedule: Schedule) -> bool:
    """Whether an event begins at a time that the clock skips or shows twice, or ends at one that it shows twice."""
    if any(one.clock and (one.clock.ambiguous or one.clock.shifted) for one in schedule.events):
        return True
    ends = [one.clock.local + one.lasts for one in schedule.events if one.clock is not None and one.lasts is not None]
    return any(end.utcoffset() != end.replace(fold=1).utcoffset() for end in ends)


CASES = {case.name: case for case in cases_of_golden()}
OPEN_EVERY_DAY = Site()


def test_the_golden_cases_have_a_participant_of_every_arm_of_every_published_regimen() -> None:
    arms = {(path.stem, arm) for path in REGIMENS.glob("*.yaml") for arm in arms_of(read_regimen_file(path).regimen)}
    assert {(case.regimen, participant_of(case).arm) for case in CASES.values()} == arms


def arms_of(regimen: Regimen) -> list[str | None]:
    return [arm.name for arm in regimen.arms] or [None]


@pytest.mark.parametrize("name", sorted(CASES.keys() - NOT_MOVED))
def test_every_published_regimen_is_moved_octet_for_octet(name: str) -> None:
    regimen, like = golden_regimen(CASES[name]), participant_of(CASES[name])
    firsts = [like.day_1, date(2026, 1, 5), date(2026, 1, 31), date(2027, 8, 29)]
    assert sum(compared(regimen, replace(like, day_1=first)) for first in firsts) >= 2


def compared(regimen: Regimen, participant: Participant) -> int:
    """How many calendars for other Day 1s were moved from that of this participant, each the one that is written for its own."""
    schedule, footing = expand_with_footing(regimen, participant, OPEN_EVERY_DAY)
    calendar = moved_by(IcsWriter(), schedule) if footing is not None else None
    if footing is None or calendar is None:
        assert has_a_change(schedule)
        return 0
    count = 0
    for day in (participant.day_1, *borne(footing, participant.day_1, 2)):
        wanted = expand(regimen, replace(participant, day_1=day), OPEN_EVERY_DAY)
        moved = calendar.stencil(day)
        assert moved is not None or has_a_change(wanted) or has_a_change(schedule)
        if moved is not None:
            assert moved.calendar_of(participant.id or "") == IcsWriter().write(wanted)
            count += day != participant.day_1
    return count


@pytest.mark.parametrize("name", sorted(WAITING_AT_CLOCK_TIMES))
def test_the_published_regimens_that_wait_at_clock_times_have_no_footing(name: str) -> None:
    schedule, footing = expand_with_footing(golden_regimen(CASES[name]), participant_of(CASES[name]))
    assert footing is None
    assert participant_of(CASES[name]).horizon is None
    assert any(event.clock is not None for event in schedule.events)


@pytest.mark.parametrize("name", sorted(UNTIL_A_HORIZON))
def test_the_published_regimens_without_an_end_have_no_footing(name: str) -> None:
    regimen, like = golden_regimen(CASES[name]), participant_of(CASES[name])
    assert like.horizon is not None
    assert expand_with_footing(regimen, like)[1] is None
    with pytest.raises(Refused) as refused:
        expand(regimen, replace(like, horizon=None))
    assert {one.name for one in refused.value.diagnostics} == {"no-horizon"}
