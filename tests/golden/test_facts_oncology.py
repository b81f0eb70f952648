"""What is known of the golden schedules of cancer regimens without dosecal: plain dates, counts and amounts, worked out here."""

from datetime import date, timedelta
from decimal import Decimal

from tests.golden.facts import amounts, at, clocks, dates, days, of

D = Decimal


def test_mfolfox6_is_twelve_fortnights_and_a_pump_stays_46_hours_over_the_clock_change() -> None:
    case, start = "mfolfox6--mfolfox6", date(2027, 10, 22)
    for item in ("oxaliplatin", "leucovorin", "fluorouracil bolus", "fluorouracil infusion"):
        assert dates(of(case, item)) == days(start, range(0, 168, 14))
    assert dates(of(case, "oxaliplatin"))[-1] == date(2028, 3, 24)
    # Clocks go back on Sunday 7 November and forward on Sunday 12 March: 46 hours from 11:00 on the Fridays before end at 08:00 and 10:00.
    ends = clocks(of(case, "pump disconnect"))
    usual = [at(date(2027, 10, 24), 9) + timedelta(14 * cycle) for cycle in range(12)]
    assert ends == [usual[0], at(date(2027, 11, 7), 8), *usual[2:10], at(date(2028, 3, 12), 10), usual[11]]
    assert set(amounts(of(case, "oxaliplatin"))) == {D("148.75")}  # 85 x 1.75
    assert set(amounts(of(case, "fluorouracil infusion"))) == {D(4200)}  # 2400 x 1.75


def test_bevacizumab_goes_on_every_fortnight_for_26_doses() -> None:
    case = "mfolfox6--mfolfox6-bevacizumab"
    given = of(case, "bevacizumab")
    assert dates(given) == days(date(2028, 2, 29), range(0, 26 * 14, 14))
    assert dates(given)[-1] == date(2029, 2, 13)
    assert [event.phase for event in given].count("bevacizumab alone") == 14
    assert set(amounts(given)) == {D("407.5")}  # 5 x 81.5
    assert len(of(case, "oxaliplatin")) == 12


def test_carboplatin_stops_at_900_mg_and_dexamethasone_counts_back_over_the_clock_change() -> None:
    case, start = "carboplatin-paclitaxel", date(2027, 3, 7)
    weeks = [28 * cycle + day for cycle in range(4) for day in (0, 7, 14)]
    assert dates(of(case, "paclitaxel")) == days(start, weeks)
    assert dates(of(case, "carboplatin")) == days(start, (0, 28, 56, 84))
    assert set(amounts(of(case, "carboplatin"))) == {D(900)}  # 6 x (131 + 25) would be 936
    assert set(amounts(of(case, "paclitaxel"))) == {D(168)}
    given = clocks(of(case, "dexamethasone"))
    assert len(given) == 24
    # Clocks go forward on Sunday 14 March at 02:00: 12 hours before 10:00 is 21:00, 6 hours before is after the change.
    assert given[:4] == [at(date(2027, 3, 6), 22), at(date(2027, 3, 7), 4), at(date(2027, 3, 13), 21), at(date(2027, 3, 14), 4)]


def test_thirty_fractions_pass_over_weekends_and_closed_days() -> None:
    case, start = "temozolomide-radiotherapy", date(2027, 11, 8)
    closed = {date(2027, 11, 11), date(2027, 11, 25), date(2027, 11, 26), date(2027, 12, 24), date(2027, 12, 31)}
    opened = [day for day in days(start, range(90)) if day.weekday() < 5 and day not in closed]
    fractions = of(case, "radiotherapy")
    assert dates(fractions) == opened[:30]
    assert dates(fractions)[-1] == date(2027, 12, 22)
    assert sum(amount for amount in amounts(fractions) if amount) == 60
    assert dates(of(case, "CBC", "chemoradiation")) == days(start, range(0, 45, 7))


