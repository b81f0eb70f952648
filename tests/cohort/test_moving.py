"""However many Day 1s the participants of a roster have, in whatever order: each calendar is the one written for its schedule alone."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from dosecal.audience import hidden_from, seen
from dosecal.cohort import moving
from dosecal.cohort.job import Job, Row, Source
from dosecal.cohort.workshop import Made, Workshop, _Shared
from dosecal.expand import expand
from dosecal.languages import language_named
from dosecal.participant import ALWAYS_OPEN, Participant
from dosecal.read.cells import ARM, CELLS, participant_of
from dosecal.regimen import weekly_items
from dosecal.write.ics import write_ics
from tests.cohort.people import NOT_MOVED, cells_of, person_of
from tests.golden.cases import Case, cases

REGIMENS = Path(__file__).parents[2] / "regimens"
CASES = {case.name: case for case in cases()}
FACTS = {"times": "breakfast: 07:00; dinner: 18:30", "measures": "weight: 70 kg; height: 172 cm", "language": "de"}
STARTS = [date(2026, 1, 1) + timedelta(number * 53 * 5 % 730) for number in range(14)]  # no two neighbours are near each other
MONTH_ENDS = [date(2027, 1, day) for day in (29, 30, 31)]
HEAD = "format: dosecal/1\nstudy: a study\nsource: a test\nmonths: calendar\n"
NIGHTS = (
    HEAD
    + """medicines:
  tablet: {give: 1 mg PO, when: every day for 9 days, at: bedtime}
  patch: {give: 1 mg SC, when: [day 1, day 4, month 1], at: ["00:15", "02:20"]}
visits:
  long night: {when: every 3 days for 12 days, at: "22:30", lasts: 4 hours}
  check-up: {when: [day 1, day 8], at: "03:30", lasts: 30 minutes}
"""
)


class Counting(Workshop):
    """A workshop that counts the calendars that it lays out whole: all others are moved."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.whole = 0

    def _whole(self, participant: Participant, but_day_1: tuple[str, ...]) -> _Shared:
        self.whole += 1
        return super()._whole(participant, but_day_1)


class Compared(NamedTuple):
    """Of the calendars of a roster, each of which is the one written for its schedule alone: how many, and how many were moved."""

    count: int
    moved: int


def workshop_for(content: bytes, site: bytes = b"") -> Counting:
    sites = (Source("site.yaml", "site.yaml", site),) if site else ()
    return Counting(Job(regimen=Source("regimen.yaml", "regimen.yaml", content), sites=sites, folder=""))


def choices(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(name.replace("-", "_"), "") for name in CELLS)


def alone(workshop: Workshop, of: tuple[str, ...]) -> bytes:
    """The participant's calendar, laid out and written for itself."""
    regimen, site = workshop.regimen.regimen, workshop.sites[0].site if workshop.sites else ALWAYS_OPEN
    arm = next((arm for arm in regimen.arms if arm.name == of[ARM]), None)
    participant: Participant = participant_of(of, weekly_items(regimen, [arm]))
    schedule = seen(expand(regimen, participant, site), "participant", hidden_from("participant", [regimen.blinding]))
    return write_ics(replace(schedule, participant="P1"), language=language_named(participant.language or "en"))


def compare(workshop: Counting, of_all: Sequence[tuple[str, ...]]) -> Compared:
    whole = workshop.whole
    for of, made in zip(of_all, workshop.files(Row("P1", of) for of in of_all), strict=True):
        assert isinstance(made, Made), made
        assert made.content == alone(workshop, of), of
    return Compared(len(of_all), len(of_all) - (workshop.whole - whole))


def on_each(days: Iterable[date], cells: dict[str, str]) -> list[tuple[str, ...]]:
    known = {key.replace("-", "_"): cell for key, cell in cells.items()}
    return [choices(**known | {"day_1": str(day)}) for day in days]


def cells_of_case(case: Case) -> dict[str, str]:
    """Of a golden case; a time that differs by weekday, which no cell can say, is that of the first weekday named."""
    person = person_of(case)
    times = {name: next(iter(time.values())) if isinstance(time, dict) else time for name, time in person.get("times", {}).items()}
    return cells_of(person | ({"times": times} if times else {}) | {"language": "de"})


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_published_regimen_is_written_alike_for_any_day_1(name: str) -> None:
    """Whoever has a horizon has the same one on every Day 1."""
    case, starts = CASES[name], [*STARTS, *MONTH_ENDS]
    cells = cells_of_case(case)
    if "horizon" in cells:
        starts = [date(2027, 1, 4) + timedelta(number * 11 % 61) for number in range(9)] + MONTH_ENDS
        cells["horizon"] = "2027-05-31"
    always_open = f"site: {cells['site']}\n".encode() if "site" in cells else b""
    count, moved = compare(workshop_for(case.regimen_file.read_bytes(), always_open), on_each(starts, cells))
    assert count == len(starts)
    assert (moved > 0) == (name not in NOT_MOVED)


