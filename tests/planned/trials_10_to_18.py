"""The trials 010 to 018 as planned, each worked out from its description with plain loops over dates."""

from datetime import date
from decimal import Decimal

from tests.planned.reckoning import Planned, Who, about, all_day, at, later, month_after, plus, run, study_day, timed

TABLETS = {4: (10, 10, 10, 10), 5: (10, 10, 10, 10, 10), 6: (20, 10, 10, 10, 10), 7: (20, 20, 10, 10, 10), 8: (20, 20, 20, 10, 10),
           9: (20, 20, 20, 20, 10), 10: (20, 20, 20, 20, 20)}  # fmt: skip
"""Milligrams on each day of a treatment week, by the number of tablets in it."""
TABLETS_BY_WEIGHT = ((40, 50, 4, 4), (50, 60, 5, 5), (60, 70, 6, 6), (70, 80, 7, 7), (80, 90, 8, 7), (90, 100, 9, 8), (100, 110, 10, 9),
                     (110, 1000, 10, 10))  # fmt: skip
"""From so many kg to under so many: tablets in the first and in the second treatment week of a course."""


def cladribine(who: Who) -> list[Planned]:
    """Two treatment weeks a year for two years, tablets by weight; the second week 23 to 27 days after the first one's last dose."""
    (weeks,) = ((first, second) for low, under, first, second in TABLETS_BY_WEIGHT if low <= who.measure < under)
    plan = []
    last = who.day_1
    for year in (1, 2):
        for week, tablets in enumerate(weeks, 1):
            first = month_after(who.day_1, 12 * (year - 1) + week - 1)
            window: tuple[date, date | None] | None = None
            if week == 2:
                window = (plus(last, 23), plus(last, 27))
            elif year == 2:
                window = (plus(last, 43 * 7), None)
            for number, milligrams in enumerate(TABLETS[tablets]):
                last = plus(first, number)
                item = f"cladribine year {year} week {week}"
                plan.append(timed("dose", item, at(last, "20:00", who.zone), dose=f"{milligrams} mg", window=None if number else window))
    for month in (0, 12):
        day = plus(month_after(who.day_1, month), -3)
        plan.append(all_day("lab", "CBC before course", day, window=(plus(day, -4), plus(day, 2))))
    plan += [all_day("lab", "CBC", month_after(who.day_1, month)) for month in (2, 6, 14, 18)]
    return plan


def dimethyl_fumarate(who: Who) -> list[Planned]:
    """Twice daily with meals for 42 days, from dinner on Day 1 on; breakfast is later at the weekend."""
    plan = []
    for number, day in enumerate(run(who.day_1, 42), 1):
        dose = "120 mg" if number <= 7 else "240 mg"
        breakfast = "09:00" if day.weekday() >= 5 else "07:30"
        clocks = ("19:30",) if number == 1 else (breakfast, "19:30")
        plan += [timed("dose", "dimethyl fumarate", at(day, clock, who.zone), dose=dose) for clock in clocks]
    plan += [all_day("call", "tolerability call", study_day(who.day_1, number)) for number in (8, 29)]
    before = study_day(who.day_1, -1)
    plan.append(all_day("lab", "CBC before start", before, window=(study_day(who.day_1, -28), before)))
    after = month_after(who.day_1, 6)
    return [*plan, all_day("lab", "CBC", after, window=about(after, 14))]


def fingolimod(who: Who) -> list[Planned]:
    """Daily up to the horizon, with hourly observation of the very first dose."""
    days = run(who.day_1, (who.horizon - who.day_1).days + 1)
    plan = [timed("dose", "fingolimod", at(day, "08:30", who.zone), dose="0.5 mg") for day in days]
    first = at(who.day_1, "08:30", who.zone)
    plan += [timed("assessment", "ECG", later(first, minutes)) for minutes in (-30, 360)]
    plan += [timed("assessment", "pulse and blood pressure", later(first, 60 * hours)) for hours in (1, 2, 3, 4, 5, 6)]
    opens, closes = month_after(who.day_1, 3), month_after(who.day_1, 4)
    plan.append(all_day("assessment", "ophthalmic examination", opens, window=(opens, closes)))
    return [one for one in plan if one.date <= who.horizon]


def bnt162b2(who: Who) -> list[Planned]:
    """Two vaccinations three weeks apart, a diary for seven evenings after each, four visits counted from the second."""
    second = plus(who.day_1, 21)
    plan = []
    for number, day in ((1, who.day_1), (2, second)):
        shot = at(day, "10:00", who.zone)
        window = (plus(who.day_1, 19), plus(who.day_1, 23)) if number == 2 else None
        plan.append(timed("dose", f"vaccination {number}", shot, dose="30 mcg", window=window))
        plan.append(timed("assessment", "observation ends", later(shot, 30)))
        plan += [timed("assessment", "e-diary", at(evening, "20:00", who.zone)) for evening in run(day, 7)]
    for visit, days, nearest, farthest in ((3, 30, 28, 35), (4, 182, 175, 189), (5, 364, 350, 378), (6, 728, 714, 742)):
        window = (plus(second, nearest), plus(second, farthest))
        plan.append(all_day("visit", f"Visit {visit}", plus(second, days), window=window))
    return plan


