"""The options of `dosecal ics`: reminders, tasks, years apart, updates, a study's key; each written whole or not at all."""

import errno
import os
import stat
from datetime import date
from pathlib import Path

import pytest

from dosecal.cli.calendar_files import years_of
from dosecal.cli.wishes import a_color, a_length
from dosecal.write.colors import COLORS
from tests.cli.running import SMALL, contents, good, posix, run
from tests.readers.lines import unfolded, vevents
from tests.write.schedules import event, schedule

ICS = ("ics", "regimen.yaml", "--start", "2026-12-20", "--id", "1042")
YEARS = ("ics", "yearly.yaml", "--start", "2026-12-29", "--id", "1042")
YEARLY = SMALL.replace("every day for 3 days", "every day for 400 days")
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "yearly.yaml").write_text(YEARLY, encoding="utf-8")
    (tmp_path / "study.key").write_text(KEY + "\n", encoding="utf-8")
    (tmp_path / "study.key").chmod(0o600)
    return tmp_path


def test_every_option_reaches_the_file(folder: Path) -> None:
    words = ("--alarm", "2h", "--todo", "--refresh", "12h", "--color", "Teal", "--uid-key-file", "study.key")
    lines = unfolded(good(*ICS, *words, folder=folder))
    for line in (
        "TRIGGER:-PT2H", "BEGIN:VTODO", "REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H", "COLOR:teal",
        "X-DOSECAL-UIDS:keyed",
    ):  # fmt: skip
        assert line in lines
    assert lines.count("BEGIN:VTODO") == 3  # the doses, not the blood tests
    assert lines.count("BEGIN:VALARM") == 5


NO_LENGTHS = [
    "30", "m", "0m", "00m", "030m", "-30m", "+30m", "1.5h", "30 m", " 30m", "30m ", "30M", "30s", "1w", "PT30M", "1h30m", "٣m", "1e3m",
    "29d", "673h", "99999m", "", "30m\n",
]  # fmt: skip


@pytest.mark.parametrize("value", NO_LENGTHS)
def test_a_length_is_whole_minutes_hours_or_days_and_nothing_else(value: str, folder: Path) -> None:
    for option in ("--alarm", "--refresh"):
        refused = run(*ICS, option, value, folder=folder)
        assert (refused.code, refused.out) == (2, b"")
        assert refused.err.startswith(f"{option}: error[length]: ")


@pytest.mark.parametrize(("value", "written"), [("1m", "PT1M"), ("90m", "PT1H30M"), ("28d", "P28D"), ("672h", "P28D"), ("1d", "P1D")])
def test_a_length_is_written_as_it_was_meant(value: str, written: str, folder: Path) -> None:
    lines = unfolded(good(*ICS, "--alarm", value, "--refresh", value, folder=folder))
    assert f"TRIGGER:-{written}" in lines
    assert f"REFRESH-INTERVAL;VALUE=DURATION:{written}" in lines


def test_there_are_the_147_colours_of_css_3(folder: Path) -> None:
    assert len(COLORS) == 147
    assert {"grey" if "gray" in name else "" for name in COLORS} == {"", "grey"}
    assert {name.replace("gray", "grey") for name in COLORS} <= COLORS  # both spellings of each
    for name in ("rebeccapurple", "transparent", "#ff0000", "currentcolor", "", "red\n"):
        assert run(*ICS, "--color", name, folder=folder).code == 2


def test_the_parsers_of_options_need_no_value() -> None:
    # click calls them for an option that was not given
    assert a_length(None, None, None) is None  # type: ignore[arg-type]
    assert a_color(None, None, None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alarm", "when"),
    [
        ("30m", "23:30 on the day before"), ("1d", "00:00 on the day before"), ("6h", "18:00 on the day before"),
        ("36h", "12:00 2 days before"),
    ],
)  # fmt: skip
def test_rule_16_when_the_reminder_of_a_whole_day_comes_is_said(alarm: str, when: str, folder: Path) -> None:
    said = run(*ICS, "--alarm", alarm, "-o", "calendar.ics", folder=folder).err
    assert f"note[alarm]: 5 events have no clock time, and their reminder comes at {when}\n" in said