@pytest.mark.parametrize("name", [case.name for case in cases() if case.site_file is not None])
def test_nobody_is_moved_at_a_site_that_closes(name: str) -> None:
    case = CASES[name]
    assert case.site_file is not None
    workshop = workshop_for(case.regimen_file.read_bytes(), case.site_file.read_bytes())
    starts = [date(2027, 11, 8) + timedelta(number * 7 % 60) for number in range(12)]
    assert compare(workshop, on_each(starts, cells_of_case(case))) == (12, 0)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2027-10-31"),
        ("Africa/Casablanca", "2026-02-15"),  # back for Ramadan, and forward 35 days later
        ("Africa/Cairo", "2026-04-24"),  # no midnight that day
        ("Africa/Cairo", "2026-10-30"),
        ("Antarctica/Troll", "2026-03-29"),  # by two hours
        ("Australia/Lord_Howe", "2026-10-04"),  # by half an hour
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Pacific/Apia", "2011-12-30"),  # no such day
        ("Pacific/Apia", "2012-04-01"),
    ],
)
def test_nights_over_a_clock_change_are_written_alike(zone: str, change: str) -> None:
    """Many Day 1s in any order, each night of the regimen on or beside the change for some of them."""
    starts = [date.fromisoformat(change) + timedelta(number * 17 % 49 - 40) for number in range(49)]
    count, moved = compare(workshop_for(NIGHTS.encode()), on_each(starts, {"timezone": zone, "times": "bedtime: 23:45"}))
    assert (count, 0 < moved < count) == (49, True)


def test_what_was_laid_out_on_a_night_without_its_hour_is_not_moved_with_the_hour_after() -> None:
    visit = "visits: {visit: {when: [day 1, month 1], at: '02:30', lasts: 23 hours}}"
    days = ["2027-04-05", "2027-04-06", "2027-03-28", "2027-10-30"]
    compare(workshop_for(f"{HEAD}{visit}\n".encode()), on_each(map(date.fromisoformat, days), {"timezone": "Europe/Berlin"}))


def test_a_time_that_is_skipped_stands_behind_what_comes_before_the_time_put_for_it() -> None:
    visits = "visits: {early: {when: day 1, at: '02:30'}, late: {when: day 1, at: '03:00'}}"
    days = ["2027-10-30", "2027-10-31", "2027-03-28"]
    compare(workshop_for(f"{HEAD}{visits}\n".encode()), on_each(map(date.fromisoformat, days), {"timezone": "Europe/Berlin"}))


def test_every_start_of_two_years_is_written_alike() -> None:
    starts = [date(2026, 1, 5) + timedelta(number * 7919 % 730) for number in range(730)]
    workshop = workshop_for((Path(__file__).parents[2] / "benchmarks" / "interferon.yaml").read_bytes())
    cells = {"arm": "interferon-beta-1a", "timezone": "America/Los_Angeles"}
    assert compare(workshop, on_each(starts, cells)).count == 730


def test_forgetting_what_was_laid_out_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that is full is emptied in the middle of a calendar's parts."""
    monkeypatch.setattr(moving, "MOST_KEPT", 60)
    starts = [date(2026, 1, 1) + timedelta(days * 5 % 400) for days in range(80)]
    workshop = workshop_for((REGIMENS / "care-ms-ii.yaml").read_bytes())
    for arm in workshop.regimen.regimen.arms:
        of_two = [on_each(starts, FACTS | {"arm": arm.name, "timezone": zone}) for zone in ("America/Los_Angeles", "Europe/Berlin")]
        assert compare(workshop, [of for both in zip(*of_two, strict=True) for of in both]).count == 2 * 80


def test_most_starts_are_moved_and_not_laid_out_again() -> None:
    workshop = workshop_for((REGIMENS / "care-ms-ii.yaml").read_bytes())
    days = [date(2026, 1, 5) + timedelta(days) for days in range(300)]
    of_all = on_each(days, {"arm": "interferon-beta-1a", "timezone": "Etc/UTC"})
    assert sum(isinstance(made, Made) for made in workshop.files(Row("P1", of) for of in of_all)) == 300
    assert workshop.whole < 10
