"""`dosecal verify DIR`: whether the files of a cohort still are what was written, and a manifest that leads nobody astray."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.cohort.manifest import read_manifest
from dosecal.diagnostic import Refused
from dosecal.read.zones import zone_data_version
from tests.cli.running import SMALL, contents, good, posix, run

ROSTER = "id,day-1,timezone,measures\n1001,2026-01-05,UTC,weight: 70 kg\n1002,2026-01-06,UTC,\n1003,2026-01-05,UTC,weight: 80 kg\n"
SITE = "site: Dundee\nweekend: Sat Sun\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cohort of which one participant has no file."""
    (tmp_path / "regimen.yaml").write_text(SMALL.replace("10 mg", "1 mg/kg"), encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "dundee.yaml").write_text(SITE, encoding="utf-8")
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", "out", "--site", "dundee.yaml", "--audience", "site", folder=tmp_path)
    assert ran.code == 1
    return tmp_path


def changed(folder: Path, **keys: Any) -> None:
    """Give the manifest other values."""
    path = folder / "out/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | keys), encoding="utf-8")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_manifest_says_what_was_written_from_what_and_by_which_versions(folder: Path) -> None:
    files = contents(folder / "out")
    inputs = {name: sha256((folder / name).read_bytes()) for name in ("regimen.yaml", "dundee.yaml", "roster.csv")}
    assert json.loads(files["manifest.json"]) == {
        "format": "dosecal/manifest/1",
        "dosecal": __version__,
        "zone-data": zone_data_version(),
        "regimen": {"name": "regimen.yaml", "sha256": inputs["regimen.yaml"]},
        "sites": [{"name": "dundee.yaml", "sha256": inputs["dundee.yaml"]}],
        "roster": {"name": "roster.csv", "sha256": inputs["roster.csv"]},
        "written-as": "ics",
        "audience": "site",
        "options": [],
        "failed": ["1002"],
        "left": [],
        "files": [{"name": name, "bytes": len(files[name]), "sha256": sha256(files[name])} for name in ("1001.ics", "1003.ics")],
    }
    assert len(files["manifest.json"].splitlines()) == 17  # a line for each key and each file: it can be compared line by line


def test_good_files_are_good_and_who_has_none_is_told(folder: Path) -> None:
    ran = run("verify", "out", folder=folder)
    regimen, site, roster = (sha256((folder / name).read_bytes()) for name in ("regimen.yaml", "dundee.yaml", "roster.csv"))
    assert ran.code == 0
    assert ran.out.decode() == (
        f"out: good: 2 files, as dosecal {__version__} wrote them\nwritten as: ics --audience site\n"
        f"regimen: regimen.yaml, SHA-256 {regimen}\nsite: dundee.yaml, SHA-256 {site}\nroster: roster.csv, SHA-256 {roster}\n"
    )
    assert ran.err == "out: note[failed]: 1 participant of the roster could not be laid out and got no file: 1002\n"


