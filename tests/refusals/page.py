"""The refusal cases -> docs/errors.md: every diagnostic with an example, its message and its mend."""

from collections import defaultdict
from pathlib import Path

from tests.refusals.cases import FILES, GOOD, Case, cases

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
_HEAD = """# Errors, warnings and notes

Everything that dosecal can say about a file or a command, by the name in brackets. Each example is a file and what the command says about
it; the line that begins with `help:` is the mend. The tests run all of it. To write this page anew: `python -m tests.refusals.rewrite`.

Exit codes: 0 good (warnings and notes included), 1 the content of a file is wrong, 2 the command is wrong or a path cannot be read or
written, 3 dosecal itself is wrong (`bug`, with the request to report it).
"""
_LONGEST = 30
_SHARED = ("regimen.yaml", "trial.yaml", "trial-2.yaml", "meals.yaml", "open.yaml")
"""Sound regimens that the records of several examples are held against."""


def page() -> str:
    """The whole page, from the cases and their NAME.txt files."""
    by_name: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases():
        by_name[case.diagnostic].append(case)
    names = sorted(by_name)
    index = " · ".join(f"[{name}](#{name})" for name in names)
    return "\n".join([_HEAD, index, "", *(_section(name, by_name[name]) for name in names), _regimens()])


def _section(name: str, found: list[Case]) -> str:
    """One diagnostic: its first case with the file, the further ones by what is said alone."""
    parts = [f"## {name}\n"]
    for number, case in enumerate(found):
        file = next((path for path in (FILES / f"{case.name}.yaml", FILES / f"{case.name}.csv") if path.exists()), None)
        text = file.read_text(encoding="utf-8", errors="replace") if file is not None and not number else ""
        if text and text.count("\n") <= _LONGEST and all(c.isprintable() or c == "\n" for c in text):
            language = "yml" if file is not None and file.suffix == ".yaml" else "text"
            parts.append(f"```{language}\n{text.rstrip()}\n```\n")
        parts.append(f"```text\n{_visible(case.expected.read_text(encoding='utf-8')).rstrip()}\n```\n")
    return "\n".join(parts)


def _regimens() -> str:
    """The regimens beside which the examples of participants' records stand."""
    shown = [f"`{name}`:\n\n```yml\n{(GOOD / name).read_text(encoding='utf-8').rstrip()}\n```\n" for name in _SHARED]
    return "\n".join(
        ["## The regimens of the examples\n", "What a record is held against, where an example is a participant's file.\n", *shown]
    )


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
