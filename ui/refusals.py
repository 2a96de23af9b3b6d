"""What a refusal says: what happened, and the way on, for each reason of the closed list.

The words are for the person in front of the page. They say nothing about rules, factors that
somebody else has, or the insides of the gate; the request id leads the operator to all of that.
`{address}` stands for the address that was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gate.core.decision import Reason
from ui.link_refusals import LINKS
from ui.refusal_words import Way, Words

__all__ = ["REFUSALS", "Way", "Words", "words_of"]


_CLOSED: Final = Words(
    title="You can't open this page",
    what="You have no access to it.",
    advice="If you need it for your work, ask for access.",
    way=Way.OTHER_ACCOUNT,
    ask=True,
)
_ACCOUNT_OFF: Final = Words(
    title="This account can't be used",
    what="It has been switched off or locked, so nobody can sign in with it for now.",
    way=Way.OTHER_ACCOUNT,
    ask=True,
)
_OURS: Final = Words(
    title="The gate can't answer right now",
    what="Something on our side isn't working, and nothing is let through until it does.",
    advice="This is not your fault. Try again in a minute.",
    way=Way.RETRY,
    ask=True,
)
_BUSY: Final = Words(
    title="Too much at once",
    what="More came from your address than the site can take.",
    advice="Wait a moment, then try again.",
    way=Way.RETRY,
)
_WRONG: Final = Words(
    title="That was not accepted",
    what="What you entered does not match.",
    advice="Go back and try again.",
    way=Way.SIGN_IN,
)

REFUSALS: Final[Mapping[Reason, Words]] = {
    Reason.IP_NOT_ALLOWED: Words(
        title="Not from this address",
        what="You came from {address}, and this account may not be used from there.",
        advice="Connect from a network that you normally use, such as the office or its VPN, "
        "and try again.",
        way=Way.RETRY,
        ask=True,
    ),
    Reason.NEEDS_SIGN_IN: Words(
        title="Sign in to go on",
        what="This page is for people with an account.",
        way=Way.SIGN_IN,
    ),
    Reason.SESSION_ENDED: Words(
        title="You have been signed out",
        what="Your session ended after a while without activity, or somebody ended it.",
        way=Way.SIGN_IN,
    ),
    Reason.TICKET_VOID: Words(
        title="One more try to sign you in here",
        what="You came back from signing in, but not in time, or not in the browser window in "
        "which you began. So this site does not know yet who you are.",
        advice="Press the button to try again; you may not have to type anything. If you come back "
        "to this page, let your browser keep cookies of this site.",
        way=Way.SIGN_IN,
    ),
    Reason.NEEDS_SECOND_FACTOR: Words(
        title="One more step",
        what="This page asks for a second proof that it's you.",
        way=Way.STEP_UP,
    ),
    Reason.FACTOR_TOO_OLD: Words(
        title="Confirm that it's you",
        what="This page asks for a proof that is only a few minutes old.",
        way=Way.STEP_UP,
    ),
    Reason.NEEDS_SECURITY_KEY: Words(
        title="A security key is needed",
        what="This page opens only with a security key that counts, and you have none yet.",
        advice="One that you add yourself counts after a waiting time, which your list of keys "
        "shows. For one that counts at once, ask for a link.",
        way=Way.KEYS,
        ask=True,
    ),
    Reason.NOT_ENROLLED: Words(
        title="A second factor is missing",
        what="Your password is right, but this account needs a second factor and has none yet.",
        advice="Ask for a link to set one up. It takes two minutes and an app on your phone.",
        way=Way.OTHER_ACCOUNT,
        ask=True,
    ),
    Reason.NOT_BY_RECOVERY_CODE: Words(
        title="Not after a recovery code",
        what="You confirmed this sign-in with a recovery code. It lets you add one new way to "
        "confirm that it's you, and change nothing else that protects your account.",
        advice="Sign out, sign in with your code app or security key, and try again.",
        way=Way.OTHER_ACCOUNT,
    ),
    Reason.LAST_FACTOR: Words(
        title="This one has to stay",
        what="It is the last thing that confirms your sign-in, and this site asks for one.",
        advice="Add another one first, then remove this one.",
        way=Way.START,
    ),
    Reason.TOO_MANY_FACTORS: Words(
        title="There are enough already",
        what="Your account has as many of these as it can have.",
        advice="Remove one that you no longer use.",
        way=Way.START,
    ),
    **LINKS,
    Reason.ACCOUNT_DISABLED: _ACCOUNT_OFF,
    Reason.ACCOUNT_LOCKED: _ACCOUNT_OFF,
    Reason.NO_RULE_MATCHED: _CLOSED,
    Reason.RULE_DENIES: _CLOSED,
    Reason.RATE_LIMITED: Words(
        title="Too many attempts",
        what="There were too many attempts in a short time.",
        advice="Wait a few minutes, then try again.",
        way=Way.RETRY,
    ),
    Reason.TOTP_REPLAYED: _WRONG,
    Reason.WRONG_CODE: _WRONG,
    Reason.WRONG_KEY: _WRONG,
    Reason.WRONG_PASSWORD: _WRONG,
    Reason.CROSS_SITE: Words(
        title="This came from another place",
        what="What was sent did not come from a page of this site, or that page was open for "
        "too long. Nothing was changed.",
        advice="Open the page again and repeat what you did.",
        way=Way.START,
    ),
    Reason.UNKNOWN_HOST: Words(
        title="There is no site here",
        what="This name is not served here.",
        advice="Check the address for a typing mistake.",
        ask=True,
    ),
    Reason.PLAIN_HTTP: Words(
        title="This site is reached by https",
        what="What came over an unencrypted connection was not passed on.",
        advice="Open the address again with https in front.",
        way=Way.START,
    ),
    Reason.NOT_FOUND: Words(
        title="Page not found",
        what="There is nothing at this address.",
        advice="Check the address for a typing mistake, or begin at the start.",
        way=Way.START,
    ),
    Reason.UNCLEAN_REQUEST: Words(
        title="This address can't be read",
        what="The request could mean two things as it was written, so it was not passed on.",
        advice="Type the address again by hand, or begin at the start.",
        way=Way.START,
    ),
    Reason.METHOD_NOT_ALLOWED: Words(
        title="That can't be done here",
        what="The site does not take this kind of request.",
        way=Way.START,
    ),
    Reason.TOO_LARGE: Words(
        title="That is too large",
        what="What you sent is longer than the site accepts.",
        advice="Go back, shorten it, and send it again.",
        way=Way.START,
    ),
    Reason.TOO_SLOW: Words(
        title="That took too long",
        what="The request did not arrive in time.",
        advice="Check your connection, then try again.",
        way=Way.RETRY,
    ),
    Reason.TOO_MANY_CONNECTIONS: _BUSY,
    Reason.UPSTREAM_DOWN: Words(
        title="The site is not running",
        what="You may open this page, but the application behind it does not answer.",
        advice="Try again in a minute.",
        way=Way.RETRY,
        ask=True,
    ),
    Reason.UPSTREAM_SILENT: Words(
        title="The site takes too long",
        what="You may open this page, but the application behind it did not answer in time.",
        advice="Try again in a minute. If you sent something, check first whether it arrived.",
        way=Way.RETRY,
        ask=True,
    ),
    Reason.POLICY_ERROR: _OURS,
    Reason.GATE_UNAVAILABLE: _OURS,
    Reason.PERMITTED: _OURS,
    Reason.PUBLIC: _OURS,
    Reason.OBSERVED: _OURS,
}


def words_of(reason: str) -> Words:
    """Give the words of a reason; those of a closed page for one that is not on the list."""
    return REFUSALS[Reason(reason)] if reason in set(Reason) else _CLOSED
