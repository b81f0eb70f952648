"""The published regimens and their golden participants -> docs/gallery.md."""

from itertools import groupby
from pathlib import Path

from tests.golden.cases import ROOT, Case, cases, command_of, printed_by, regimen_of

PAGE = ROOT / "docs" / "gallery.md"
LINES = 12
_EXAMPLE = ["schedule", "secukinumab", "--start", "2028-01-31", "--fold"]
_HEAD = """# Gallery

The regimens that come with dosecal, each from a public source. A comment at the top of each says what was checked, and what is the
file's own choice. Copy the one nearest to your trial and change it. Nothing here is advice on treatment.

`dosecal schedule` and `dosecal ics` take them by name:
"""
_NOTE = """Below stand each file, what `dosecal validate` says of it, a participant, and the first lines of their schedule. This page is
written by the program and compared by the tests; `python -m tests.golden.rewrite` writes it anew.
"""


def page() -> str:
    """The whole page: a table of contents, then every regimen with its first golden participant."""
    found = [next(same) for _, same in groupby(cases(), key=lambda case: case.regimen)]
    contents = [f"| [{case.regimen}](#{case.regimen}) | {first_line(case)} |" for case in found]
    table = ["| regimen | what it is |", "| --- | --- |", *contents, ""]
    return "\n".join([_HEAD, _block("console", _EXAMPLE), _NOTE, *table, *(_section(case) for case in found)])


def first_line(case: Case) -> str:
    """What a regimen file says of itself in its first line, which is a comment."""
    return case.regimen_file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _section(case: Case) -> str:
    """One regimen: title and source, the file, what `validate` says, a participant, and the first lines of their schedule."""
    regimen, file = regimen_of(case), case.regimen_file.relative_to(ROOT)
    title = f"**{regimen.title or regimen.study}.** {regimen.source}. [The file](../{file}):\n"
    own = [case.participant_file, *([case.site_file] if case.site_file else [])]
    parts = [_file(case.regimen_file), _block("text", ["validate", str(file)]), *map(_file, own), _block("text", command_of(case))]
    return "\n".join([f"## {case.regimen}\n", title, *parts])


def _file(path: Path) -> str:
    return f"```yml\n{path.read_text(encoding='utf-8').rstrip()}\n```\n"


def _block(language: str, words: list[str]) -> str:
    """A command, to be run in the project's folder, and the first lines of what it prints but its versions."""
    lines = [line for line in printed_by(words)[0].rstrip().splitlines() if not line.startswith("dosecal ")]
    dots = ["..."] if len(lines) > LINES else []
    return "\n".join([f"```{language}", f"$ dosecal {' '.join(words)}", *lines[:LINES], *dots, "```\n"])
