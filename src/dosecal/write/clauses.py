"""What stands beside a timing (amounts, conditions, clock times, rules) -> clauses of English sentences.

Everything follows the Joint Commission and ISMP lists: no abbreviated route or frequency, "micrograms", "0.5 mg" (dose.py spells amounts).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from dosecal.dose import ROUTES, UNITS, Amount, Dose, amount_in_words, dose_in_words, number_in_words
from dosecal.phrases.tree import (
    At,
    AtPlace,
    AtSlot,
    Auc,
    Band,
    ClockTime,
    Condition,
    Duration,
    FromTable,
    Give,
    IfClosed,
    IfMissed,
    InitiateAgain,
    NamedTime,
    NearTime,
    OnArm,
    OnlyIf,
    Placebo,
    Places,
    PlaceTimes,
    Quantity,
    Within,
)

_MEASURES: Final = {"bsa": "body surface area (BSA)", "bmi": "body mass index (BMI)", "gfr": "glomerular filtration rate (GFR)"}
"""The measures that a regimen abbreviates, spelled out; every other one is a word already."""
_MEASURE_UNITS: Final = {"m2": "square metres", "kg/m2": "kg per square metre", "mL/min": "mL per minute"}
_SINGULAR: Final = {"years": "year", "square metres": "square metre"}


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Parts as a row of words: "1, 8 and 15"."""
    row = list(parts)
    return f" {last} ".join(part for part in (", ".join(row[:-1]), row[-1]) if part) if row else ""


def counted(number: Decimal | int, noun: str, plural: str | None = None) -> str:
    """A number and its noun: "1 day", "2.5 hours", "1,000 patches"."""
    return f"{number_in_words(Decimal(number))} {noun if number == 1 else plural or noun + 's'}"


def measure_in_words(name: str) -> str:
    """A measure's name: "weight", "body surface area (BSA)"."""
    return _MEASURES.get(name, name)


def value_in_words(value: Amount) -> str:
    """An amount in the unit of a dose or of a measure: "5 mg", "70 kg", "1.8 square metres", "1 year"."""
    if value.unit in UNITS:
        return amount_in_words(value)
    unit = _MEASURE_UNITS.get(value.unit, value.unit)
    return f"{number_in_words(value.value)} {_SINGULAR.get(unit, unit) if value.value == 1 else unit}"


# -- what is given, and for which occurrences


def give_in_words(give: Give) -> str:
    """What is given: "12 mg intravenous", "placebo inhaled", "20 mg, 10 mg and nothing, oral, day by day of the course"."""
    match give:
        case Placebo(route):
            return dose_in_words(Dose(None, route))
        case Auc(target, route):
            return f"a target AUC of {number_in_words(target)} (mg = AUC x (GFR + 25)), {ROUTES[route].words}"
        case FromTable(name):
            return f"the amount in the table `{name}`"
        case Quantity((Decimal() as value,), unit, route):
            return dose_in_words(Dose(Amount(value, unit), route))
        case Quantity(amounts, unit, route):
            days = listed("nothing" if value is None else amount_in_words(Amount(value, unit)) for value in amounts)
            return f"{days}, {ROUTES[route].words}{', day by day of the course' if len(amounts) > 1 else ''}"


def condition_in_words(condition: Condition) -> str:
    """For which occurrences: "on Days 1 to 14", "from cycle 2 on", "in arm AB", "if weight is from 40 kg to under 50 kg"."""
    match condition:
        case Within(of, first, last):
            return _within(of, first, last)
        case OnArm(arm):
            return f"in arm {arm}"
        case AtSlot(name):
            return f"at {name}"
        case Band():
            return _band(condition)


_NOUNS: Final = {
    "study day": ("on", "Study Day"),
    "day": ("on", "Day"),
    "cycle": ("in", "cycle"),
    "dose": ("for", "dose"),
    "cohort": ("in", "cohort"),
}


def _within(of: str, first: int, last: int | None) -> str:
    preposition, noun = _NOUNS[of]
    if last is None:
        return f"from {noun} {first} on"
    return f"{preposition} {noun} {first}" if first == last else f"{preposition} {noun}s {first} to {last}"


def _band(band: Band) -> str:
    parts: list[str] = []
    unit = band.unit or ""
    if band.lower is not None:
        parts.append(f"{'from' if band.lower_included else 'over'} {value_in_words(Amount(band.lower, unit)).rstrip()}")
    if band.upper is not None:
        bound = value_in_words(Amount(band.upper, unit)).rstrip()
        parts.append(f"up to and including {bound}" if band.upper_included else f"{'to ' if parts else ''}under {bound}")
    return f"if {measure_in_words(band.measure)} is {' '.join(parts)}"


# -- clock times, and rules


def at_in_words(at: At) -> str:
    """A clock time: "at 09:00", "30 minutes before breakfast"."""
    match at:
        case ClockTime(clock):
            return f"at {clock:%H:%M}"
        case NamedTime(name):
            return f"at {name}"
        case NearTime(count, unit, side, name):
            return f"{counted(count, unit)} {side} {name}"
        case AtPlace():
            return "at the clock time of the participant's place in the cohort"
        case PlaceTimes(first, every):
            return f"the first place at {first:%H:%M} and each next one {counted(every, 'minute')} later"


def lasts_in_words(lasts: Duration) -> str:
    """How long it lasts: "2.5 hours"."""
    return counted(lasts.amount, lasts.unit)


def missed_in_words(rule: IfMissed) -> str:
    """What becomes of a missed dose."""
    if rule.rule == "skip":
        return "a missed dose is left out"
    if rule.bound is None or rule.amount is None or rule.unit is None:
        return "a missed dose is taken on the day on which it is remembered"
    distance = f"{rule.bound} {counted(rule.amount, rule.unit)} before the next {rule.before_next}"
    return f"a missed dose is taken on the day on which it is remembered if that is {distance}, else left out"


_CLOSED: Final = {
    "stay": "it stays on its date even if the site is closed",
    "next": "if the site is closed, it moves to the next open day",
    "previous": "if the site is closed, it moves to the previous open day",
    "nearest": "if the site is closed, it moves to the nearest open day (of two equally near, the later)",
    "refuse": "a schedule that puts it on a day when the site is closed is refused",
}


def closed_in_words(rule: IfClosed) -> str:
    """What happens on a day when the site is closed."""
    return _CLOSED[rule.rule]


def only_if_in_words(rule: OnlyIf) -> str:
    """Who gets it."""
    return f"only for participants {'without' if rule.negated else 'with'} the flag `{rule.flag}`"


def again_in_words(rule: InitiateAgain) -> str:
    """How long an interruption makes the next dose an initiation."""
    return f"{counted(rule.missed_days, 'missed day')}"


def places_in_words(places: Places) -> str:
    """Some places of a cohort: "places 3 to 8 (remaining)"."""
    which = f"place {places.first}" if places.first == places.last else f"places {places.first} to {places.last}"
    return f"{which} ({places.name})"