def test_rule_16_the_help_says_that_a_calendar_is_never_the_only_safety_reminder(folder: Path) -> None:
    words = " ".join(good("ics", "--help", folder=folder).decode().split())
    assert "A calendar is never the only safety reminder" in words
    assert "Google on import): never the only safety reminder" in words


# -- one file a year


def test_rule_21_an_event_stands_in_the_file_of_the_year_in_which_it_begins_and_in_no_other(folder: Path) -> None:
    said = run(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    assert said.code == 0
    assert said.err == (
        "1042-2026.ics: 3 events, 2026-12-29 to 2026-12-31\n"
        "1042-2027.ics: 367 events, 2027-01-01 to 2027-12-31\n"
        "1042-2028.ics: 32 events, 2028-01-01 to 2028-02-01\n"
    )
    parts = [(folder / f"1042-{year}.ics").read_bytes() for year in (2026, 2027, 2028)]
    whole = vevents(good(*YEARS, folder=folder))
    assert [one for part in parts for one in vevents(part)] == whole
    for year, part in zip((2026, 2027, 2028), parts, strict=True):
        assert {one["DTSTART;VALUE=DATE"][:4] for one in vevents(part)} == {str(year)}
    assert "1042.ics" not in contents(folder)


@pytest.mark.parametrize(
    ("output", "name"),
    [("calendar", "calendar-2026"), ("a.b.ics", "a.b-2026.ics"), ("new/1042.ics", "new/1042-2026.ics"), (".ics", ".ics-2026")],
)
def test_the_year_comes_before_the_ending_of_the_name(output: str, name: str, folder: Path) -> None:
    (folder / "new").mkdir()
    good(*ICS, "--split", "year", "-o", output, folder=folder)
    assert (folder / name).is_file()


@posix
def test_every_file_of_an_export_is_for_its_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        good(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
        good(*YEARS, "-o", "old.ics", folder=folder)
        good(*YEARS, "--since", "old.ics", "-o", "update.ics", folder=folder)
    finally:
        os.umask(before)
    for name in ("1042-2026.ics", "1042-2027.ics", "1042-2028.ics", "update.ics"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_the_same_command_replaces_its_own_years(folder: Path) -> None:
    good(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    first = contents(folder)
    good(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    assert contents(folder) == first


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_one_year_that_may_not_be_written_keeps_all_from_being_written(year: int, folder: Path) -> None:
    (folder / f"1042-{year}.ics").write_bytes(b"my notes\n")
    before = contents(folder)
    refused = run(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    assert refused.code == 2
    assert f"1042-{year}.ics: error[unwritable]: there is a file of this name that dosecal did not write" in refused.err
    assert contents(folder) == before


def failing(real: object, at: int) -> object:
    """`real`, but for its call number `at`, which finds the disk full."""
    calls = 0

    def call(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        assert callable(real)
        return real(*arguments)

    return call


@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_at_any_year_leaves_all_as_it_was(
    step: str, at: int, there: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if there:
        good(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    before = contents(folder)
    owner, name = (Path, "replace") if step == "replace" else (os, "fsync")
    monkeypatch.setattr(owner, name, failing(getattr(owner, name), at))
    refused = run(*YEARS, "--alarm", "1h", "--split", "year", "-o", "1042.ics", folder=folder)
    assert refused.code == 2
    assert "error[unwritable]: the file could not be written: No space left on device" in refused.err
    assert contents(folder) == before


def test_a_calendar_without_events_is_one_file_of_the_year_of_day_1(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(SMALL.replace("every day for 3 days", "day 5"), encoding="utf-8")
    good(*ICS, "--horizon", "2026-12-20", "--split", "year", "-o", "1042.ics", folder=folder)
    assert set(contents(folder)) == {"1042-2026.ics", "regimen.yaml", "study.key", "yearly.yaml"}


def test_a_file_of_a_former_year_is_named_and_left(folder: Path) -> None:
    good(*YEARS, "--split", "year", "-o", "1042.ics", folder=folder)
    other = good(*(word.replace("1042", "1043") for word in YEARS), folder=folder)
    (folder / "1042-2031.ics").write_bytes(other)
    (folder / "1042-2032.ics").write_bytes(b"my notes")
    said = run(*YEARS, "--horizon", "2027-06-30", "--split", "year", "-o", "1042.ics", folder=folder).err
    assert said.count("warning[former-year]") == 1
    assert "1042-2028.ics: warning[former-year]: " in said
    assert (folder / "1042-2028.ics").is_file()


def test_an_event_that_moves_over_new_year_changes_its_file_but_as_one_of_a_series() -> None:
    moved = event("visit", date(2027, 1, 2), "visits", key="visit", revision=1, nominal_date=date(2026, 12, 30))
    gone = event("call", date(2026, 12, 28), "calls", key="call", revision=1, state="cancelled")
    behind = event("call", date(2028, 1, 1), "calls", key="later", revision=2)
    now = schedule(moved, absent=(gone, event("call", date(2025, 1, 1), "calls", key="never")), beyond=(behind,))
    plan = schedule(event("visit", date(2026, 12, 30), "visits", key="visit"))
    assert {year: part.events for year, part in years_of(now).items()} == {2026: (), 2027: (moved,), 2028: ()}
    assert {year: part.events for year, part in years_of(now, plan).items()} == {2026: (moved,), 2028: ()}
    for years in (years_of(now), years_of(now, plan)):
        assert (years[2026].absent, years[2028].beyond) == ((gone,), (behind,))


def test_years_and_series_together_hold_what_one_file_of_series_does(folder: Path) -> None:
    good(*YEARS, "--compact", "--split", "year", "-o", "1042.ics", folder=folder)
    parts = [(folder / f"1042-{year}.ics").read_bytes() for year in (2026, 2027, 2028)]
    for part, first, count in zip(parts, ("20261229", "20270101", "20280101"), (3, 365, 32), strict=True):
        series = vevents(part)[0]
        assert series["DTSTART;VALUE=DATE"] == first
        assert f"COUNT={count}" in series["RRULE"]


# -- what changed

REGIMEN_LINE = "regimen: regimen.yaml\nday-1: 2026-12-20\n"


@pytest.fixture
def followed(folder: Path) -> Path:
    """A participant whose calendar was exported, and who has missed a dose since."""
    (folder / "1042.yaml").write_text(f'participant: "1042"\n{REGIMEN_LINE}', encoding="utf-8")
    good("ics", "regimen.yaml", "--participant", "1042.yaml", "-o", "old.ics", folder=folder)
    entry = "record:\n  - {on: 2026-12-21, not-given: study drug, why: felt ill, by: JD}\n"
    (folder / "1042.yaml").write_text(f'participant: "1042"\n{REGIMEN_LINE}{entry}', encoding="utf-8")
    return folder


UPDATE = ("ics", "regimen.yaml", "--participant", "1042.yaml", "--since", "old.ics")


def test_an_update_has_what_the_record_changed_since_and_says_how_much(followed: Path) -> None:
    said = run(*UPDATE, "-o", "update.ics", folder=followed)
    assert (said.code, said.err) == (0, "update.ics: 1 of 5 events, changed since old.ics\n")
    [one] = vevents((followed / "update.ics").read_bytes())
    assert (one["DTSTART;VALUE=DATE"], one["STATUS"], one["SEQUENCE"]) == ("20261221", "CANCELLED", "1")
    assert good(*UPDATE, folder=followed) == (followed / "update.ics").read_bytes()


def test_an_update_may_be_written_again_and_again_also_after_one_without_events(followed: Path) -> None:
    for older, count in (("old.ics", 1), ("now.ics", 0), ("old.ics", 1)):
        good("ics", "regimen.yaml", "--participant", "1042.yaml", "-o", "now.ics", folder=followed)
        good("ics", "regimen.yaml", "--participant", "1042.yaml", "--since", older, "-o", "update.ics", folder=followed)
        assert len(vevents((followed / "update.ics").read_bytes())) == count


def test_the_older_calendar_is_an_input_and_never_replaced(followed: Path) -> None:
    before = contents(followed)
    refused = run(*UPDATE, "-o", "old.ics", "--force", folder=followed)
    assert "old.ics: error[unwritable]: this is one of the files that were read" in refused.err
    assert contents(followed) == before


# -- a study's key


def test_the_key_may_come_from_the_environment_and_the_option_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_option = good(*ICS, "--uid-key-file", "study.key", folder=folder)
    monkeypatch.setenv("DOSECAL_UID_KEY_FILE", "study.key")
    assert good(*ICS, folder=folder) == by_option
    monkeypatch.setenv("DOSECAL_UID_KEY_FILE", "no-such.key")
    assert run(*ICS, folder=folder).err.startswith("no-such.key: error[unreadable]: there is no such file")
    assert good(*ICS, "--uid-key-file", "study.key", folder=folder) == by_option
    monkeypatch.delenv("DOSECAL_UID_KEY_FILE")
    assert good(*ICS, folder=folder) != by_option


@pytest.mark.parametrize("content", [KEY.encode() + b"\n", b"\x00\xff" * 3 + b"short", b"a" * 40, bytes(range(256)) * 17])
def test_a_key_is_never_printed_whatever_is_wrong_with_it(content: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "study.key").write_bytes(content)
    monkeypatch.delenv("DOSECAL_TRACEBACK", raising=False)
    for words in (("-o", "no-such-folder/x.ics"), ("-o", "study.key", "--force"), ("--since", "regimen.yaml"), ()):
        ran = run(*ICS, "--uid-key-file", "study.key", *words, folder=folder)
        for shown in (content[:12].decode("latin-1"), content.hex()[:24], repr(content)[2:14]):
            assert shown not in ran.err
            assert shown.encode("latin-1") not in ran.out
    assert (folder / "study.key").read_bytes() == content


@posix
@pytest.mark.parametrize(("mode", "code"), [(0o600, 0), (0o400, 0), (0o640, 0), (0o660, 0), (0o604, 1), (0o602, 1), (0o644, 1), (0o666, 1)])
def test_a_key_that_everyone_may_read_or_change_is_refused_one_for_a_group_is_not(mode: int, code: int, folder: Path) -> None:
    (folder / "study.key").chmod(mode)
    ran = run(*ICS, "--uid-key-file", "study.key", folder=folder)
    assert ran.code == code
    assert ("error[uid-key]: everyone on this machine may read or change this key" in ran.err) is bool(code)


@posix
def test_a_pipe_or_a_device_is_no_key_and_nothing_waits_for_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for path in ("pipe", "/dev/urandom", "/dev/null"):
        assert run(*ICS, "--uid-key-file", path, folder=folder).err.startswith(f"{path}: error[unreadable]: this is a device, not a file")


def test_a_key_of_fifteen_bytes_is_too_short_one_of_sixteen_is_not(folder: Path) -> None:
    for content, code in ((KEY[:15], 1), (KEY[:15] + "\n", 1), (KEY[:16], 0), (KEY[:16] + "\r\n", 0)):
        (folder / "study.key").write_text(content, encoding="utf-8", newline="")
        assert run(*ICS, "--uid-key-file", "study.key", folder=folder).code == code


def test_calendars_with_and_without_a_key_replace_each_other_only_by_force(folder: Path) -> None:
    keyed = ("--uid-key-file", "study.key")
    for first, second in (((), keyed), (keyed, ())):
        good(*ICS, *first, "-o", "calendar.ics", "--force", folder=folder)
        before = contents(folder)
        refused = run(*ICS, *second, "-o", "calendar.ics", folder=folder)
        assert "who imports both has every event twice" in refused.err
        assert contents(folder) == before


READERS = ("participant", "site", "rater", "unblinded")


@pytest.mark.parametrize(("there", "new"), [(one, other) for one in READERS for other in READERS if one != other])
def test_a_calendar_for_other_readers_takes_no_other_ones_place_and_is_no_update_of_it(there: str, new: str, folder: Path) -> None:
    good(*ICS, "--audience", there, "-o", "1042.ics", folder=folder)
    before = contents(folder)
    over = run(*ICS, "--audience", new, "-o", "1042.ics", folder=folder)
    assert (over.code, "error[unwritable]" in over.err) == (2, True)
    update = run(*ICS, "--audience", new, "--since", "1042.ics", "-o", "update.ics", folder=folder)
    assert (update.code, "error[other-calendar]: this calendar is for other readers" in update.err) == (1, True)
    assert contents(folder) == before


def test_a_variable_that_names_no_key_is_no_calendar_without_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSECAL_UID_KEY_FILE", "")
    refused = run(*ICS, folder=folder)
    assert (refused.code, refused.out, refused.err.startswith("DOSECAL_UID_KEY_FILE: error[no-value]: ")) == (2, b"", True)
