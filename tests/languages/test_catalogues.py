"""The catalogues: whole, right in form, compiled as they are written; and what the code says is what they translate."""

import ast
import io
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from gettext import GNUTranslations
from pathlib import Path
from typing import get_args

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.dose import ROUTES
from dosecal.languages import ENGLISH, language_codes, language_named, unknown_language
from dosecal.regimen import Section
from dosecal.write.lengths import length_in_words
from dosecal.write.people import date_with_weekday, day_in_words, full_date, knows_dates, short_date, short_weekday
from dosecal.write.wording import alarm_text, calendar_name, cancelled_title, category, participant_title
from tests.languages import catalogues
from tests.languages.catalogues import LOCALE, TEMPLATE, codes, compiled, compiled_of, content, locale_of, read, template, written
from tests.languages.checks import faults, gaps_of
from tests.languages.compile import main
from tests.languages.messages import MESSAGES, SITE
from tests.write.schedules import DAY_1, dose, event, schedule

ROOT = Path(__file__).parents[2]
ASKED_FOR = ["cs", "de", "es", "fr", "it", "nl", "pl", "pt-BR", "sv"]
COUNTRIES = {"cs": "CZ", "de": "DE", "es": "ES", "fr": "FR", "it": "IT", "nl": "NL", "pl": "PL", "pt-BR": "BR", "sv": "SE"}
every_language = pytest.mark.parametrize("code", codes())


def test_the_languages_that_were_asked_for_are_there() -> None:
    assert set(ASKED_FOR) <= set(codes())
    assert language_codes() == ("en", *codes())


@every_language
def test_nothing_is_wrong_with_a_catalogue(code: str) -> None:
    assert list(faults(read(code))) == []


@every_language
def test_what_ships_is_what_the_translator_wrote(code: str) -> None:
    shipped = content(compiled_of(code).read_bytes())
    assert shipped == content(compiled(read(code)))
    sentences = {message.sentence for message in MESSAGES if message.many is None}
    forms = {(message.sentence, form) for message in MESSAGES if message.many is not None for form in range(read(code).num_plurals)}
    assert set(shipped) == sentences | forms


@every_language
def test_the_catalogue_is_written_as_the_command_writes_it(code: str) -> None:
    assert catalogues.source_of(code).read_bytes() == written(read(code))


def test_the_template_has_every_message_and_its_note() -> None:
    assert TEMPLATE.read_bytes() == written(template())
    there = read_po(io.BytesIO(TEMPLATE.read_bytes()))
    assert [entry.id for entry in there if entry.id] == [catalogues.key_of(message) for message in MESSAGES]
    for message in MESSAGES:
        entry = there.get(message.sentence)
        assert entry is not None
        assert message.note in " ".join(entry.auto_comments)


# -- what the code says


def everything_said() -> set[str]:
    """Every sentence that passes through `say` on its way to a participant."""
    said: set[str] = set()

    def listening(sentence: str, many: str | None = None, number: int = 1, /) -> str:
        del number
        said.update({sentence} if many is None else {sentence, many})
        return sentence

    german = language_named("de")
    heard = type(german)("de", listening)
    for section in get_args(Section):
        for route in (None, *ROUTES):
            one = event("x", DAY_1, section, dose=dose("1", "mg", route) if route else None, course_day=2, course_days=5)
            cancelled_title(participant_title(one, listening), listening)
            category(one, "participant", listening)
    calendar_name(schedule(), "participant", listening)
    alarm_text(listening)
    for form in (short_date, full_date, date_with_weekday, day_in_words):
        form(DAY_1, heard)
    length_in_words(timedelta(hours=1, minutes=2, seconds=3), listening)
    return said


