"""A dose: an exact amount, its unit and its route; the closed lists of units and routes with their standard codes."""

from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct


class Unit(Struct, frozen=True):
    """A unit as a regimen writes it, as people read it, as UCUM writes it and its CDISC submission value.

    `cdisc` is a value of the codelist Unit, C71620, or "" where it has none.
    `mass` is how many milligrams one of it is, where it is a mass; `per` is the measure it multiplies (weight in kg, BSA in m2).
    """

    symbol: str
    words: str
    ucum: str
    cdisc: str
    mass: Decimal | None = None
    per: str | None = None


class Route(Struct, frozen=True):
    """A route of administration: as a regimen writes it, spelled out for people, its CDISC term and code; and where it is usually given.

    `cdisc` and `code` are a value and its NCI code of the codelist Route of Administration Response, C66729, or "" where it has none.
    `act` is the discreet word for one administration. `home`: usually taken by the participant alone (shown as free time in a calendar).
    """

    symbol: str
    words: str
    cdisc: str
    code: str
    act: str
    home: bool


class Amount(Struct, frozen=True):
    """An exact amount: `value` as written in the source, never a float, and the symbol of its unit."""

    value: Decimal
    unit: str


class Dose(Struct, frozen=True):
    """What one occurrence gives. `amount` is None for a placebo without an amount; `route` is a Route's symbol.

    `shown`: how much of it may be read. For "route" and "nothing" `amount` is None, and whether it is a placebo is not said; the route
    still tells what kind of event it is.
    """

    amount: Amount | None
    route: str
    shown: Literal["all", "route", "nothing"] = "all"


_MG, _MCG, _G, _NG = Decimal(1), Decimal("0.001"), Decimal(1000), Decimal("0.000001")
UNITS: Final[dict[str, Unit]] = {
    unit.symbol: unit
    for unit in (
        Unit("mg", "mg", "mg", "mg", _MG),
        Unit("mcg", "micrograms", "ug", "ug", _MCG),
        Unit("g", "g", "g", "g", _G),
        Unit("ng", "nanograms", "ng", "ng", _NG),
        Unit("mL", "mL", "mL", "mL"),
        Unit("units", "units", "[iU]", "IU"),
        Unit("mmol", "mmol", "mmol", "mmol"),
        Unit("mEq", "mEq", "meq", "mEq"),
        Unit("MBq", "MBq", "MBq", "MBq"),
        Unit("Gy", "Gy", "Gy", "Gy"),
        Unit("tablets", "tablets", "{tbl}", "TABLET"),
        Unit("capsules", "capsules", "{cap}", "CAPSULE"),
        Unit("puffs", "puffs", "{puff}", "PUFF"),
        Unit("drops", "drops", "[drp]", "DROP"),
        Unit("patches", "patches", "{patch}", "PATCH"),
        Unit("mg/kg", "mg per kg", "mg/kg", "mg/kg", _MG, "weight"),
        Unit("mcg/kg", "micrograms per kg", "ug/kg", "ug/kg", _MCG, "weight"),
        Unit("g/kg", "g per kg", "g/kg", "g/kg", _G, "weight"),
        Unit("mL/kg", "mL per kg", "mL/kg", "mL/kg", None, "weight"),
        Unit("units/kg", "units per kg", "[iU]/kg", "IU/kg", None, "weight"),
        Unit("mg/m2", "mg per square metre", "mg/m2", "mg/m2", _MG, "bsa"),
        Unit("mcg/m2", "micrograms per square metre", "ug/m2", "ug/m2", _MCG, "bsa"),
        Unit("g/m2", "g per square metre", "g/m2", "g/m2", _G, "bsa"),
        Unit("units/m2", "units per square metre", "[iU]/m2", "", None, "bsa"),
    )
}

ROUTES: Final[dict[str, Route]] = {
    route.symbol: route
    for route in (
        Route("IV", "intravenous", "INTRAVENOUS", "C38276", "Infusion", home=False),
        Route("SC", "subcutaneous", "SUBCUTANEOUS", "C38299", "Injection", home=True),
        Route("IM", "intramuscular", "INTRAMUSCULAR", "C28161", "Injection", home=False),
        Route("ID", "intradermal", "INTRADERMAL", "C38238", "Injection", home=False),
        Route("PO", "oral", "ORAL", "C38288", "Medicine by mouth", home=True),
        Route("SL", "sublingual", "SUBLINGUAL", "C38300", "Medicine by mouth", home=True),
        Route("buccal", "buccal", "BUCCAL", "C38193", "Medicine by mouth", home=True),
        Route("inhaled", "inhaled", "RESPIRATORY (INHALATION)", "C38216", "Inhalation", home=True),
        Route("nasal", "nasal", "NASAL", "C38284", "Nasal spray", home=True),
        Route("transdermal", "transdermal", "TRANSDERMAL", "C38305", "Patch", home=True),
        Route("topical", "topical", "TOPICAL", "C38304", "Skin treatment", home=True),
        Route("ophthalmic", "ophthalmic", "OPHTHALMIC", "C38287", "Eye treatment", home=True),
        Route("rectal", "rectal", "RECTAL", "C38295", "Medicine", home=True),
        Route("vaginal", "vaginal", "VAGINAL", "C38313", "Medicine", home=True),
        Route("intrathecal", "intrathecal", "INTRATHECAL", "C38267", "Injection", home=False),
        Route("intravitreal", "intravitreal", "INTRAVITREAL", "C38280", "Injection", home=False),
        Route("external beam", "external beam", "", "", "Treatment session", home=False),
    )
}

PLAUSIBLE: Final[dict[str, tuple[Decimal, Decimal]]] = {
    "weight": (Decimal("0.3"), Decimal(500)),
    "height": (Decimal(20), Decimal(275)),
    "bsa": (Decimal("0.05"), Decimal(4)),
    "bmi": (Decimal(5), Decimal(150)),
    "age": (Decimal(0), Decimal(130)),
    "gfr": (Decimal(0), Decimal(300)),
    "creatinine clearance": (Decimal(0), Decimal(400)),
}
"""The least and the greatest value of each measure that a human body can have: beyond them it is a slip of the point or of the unit."""

MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "weight": ("kg",),
    "height": ("cm",),
    "bsa": ("m2",),
    "bmi": ("kg/m2",),
    "age": ("years",),
    "gfr": ("mL/min",),
    "creatinine clearance": ("mL/min",),
}


def number_in_words(value: Decimal) -> str:
    """A number as people may read it: "0.5", "1", "1,000" (never ".5", "1.0", "1000": Joint Commission and ISMP lists)."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_in_source(value: Decimal) -> str:
    """A number in its one spelling in a regimen: "0.5", "1", "1000"; no leading or trailing zero too many, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dose_in_words(dose: Dose) -> str:
    """A dose as people may read it: "44 micrograms subcutaneous", "placebo inhaled"; of a hidden one "subcutaneous", or ""."""
    route = ROUTES[dose.route].words
    if dose.shown != "all":
        return route if dose.shown == "route" else ""
    if dose.amount is None:
        return f"placebo {route}"
    return f"{amount_in_words(dose.amount)} {route}"


def amount_in_words(amount: Amount) -> str:
    """An amount as people may read it: "1,000 mg", "8.8 micrograms", "1 tablet"."""
    words = UNITS[amount.unit].words
    if amount.value == 1:
        noun, per, rest = words.partition(" per ")
        words = {"patches": "patch"}.get(noun, noun.removesuffix("s")) + per + rest
    return f"{number_in_words(amount.value)} {words}"
