"""What stands beside a timing (amounts, conditions, clock times, rules) -> clauses of English sentences, without dates.

Everything follows the Joint Commission and ISMP lists: no abbreviated route or frequency, "micrograms", "0.5 mg" (dose.py spells amounts).
"""

from collections.abc import Iterable, Sequence
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
    Within,
)
from dosecal.study_time import Weekday

WEEKDAY_NAMES: Final[dict[Weekday, str]] = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
MEASURE_NAMES: Final = {"bsa": "body surface area (BSA)", "bmi": "body mass index (BMI)", "gfr": "glomerular filtration rate (GFR)"}
"""The measures that a regimen abbreviates, spelled out; every other one is a word already."""
_MEASURE_UNITS: Final = {"m2": "square metres", "kg/m2": "kg per square metre", "mL/min": "mL per minute"}


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Parts as a row of words: "1, 8 and 15"."""
    row = list(parts)
    return f" {last} ".join(part for part in (", ".join(row[:-1]), row[-1]) if part) if row else ""


def counted(number: Decimal | int, noun: str) -> str:
    """A number and its noun: "1 day", "2.5 hours", "1,000 days"."""
    return f"{number_in_words(Decimal(number))} {noun}{'' if number == 1 else 's'}"


def measure_in_words(name: str) -> str:
    """A measure's name for people: "weight", "body surface area (BSA)"."""
    return MEASURE_NAMES.get(name, name)


def known_amount(amount: Amount) -> str:
    """An amount in a dose's or a measure's unit: "5 mg", "70 kg", "1.8 square metres", "1 year"."""
    if amount.unit in UNITS:
        return amount_in_words(amount)
    unit = _MEASURE_UNITS.get(amount.unit, amount.unit)
    if amount.value == 1:
        unit = {"years": "year", "square metres": "square metre"}.get(unit, unit)
    return f"{number_in_words(amount.value)} {unit}"


# -- what is given


def give_in_words(give: Give) -> str:
    """What is given: "12 mg intravenous", "placebo inhaled", "20 mg, 10 mg and nothing, oral, on the days of the course in turn"."""
    match give:
        case Quantity_one if (dose := _one_dose(Quantity_one)) is not None:
            return dose_in_words(dose)
        case Auc(target, route):
            return f"a target AUC of {number_in_words(target)} (in mg: AUC x (GFR + 25)), {ROUTES[route].words}"
        case FromTable(name):
            return f"the amount in the table `{name}`"
    return _day_by_day(give)


def _one_dose(give: Give) -> Dose | None:
    """The dose of a single amount or of a placebo; None for everything else."""
    if isinstance(give, Placebo):
        return Dose(None, give.route)
    if isinstance(give, Auc | FromTable) or len(give.amounts) != 1 or give.amounts[0] is None:
        return None
    return Dose(Amount(give.amounts[0], give.unit), give.route)