def literals() -> Iterator[str]:
    """Every sentence written out in a call of `say` under src/dosecal/write."""
    for module in sorted((ROOT / "src" / "dosecal" / "write").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and (getattr(node.func, "id", None) == "say" or getattr(node.func, "attr", None) == "say")
            if isinstance(node, ast.Call) and named:
                yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_the_catalogues_have_what_a_participant_is_told_and_nothing_else() -> None:
    known = {message.sentence for message in MESSAGES} | {message.many for message in MESSAGES if message.many is not None}
    assert everything_said() <= known
    assert known <= everything_said() | set(literals())
    assert known & SITE == set()


def test_a_sentence_in_the_code_is_either_in_the_catalogues_or_known_to_be_for_the_site_alone() -> None:
    known = {message.sentence for message in MESSAGES} | {message.many for message in MESSAGES if message.many is not None}
    written_out = set(literals())
    assert len(written_out) > 20
    assert written_out - known - SITE == set()
    assert SITE - written_out == set()


# -- what a check finds


def changed(code: str, sentence: str, said: str | tuple[str, ...]) -> Catalog:
    catalog = read(code)
    entry = catalog.get(sentence)
    assert entry is not None
    entry.string = said
    return catalog


@pytest.mark.parametrize(
    ("sentence", "said", "fault"),
    [
        ("Infusion", "", "is not translated"),
        ("{count} hour", ("{count} godzina", "{count} godzin"), "it needs 3 forms"),
        ("{count} hour", ("{count} godzina", "", "{count} godzin"), "is not translated"),
        ("{what}, day {day} of {days}", "{what}, dzień {day}", "must have the gaps day, days, what"),
        ("{what}, day {day} of {days}", "{what}, dzień {day} z {days} ({days})", "must have the gaps day, days, what"),
        ("Cancelled: {what}", "Odwołane: {co}", "must have the gaps what"),
        ("Cancelled: {what}", "Odwołane: {what.__class__}", "holds more than a name"),
        ("Cancelled: {what}", "Odwołane: {what!r}", "holds more than a name"),
        ("Cancelled: {what}", "Odwołane: {what", "cannot be read"),
        ("Infusion", "Wlew {what}", "must have the gaps (none)"),
        ("Infusion", "Wlew ", "begins or ends with a space"),
        ("Infusion", "Wlew\ndożylny", "line break"),
        ("Infusion", "Wlew\u2028dożylny", "line break"),
        ("Injection", unicodedata.normalize("NFD", "Wlew dożylny"), "NFC"),
        ("Infusion", "Wlew dożylny przez ponad godzinę", "32 characters, and 30 fit"),
        ("Infusion", "wlew", "small letter"),
        ("Test", "Badanie, krwi", "comma"),
        ("D MMM YYYY", "D YYYY", "must say each of the English parts"),
        ("D MMM YYYY", "ddd D MMM YYYY", "must say each of the English parts"),
        ("ddd D MMM YYYY", "D MMM YYYY", "must say each of the English parts"),
        ("D MMMM YYYY", "D de MMMM YYYY", "[brackets]"),
    ],
)
def test_a_fault_of_a_catalogue_is_found_and_told(sentence: str, said: str | tuple[str, ...], fault: str) -> None:
    found = list(faults(changed("pl", sentence, said)))
    assert [one for one in found if fault in one], found


def test_a_fuzzy_a_missing_and_an_unused_entry_are_found() -> None:
    catalog = read("de")
    catalog["Infusion"].flags.add("fuzzy")
    del catalog["Injection"]
    catalog.add("Nobody says this", "Niemand")
    assert [one.partition(":")[0] for one in faults(catalog)] == [
        "nobody says `Nobody says this`", "`Infusion` is marked as fuzzy", "`Injection` is missing",
    ]  # fmt: skip


def test_a_wrong_rule_of_plurals_is_found() -> None:
    text = catalogues.source_of("pl").read_text(encoding="utf-8")
    wrong = read_po(io.BytesIO(text.replace("n%10<=4", "n%10<=5").encode()), locale=locale_of("pl"))
    assert [one for one in faults(wrong) if "Plural-Forms" in one]


def test_gaps_are_read_by_name() -> None:
    assert gaps_of("{what}, day {day} of {days}") == ["day", "days", "what"]
    assert gaps_of("{{what}}") == []


# -- a new language is a new folder


def test_a_new_folder_becomes_a_catalogue_to_fill_in_and_then_a_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "dosecal.pot")
    (tmp_path / "sk").mkdir()
    (tmp_path / "nowhere").mkdir()
    (tmp_path / "pt-br").mkdir()
    assert main() == 1
    told = capsys.readouterr().out
    assert "sk: `Infusion` is not translated" in told
    assert "nowhere: " in told
    assert "pt-br: the folder is to be called pt-BR" in told
    assert not compiled_of("sk").exists()
    (tmp_path / "nowhere").rmdir()
    (tmp_path / "pt-br").rmdir()
    czech = read_po(io.BytesIO((LOCALE / "cs" / "LC_MESSAGES" / "dosecal.po").read_bytes()), locale=locale_of("cs"))
    begun = read("sk")
    for entry in begun:
        if entry.id:
            entry.string = czech[entry.id].string
    catalogues.save("sk", begun)
    assert main() == 0
    assert "sk: good" in capsys.readouterr().out
    assert GNUTranslations(io.BytesIO(compiled_of("sk").read_bytes())).gettext("Infusion") == "Infuze"


def test_what_the_code_says_anew_is_asked_for_and_what_it_says_no_more_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "dosecal.pot")
    text = (LOCALE / "de" / "LC_MESSAGES" / "dosecal.po").read_text(encoding="utf-8")
    target = catalogues.source_of("de")
    target.parent.mkdir(parents=True)
    target.write_text(text.replace('msgid "Infusion"', 'msgid "Said no more"'), encoding="utf-8")
    assert main() == 1
    assert "de: `Infusion` is not translated" in capsys.readouterr().out
    now = target.read_text(encoding="utf-8")
    assert "Said no more" not in now
    assert 'msgid "Infusion"\nmsgstr ""\n' in now
    assert 'msgstr "Injektion"' in now


# -- what a language says


