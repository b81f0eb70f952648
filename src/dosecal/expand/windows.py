"""An item's window -> the dates on which an occurrence is allowed, around its nominal date or where its points say (rule 20)."""

from datetime import date

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import Anchored, Scope, date_at, unbuilt, whole
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Apart, Around, Between, FromTo, WindowPhrase
from dosecal.study_time import Window

_DATED = ("day", "week", "month")


def window_of(phrase: WindowPhrase, nominal: date, scope: Scope) -> Window | None:
    """The window of the occurrence nominally on `nominal`, both ends included, or None where it has none.

    An occurrence on Study Day 1 is the origin that others count from, so it has no window of days. Raises Refused for what cannot be laid
    out.
    """
    if isinstance(phrase, Around | Between) and phrase.unit not in _DATED:
        raise Refused([unbuilt(phrase)])
    if nominal == scope.day_1:
        return None
    origin = Anchored(nominal, 0, 0)
    match phrase:
        case Around(amount, unit):
            return _between(origin.plus(-whole(amount), unit), origin.plus(whole(amount), unit), scope, phrase)
        case Between(earliest, latest, unit):
            return _between(origin.plus(earliest, unit), origin.plus(latest, unit), scope, phrase)
        case Apart(nearest, farthest, unit, side, point) if unit in _DATED:
            start = Anchored(date_at(point, scope), 0, 0)
            near, far = (start.plus(whole(amount) * (1 if side == "after" else -1), unit) for amount in (nearest, farthest))
            return _between(near, far, scope, phrase) if side == "after" else _between(far, near, scope, phrase)
        case FromTo(opens, closes):
            return _between(Anchored(date_at(opens, scope), 0, 0), Anchored(date_at(closes, scope), 0, 0), scope, phrase)
    raise Refused([unbuilt(phrase)])


def _between(earliest: Anchored, latest: Anchored, scope: Scope, phrase: WindowPhrase) -> Window:
    window = Window(earliest.date(scope.months), latest.date(scope.months))
    if window.earliest > window.latest:  # type: ignore[operator]
        message = f"the window `{spell(phrase)}` would end before it begins, on {window.latest}"
        raise Refused([Diagnostic("window", message, "let the earlier point come first", part=spell(phrase))])
    return window