def test_a_changed_byte_a_missing_file_and_one_too_many_are_found(folder: Path) -> None:
    (folder / "out/1001.ics").write_bytes((folder / "out/1001.ics").read_bytes().replace(b"20260105", b"20260106"))
    (folder / "out/1003.ics").rename(folder / "out/1004.ics")
    ran = run("verify", "out", folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert [line for line in ran.err.splitlines() if "[" in line] == [
        "out/1001.ics: error[changed-file]: this file is no longer what was written",
        "out/1003.ics: error[missing-file]: this file is in the manifest and not in the folder",
        "out: note[former-file]: 1 file is there (1004.ics) that the manifest does not name",
        "out: note[failed]: 1 participant of the roster could not be laid out and got no file: 1002",
    ]


def test_the_same_is_said_as_data(folder: Path) -> None:
    (folder / "out/1003.ics").unlink()
    ran = run("verify", "out", "--format", "json", folder=folder)
    said = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert {key: said[key] for key in ("folder", "good", "files", "failed", "dosecal", "zone-data")} == {
        "folder": "out", "good": False, "files": 2, "failed": ["1002"], "dosecal": __version__, "zone-data": zone_data_version(),
    }  # fmt: skip
    assert [(one["name"], one["severity"], one["file"]) for one in said["diagnostics"]] == [
        ("missing-file", "error", "out/1003.ics"),
        ("failed", "note", "out"),
    ]
    run("cohort", "regimen.yaml", "roster.csv", "-o", "out", "--site", "dundee.yaml", "--audience", "site", folder=folder)
    assert json.loads(good("verify", "out", "--format", "json", folder=folder))["good"] is True


@posix
@pytest.mark.parametrize("trap", ["link", "dangling link", "folder", "pipe", "longer", "empty"])
def test_what_is_no_plain_file_of_that_size_is_changed_and_never_followed(trap: str, folder: Path) -> None:
    there = folder / "out/1001.ics"
    content = there.read_bytes()
    there.unlink()
    if trap.endswith("link"):
        (folder / "same.ics").write_bytes(content)
        there.symlink_to("../same.ics" if trap == "link" else "../nowhere")
    elif trap == "folder":
        there.mkdir()
    elif trap == "pipe":
        os.mkfifo(there)
    else:
        there.write_bytes(content + b"\r\n" if trap == "longer" else b"")
    ran = run("verify", "out", folder=folder)
    assert ran.code == 1
    assert "out/1001.ics: error[changed-file]" in ran.err


# -- a manifest that was changed

ZEROS = "0" * 64


@pytest.mark.parametrize(
    "name", ["../secret", "../roster.csv", "/etc/passwd", "a/b.ics", "..", "", ".hidden.ics", "1001.ics\0", "1001.ics\n", "manifest.json"]
)
def test_a_name_that_leads_elsewhere_is_refused_and_never_followed(name: str, folder: Path) -> None:
    (folder / "secret").write_bytes(b"")
    changed(folder, files=[{"name": name, "bytes": 0, "sha256": sha256(b"")}])
    ran = run("verify", "out", folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert ran.err.startswith("out/manifest.json: error[manifest]: this manifest was changed: ")


LIES: list[dict[str, Any]] = [
    {"format": "dosecal/manifest/2"},
    {"format": 1},
    {"more": 1},
    {"files": [{"name": "1001.ics", "bytes": 1, "sha256": "x"}]},
    {"files": [{"name": "1001.ics", "bytes": 1, "sha256": ZEROS}] * 2},
    {"files": [{"name": "1001.ics", "bytes": 1.5, "sha256": ZEROS}]},
    {"failed": None},
    {"regimen": {"name": "regimen.yaml", "sha256": "\x1b[31m"}},
    {"sites": [{"name": "dundee.yaml", "sha256": ZEROS[1:]}]},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_manifest_that_dosecal_would_not_have_written_is_refused(lie: dict[str, Any], folder: Path) -> None:
    changed(folder, **lie)
    ran = run("verify", "out", folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert "out/manifest.json: error[manifest]: this manifest " in ran.err or "this is no manifest" in ran.err


def test_nothing_in_a_manifest_reaches_a_terminal_as_a_command(folder: Path) -> None:
    (folder / "out/a\x1b[31m.ics").touch()
    changed(folder, dosecal="1\x1b[31m", failed=["1\x1b[31m"], roster={"name": "r\x1b[31m", "sha256": ZEROS})
    ran = run("verify", "out", folder=folder)
    assert (ran.code, b"\x1b" in ran.out, "\x1b" in ran.err) == (0, False, False)
    assert ran.err.count("\\x1b[31m") == 2


@pytest.mark.parametrize("size", [-1, 0, 2**62])
def test_a_wrong_size_is_a_changed_file(size: int, folder: Path) -> None:
    content = (folder / "out/1001.ics").read_bytes()
    changed(folder, files=[{"name": "1001.ics", "bytes": size, "sha256": sha256(content)}])
    ran = run("verify", "out", folder=folder)
    assert ran.code == 1
    assert "out/1001.ics: error[changed-file]" in ran.err


@settings(max_examples=60)
@given(
    content=st.binary()
    | st.text().map(str.encode)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_bytes_for_a_manifest_are_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_manifest("manifest.json", content)
    assert [one.name for one in refused.value.diagnostics] == ["manifest"]


def test_a_folder_without_a_manifest_is_no_cohorts(folder: Path) -> None:
    (folder / "out/manifest.json").unlink()
    for where in ("out", "file://" + str(folder / "out"), "memory://out"):
        ran = run("verify", where, folder=folder)
        assert (ran.code, ran.out) == (2, b""), where
        assert "error[unreadable]: there is no manifest.json in this folder" in ran.err
    assert run("verify", "missing", folder=folder).code == 2
    assert run("verify", "nowhere://out", folder=folder).code == 2
    assert run("verify", "out", "--head", ZEROS, folder=folder).code == 2


def test_more_than_a_hundred_faults_are_counted(folder: Path) -> None:
    changed(folder, files=[{"name": f"{number}.ics", "bytes": 1, "sha256": ZEROS} for number in range(140)])
    ran = run("verify", "out", folder=folder)
    assert ran.code == 1
    assert ran.err.count("error[missing-file]") == 100
    assert "note[more]: 40 more errors follow" in ran.err


def test_the_name_of_an_input_is_kept_whatever_letters_it_has(folder: Path) -> None:
    strange = os.fsdecode(b"r\xff\xc3\xb6.csv")
    try:
        (folder / strange).write_text(ROSTER.replace("1002", "1005").replace("UTC,\n", "UTC,weight: 60 kg\n"), encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    good("cohort", "regimen.yaml", strange, "-o", "strange", folder=folder)
    assert b"SHA-256" in good("verify", "strange", folder=folder)
