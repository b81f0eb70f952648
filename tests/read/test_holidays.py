"""Public holidays by country or subdivision: the library's dates in the years that it knows, and a mend for codes that it does not."""

import sys
import warnings
from collections.abc import Iterator
from datetime import date
from types import ModuleType
from typing import Any, ClassVar

import pytest

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.participant import HolidayCalendar, Site
from dosecal.read.holidays import holidays_of
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_site


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    """Calendars are kept from one call to the next; a test that changes the library wants a new one."""
    holidays_of.cache_clear()
    yield
    holidays_of.cache_clear()


def calendar(code: str) -> HolidayCalendar:
    known = holidays_of(code)
    assert isinstance(known, HolidayCalendar), known
    return known


def refused(code: str) -> Diagnostic:
    said = holidays_of(code)
    assert isinstance(said, Diagnostic), said
    assert said.name == "holidays"
    return said


def in_year(code: str, year: int) -> list[date]:
    return sorted(day for day in calendar(code).days if day.year == year)


def test_scotland_has_holidays_of_its_own() -> None:
    # https://www.mygov.scot/scotland-bank-holidays, with St Andrew's Day itself, a Sunday, beside its substitute on 1 December
    own = ["01-02", "08-04", "11-30", "12-01"]
    shared = ["01-01", "04-18", "05-05", "05-26", "12-25", "12-26"]
    assert in_year("GB-SCT", 2025) == sorted(date.fromisoformat(f"2025-{day}") for day in own + shared)
    assert in_year("GB", 2025) == [date.fromisoformat(f"2025-{day}") for day in shared]


def test_easter_monday_2027_is_a_holiday_in_england_and_none_in_scotland() -> None:
    assert date(2027, 3, 29) in calendar("GB-ENG").days
    assert date(2027, 3, 29) not in calendar("GB-SCT").days


def test_a_calendar_says_its_name_its_years_and_its_library() -> None:
    known = calendar("GB-SCT")
    assert known.name == "GB-SCT"
    assert known.source.startswith("holidays 0.")
    assert (known.first_year, known.last_year) == (min(known.days).year, max(known.days).year)
    assert known.first_year >= 1900
    assert 2050 <= known.last_year <= 2200


@pytest.mark.parametrize("code", ["Scotland", "gb", "XX", "-SCT", "GB SCT"])
def test_an_unknown_country_is_refused_with_how_to_write_one(code: str) -> None:
    said = refused(code)
    assert "is no country" in said.message
    assert "GB-SCT" in (said.help or "")


@pytest.mark.parametrize("code", ["GB-SCO", "GB-sct", "GB-SCT-EDH"])
def test_an_unknown_subdivision_is_refused_with_those_that_there_are(code: str) -> None:
    said = refused(code)
    assert said.message.startswith("`GB` has no subdivision `")
    assert said.help == "write one of its subdivisions: ENG, NIR, SCT, WLS"


def test_a_country_without_subdivisions_is_written_alone() -> None:
    assert refused("JE-X").help == "write JE alone"


def test_a_refused_code_is_marked_in_the_site_file() -> None:
    with pytest.raises(Refused) as told:
        read_site(read_document("site.yaml", b"weekend: Sat Sun\nholidays: GB-SCO\n"))
    (only,) = told.value.diagnostics
    assert only.place is not None
    assert (only.name, only.place.line, only.place.column, only.place.length) == ("holidays", 2, 11, 6)


# -- years


def site(**calendar: Any) -> Site:
    return Site(holidays=HolidayCalendar(**{"name": "XX", "days": frozenset({date(2035, 12, 25)}), "source": "a test", **calendar}))


def test_a_date_outside_the_years_that_are_known_is_refused_and_never_taken_for_open() -> None:
    known = site(first_year=2001, last_year=2035)
    assert known.is_open(date(2001, 1, 1), "visit")
    assert known.is_open(date(2035, 12, 31), "visit")
    assert not known.is_open(date(2035, 12, 25), "visit")
    for day in (date(2000, 12, 31), date(2036, 1, 1)):
        with pytest.raises(Refused) as told:
            known.is_open(day, "visit")
        (only,) = told.value.diagnostics
        assert only.name == "holidays"
        assert only.message == f"the public holidays of XX are known from 2001 to 2035, and {day} lies outside"


def test_a_day_that_is_open_or_closed_by_the_site_itself_needs_no_calendar() -> None:
    outside = date(2036, 1, 1)
    own = HolidayCalendar(name="XX", days=frozenset(), first_year=2001, last_year=2035, source="a test")
    assert not Site(closed=frozenset({outside}), holidays=own).is_open(outside, "visit")
    assert Site(open={outside: frozenset({"visit"})}, holidays=own).is_open(outside, "visit")


class Entity:
    """What the library's class for a country says of its years, whatever its data."""

    start_year: ClassVar[int] = 1800
    end_year: ClassVar[int] = 2300


def library(monkeypatch: pytest.MonkeyPatch, told: str | None) -> list[range]:
    """A holidays library in place of the real one: New Year's Day every year, and a warning about its data. Returns the years asked for."""
    asked: list[range] = []

    class Country(Entity, dict[date, str]):
        pass

    def country_holidays(code: str, subdiv: str | None = None, years: range = range(0), *, expand: bool = True) -> Country:
        del code, subdiv, expand
        if years:
            asked.append(years)
        if told is not None and years:
            warnings.warn(told, stacklevel=2)
        return Country({date(year, 1, 1): "New Year's Day" for year in years})

    module, version = ModuleType("holidays"), ModuleType("holidays.version")
    module.__dict__.update(country_holidays=country_holidays, list_supported_countries=lambda: {"CN": []}, __path__=[])
    version.__dict__.update(__version__="0.60")
    monkeypatch.setitem(sys.modules, "holidays", module)
    monkeypatch.setitem(sys.modules, "holidays.version", version)
    return asked


def test_no_year_outside_1900_to_2200_is_asked_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = library(monkeypatch, None)
    known = calendar("CN")
    assert asked == [range(1900, 2201)]
    assert (known.first_year, known.last_year, known.source) == (1900, 2200, "holidays 0.60")


def test_a_calendar_whose_data_end_before_its_class_says_ends_with_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    library(monkeypatch, "Requested Holidays are available only from 2001 to 2035.")
    known = calendar("CN")
    assert (known.first_year, known.last_year) == (2001, 2035)
    assert (min(known.days), max(known.days)) == (date(2001, 1, 1), date(2035, 1, 1))


def test_the_real_library_warns_in_the_words_that_are_looked_for() -> None:
    known = calendar("IN")  # moon-dated holidays, tabulated by hand
    assert known.first_year > 1948
    assert known.last_year < 2100
    assert max(known.days).year <= known.last_year


def test_without_the_library_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    said = refused("GB-SCT")
    assert said.message == "public holidays need the holidays library"
    assert said.help == "install it: pip install 'dosecal[holidays]', or list the closing days under `closed`"


def test_a_site_without_holidays_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    file = read_site(read_document("site.yaml", b"weekend: Sat Sun\nclosed: [2026-01-01]\n"))
    assert not file.site.is_open(date(2026, 1, 1), "visit")
