"""The syntax trees of a regimen's phrases: frozen data, one class for each thing a phrase can say.

Every class is written as its grammar says it (docs/language.md, "Grammar"); `spell` turns a tree back into the one spelling of it.
Units are singular words here ("day", "week", "month", "open day", "hour", "minute"), whatever number stands before them.
"""

from dosecal.dose import Amount
from dosecal.phrases.tree.items import (
    At,
    AtPlace,
    AtSlot,
    Auc,
    Band,
    ClockTime,
    Condition,
    Conditions,
    CycleOf,
    Duration,
    FromTable,
    Gap,
    Give,
    IfClosed,
    IfMissed,
    InitiateAgain,
    NamedTime,
    NearTime,
    OnArm,
    OnlyIf,
    Placebo,
    Places,
    PlaceTimes,
    Quantity,
    RecordValue,
    Within,
)
from dosecal.phrases.tree.timing import (
    Apart,
    Around,
    Between,
    Cycles,
    DateUnit,
    Edge,
    EdgeOf,
    End,
    Every,
    FirstDays,
    ForSpan,
    FromTo,
    Its,
    Mark,
    Numbers,
    Offset,
    On,
    OpenDays,
    Point,
    Ref,
    Run,
    Search,
    Side,
    Span,
    Through,
    TimeUnit,
    Unit,
    Until,
    Weekdays,
    Weekly,
    When,
    Which,
    WindowPhrase,
)

Tree = (
    When
    | Point
    | WindowPhrase
    | At
    | Duration
    | Gap
    | IfMissed
    | IfClosed
    | OnlyIf
    | InitiateAgain
    | Give
    | Condition
    | Span
    | Weekdays
    | Amount
    | Places
    | CycleOf
)

__all__ = [
    "Apart",
    "Around",
    "At",
    "AtPlace",
    "AtSlot",
    "Auc",
    "Band",
    "Between",
    "ClockTime",
    "Condition",
    "Conditions",
    "CycleOf",
    "Cycles",
    "DateUnit",
    "Duration",
    "Edge",
    "EdgeOf",
    "End",
    "Every",
    "FirstDays",
    "ForSpan",
    "FromTable",
    "FromTo",
    "Gap",
    "Give",
    "IfClosed",
    "IfMissed",
    "InitiateAgain",
    "Its",
    "Mark",
    "NamedTime",
    "NearTime",
    "Numbers",
    "Offset",
    "On",
    "OnArm",
    "OnlyIf",
    "OpenDays",
    "PlaceTimes",
    "Placebo",
    "Places",
    "Point",
    "Quantity",
    "RecordValue",
    "Ref",
    "Run",
    "Search",
    "Side",
    "Span",
    "Through",
    "TimeUnit",
    "Tree",
    "Unit",
    "Until",
    "Weekdays",
    "Weekly",
    "When",
    "Which",
    "WindowPhrase",
    "Within",
]