def test_english_says_what_stands_in_the_source() -> None:
    say = language_named("en").say
    assert [say("{count} hour", "{count} hours", number) for number in (0, 1, 2)] == ["{count} hours", "{count} hour", "{count} hours"]
    assert language_named("en") is ENGLISH
    assert say("Infusion") == "Infusion"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pl", {1: "godzina", 2: "godziny", 4: "godziny", 5: "godzin", 12: "godzin", 21: "godzin", 22: "godziny", 112: "godzin"}),
        ("cs", {1: "hodina", 2: "hodiny", 4: "hodiny", 5: "hodin", 11: "hodin", 22: "hodin"}),
        ("fr", {0: "heure", 1: "heure", 2: "heures"}),
        ("pt-BR", {0: "hora", 1: "hora", 2: "horas"}),
        ("de", {0: "Stunden", 1: "Stunde", 2: "Stunden"}),
    ],
)
def test_a_number_decides_over_the_form_of_its_word(code: str, expected: dict[int, str]) -> None:
    say = language_named(code).say
    assert {number: say("{count} hour", "{count} hours", number).format(count="").strip() for number in expected} == expected


def test_lengths_are_told_in_the_readers_language() -> None:
    assert length_in_words(timedelta(hours=2, minutes=30), language_named("pl").say) == "2 godziny 30 minut"
    assert length_in_words(timedelta(hours=1, seconds=5), language_named("cs").say) == "1 hodina 5 sekund"
    assert length_in_words(timedelta(hours=1000), language_named("de").say) == "1000 Stunden"  # "1,000" would be one
    assert length_in_words(timedelta(hours=1000)) == "1,000 hours"
    assert length_in_words(timedelta(0), language_named("fr").say) == "0 minute"


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(ASKED_FOR))
def test_a_date_with_its_weekday_is_written_as_unicode_says_of_the_country(day: date, code: str) -> None:
    said = date_with_weekday(day, language_named(code))
    assert said == format_date(day, "full", locale=f"{code[:2]}_{COUNTRIES[code]}")


@pytest.mark.parametrize(
    ("code", "short", "full", "day"),
    [
        ("en", "5 Jan 2026", "5 January 2026", "Mon 5 Jan 2026"),
        ("de", "5. Jan. 2026", "5. Januar 2026", "Mo., 5. Jan. 2026"),
        ("fr", "5 janv. 2026", "5 janvier 2026", "lun. 5 janv. 2026"),
        ("es", "5 ene. 2026", "5 de enero de 2026", "lun. 5 ene. 2026"),
        ("it", "5 gen 2026", "5 gennaio 2026", "lun 5 gen 2026"),
        ("pl", "5 sty 2026", "5 stycznia 2026", "pon., 5 sty 2026"),
        ("pt-BR", "5 de jan de 2026", "5 de janeiro de 2026", "seg, 5 de jan de 2026"),
        ("nl", "5 jan. 2026", "5 januari 2026", "ma 5 jan. 2026"),
        ("cs", "5. 1. 2026", "5. ledna 2026", "po 5. 1. 2026"),
        ("sv", "5 jan. 2026", "5 januari 2026", "mån 5 jan. 2026"),
    ],
)
def test_dates_are_written_as_people_write_them(code: str, short: str, full: str, day: str) -> None:
    language = language_named(code)
    assert (short_date(DAY_1, language), full_date(DAY_1, language), day_in_words(DAY_1, language)) == (short, full, day)
    assert day.startswith(short_weekday(DAY_1, language))


def test_a_language_whose_months_are_unknown_writes_dates_in_figures() -> None:
    maltese = type(ENGLISH)("mt", ENGLISH.say)
    assert not knows_dates("mt")
    assert [form(DAY_1, maltese) for form in (short_date, full_date, date_with_weekday, day_in_words)] == ["2026-01-05"] * 4
    assert short_weekday(DAY_1, maltese) == ""


@every_language
def test_french_and_only_french_parts_a_colon_from_its_word(code: str) -> None:
    said = [text for text in content(compiled_of(code).read_bytes()).values() if ":" in text]
    assert said
    for text in said:
        before = text[text.index(":") - 1]
        assert before == "\u00a0" if code == "fr" else not before.isspace()


def test_a_language_that_is_not_there_is_told_with_the_one_that_was_meant() -> None:
    meant = {"pt": "pt-BR", "PT-br": "pt-BR", "pt_PT": "pt-BR", "de-AT": "de", "FR": "fr", "en-GB": "en"}
    for code, near in meant.items():
        fault = unknown_language(code)
        assert fault is not None
        assert (fault.name, fault.help) == ("language", f"did you mean `{near}`?")
    for code in ("no", "xx", "", "..", "../locale/de", "german"):
        fault = unknown_language(code)
        assert fault is not None
        assert (fault.help or "").startswith("the languages are en, ")
        with pytest.raises(LookupError):
            language_named(code)
    assert unknown_language("pt-BR") is None
