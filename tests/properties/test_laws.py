"""Laws of the expansion for whole regimens put together at random: phases and cycles, items tied to items, closures, gaps and windows."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dosecal.check import check
from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.participant import Participant, Site
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.regimen import Regimen
from dosecal.schedule import Event, Schedule
from tests.expand.laying import zone
from tests.planned.trials import TRIALS, regimen_of
from tests.properties.printing import printed
from tests.properties.regimens import sites
from tests.properties.tied import drafts
from tests.properties.wholes import Draft, Line, World, weekday

HEAD = "format: dosecal/1\nstudy: a study\nsource: a test\n"
OPEN = Site()
"""A site that never closes."""
MAY_REFUSE = {"closed"}
"""A course that has no open place is rightly refused."""
WINDOWS = {"±3 days": (3, 3), "-2 to +8 days": (2, 8), "±1 week": (7, 7), "+0 to +30 days": (0, 30)}
"""The windows that are drawn: so many days before and after."""


def law(examples: int) -> Callable[[Any], Any]:
    return settings(derandomize=True, deadline=None, max_examples=examples)


class Case(NamedTuple):
    """A regimen and one participant of it."""

    draft: Draft
    day_1: date
    arm: str | None
    fasting: bool

    def regimen(self) -> Regimen:
        return read(f"{HEAD}months: {self.draft.months}\n{self.draft.text()}")

    def participant(self, day_1: date | None = None, horizon: date | None = None) -> Participant:
        flags = frozenset({"fasting"} if self.fasting else ())
        return Participant(day_1=day_1 or self.day_1, arm=self.arm, zone=zone("Europe/Berlin"), flags=flags, horizon=horizon)

    def schedule(self, site: Site = OPEN, day_1: date | None = None, horizon: date | None = None) -> Schedule:
        return expand(self.regimen(), self.participant(day_1, horizon), site)

    def lines(self) -> list[Line]:
        return self.draft.of(self.arm, fasting=self.fasting)

    def world(self, site: Site = OPEN) -> World:
        return World(self.draft, self.lines(), self.day_1, lambda day: weekday(day) not in site.weekend and day not in site.closed)


def read(text: str) -> Regimen:
    return read_regimen(read_document("random.yaml", text.encode())).regimen


@st.composite
def cases(draw: st.DrawFn) -> Case:
    draft = draw(drafts())
    arm = draw(st.sampled_from(draft.arms)) if draft.arms else None
    return Case(draft, draw(st.dates(date(2001, 1, 1), date(2090, 12, 31))), arm, draw(st.booleans()))


@st.composite
def closed_cases(draw: st.DrawFn) -> tuple[Case, Site]:
    case = draw(cases())
    return case, draw(sites(case.day_1))


def laid_out(case: Case, site: Site) -> Schedule:
    """The schedule under closures; a course that fits nowhere is not what a law is about."""
    try:
        return case.schedule(site)
    except Refused as refused:
        assume(not {one.name for one in refused.diagnostics} <= MAY_REFUSE)
        raise


def line_of(case: Case) -> dict[str, Line]:
    return {line.name: line for line in case.lines()}


# -- as planned


@law(200)
@given(case=cases())
def test_every_item_falls_on_its_dates_with_its_doses(case: Case) -> None:
    lines, wanted = line_of(case), Counter[object]()
    for one in case.world().everything():
        line = lines[one.item]
        for number, day in enumerate(one.days, 1):
            low = line.step is None or (day - one.scope.first).days < line.step
            dose = Decimal(5 if low else 10) if line.section in ("doses", "medicines") else None
            wanted[one.item, one.phase, one.scope.cycle, day, number, len(one.days), dose] += max(line.clocks, 1)
    found = Counter[object](
        (event.item, event.phase, event.cycle, event.date, event.course_day, event.course_days, dose_of(event))
        for event in case.schedule().events
    )
    assert {"missing": [*map(str, wanted - found)], "unexpected": [*map(str, found - wanted)]} == {"missing": [], "unexpected": []}


def dose_of(event: Event) -> Decimal | None:
    return event.dose.amount.value if event.dose is not None and event.dose.amount is not None else None


@law(100)
@given(case=cases())
def test_every_event_lies_in_its_phase_and_cycle(case: Case) -> None:
    lines, world = line_of(case), case.world()
    for event in case.schedule().events:
        if event.phase is not None and lines[event.item].inside:
            (scope,) = (one for one in world.scopes(lines[event.item]) if one.cycle == event.cycle)
            assert scope.first <= event.date <= scope.last


@law(100)
@given(case=cases(), weeks=st.integers(-150, 150))
def test_moving_day_1_by_whole_weeks_moves_every_day_and_week_by_as_much(case: Case, weeks: int) -> None:
    lines = line_of(case)
    here, there = (
        [event for event in case.schedule(day_1=start).events if lines[event.item].weekly]
        for start in (case.day_1, case.day_1 + timedelta(weeks=weeks))
    )
    assert [(event.key, event.date + timedelta(weeks=weeks)) for event in here] == [(event.key, event.date) for event in there]


@law(60)
@given(case=cases(), days=st.integers(0, 150))
def test_the_horizon_only_cuts_the_list(case: Case, days: int) -> None:
    horizon = case.day_1 + timedelta(days)
    assert case.schedule(horizon=horizon).events == tuple(event for event in case.schedule().events if event.date <= horizon)


@law(60)
@given(case=cases())
def test_a_regimen_is_printed_and_read_back_and_is_sound(case: Case) -> None:
    regimen = case.regimen()
    assert read(printed(regimen)) == regimen
    assert [one for one in check(regimen).diagnostics if one.severity == "error"] == []


@pytest.mark.parametrize("number", TRIALS)
def test_a_real_regimen_is_printed_and_read_back(number: str) -> None:
    assert read(printed(regimen_of(number))) == regimen_of(number)


# -- under closures


@law(100)
@given(closed=closed_cases())
def test_no_two_events_share_a_key_and_the_same_input_gives_the_same_schedule(closed: tuple[Case, Site]) -> None:
    case, site = closed
    schedule = laid_out(case, site)
    assert len({event.key for event in schedule.events}) == len(schedule.events)
    assert case.schedule(site) == schedule


@law(100)
@given(closed=closed_cases())
def test_a_closure_loses_no_event_and_changes_no_key_window_or_dose(closed: tuple[Case, Site]) -> None:
    case, site = closed
    proof = {line.name for line in case.lines() if line.proof}
    shut, plain = (
        {event.key: event for event in schedule.events if event.item in proof} for schedule in (laid_out(case, site), case.schedule())
    )
    assert shut.keys() == plain.keys()
    for key, event in shut.items():
        assert (event.course_day, event.course_days) == (plain[key].course_day, plain[key].course_days)
        if event.nominal_date == plain[key].nominal_date:
            assert (event.window, event.dose) == (plain[key].window, plain[key].dose)


@law(100)
@given(closed=closed_cases())
def test_the_number_of_events_is_that_of_the_courses_drawn(closed: tuple[Case, Site]) -> None:
    case, site = closed
    lines = line_of(case)
    wanted = Counter[str]()
    for one in case.world(site).everything():
        if lines[one.item].proof:
            wanted[one.item] += len(one.days) * max(lines[one.item].clocks, 1)
    assert Counter(event.item for event in laid_out(case, site).events if lines[event.item].proof) == wanted


@law(100)
@given(closed=closed_cases())
def test_a_window_holds_its_nominal_date(closed: tuple[Case, Site]) -> None:
    case, site = closed
    windowed = {line.name: keys["window"] for line in case.lines() if "window" in (keys := dict(line.keys))}
    for event in laid_out(case, site).events:
        if event.item not in windowed or event.course_day > 1 or event.nominal_date == case.day_1:
            assert event.window is None
        else:
            assert event.window is not None
            assert isinstance(event.window.earliest, date)
            assert isinstance(event.window.latest, date)
            earlier, later = WINDOWS[windowed[event.item]]
            assert event.window.earliest == event.nominal_date - timedelta(earlier) <= event.nominal_date
            assert event.window.latest == event.nominal_date + timedelta(later) >= event.nominal_date
            assert event.window.earliest <= event.date <= event.window.latest or "moved-from" not in str(event.flags)


@law(150)
@given(closed=closed_cases())
def test_occurrences_keep_their_gap_whatever_is_closed(closed: tuple[Case, Site]) -> None:
    case, site = closed
    lines = line_of(case)
    stood: dict[str, list[date]] = {}
    for event in laid_out(case, site).events:
        if lines[event.item].gap:
            stood.setdefault(event.item, []).append(event.date)
    for item, days in stood.items():
        distinct = sorted(set(days))
        assert all((later - earlier).days >= lines[item].gap for earlier, later in pairwise(distinct))


@law(100)
@given(closed=closed_cases())
def test_a_course_stays_in_one_piece_and_moves_only_to_open_days(closed: tuple[Case, Site]) -> None:
    case, site = closed
    lines = line_of(case)
    moves: dict[tuple[object, ...], set[timedelta]] = {}
    for event in laid_out(case, site).events:
        begins = event.nominal_date - timedelta(event.course_day - 1)
        moves.setdefault((event.item, event.cycle, begins, event.course_days), set()).add(event.date - event.nominal_date)
        if event.date != event.nominal_date:
            assert dict(lines[event.item].keys)["if-closed"] != "stay"
            assert site.is_open(event.date, event.item)
    assert all(len(by) == 1 for by in moves.values())


# -- what a random regimen never says


BEYOND = [
    "day 9",
    "days 5-9",
    "week 1",
    "day 5 for 5 days",
    "every 2 days for 14 days",
    "every 2 days 6 times",
    "every 2 days through day 12",
    "every Mon Wed for 3 weeks",
    "every week through week 2",
]


@pytest.mark.parametrize("when", BEYOND)
@pytest.mark.parametrize("length", ["lasts: 7 days", "cycle: {length: 7 days, count: 2, count-from: plan}"])
def test_what_runs_beyond_its_phase_or_cycle_is_refused(when: str, length: str) -> None:
    after = "  B:\n    lasts: 7 days\n    visits: {other: {when: day 1}}\n"
    body = f"phases:\n  A:\n    {length}\n    visits: {{it: {{when: {when}}}}}\n{after}"
    with pytest.raises(Refused) as refused:
        expand(read(f"{HEAD}{body}"), Participant(day_1=date(2027, 1, 4)), OPEN)
    assert {one.name for one in refused.value.diagnostics} == {"outside-phase"}


def test_the_random_regimens_are_varied() -> None:
    """A generator of empty or uniform plans would prove nothing."""
    seen, events = Counter[str](), 0

    @settings(derandomize=True, deadline=None, max_examples=250, database=None)
    @given(case=cases())
    def look(case: Case) -> None:
        nonlocal events
        text = case.draft.text()
        seen.update(word for word in WORDS if word in text)
        events += len(case.schedule().events)

    look()
    assert events > 1500
    assert {word: seen[word] for word in WORDS if seen[word] < 2} == {}


WORDS = (
    "cycle:", "lasts:", "starts:", "day-1: here", "arms:", "of cycle", "before day 1", "after each", "before each", "of each", "first 2",
    "after last", "before first", "on or after", "every day", "every week", " times", "through day", "for ", "weekly", "open day", "month",
    "window:", "at-least:", "if-closed: next", "if-closed: nearest", "except:", "only-if: not", "at: [", "days 1-", "start of",
    "after end of",
)  # fmt: skip