def test_temozolomide_runs_with_the_radiotherapy_and_begins_again_four_weeks_after_it() -> None:
    case = "temozolomide-radiotherapy"
    together = of(case, "temozolomide", "chemoradiation")
    assert dates(together) == days(date(2027, 11, 8), range(45))  # 8 November to 22 December
    assert set(amounts(together)) == {D(140)}  # 75 x 1.84 = 138
    later = of(case, "temozolomide", "adjuvant")
    first = date(2028, 1, 19)
    assert first == date(2027, 12, 22) + timedelta(28)
    assert dates(later) == days(first, [28 * cycle + day for cycle in range(6) for day in range(5)])
    assert amounts(later) == [D(275)] * 5 + [D(370)] * 25  # 276 and 368, to the nearest 5
    assert dates(of(case, "CBC", "adjuvant")) == days(first, range(21, 168, 28))


def test_lenalidomide_pauses_one_week_in_four_and_goes_on_to_the_horizon() -> None:
    case, start, horizon = "lenalidomide-dexamethasone--rd", date(2027, 12, 31), date(2028, 6, 30)
    every = [28 * cycle + day for cycle in range(8) for day in range(21)]
    assert dates(of(case, "lenalidomide")) == [day for day in days(start, every) if day <= horizon]
    dexamethasone = of(case, "dexamethasone")
    assert dates(dexamethasone) == [day for day in days(start, range(0, 200, 7)) if day <= horizon]
    assert set(amounts(dexamethasone)) == {D(20)}  # 78 years
    counts = [0, 7, 14, 21, 28, 35, 42, 49, 56, 70, 84, 112, 140, 168]
    assert dates(of(case, "CBC")) == days(start, counts)


def test_rd18_ends_after_eighteen_cycles_and_75_years_is_not_yet_above_75() -> None:
    case, start = "lenalidomide-dexamethasone--rd18", date(2028, 2, 29)
    assert dates(of(case, "lenalidomide")) == days(start, [28 * cycle + day for cycle in range(18) for day in range(21)])
    assert dates(of(case, "lenalidomide"))[-1] == date(2029, 7, 9)
    assert len(of(case, "dexamethasone")) == 72
    assert set(amounts(of(case, "dexamethasone"))) == {D(40)}
    assert len(of(case, "CBC")) == 4 + 4 + 2 + 15


def test_venetoclax_rises_for_five_weeks_across_two_cycles() -> None:
    case, start = "venetoclax-obinutuzumab", date(2028, 1, 31)
    venetoclax = of(case, "venetoclax")
    assert dates(venetoclax) == days(start, range(21, 12 * 28))
    assert dates(venetoclax)[-1] == date(2028, 12, 31)
    assert amounts(venetoclax) == [D(20)] * 7 + [D(50)] * 7 + [D(100)] * 7 + [D(200)] * 7 + [D(400)] * (315 - 28)
    obinutuzumab = of(case, "obinutuzumab")
    assert dates(obinutuzumab) == days(start, (0, 1, 7, 14, 28, 56, 84, 112, 140))
    assert amounts(obinutuzumab) == [D(100), D(900)] + [D(1000)] * 7


def test_fifteen_or_five_fractions_wait_for_open_days_at_the_turn_of_the_year() -> None:
    closed = {date(2027, 12, 27), date(2027, 12, 28), date(2028, 1, 3), date(2028, 1, 4)}
    for case, start, count, total in (
        ("fast-forward--40-gy-15-fractions", date(2027, 12, 13), 15, D("40.05")),
        ("fast-forward--27-gy-5-fractions", date(2028, 2, 29), 5, D(27)),
        ("fast-forward--26-gy-5-fractions", date(2027, 12, 31), 5, D(26)),
    ):
        opened = [day for day in days(start, range(40)) if day.weekday() < 5 and day not in closed]
        assert dates(of(case, "radiotherapy")) == opened[:count]
        assert sum(amount for amount in amounts(of(case, "radiotherapy")) if amount) == total
    assert dates(of("fast-forward--40-gy-15-fractions", "radiotherapy"))[-1] == date(2028, 1, 6)
    assert dates(of("fast-forward--26-gy-5-fractions", "radiotherapy"))[1] == date(2028, 1, 5)
