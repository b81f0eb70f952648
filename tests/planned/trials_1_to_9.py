"""The trials 001 to 009 as planned, each worked out from its description with plain loops over dates."""

from tests.planned.reckoning import FRI, MON, WED, Planned, Who, about, all_day, at, later, month_after, plus, run, study_day, timed


def care_ms_ii_12_mg(who: Who) -> list[Planned]:
    """Five infusions at Month 0 and three at Month 12, methylprednisolone before the first three of each; tests monthly from Month 0."""
    plan = []
    for month, days in ((0, 5), (12, 3)):
        for number, day in enumerate(run(month_after(who.day_1, month), days)):
            plan.append(timed("dose", "alemtuzumab", at(day, "10:00", who.zone), dose="12 mg", minutes=240))
            if number < 3:
                plan.append(timed("dose", "methylprednisolone", at(day, "09:00", who.zone), dose="1000 mg"))
    for month in range(25):
        day = month_after(who.day_1, month)
        plan.append(all_day("lab", "laboratory tests", day))
        if month % 3 == 0:
            plan.append(all_day("assessment", "neurological assessment", day, window=about(day, 7) if month else None))
    return plan


def care_ms_ii_24_mg(who: Who) -> list[Planned]:
    """The same without clock times at twice the dose; tests and assessments wait for the site to open, the infusions do not."""
    plan = []
    for month, days in ((0, 5), (12, 3)):
        for number, day in enumerate(run(month_after(who.day_1, month), days)):
            plan.append(all_day("dose", "alemtuzumab", day, dose="24 mg"))
            if number < 3:
                plan.append(all_day("dose", "methylprednisolone", day, dose="1000 mg"))
    for month in range(1, 25):
        nominal = day = month_after(who.day_1, month)
        while not who.open(day):
            day = plus(day, 1)
        assert (day - nominal).days <= 7
        plan.append(all_day("lab", "laboratory tests", day, window=about(nominal, 7)))
        if month % 3 == 0:
            plan.append(all_day("assessment", "neurological assessment", day, window=about(nominal, 7)))
    return plan


def care_ms_ii_interferon(who: Who) -> list[Planned]:
    """Three chosen weekdays up to the day before Month 24, stepped up after two and after four weeks."""
    plan = []
    day, number = who.day_1, 1
    while day < month_after(who.day_1, 24):
        if day.weekday() in who.weekdays:
            dose = "8.8 mcg" if number <= 14 else "22 mcg" if number <= 28 else "44 mcg"
            plan.append(timed("dose", "interferon beta-1a", at(day, who.times[0], who.zone), dose=dose))
        day, number = plus(day, 1), number + 1
    for month in range(1, 25):
        plan.append(all_day("lab", "laboratory tests", month_after(who.day_1, month)))
        if month % 3 == 0:
            plan.append(all_day("assessment", "neurological assessment", month_after(who.day_1, month)))
    return plan


def rebif_titration(who: Who) -> list[Planned]:
    """Mondays, Wednesdays and Fridays of eight weeks."""
    plan = []
    for number, day in enumerate(run(who.day_1, 56), 1):
        if day.weekday() in (MON, WED, FRI):
            dose = "8.8 mcg" if number <= 14 else "22 mcg" if number <= 28 else "44 mcg"
            plan.append(timed("dose", "interferon beta-1a", at(day, "19:00", who.zone), dose=dose))
    return plan


def methotrexate(who: Who) -> list[Planned]:
    """Methotrexate on the Wednesdays of 24 weeks, folic acid on every other day of them, blood tests that thin out."""
    plan = []
    for number, day in enumerate(run(who.day_1, 168), 1):
        if day.weekday() == WED:
            dose = "7.5 mg" if number <= 14 else "10 mg" if number <= 28 else "12.5 mg" if number <= 42 else "15 mg"
            plan.append(timed("dose", "methotrexate", at(day, "20:00", who.zone), dose=dose))
        else:
            plan.append(timed("dose", "folic acid", at(day, "08:00", who.zone), dose="1 mg"))
    before = (study_day(who.day_1, -14), study_day(who.day_1, -1))
    plan.append(all_day("lab", "baseline blood tests", study_day(who.day_1, -7), window=before))
    numbers = (15, 29, 43, 57, 71, 85, 113, 141, 169)
    return plan + [all_day("lab", "blood tests", study_day(who.day_1, number)) for number in numbers]


