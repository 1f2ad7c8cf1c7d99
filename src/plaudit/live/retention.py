"""How long this room's tables keep what they hold."""

from plaudit.limits import WORDS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="words",
        title="Chat, and the words of gifts, of rooms that are over",
        what="What was said. Frames and gifts stay, without words.",
        since="the end of the room",
        reason="Reports of what was said are looked into for some months.",
        tables="frame gift",
        forget="let_go_of_words",
        rows_at_once=WORDS_FORGOTTEN_AT_ONCE,
        days=180,
        days_min=1,
        days_max=1_830,
    ),
)
