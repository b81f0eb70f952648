"""What a clock change, the ends of the calendar or a long plan would make wrong in a moved calendar: each was once a wrong file."""

import pytest
from msgspec.structs import replace

from dosecal.cohort.job import Failure, Job, Row, Source
from dosecal.cohort.workshop import Made, Workshop
from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.read.cells import participant_of
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.write.ics import write_ics
from tests.cohort.test_moving import choices

HEAD = "format: dosecal/1\nstudy: a study\nsource: a test\n"
TWENTY_FOUR = ", ".join(f'"{hour:02d}:00"' for hour in range(24))
LONG = "".join(f"      m{number}: {{give: 1 mg PO, when: every Mon Tue Wed for 3 days, at: [{TWENTY_FOUR}]}}\n" for number in range(3))

TRAPS = {
    "a time that the clocks leave out, once by more than an hour": (
        'visits: {v: {when: first Sat on or after day 1, at: "23:30", lasts: 30 minutes}}',
        "America/Nuuk",
        "2027-01-04 2027-01-11 2027-03-27 2027-10-30",
    ),
    "a time left out at the start of an event that ends at a doubtful one": (
        'visits: {v: {when: first Sun on or after day 1, at: "02:30", lasts: 168 hours}}',
        "Europe/Berlin",
        "2027-01-04 2027-01-11 2027-03-28 2027-10-24",
    ),
    "a gap at another hour in another year": (
        'visits: {v: {when: first Sat on or after day 1, at: "00:30"}}',
        "Asia/Gaza",
        "2016-01-04 2016-01-11 2021-03-27 2018-03-24",
    ),
    "a time that is put behind the one after it": (
        'doses: {b: {give: 5 mg PO, when: 3 times weekly for 1 week, days: Tue Sat Sun, at: ["01:59", "02:15"]}}',
        "Europe/London",
        "2036-10-26 2036-11-23 2036-12-21 2037-01-25 2037-03-23 2037-03-29 2037-05-24",
    ),
    "clock times for some Day 1s alone": (
        'labs: {a: {when: day 1}}\ndoses: {b: {give: 5 mg PO, when: every Mon for 3 days, at: "09:00"}}',
        "Europe/Berlin",
        "2027-01-04 2027-01-11 2027-01-14",
    ),
    "the same from the other end": (
        'labs: {a: {when: day 1}}\ndoses: {b: {give: 5 mg PO, when: every Mon for 3 days, at: "09:00"}}',
        "Europe/Berlin",
        "2027-01-05 2027-01-12 2027-01-11",
    ),
    "a time of day for some days, which a short month changes": (
        'months: calendar\nlabs: {a: {when: month 1, at: {days 1-30: "09:00"}}}',
        "Europe/Berlin",
        "2027-01-04 2027-01-11 2027-02-07",
    ),
    "a day on which nothing is given, at a time that is left out": (
        'doses: {x: {give: 5 none 5 mg PO, when: days 1-3, at: "02:30", at-least: 24 hours apart}}',
        "Europe/Berlin",
        "2027-03-01 2027-03-02 2027-03-27",
    ),
    "a window in hours over a clock change": (
        'visits: {v: {when: day 8, at: "00:30", window: +23 to +24 hours}}',
        "Europe/Berlin",
        "2027-03-01 2027-03-02 2027-03-21",
    ),
    "too many for some weekdays": (
        f"phases:\n  p:\n    cycle: {{length: 7 days, count: 300, count-from: plan}}\n    medicines:\n{LONG}labs: {{l: {{when: day 1}}}}",
        "Europe/Berlin",
        "2027-01-07 2027-01-14 2027-01-04",
    ),
    "dates after 2200": ("visits: {v: {when: [day 1, day 25000]}}", "Europe/Berlin", "2027-03-01 2027-03-02 2149-03-21"),
    "months after 2200": ("months: calendar\nvisits: {v: {when: [day 1, month 720]}}", "Europe/Berlin", "2027-03-01 2027-03-02 2149-03-21"),
    "dates before 1900": ("visits: {v: {when: [day -15000, day 1]}}", "Europe/Berlin", "2027-03-01 2027-03-02 1931-03-21"),
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
@pytest.mark.parametrize("order", [1, -1], ids=["as they stand", "backwards"])
def test_each_calendar_is_the_one_written_alone_or_refused_as_alone(trap: tuple[str, str, str], order: int) -> None:
    body, zone, days = trap
    text = f"{HEAD}{body}\n"
    regimen = read_regimen(read_document("trap.yaml", text.encode())).regimen
    of_all = [choices(day_1=day, timezone=zone) for day in days.split()][::order]
    workshop = Workshop(Job(regimen=Source("trap.yaml", "trap.yaml", text.encode()), sites=(), folder=""))
    for of, made in zip(of_all, workshop.files(Row("P1", of) for of in of_all), strict=True):
        try:
            wanted = write_ics(replace(expand(regimen, participant_of(of, ())), participant="P1"))
        except Refused:
            assert isinstance(made, Failure), of
            continue
        assert isinstance(made, Made), (of, made)
        assert made.content.splitlines() == wanted.splitlines(), of
