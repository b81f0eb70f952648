"""What is known of the golden schedules of the other regimens without dosecal: plain dates, counts and amounts, worked out here."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.golden.cases import events_of
from tests.golden.facts import amounts, at, clocks, dates, days, of

D = Decimal


# -- multiple sclerosis


def test_alemtuzumab_comes_back_after_twelve_calendar_months() -> None:
    given = of("care-ms-ii--alemtuzumab-12", "alemtuzumab")
    assert dates(given) == [*days(date(2027, 8, 31), range(5)), *days(date(2028, 8, 31), range(3))]
    tests = dates(of("care-ms-ii--alemtuzumab-12", "laboratory tests"))
    assert tests[:4] == [date(2027, 9, 30), date(2027, 10, 31), date(2027, 11, 30), date(2027, 12, 31)]
    assert tests[4:6] == [date(2028, 1, 31), date(2028, 2, 29)]
    leap = of("care-ms-ii--alemtuzumab-24", "alemtuzumab")
    assert dates(leap) == [*days(date(2028, 2, 29), range(5)), *days(date(2029, 2, 28), range(3))]


def test_interferon_is_given_on_the_chosen_days_until_the_day_before_month_24() -> None:
    given = of("care-ms-ii--interferon-beta-1a", "interferon beta-1a")
    every = [day for day in days(date(2027, 1, 30), range(800)) if day.weekday() in (1, 3, 5) and day < date(2029, 1, 30)]
    assert dates(given) == every
    assert len(given) == 313
    tests = dates(of("care-ms-ii--interferon-beta-1a", "laboratory tests"))
    assert (tests[0], tests[1], tests[12]) == (date(2027, 2, 28), date(2027, 3, 30), date(2028, 2, 29))


def test_interferon_steps_follow_the_treatment_week_not_the_dose() -> None:
    for case, start, weekdays, last, steps in (
        ("interferon-beta-1a--target-22-mcg", date(2027, 3, 9), (0, 2, 4), date(2027, 5, 31), (D("4.4"), D(11), D(22))),
        ("interferon-beta-1a--target-44-mcg", date(2027, 10, 11), (1, 3, 6), date(2027, 12, 31), (D("8.8"), D(22), D(44))),
    ):
        every = [day for day in days(start, range(100)) if day.weekday() in weekdays and day <= last]
        given = of(case, "interferon beta-1a")
        assert dates(given) == every
        assert amounts(given) == [steps[min((day - start).days // 14, 2)] for day in every]
    # Clocks go back in London on 31 October: the dose stays at half past five by the clock.
    assert at(date(2027, 10, 31), 17, 30) in clocks(of("interferon-beta-1a--target-44-mcg", "interferon beta-1a"))


def test_ocrelizumab_has_five_infusions_and_288_injections_whatever_the_arm() -> None:
    for case, start, weekdays in (
        ("ocrelizumab--ocrelizumab", date(2027, 10, 14), (0, 2, 4)),
        ("ocrelizumab--interferon-beta-1a", date(2028, 2, 29), (1, 3, 6)),
    ):
        assert dates(of(case, "loading infusion")) == days(start, (0, 14))
        assert dates(of(case, "maintenance infusion")) == days(start, (168, 336, 504))
        assert dates(of(case, "injection")) == [day for day in days(start, range(672)) if day.weekday() in weekdays]
        assert len(of(case, "injection")) == 288
        assert dates(of(case, "brain MRI")) == days(start, (168, 336, 672))
        assert {moment.time() for moment in clocks(of(case, "methylprednisolone"))} == {time(9)}
        assert [moment.time() for moment in clocks(of(case, "observation ends"))] == [time(13)] * 2 + [time(14)] * 3
    assert amounts(of("ocrelizumab--ocrelizumab", "loading infusion")) == [D(300)] * 2
    assert set(amounts(of("ocrelizumab--ocrelizumab", "injection"))) == {None}
    assert set(amounts(of("ocrelizumab--interferon-beta-1a", "maintenance infusion"))) == {None}
    assert set(amounts(of("ocrelizumab--interferon-beta-1a", "injection"))) == {D(44)}


def test_cladribine_for_84_kg_is_eight_then_seven_tablets() -> None:
    case = "cladribine"
    week = {part: of(case, f"cladribine year {part[0]} week {part[1]}") for part in ("11", "12", "21", "22")}
    assert dates(week["11"]) == days(date(2027, 1, 29), range(5))
    assert dates(week["12"]) == days(date(2027, 2, 2) + timedelta(24), range(5))
    assert dates(week["21"]) == days(date(2028, 1, 29), range(5))
    assert dates(week["22"]) == days(date(2028, 2, 26), range(5))  # the fourth day is 29 February
    assert amounts(week["11"]) == amounts(week["21"]) == [D(20), D(20), D(20), D(10), D(10)]
    assert amounts(week["12"]) == amounts(week["22"]) == [D(20), D(20), D(10), D(10), D(10)]
    first, second = week["12"][0].window, week["21"][0].window
    assert first is not None
    assert (first.earliest, first.latest) == (date(2027, 2, 25), date(2027, 3, 1))
    assert second is not None
    assert (second.earliest, second.latest) == (date(2027, 3, 2) + timedelta(43 * 7), None)
    assert dates(of(case, "CBC")) == [date(2027, 3, 29), date(2027, 7, 29), date(2028, 3, 29), date(2028, 7, 29)]


def test_cladribine_just_under_50_kg_is_four_days_and_the_gap_counts_from_the_fourth() -> None:
    case = "cladribine--40-to-50-kg"
    assert dates(of(case, "cladribine year 1 week 1")) == days(date(2027, 12, 31), range(4))
    assert dates(of(case, "cladribine year 1 week 2")) == days(date(2028, 1, 3) + timedelta(24), range(4))
    assert sum(event.section == "doses" for event in events_of(case)) == 16
    assert dates(of(case, "CBC")) == [date(2028, 2, 29), date(2028, 6, 30), date(2029, 2, 28), date(2029, 6, 30)]


def test_dimethyl_fumarate_begins_with_dinner_and_doubles_on_day_8() -> None:
    start = date(2027, 10, 29)
    expected = []
    for day in days(start, range(38)):
        breakfast = time(9) if day.weekday() > 4 else time(7, 30)
        expected += [datetime.combine(day, clock) for clock in (breakfast, time(19, 30))]
    given = of("dimethyl-fumarate", "dimethyl fumarate")
    assert clocks(given) == expected[1:]
    assert amounts(given) == [D(120)] * 13 + [D(240)] * 62
    assert dates(of("dimethyl-fumarate", "CBC before start")) == [date(2027, 10, 28)]


def test_fingolimod_at_40_kg_is_a_quarter_of_a_milligram_observed_once() -> None:
    given = of("fingolimod", "fingolimod")
    assert dates(given) == days(date(2027, 11, 30), range(107))
    assert set(amounts(given)) == {D("0.25")}
    hours = [at(date(2027, 11, 30), hour, 30) for hour in (9, 10, 11, 12, 13, 14)]
    assert clocks(of("fingolimod", "pulse and blood pressure")) == hours
    assert clocks(of("fingolimod", "ECG")) == [at(date(2027, 11, 30), 8), at(date(2027, 11, 30), 14, 30)]
    (eye,) = of("fingolimod", "eye examination")
    assert eye.date == date(2028, 2, 29)
    assert eye.window is not None
    assert (eye.window.earliest, eye.window.latest) == (date(2028, 2, 29), date(2028, 3, 30))


# -- vaccines


def test_the_second_vaccination_and_its_visits_count_from_the_right_days() -> None:
    for case, first in (("bnt162b2--bnt162b2", date(2027, 3, 25)), ("bnt162b2--placebo", date(2027, 10, 31))):
        second = first + timedelta(21)
        assert dates(of(case, "vaccination 2")) == [second]
        for visit, offset, earliest, latest in ((3, 30, 28, 35), (4, 182, 175, 189), (5, 364, 350, 378), (6, 728, 714, 742)):
            (event,) = of(case, f"Visit {visit}")
            assert event.date == second + timedelta(offset)
            assert event.window is not None
            assert (event.window.earliest, event.window.latest) == (second + timedelta(earliest), second + timedelta(latest))
        assert dates(of(case, "e-diary")) == [*days(first, range(7)), *days(second, range(7))]
    assert at(date(2027, 3, 28), 20) in clocks(of("bnt162b2--bnt162b2", "e-diary"))  # clocks went forward that morning


def test_hepatitis_b_from_31_january_keeps_the_smallest_gaps() -> None:
    given = [of("hepatitis-b", f"vaccination {number}")[0] for number in (1, 2, 3)]
    assert dates(given) == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 7, 31)]
    second, third = given[1].window, given[2].window
    assert second is not None
    assert second.earliest == date(2027, 1, 31) + timedelta(28)
    assert third is not None
    assert third.earliest == max(date(2027, 2, 28) + timedelta(56), date(2027, 1, 31) + timedelta(112)) == date(2027, 5, 23)


def test_hpv_months_end_on_29_february() -> None:
    assert dates(of("hpv--two-dose", "vaccination 2")) == [date(2028, 2, 29)]
    assert dates(of("hpv--three-dose", "vaccination 2")) == [date(2028, 2, 29)]
    assert dates(of("hpv--three-dose", "vaccination 3")) == [date(2028, 6, 30)]
    window = of("hpv--two-dose", "vaccination 2")[0].window
    assert window is not None
    assert (window.earliest, window.latest) == (date(2028, 2, 29), date(2028, 8, 31))
    assert clocks(of("hpv--two-dose", "observation ends")) == [at(date(2027, 8, 31), 16), at(date(2028, 2, 29), 16)]


# -- loading doses, depots, steps


def test_secukinumab_is_weekly_five_times_and_then_every_four_weeks() -> None:
    weeks = [0, 1, 2, 3, *range(4, 49, 4)]
    assert dates(of("secukinumab", "secukinumab")) == days(date(2028, 1, 31), [7 * week for week in weeks])
    assert len(weeks) == 16
    assert dates(of("secukinumab", "secukinumab"))[-1] == date(2029, 1, 1)


def test_adalimumab_is_160_then_80_then_40_mg_every_other_friday() -> None:
    given = of("adalimumab", "adalimumab")
    assert dates(given) == days(date(2027, 12, 31), range(0, 366, 14))
    assert amounts(given) == [D(160), D(80)] + [D(40)] * 25
    assert dates(given)[-1] == date(2028, 12, 29)


def test_paliperidone_from_30_november_falls_on_the_last_of_february_and_never_drifts() -> None:
    given = of("paliperidone-3-month", "paliperidone palmitate")
    assert dates(given)[:4] == [date(2027, 11, 30), date(2028, 2, 29), date(2028, 5, 30), date(2028, 8, 30)]
    assert dates(given)[4:] == [date(2028, 11, 30), date(2029, 2, 28), date(2029, 5, 30)]
    assert given[0].window is None
    for event in given[1:]:
        assert event.window is not None
        assert (event.window.earliest, event.window.latest) == (event.date - timedelta(14), event.date + timedelta(14))


def test_methotrexate_stays_off_the_days_of_folic_acid_and_rises_every_two_weeks() -> None:
    start = date(2028, 2, 29)
    wednesdays = [day for day in days(start, range(364)) if day.weekday() == 2]
    given = of("methotrexate", "methotrexate")
    assert dates(given) == wednesdays
    steps = (D("7.5"), D(10), D("12.5"), D(15))
    assert amounts(given) == [steps[min((day - start).days // 14, 3)] for day in wednesdays]
    assert dates(of("methotrexate", "folic acid")) == [day for day in days(start, range(364)) if day not in wednesdays]
    assert dates(of("methotrexate", "blood tests")) == days(start, (14, 28, 42, 56, 70, 84, 112, 140, 168, 252, 336))


def test_insulin_comes_ten_minutes_before_meals_that_are_later_at_weekends() -> None:
    expected = []
    for day in days(date(2027, 3, 12), range(7)):
        breakfast = time(8, 50) if day.weekday() > 4 else time(7, 20)
        expected += [datetime.combine(day, clock) for clock in (breakfast, time(12, 20), time(18, 35))]
    assert clocks(of("insulin-basal-bolus", "insulin aspart")) == expected
    assert clocks(of("insulin-basal-bolus", "insulin glargine")) == [at(date(2027, 3, 12 + day), 22) for day in range(7)]


# -- other designs


def test_the_crossover_changes_sides_after_the_wash_out() -> None:
    for case, start, first, second in (
        ("fluticasone-crossover--ab", date(2027, 10, 18), D(50), None),
        ("fluticasone-crossover--ba", date(2028, 2, 29), None, D(50)),
    ):
        given = of(case, "inhalation")
        assert dates(given) == days(start, [*range(14), *range(28, 42)])
        assert amounts(given) == [first] * 14 + [second] * 14
        assert {moment.time() for moment in clocks(given)} == {time(19)}  # over the end of summer time on 31 October, too
        visits = days(start, (-14, 0, 14, 28, 42))
        assert [of(case, f"Visit {number}")[0].date for number in range(1, 6)] == visits
        assert dates(of(case, "knemometry")) == visits
        assert dates(of(case, "follow-up contact")) == [start + timedelta(49)]
    assert of("fluticasone-crossover--ab", "Visit 1")[0].study_day == -14


def test_week_2_of_the_pilot_study_is_day_14_and_the_high_dose_is_low_at_both_ends() -> None:
    planned = {f"Week {week}": 7 * week for week in (2, 4, 6, 8, 12, 16, 20, 24, 26)}
    for case, start in (("placebo", date(2028, 2, 29)), ("low", date(2027, 12, 31)), ("high", date(2027, 7, 1))):
        name = f"cdisc-pilot--{case}"
        assert {visit: (of(name, visit)[0].date - start).days + 1 for visit in planned} == planned
        assert dates(of(name, "Screening 1")) == [start - timedelta(7)]
        assert dates(of(name, "telephone contact")) == days(start, (69, 97, 125, 153))
        assert dates(of(name, "patch")) == days(start, range(182))
    assert amounts(of("cdisc-pilot--high", "patch")) == [D(54)] * 14 + [D(81)] * 154 + [D(54)] * 14
    assert set(amounts(of("cdisc-pilot--low", "patch"))) == {D(54)}
    assert set(amounts(of("cdisc-pilot--placebo", "patch"))) == {None}


def test_each_cohort_gets_one_dose_by_weight() -> None:
    for cohort, per_kg in ((1, D("0.8")), (2, D(4)), (3, D(8)), (4, D(16))):
        (given,) = events_of(f"nts-104--cohort-{cohort}")
        assert amounts([given]) == [per_kg * D("64.5")]
    assert [event.date for event in events_of("nts-104--placebo")] == [date(2028, 2, 29)]


def test_malaria_tablets_follow_the_first_by_eight_hours_across_midnight_and_29_february() -> None:
    case = "artemether-lumefantrine"
    assert clocks(of(case, "starting tablets")) == [at(date(2028, 2, 28), 20)]
    assert clocks(of(case, "second tablets")) == [at(date(2028, 2, 29), 4)]
    later = [at(date(2028, 2, 29), 8), at(date(2028, 2, 29), 20), at(date(2028, 3, 1), 8), at(date(2028, 3, 1), 20)]
    assert clocks(of(case, "later tablets")) == later
    assert {amount for item in ("starting", "second", "later") for amount in amounts(of(case, f"{item} tablets"))} == {D(2)}
