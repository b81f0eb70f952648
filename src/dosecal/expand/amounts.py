"""An item's `give` -> the dose of one occurrence (rule 22)."""

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import UNITS, Amount, Dose
from dosecal.expand.occurrences import Occurrence
from dosecal.expand.points import unbuilt
from dosecal.expand.steps import Standing, exactly_one
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Placebo, Quantity
from dosecal.regimen import Item


def dose_of(item: Item, occurrence: Occurrence, standing: Standing) -> Dose | None:
    """What the occurrence gives, by its nominal date; None where the amounts of a course say `none` for its day.

    Raises Refused when no step applies or two do, or when the amounts of a course are not as many as its days.
    """
    give = exactly_one(item.give, standing, "give")
    match give:
        case Placebo(route):
            return Dose(None, route)
        case Quantity((amount,), unit, route) if amount is not None and UNITS[unit].per is None:
            return Dose(Amount(amount, unit), route)
        case Quantity(amounts, unit, route) if UNITS[unit].per is None:
            if len(amounts) != occurrence.course_days:
                message = f"`{spell(give)}` has {len(amounts)} amounts for a course of {occurrence.course_days} days"
                raise Refused(
                    [
                        Diagnostic(
                            "amounts", message, "write one amount, or one for each day of the course", path=("give",), part=spell(give)
                        )
                    ]
                )
            of_day = amounts[occurrence.course_day - 1]
            return Dose(Amount(of_day, unit), route) if of_day is not None else None
    raise Refused([unbuilt(give, "give")])
