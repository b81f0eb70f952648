"""The same trials for other participants: another arm, weight, age, place, choice of weekdays or of times, another site."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosecal.diagnostic import Refused
from dosecal.dose import Amount
from dosecal.expand import expand
from dosecal.participant import Participant, Site
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay
from tests.planned.reckoning import Who, plus
from tests.planned.test_planned import agree, lawful, own, person
from tests.planned.trials import TRIALS, regimen_of, site_of, who_of

first_days = st.dates(date(2001, 1, 1), date(2095, 12, 31))


def compare(number: str, participant: Participant, who: Who, site: Site | None = None) -> None:
    agree(expand(regimen_of(number), participant, site or site_of(number)), TRIALS[number].oracle(who))


def both(number: str, day_1: date, **others: object) -> tuple[Participant, Who]:
    timezone = own(number)[1]
    return person(number, day_1, timezone, **others), who_of(TRIALS[number], day_1, timezone)


@lawful
@given(day_1=first_days)
def test_the_other_sequence_of_the_crossover_swaps_the_treatments(day_1: date) -> None:
    participant, who = both("017", day_1, arm="BA")
    compare("017", participant, who._replace(arm="BA"))


@pytest.mark.parametrize(
    "kg", ["49.9", "50", "59.9", "60", "69.9", "70", "79.4", "80", "84", "89.99", "90", "99.9", "100", "109.9", "110", "160"]
)
@pytest.mark.parametrize("day_1", ["2027-02-01", "2027-02-28", "2028-01-31"])
def test_every_weight_gets_the_tablets_of_its_band(kg: str, day_1: str) -> None:
    participant, who = both("010", date.fromisoformat(day_1), measures={"weight": Amount(Decimal(kg), "kg")})
    compare("010", participant, who._replace(measure=Decimal(kg)))


def test_four_tablets_and_a_month_of_31_days_leave_the_window_and_are_refused() -> None:
    """The last of four tablets falls on Day 4; a month of 31 days later is 28 days after it, and the label allows 27."""
    participant, who = both("010", date(2027, 1, 15), measures={"weight": Amount(Decimal(45), "kg")})
    day_4 = plus(who.day_1, 3)
    assert (date(2027, 2, 15) - day_4).days == 28
    wanted = "window `23 to 27 days after last cladribine year 1 week 1` leaves out its own planned date, 2027-02-15"
    with pytest.raises(Refused, match=wanted):
        compare("010", participant, who)


@pytest.mark.parametrize("kg", ["39.9", "0"])
def test_a_weight_below_every_band_is_refused(kg: str) -> None:
    participant, who = both("010", date(2027, 1, 31), measures={"weight": Amount(Decimal(kg), "kg")})
    with pytest.raises(Refused, match="no step of `give` covers"):
        compare("010", participant, who._replace(measure=Decimal(84)))


@pytest.mark.parametrize("years", [40, 74, 75, 76, 90])
def test_dexamethasone_goes_by_the_age(years: int) -> None:
    participant, who = both("007", date(2027, 9, 6), measures={"age": Amount(Decimal(years), "years")})
    compare("007", participant, who._replace(measure=Decimal(years)))


@lawful
@given(day_1=first_days, days=st.integers(0, 400))
def test_lenalidomide_is_listed_up_to_any_horizon(day_1: date, days: int) -> None:
    participant, who = both("007", day_1, horizon=plus(day_1, days))
    compare("007", participant, who._replace(horizon=plus(day_1, days)))


@lawful
@given(day_1=first_days, days=st.integers(0, 200))
def test_fingolimod_is_listed_up_to_any_horizon(day_1: date, days: int) -> None:
    participant, who = both("012", day_1, horizon=plus(day_1, days))
    compare("012", participant, who._replace(horizon=plus(day_1, days)))


@lawful
@given(
    day_1=first_days,
    days=st.frozensets(st.integers(0, 6), min_size=3, max_size=3),
    clock=st.sampled_from(["00:00", "02:30", "18:00", "23:59"]),
)
def test_interferon_falls_on_whatever_weekdays_and_time_are_chosen(day_1: date, days: frozenset[int], clock: str) -> None:
    chosen = {"interferon beta-1a": tuple(WEEKDAYS[day] for day in sorted(days))}
    participant, who = both("003", day_1, days=chosen, times={"evening": NamedTimeOfDay((time.fromisoformat(clock),) * 7)})
    compare("003", participant, who._replace(weekdays=days, times=(clock,)))


@lawful
@given(
    day_1=first_days,
    clock=st.sampled_from(["00:00", "01:59", "09:00", "10:15", "23:30"]),
    cohort=st.integers(1, 2),
    kg=st.decimals(40, 160, places=1),
)
def test_a_place_of_either_cohort_has_its_own_dose_and_samples(day_1: date, clock: str, cohort: int, kg: Decimal) -> None:
    participant, who = both("014", day_1, cohort=cohort, place_time=time.fromisoformat(clock), measures={"weight": Amount(kg, "kg")})
    compare("014", participant, who._replace(times=(clock,), arm=f"cohort {cohort}", measure=kg))


@lawful
@given(
    day_1=first_days,
    weekend=st.frozensets(st.integers(0, 6), max_size=3),
    closed=st.frozensets(st.integers(0, 90), max_size=30),
)
def test_radiotherapy_waits_for_every_open_day(day_1: date, weekend: frozenset[int], closed: frozenset[int]) -> None:
    days = frozenset(plus(day_1, n) for n in closed)
    participant, who = both("015", day_1)
    site = Site(weekend=frozenset(WEEKDAYS[day] for day in weekend), closed=days)
    compare("015", participant, who._replace(weekend=weekend, closed=days), site)


@lawful
@given(day_1=first_days, weekend=st.frozensets(st.integers(0, 6), max_size=3), closed=st.frozensets(st.integers(0, 800), max_size=40))
def test_tests_wait_for_an_open_day_and_infusions_do_not(day_1: date, weekend: frozenset[int], closed: frozenset[int]) -> None:
    days = frozenset(plus(day_1, n) for n in closed)
    participant, who = both("002", day_1)
    site = Site(weekend=frozenset(WEEKDAYS[day] for day in weekend), closed=days)
    compare("002", participant, who._replace(weekend=weekend, closed=days), site)


@lawful
@given(day_1=first_days, bsa=st.decimals(1, 3, places=2))
def test_a_dose_per_square_metre_is_exact(day_1: date, bsa: Decimal) -> None:
    participant, who = both("006", day_1, measures={"bsa": Amount(bsa, "m2")})
    compare("006", participant, who._replace(measure=bsa))
