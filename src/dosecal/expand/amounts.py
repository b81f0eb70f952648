"""An item's `give` -> the dose of one occurrence: steps, measures, rounding and cap, in that order (rule 22)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import UNITS, Amount, Dose, number_in_source
from dosecal.expand.occurrence import Occurrence
from dosecal.expand.steps import Standing, constant, exactly_one
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Auc, FromTable, Give, Placebo, Quantity
from dosecal.regimen import Item, Step

Tables = Mapping[str, tuple[Step[Give], ...]]

_CALVERT = Decimal(25)
"""Calvert 1989: dose in mg = AUC x (GFR + 25)."""


def dose_of(item: Item, occurrence: Occurrence, standing: Standing, tables: Tables, adjusted: Amount | Auc | None = None) -> Dose | None:
    """What the occurrence gives, by its nominal date; None where the amounts of a course say `none` for its day.

    `adjusted`: the amount of an adjustment, in place of the plan's. Measures are those on the first day of the course, so that no band
    switches inside one. Raises Refused when no step applies or two do, when a measure is not known, or when the amounts of a course are
    not as many as its days.
    """
    named = give = exactly_one(item.give, standing, "give")
    if isinstance(give, FromTable):
        give = exactly_one(tables[give.name], standing, "give")
    if adjusted is not None:
        give = _adjusted(give, adjusted, occurrence)
    match give:
        case Placebo(route):
            return Dose(None, route)
        case Auc(target, route):
            amount = Amount(target * (standing.measures.on("gfr", standing.course_start, "give", give) + _CALVERT), "mg")
            return Dose(_finished(amount, item), route)
        case Quantity(amounts, _, route):
            value = _of_day(give, occurrence) if len(amounts) > 1 else amounts[0]
            return Dose(_finished(_measured(value, give, standing), item), route) if value is not None else None
    message = f"`{spell(named)}` leads to another table, `{spell(give)}`"
    raise Refused([Diagnostic("table", message, "write the amounts themselves into the table", path=("give",), part=spell(named))])


def fixed_dose(item: Item, arm: str | None) -> Dose | None:
    """The dose of an item that gives every occurrence the same, whoever of the arm it is for; None where it depends on something."""
    match constant(item.give, arm):
        case Placebo(route):
            return Dose(None, route)
        case Quantity((amount,), unit, route) if amount is not None and UNITS[unit].per is None:
            return Dose(_finished(Amount(amount, unit), item), route)
    return None


def _adjusted(give: Give, adjusted: Amount | Auc, occurrence: Occurrence) -> Give:
    """What is given instead; a day of a course on which the plan gives nothing stays one."""
    if isinstance(adjusted, Auc):
        return Auc(adjusted.target, give.route) if isinstance(give, Auc) else give
    if not isinstance(give, Quantity):
        return give
    planned = _of_day(give, occurrence) if len(give.amounts) > 1 else give.amounts[0]
    return Quantity((adjusted.value if planned is not None else None,), adjusted.unit, give.route)


def _of_day(give: Quantity, occurrence: Occurrence) -> Decimal | None:
    if len(give.amounts) != occurrence.course_days:
        days = occurrence.course_days
        message = f"`{spell(give)}` has {len(give.amounts)} amounts for a course of {days} day{'s' * (days != 1)}"
        raise Refused(
            [Diagnostic("amounts", message, "write one amount, or one for each day of the course", path=("give",), part=spell(give))]
        )
    return give.amounts[occurrence.course_day - 1]


def _measured(value: Decimal, give: Quantity, standing: Standing) -> Amount:
    """The amount itself: a dose per kg or per m2 times the measure."""
    per = UNITS[give.unit].per
    if per is None:
        return Amount(value, give.unit)
    return Amount(value * standing.measures.on(per, standing.course_start, "give", give), give.unit.rpartition("/")[0])


def _finished(amount: Amount, item: Item) -> Amount:
    """The amount rounded (halves up) and capped as the item says. Raises Refused for a step or cap in another unit."""
    for key, limit in (("round", item.round), ("max-dose", item.max_dose)):
        if limit is None:
            continue
        if limit.unit != amount.unit:
            message = f"`{key}` is in {limit.unit}, and the dose of `{item.name}` in {amount.unit}"
            raise Refused([Diagnostic("unit", message, f"write `{key}` in {amount.unit}", path=(key,))])
        if key == "round":
            steps = (amount.value / limit.value).quantize(Decimal(1), ROUND_HALF_UP)
            if not steps:
                message = f"a dose of {number_in_source(amount.value)} {amount.unit} rounds to nothing"
                raise Refused([Diagnostic("rounds-to-nothing", message, "round to a smaller step", path=("round",))])
            amount = Amount(steps * limit.value, amount.unit)
        elif amount.value > limit.value:
            amount = limit
    return amount
