"""Readers of the phrases that an item, a phase and a cohort plan share."""

from dosecal.phrases import amounts, rules, timing
from dosecal.phrases.tree import At, Give, Point, When, WindowPhrase
from dosecal.phrases.words import Names
from dosecal.read.fields import Reader, phrase


def when(names: Names) -> Reader[When]:
    return phrase(timing.parse_when, names)


def point(names: Names) -> Reader[Point]:
    return phrase(timing.parse_point, names)


def window(names: Names) -> Reader[WindowPhrase]:
    return phrase(timing.parse_window, names)


def at(names: Names) -> Reader[At]:
    return phrase(rules.parse_at, names)


def give(names: Names) -> Reader[Give]:
    return phrase(amounts.parse_give, names)
