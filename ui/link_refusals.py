"""What a one-time link says that is not good, or not here (G20, G25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gate.core.decision import Reason
from ui.refusal_words import Way, Words

LINKS: Final[Mapping[Reason, Words]] = {
    Reason.NEEDS_LINK: Words(
        title="Open your link once more",
        what="This page belongs to a one-time link, and this browser has not opened one, or too "
        "long ago. Nothing was changed.",
        advice="Open the link that you were given again: it stays good until you have come to the "
        "end. Or sign in again, if you came here without a link.",
        way=Way.SIGN_IN,
        ask=True,
    ),
    Reason.LINK_USED: Words(
        title="This link has been used",
        what="Everything was set up by it, and a link works once.",
        advice="Was that you? Then sign in. If it was not, tell the people below at once: somebody "
        "else may have your account.",
        way=Way.SIGN_IN,
        ask=True,
    ),
    Reason.LINK_EXPIRED: Words(
        title="This link is too old",
        what="A link is good for a limited time only, and this one's is over. Nothing was changed.",
        advice="Ask for a new one.",
        way=Way.START,
        ask=True,
    ),
    Reason.LINK_VOID: Words(
        title="This link is not good",
        what="It may have been cut when it was copied, a newer one may have taken its place, or "
        "the account has changed since. Nothing was changed.",
        advice="Look for the newest link that you were given, and open the whole of it. Otherwise "
        "ask for a new one.",
        way=Way.START,
        ask=True,
    ),
    Reason.LINK_NOT_HERE: Words(
        title="This link is for somebody else",
        what="You made it yourself in this browser, so it can't be opened here.",
        advice="Give it to the person whom it is for.",
        way=Way.START,
    ),
}
