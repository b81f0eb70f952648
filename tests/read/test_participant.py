"""Participant and site files -> typed data; what they hold is checked where it stands."""

from datetime import date, time
from decimal import Decimal

import pytest

from dosecal.diagnostic import Refused
from dosecal.dose import Amount
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant, read_site

FULL = """
participant: "1042"
regimen: care-ms-ii
arm: interferon-beta-1a
day-1: 2026-01-05
timezone: Europe/Berlin
site: Leith
horizon: 2027-01-05
birth-date: 1980-02-29
flags: [premenopausal]
measures: {weight: 70.5 kg, age: 45 years}
days: {interferon beta-1a: Sun Tue Thu}
times: {breakfast: {Mon-Fri: 07:30, Sat-Sun: 09:00}, dinner: 19:30, late: {Fri-Mon: 23:00}}
record: []
"""


def errors(text: str, *, site: bool = False) -> list[str]:
    with pytest.raises(Refused) as refused:
        (read_site if site else read_participant)(read_document("x.yaml", text.encode()))
    return [one.name for one in refused.value.diagnostics]


def test_a_participant_file_holds_what_it_says() -> None:
    one = read_participant(read_document("x.yaml", FULL.encode())).participant
    assert (one.id, one.regimen, one.arm, one.site) == ("1042", "care-ms-ii", "interferon-beta-1a", "Leith")
    assert (one.day_1, one.horizon, one.birth_date) == (date(2026, 1, 5), date(2027, 1, 5), date(1980, 2, 29))
    assert one.zone is not None
    assert one.zone.name == "Europe/Berlin"
    assert one.measures == {"weight": Amount(Decimal("70.5"), "kg"), "age": Amount(Decimal(45), "years")}
    assert one.days == {"interferon beta-1a": ("Sun", "Tue", "Thu")}
    assert one.flags == {"premenopausal"}
    friday, saturday, tuesday = date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 6)
    assert [one.times["breakfast"].on(day) for day in (friday, saturday)] == [time(7, 30), time(9)]
    assert [one.times["late"].on(day) for day in (friday, saturday, tuesday)] == [time(23), time(23), None]


def test_every_error_of_a_participant_file_is_found_at_once() -> None:
    text = FULL.replace("2026-01-05", "2026-02-30").replace("Europe/Berlin", "Berlin/Europe").replace("70.5 kg", "70.5")
    text = text.replace("Sun Tue Thu", "Tue Tue Sun").replace("19:30", "7pm").replace("flags", "flag")
    assert errors(text) == ["date", "zone", "unknown-key", "no-unit", "ascending", "time"]


@pytest.mark.parametrize("key", ["participant", "regimen", "day-1"])
def test_who_on_which_regimen_and_from_when_is_required(key: str) -> None:
    lines = [line for line in FULL.splitlines() if not line.startswith(f"{key}:")]
    assert errors("\n".join(lines)) == ["missing-key"]


@pytest.mark.parametrize("record", ["[]", "", "[ ]"])
def test_an_empty_record_is_welcome(record: str) -> None:
    assert read_participant(read_document("x.yaml", FULL.replace("[]", record).encode())).participant.id == "1042"


def test_a_site_is_closed_on_its_weekend_and_closing_days_but_for_extra_open_days() -> None:
    text = "site: Leith\nweekend: Sat Sun\nclosed: [2026-01-12]\nopen: {2026-01-10: [blood test]}\n"
    file = read_site(read_document("x.yaml", text.encode()))
    assert file.name == "Leith"
    saturday, monday, tuesday = date(2026, 1, 10), date(2026, 1, 12), date(2026, 1, 13)
    assert [file.site.is_open(day, "blood test") for day in (saturday, monday, tuesday)] == [True, False, True]
    assert not file.site.is_open(saturday, "visit")


def test_every_error_of_a_site_file_is_found_at_once() -> None:
    text = "weekend: Sat Fri Sun\nclosed: [2026-13-01, 1.1.2026]\nopened: {}\n"
    assert errors(text, site=True) == ["ascending", "date", "date", "unknown-key"]
