"""From text to the trees of amounts: `give`, the conditions of steps, and amounts alone."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final, Literal, NoReturn

from dosecal.diagnostic import nearest
from dosecal.dose import MEASURES, ROUTES, UNITS, Amount
from dosecal.phrases.spell import SINGULAR_UNITS
from dosecal.phrases.terminals import COUNTED, decimal, is_decimal, is_range, named_time, position, run, whole
from dosecal.phrases.tree import AtSlot, Auc, Band, Condition, Conditions, FromTable, Give, OnArm, Placebo, Quantity, Within
from dosecal.phrases.whole import read_phrase
from dosecal.phrases.words import SINGULAR, Cursor, Names, Parsed, in_a_row

_PLURAL_UNITS: Final = {singular: plural for plural, singular in SINGULAR_UNITS.items()}
_SLIPS: Final = {
    "mcg": ("µg", "μg", "ug", "microgram", "micrograms"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams", "gm"),
    "mL": ("ml", "cc"),
    "units": ("IU", "iu", "U", "u"),
    "tablets": ("tab", "tabs"),
    "capsules": ("cap", "caps"),
    "m2": ("m²",),
    "kg": ("kgs", "kilograms"),
}
_MISSPELT_UNITS: Final = {slip: unit for unit, slips in _SLIPS.items() for slip in slips}
_STEP_NOUNS: Final = ("day", "cycle", "dose", "cohort")
StepNoun = Literal["study day", "day", "cycle", "dose", "cohort"]
_CONDITION_WORDS: Final = frozenset(
    ("study", "from", "arm", "at", *_STEP_NOUNS, *(noun + "s" for noun in _STEP_NOUNS), *(measure.split(" ")[0] for measure in MEASURES)),
)


def measured_units() -> tuple[str, ...]:
    """The units that measures are given in: kg, m2, years ..."""
    return tuple(unit for units in MEASURES.values() for unit in units)


def parse_give(text: str, names: Names) -> Parsed[Give]:
    """What is given: amount and route, placebo, or a table. Raises PhraseError."""
    return read_phrase(text, names, "an amount and route", give)


def parse_conditions(text: str, names: Names) -> Parsed[Conditions]:
    """The key of a step: conditions that all hold. Raises PhraseError."""
    return read_phrase(text, names, "a step", conditions)


def parse_amount(text: str, names: Names, units: Collection[str] = tuple(UNITS)) -> Parsed[Amount]:
    """An amount in one of `units` (symbols of doses or of measures): `round`, `max-dose`, `levels`, measures. Raises PhraseError."""
    return read_phrase(text, names, "an amount", lambda cursor: amount(cursor, units))


def parse_adjustment(text: str, names: Names) -> Parsed[Amount | Auc | Literal["plan"]]:
    """What a record adjusts a dose to: another amount, another AUC, or `plan` again; without a route. Raises PhraseError."""
    return read_phrase(text, names, "an adjustment", adjustment)


def give(cursor: Cursor) -> Give:
    """`give = quantity { quantity } DOSE-UNIT ROUTE | "AUC" NUM ROUTE | "placebo" ROUTE | "table" NAME`"""
    start = cursor.at
    if cursor.accept("AUC"):
        return cursor.node(Auc(decimal(cursor), _route(cursor)), start)
    if cursor.accept("placebo"):
        return cursor.node(Placebo(_route(cursor)), start)
    if cursor.accept("table"):
        return cursor.node(FromTable(cursor.expect_name(cursor.names.tables, "the name of a table")), start)
    quantities: list[Decimal | None] = []
    while not quantities or is_decimal(cursor.word) or cursor.word == "none":
        quantities.append(None if cursor.accept("none") else decimal(cursor))
    unit = _amount_unit(cursor, tuple(UNITS))
    return cursor.node(Quantity(tuple(quantities), unit, _route(cursor)), start)


def adjustment(cursor: Cursor) -> Amount | Auc | Literal["plan"]:
    """`adjustment = NUM DOSE-UNIT | "AUC" NUM | "plan"`"""
    start = cursor.at
    if cursor.accept("AUC"):
        return cursor.node(Auc(decimal(cursor), ""), start)
    plan: Literal["plan"] | None = cursor.accept("plan")
    return cursor.node(plan, start) if plan is not None else amount(cursor, tuple(UNITS))


def amount(cursor: Cursor, units: Collection[str]) -> Amount:
    """NUM UNIT"""
    start = cursor.at
    value = decimal(cursor)
    return cursor.node(Amount(value, _amount_unit(cursor, units)), start)


def _amount_unit(cursor: Cursor, units: Collection[str]) -> str:
    """DOSE-UNIT, or the unit of a measure: its symbol, from its singular or plural form."""
    word = cursor.word
    unit = _PLURAL_UNITS.get(word, word)
    if unit not in units:
        _refuse_unit(cursor, units)
    cursor.take()
    return unit


def _refuse_unit(cursor: Cursor, units: Collection[str]) -> NoReturn:
    """Refuse the present word, which stands where one of `units` must: no unit at all, or an unknown one."""
    word, number = cursor.word, cursor.words[cursor.at - 1]
    listed = in_a_row(units, len(units))
    if not word or word in _ROUTE_WORDS or word in _CONDITION_WORDS:
        cursor.refuse(f"the number `{number}` has no unit", f"write {listed} after `{number}`", "no-unit", first=cursor.at - 1)
    near = _MISSPELT_UNITS.get(word)
    if near is None and "/" in word:
        head, _, per = word.partition("/")
        near = f"{_MISSPELT_UNITS.get(head, head)}/{_MISSPELT_UNITS.get(per, per)}"
    if near not in units:
        near = nearest(word, units)
    where = "the units are listed in docs/language.md"
    mend = f"did you mean `{near}`? {where}" if near else f"here can stand {listed}; {where}"
    cursor.refuse(f"`{word}` is not a unit that can stand here", mend, "unit")


def _route(cursor: Cursor) -> str:
    """ROUTE: its symbol, of one or two words."""
    route = cursor.longest(ROUTES)
    if route is None:
        _refuse_route(cursor)
    cursor.take(route.count(" ") + 1)
    return route


def _refuse_route(cursor: Cursor) -> NoReturn:
    word, where = cursor.word, "the routes are listed in docs/language.md"
    if not word:
        cursor.refuse("the route is missing", f"write how it is given, such as `IV`, `SC` or `PO`; {where}", "route")
    near = next((route.symbol for route in ROUTES.values() if word.lower().startswith(route.words)), None) or nearest(word, ROUTES)
    mend = f"did you mean `{near}`? {where}" if near else f"here can stand {in_a_row(ROUTES, len(ROUTES))}; {where}"
    cursor.refuse(f"`{word}` is not a route", mend, "route")


_ROUTE_WORDS: Final = frozenset(word for route in ROUTES for word in route.split(" "))


def conditions(cursor: Cursor) -> Conditions:
    """`steps = condition { condition }`"""
    start = cursor.at
    found = [_condition(cursor)]
    while cursor.word:
        found.append(_condition(cursor))
    return cursor.node(tuple(found), start)


def _condition(cursor: Cursor) -> Condition:
    """condition: see docs/language.md, "Grammar"."""
    start = cursor.at
    if cursor.accept("from"):
        counted = _step_noun(cursor) or cursor.fail()
        return cursor.node(Within(counted, _step_number(cursor, counted), None), start)
    noun = _step_noun(cursor)
    if noun is not None:
        return cursor.node(_within(cursor, noun), start)
    if cursor.accept("arm"):
        return cursor.node(OnArm(cursor.expect_name(cursor.names.arms, "the name of an arm", _goes_on_after_arm)), start)
    if cursor.accept("at"):
        return cursor.node(AtSlot(named_time(cursor)), start)
    measure = cursor.longest(MEASURES)
    if measure is None:
        cursor.accept(*MEASURES)
        cursor.fail()
    cursor.take(measure.count(" ") + 1)
    return cursor.node(_band(cursor, measure), start)


def _goes_on_after_arm(word: str, _following: str) -> bool:
    """Whether this word could begin another condition after the name of an arm."""
    return word in _CONDITION_WORDS


def _step_noun(cursor: Cursor) -> StepNoun | None:
    """`study days`, `days`, `cycles`, `doses`, `cohorts`, in the singular or plural."""
    if cursor.word == "study" and SINGULAR.get(cursor.peek()) == "day":
        cursor.take(2)
        return "study day"
    noun: Literal["day", "cycle", "dose", "cohort"] | None = cursor.accept_noun("day", "cycle", "dose", "cohort")
    return noun


def _step_number(cursor: Cursor, noun: StepNoun) -> int:
    """INT, counted from 1 except for days."""
    return whole(cursor) if noun in COUNTED else position(cursor, noun)


def _within(cursor: Cursor, noun: StepNoun) -> Within:
    """INT or RANGE after the noun."""
    if is_range(cursor.word):
        numbers = run(cursor, noun)
        return Within(noun, numbers.first, numbers.last)
    number = _step_number(cursor, noun)
    return Within(noun, number, number)


def _band(cursor: Cursor, measure: str) -> Band:
    """`band = ( "from" | "over" ) NUM [ "to under" NUM | "up to" NUM ] | ( "under" | "up to" ) NUM` and the measure's unit."""
    lower = upper = None
    lower_word = cursor.accept("from", "over")
    upper_word: str | None = None
    if lower_word is not None:
        lower = decimal(cursor)
        if cursor.accept("to"):
            upper_word = _upper_word(cursor)
        elif cursor.word in ("under", "up"):
            upper_word = cursor.take()
    else:
        upper_word = cursor.expect("under", "up")
    if upper_word is not None:
        if upper_word == "up":
            cursor.expect("to")
        upper = decimal(cursor)
        if lower is not None and lower >= upper:
            message = "a band goes from the smaller number to the larger one"
            cursor.refuse(message, "write the smaller number first", "ascending", first=cursor.at - 1)
    unit = _amount_unit(cursor, MEASURES[measure])
    return Band(measure, lower, lower_word == "from", upper, upper_word == "up", unit)


def _upper_word(cursor: Cursor) -> str:
    """`under` or `up`, after `to`."""
    number = cursor.word
    if is_decimal(number):
        mend = f"write `to under {number}` when {number} is not included, `up to {number}` when it is"
        cursor.refuse(f"whether {number} is included is not said", mend)
    return cursor.expect("under", "up")
