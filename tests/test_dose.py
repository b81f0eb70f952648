"""Doses: numbers, amounts and doses as people may read them (Joint Commission, ISMP), and the closed lists of units and routes."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.dose import (
    MEASURES,
    ROUTES,
    UNITS,
    Amount,
    Dose,
    amount_in_words,
    dose_in_words,
    number_in_source,
    number_in_words,
)

lawful = settings(derandomize=True, deadline=None, max_examples=300)
numbers = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=4)


# -- numbers


@pytest.mark.parametrize(
    ("written", "words", "source"),
    [
        ("0.5", "0.5", "0.5"),
        (".5", "0.5", "0.5"),
        ("1.0", "1", "1"),
        ("1", "1", "1"),
        ("10", "10", "10"),
        ("100", "100", "100"),
        ("1000", "1,000", "1000"),
        ("1E+3", "1,000", "1000"),
        ("1.20E+4", "12,000", "12000"),
        ("1234567.80", "1,234,567.8", "1234567.8"),
        ("8.8", "8.8", "8.8"),
        ("0.050", "0.05", "0.05"),
        ("1E-7", "0.0000001", "0.0000001"),
        ("0", "0", "0"),
        ("0.000", "0", "0"),
    ],
)
def test_a_number_has_one_spelling_for_people_and_one_in_a_regimen(written: str, words: str, source: str) -> None:
    assert number_in_words(Decimal(written)) == words
    assert number_in_source(Decimal(written)) == source


@lawful
@given(value=numbers)
def test_a_number_never_lacks_its_leading_zero_nor_trails_one(value: Decimal) -> None:
    words = number_in_words(value)
    assert re.fullmatch(r"(0|[1-9]\d{0,2}(,\d{3})*)(\.\d*[1-9])?", words)
    assert Decimal(words.replace(",", "")) == value
    assert re.fullmatch(r"(0|[1-9]\d*)(\.\d*[1-9])?", number_in_source(value))
    assert Decimal(number_in_source(value)) == value


# -- amounts


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("0.5", "mg", "0.5 mg"),
        ("1.0", "mg", "1 mg"),
        ("1000", "mg", "1,000 mg"),
        ("44", "mcg", "44 micrograms"),
        ("8.8", "mcg", "8.8 micrograms"),
        ("1", "mcg", "1 microgram"),
        ("1", "ng", "1 nanogram"),
        ("1", "units", "1 unit"),
        ("10000", "units", "10,000 units"),
        ("1", "tablets", "1 tablet"),
        ("2", "tablets", "2 tablets"),
        ("1", "capsules", "1 capsule"),
        ("1", "puffs", "1 puff"),
        ("1", "drops", "1 drop"),
        ("1", "patches", "1 patch"),
        ("2", "patches", "2 patches"),
        ("2", "Gy", "2 Gy"),
        ("85", "mg/m2", "85 mg per square metre"),
        ("0.3", "mcg/kg", "0.3 micrograms per kg"),
        ("15", "units/kg", "15 units per kg"),
    ],
)
def test_an_amount_is_spelled_out_as_the_safety_lists_ask(value: str, unit: str, words: str) -> None:
    assert amount_in_words(Amount(Decimal(value), unit)) == words


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("mcg/kg", "1 microgram per kg"),
        ("units/kg", "1 unit per kg"),
        ("mcg/m2", "1 microgram per square metre"),
        ("units/m2", "1 unit per square metre"),
    ],
)
def test_one_unit_per_kg_is_said_in_the_singular(unit: str, words: str) -> None:
    assert amount_in_words(Amount(Decimal(1), unit)) == words


DANGEROUS = re.compile(r"\b(U|IU|QD|QOD|MS|SC|SQ|IV|IM|PO|SL|ID|cc)\b|µ|(?<!\d)\.\d|\.0\b|\d{4}")
"""What the lists forbid: dangerous abbreviations, a naked decimal point, a trailing zero, four figures without a comma."""


@lawful
@given(value=numbers, unit=st.sampled_from(sorted(UNITS)), route=st.sampled_from(sorted(ROUTES)))
def test_a_dose_in_words_has_no_dangerous_abbreviation(value: Decimal, unit: str, route: str) -> None:
    words = dose_in_words(Dose(Amount(value, unit), route))
    found = DANGEROUS.search(re.sub(r"\.\d+", "", words, count=1))  # the figures after the point bear no comma
    assert found is None, words
    assert words.endswith(f" {ROUTES[route].words}")


@pytest.mark.parametrize(
    ("amount", "route", "words"),
    [
        (("44", "mcg"), "SC", "44 micrograms subcutaneous"),
        (("12", "mg"), "IV", "12 mg intravenous"),
        (("1000", "mg"), "IV", "1,000 mg intravenous"),
        (("410", "mg"), "IM", "410 mg intramuscular"),
        (("1", "tablets"), "PO", "1 tablet oral"),
        (None, "inhaled", "placebo inhaled"),
        (None, "SC", "placebo subcutaneous"),
    ],
)
def test_a_dose_is_its_amount_and_its_route_spelled_out(amount: tuple[str, str] | None, route: str, words: str) -> None:
    dose = Dose(None if amount is None else Amount(Decimal(amount[0]), amount[1]), route)
    assert dose_in_words(dose) == words


# -- the closed lists


def test_each_unit_and_route_stands_under_its_own_symbol() -> None:
    assert all(symbol == unit.symbol for symbol, unit in UNITS.items())
    assert all(symbol == route.symbol for symbol, route in ROUTES.items())
    for table in (UNITS, ROUTES):
        assert len({symbol.casefold() for symbol in table}) == len(table)


def test_no_two_units_and_no_two_routes_mean_the_same() -> None:
    for values in (
        [unit.ucum for unit in UNITS.values()],
        [unit.words for unit in UNITS.values()],
        [route.words for route in ROUTES.values()],
        [route.cdisc for route in ROUTES.values()],
        [route.code for route in ROUTES.values() if route.code],
    ):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("unit", "in_mg"),
    [
        ("mg", "1"),
        ("g", "1000"),
        ("mcg", "0.001"),
        ("ng", "0.000001"),
        ("mg/kg", "1"),
        ("g/kg", "1000"),
        ("mcg/kg", "0.001"),
        ("mg/m2", "1"),
        ("g/m2", "1000"),
        ("mcg/m2", "0.001"),
    ],
)
def test_a_mass_is_so_many_milligrams(unit: str, in_mg: str) -> None:
    assert UNITS[unit].mass == Decimal(in_mg)


def test_only_masses_have_a_mass() -> None:
    assert {symbol for symbol, unit in UNITS.items() if unit.mass is None} == {
        *("mL", "units", "mmol", "mEq", "MBq", "Gy", "tablets", "capsules", "puffs", "drops", "patches"),
        *("mL/kg", "units/kg", "units/m2"),
    }


def test_a_unit_per_something_multiplies_a_measure_that_participants_have() -> None:
    for symbol, unit in UNITS.items():
        per = {"kg": "weight", "m2": "bsa"}.get(symbol.partition("/")[2])
        assert unit.per == per
        assert per is None or symbol.partition("/")[2] in MEASURES[per]
        assert unit.ucum.endswith(f"/{symbol.partition('/')[2]}") == (per is not None)


@pytest.mark.parametrize(
    ("symbol", "ucum", "cdisc"),
    [("mcg", "ug", "ug"), ("units", "[iU]", "IU"), ("mEq", "meq", "mEq"), ("drops", "[drp]", "DROP"), ("mg/m2", "mg/m2", "mg/m2")],
)
def test_a_unit_has_its_standard_codes(symbol: str, ucum: str, cdisc: str) -> None:
    assert (UNITS[symbol].ucum, UNITS[symbol].cdisc) == (ucum, cdisc)


def test_routes_have_codes_of_the_cdisc_form_and_an_act_that_says_no_drug() -> None:
    for route in ROUTES.values():
        assert route.cdisc == route.cdisc.upper()
        assert re.fullmatch(r"C\d{5}", route.code) or route.symbol == "external beam"
        assert route.act.split()[0] in {"Infusion", "Injection", "Medicine", "Inhalation", "Nasal", "Patch", "Skin", "Eye", "Treatment"}


ROUTE_CODES = {  # CDISC SDTM terminology, Route of Administration Response (C66729)
    "IV": ("INTRAVENOUS", "C38276"),
    "SC": ("SUBCUTANEOUS", "C38299"),
    "IM": ("INTRAMUSCULAR", "C28161"),
    "ID": ("INTRADERMAL", "C38238"),
    "PO": ("ORAL", "C38288"),
    "SL": ("SUBLINGUAL", "C38300"),
    "buccal": ("BUCCAL", "C38193"),
    "inhaled": ("RESPIRATORY (INHALATION)", "C38216"),
    "nasal": ("NASAL", "C38284"),
    "transdermal": ("TRANSDERMAL", "C38305"),
    "topical": ("TOPICAL", "C38304"),
    "ophthalmic": ("OPHTHALMIC", "C38287"),
    "rectal": ("RECTAL", "C38295"),
    "vaginal": ("VAGINAL", "C38313"),
    "intrathecal": ("INTRATHECAL", "C38267"),
    "intravitreal": ("INTRAVITREAL", "C38280"),
}


def test_every_route_but_radiation_has_a_code_here() -> None:
    assert ROUTES.keys() - ROUTE_CODES.keys() == {"external beam"}
    assert ROUTES["external beam"].code == ""


@pytest.mark.parametrize("symbol", ROUTE_CODES)
def test_a_route_is_as_cdisc_codes_it(symbol: str) -> None:
    assert (ROUTES[symbol].cdisc, ROUTES[symbol].code) == ROUTE_CODES[symbol]


@pytest.mark.parametrize(
    ("symbol", "act", "home"),
    [("IV", "Infusion", False), ("SC", "Injection", True), ("IM", "Injection", False), ("PO", "Medicine by mouth", True)],
)
def test_a_route_has_a_discreet_word_and_a_usual_place(symbol: str, act: str, home: bool) -> None:
    assert (ROUTES[symbol].act, ROUTES[symbol].home) == (act, home)