def single_ascending_dose(who: Who) -> list[Planned]:
    """One participant of the first cohort (the second gives five times as much): the dose at the place's time, samples around it."""
    dose = at(who.day_1, who.times[0], who.zone)
    milligrams = who.measure * (Decimal(4) if who.arm == "cohort 2" else Decimal("0.8"))
    plan = [timed("dose", "NTS-104", dose, dose=f"{milligrams} mg")]
    plan.append(timed("sample", "PK pre-dose", later(dose, -15), window=(later(dose, -30), dose)))
    plan += [timed("sample", "PK", later(dose, minutes)) for minutes in (30, 60, 120, 240, 480, 1440)]
    return [*plan, all_day("visit", "Day 8 visit", plus(who.day_1, 7))]


def radiotherapy_temozolomide(who: Who) -> list[Planned]:
    """Thirty fractions on open days, temozolomide daily meanwhile but for no more than 49 days; then six cycles, four weeks later."""
    plan = []
    fractions: list[date] = []
    day = who.day_1
    while len(fractions) < 30:
        if who.open(day):
            fractions.append(day)
        day = plus(day, 1)
    plan += [all_day("dose", "radiotherapy", day, dose="2 Gy") for day in fractions]
    daily = run(fractions[0], min((fractions[-1] - fractions[0]).days + 1, 49))
    plan += [all_day("dose", "temozolomide", day, dose="140 mg") for day in daily]  # 75 x 1.84 = 138
    for week in range(60):
        day = plus(who.day_1, 7 * week)
        if day <= fractions[-1]:
            plan.append(all_day("lab", "CBC", day))
    for cycle in range(6):
        start = plus(fractions[-1], 28 + 28 * cycle)
        dose = "275 mg" if cycle == 0 else "370 mg"  # 150 x 1.84 = 276, 200 x 1.84 = 368
        plan += [all_day("dose", "temozolomide", day, dose=dose) for day in run(start, 5)]
        plan.append(all_day("lab", "CBC", plus(start, 21), window=about(plus(start, 21), 2)))
    return plan


def paliperidone(who: Who) -> list[Planned]:
    """Six injections, three months apart, and a call a week after each."""
    plan = []
    for number in range(6):
        day = month_after(who.day_1, 3 * number)
        plan.append(all_day("dose", "paliperidone", day, dose="410 mg", window=about(day, 14) if number else None))
        plan.append(all_day("call", "call", plus(day, 7)))
    return plan


def crossover(who: Who) -> list[Planned]:
    """Run-in, treatment, washout, the other treatment, follow-up: two weeks each; a measurement at every visit."""
    plan = []
    for visit, days in ((1, -14), (2, 0), (3, 14), (4, 28), (5, 42)):
        day = plus(who.day_1, days)
        plan.append(all_day("visit", f"Visit {visit}", day, window=about(day, 2) if days else None))
        afternoon = at(day, "15:00", who.zone)
        plan.append(timed("assessment", "knemometry", afternoon, window=(later(afternoon, -60), later(afternoon, 60))))
    for period, first in enumerate((who.day_1, plus(who.day_1, 28))):
        active = (who.arm == "AB") == (period == 0)
        plan += [timed("dose", "inhalation", at(day, "19:00", who.zone), dose="50 mcg" if active else None) for day in run(first, 14)]
    return [*plan, all_day("call", "follow-up contact", plus(who.day_1, 49))]


def cdisc_pilot(who: Who) -> list[Planned]:
    """A patch a day for 181 days, visits and telephone contacts on planned study days."""
    plan = []
    for number, day in enumerate(run(who.day_1, 181), 1):
        dose = "81 mg" if 14 <= number <= 167 else "54 mg"
        plan.append(timed("dose", "xanomeline", at(day, "08:00", who.zone), dose=dose))
    plan += [all_day("visit", "screening and baseline", study_day(who.day_1, number)) for number in (-7, -1, 1)]
    for number in (14, 28, 42, 56, 84, 112, 140, 168, 182):
        day = study_day(who.day_1, number)
        plan.append(all_day("visit", "clinic visit", day, window=about(day, 3 if number <= 56 else 7)))
    for number in (70, 98, 126, 154):
        day = study_day(who.day_1, number)
        plan.append(all_day("call", "telephone contact", day, window=about(day, 3)))
    plan.append(all_day("other", "ambulatory ECG placement", study_day(who.day_1, 13)))
    off = study_day(who.day_1, 30)
    return [*plan, all_day("other", "ambulatory ECG removal", off, window=about(off, 3))]