def mfolfox6(who: Who) -> list[Planned]:
    """Twelve cycles of 14 days; the pump runs 46 hours, whatever the clocks do; imaging by the calendar."""
    plan = []
    bsa = who.measure
    for cycle in range(12):
        day = plus(who.day_1, 14 * cycle)
        two_hours = at(day, "09:00", who.zone)
        pump = at(day, "11:15", who.zone)
        off = later(pump, 46 * 60)
        plan += [
            timed("dose", "oxaliplatin", two_hours, dose=f"{85 * bsa} mg", minutes=120),
            timed("dose", "leucovorin", two_hours, dose=f"{400 * bsa} mg", minutes=120),
            timed("dose", "fluorouracil bolus", at(day, "11:00", who.zone), dose=f"{400 * bsa} mg"),
            timed("dose", "fluorouracil infusion", pump, dose=f"{2400 * bsa} mg", minutes=2760),
            timed("other", "pump disconnect", off),
            all_day("lab", "CBC and chemistry", plus(day, -1), window=(plus(day, -3), day)),
        ]
        last = off.date()
    for week in (8, 16, 24):
        day = plus(who.day_1, 7 * week)
        plan.append(all_day("assessment", "CT", day, window=about(day, 7)))
    plan.append(all_day("visit", "end-of-treatment visit", plus(last, 30), window=about(plus(last, 30), 7)))
    return plan


def lenalidomide(who: Who) -> list[Planned]:
    """Cycles of 28 days up to the horizon: 21 days on, one week off, dexamethasone weekly by age, blood counts that thin out."""
    plan = []
    start, cycle = who.day_1, 1
    while start <= who.horizon:
        plan += [all_day("dose", "lenalidomide", day, dose="25 mg") for day in run(start, 21)]
        dose = "40 mg" if who.measure <= 75 else "20 mg"
        plan += [all_day("dose", "dexamethasone", plus(start, n), dose=dose) for n in (0, 7, 14, 21)]
        counts = (0, 7, 14, 21) if cycle <= 2 else (0, 14) if cycle == 3 else (0,)
        plan += [all_day("lab", "CBC", plus(start, n)) for n in counts]
        start, cycle = plus(start, 28), cycle + 1
    return [one for one in plan if one.date <= who.horizon]


def carboplatin_paclitaxel(who: Who) -> list[Planned]:
    """Four cycles of 28 days, three infusions each; dexamethasone 12 and 6 hours before every one of them."""
    plan = []
    for cycle in range(4):
        for number in (1, 8, 15):
            day = plus(who.day_1, 28 * cycle + number - 1)
            infusion = at(day, "10:00", who.zone)
            plan.append(timed("dose", "paclitaxel", infusion, dose=f"{100 * who.measure} mg", minutes=60))
            plan += [timed("dose", "dexamethasone", later(infusion, -60 * hours), dose="20 mg") for hours in (6, 12)]
            plan.append(all_day("lab", "CBC", plus(day, -1), window=(plus(day, -1), day)))
            if number == 1:
                plan.append(timed("dose", "carboplatin", at(day, "11:00", who.zone), dose="582 mg", minutes=60))
    after = plus(who.day_1, 28 * 3 + 14 + 30)
    return [*plan, all_day("visit", "safety follow-up", after, window=about(after, 3))]


def ocrelizumab(who: Who) -> list[Planned]:
    """Two loading infusions, then three at Weeks 24, 48 and 72; methylprednisolone before, observation after, imaging by months."""
    infusions = [(plus(who.day_1, days), "ocrelizumab loading", "300 mg", 150) for days in (0, 14)]
    infusions += [(plus(who.day_1, 7 * week), "ocrelizumab", "600 mg", 210) for week in (24, 48, 72)]
    plan = []
    for day, item, dose, minutes in infusions:
        start = at(day, "09:30", who.zone)
        plan += [
            timed("dose", item, start, dose=dose, minutes=minutes, window=about(day, 7) if item == "ocrelizumab" else None),
            timed("dose", "methylprednisolone", later(start, -30), dose="100 mg"),
            timed("assessment", "observation ends", later(start, minutes + 60)),
        ]
    for month in (6, 12, 18, 24):
        day = month_after(who.day_1, month)
        plan.append(all_day("assessment", "brain MRI", day, window=about(day, 14)))
    return plan
