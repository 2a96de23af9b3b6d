"""`gate explain`: one sentence why a request is let in or not, then rule by rule how it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import click

from gate.cli.options import settings_options
from gate.cli.output import ExitCode, complain, moment, printable, result
from gate.cli.policy_source import Places, read_source
from gate.config.policy_cases import FACTORS, NONE, parse_request
from gate.config.policy_people import NAME
from gate.config.policy_yaml import load_policy
from gate.config.settings import Settings
from gate.config.shapes import parse_duration
from gate.core.access import Access
from gate.core.decision import Deny, Permit
from gate.core.located import Problems
from gate.core.network import Address, Unusable, canonical
from gate.core.policy import Policy
from gate.core.refusal import Refusal
from gate.core.subject import Method, SessionLimits
from gate.core.trace import Explanation, Result, Step, explain as explained
from gate.service.virtual_access import Asked, Person, virtual_access
from gate.store.clock import SystemClock

MARKS: Final = {Result.HIT: "+", Result.MISS: "-", Result.MAY: "?", Result.NOT_REACHED: " "}


@click.command("explain")
@click.option("--as", "account", metavar="NAME", help="Who asks; left out: nobody is signed in.")
@click.option("--from", "client", metavar="ADDRESS", required=True, help="From where.")
@click.option(
    "--proof", "proofs", metavar="WORD:AGE", multiple=True, help="What was proved, as totp:5m."
)
@click.option(
    "--factor",
    "factors",
    type=click.Choice([*FACTORS, NONE]),
    multiple=True,
    help="What the account has; left out: every kind.",
)
@click.option("--header", "headers", metavar="NAME:VALUE", multiple=True, help="A header.")
@click.option("--time", "at", metavar="TIME", help="When, as 2027-03-31T08:30:00+02:00.")
@click.option("--policies", metavar="FOLDER", type=click.Path(exists=True), help="The policy.")
@click.argument("method")
@click.argument("url")
@settings_options
def explain(**options: Any) -> int:
    """Say why a request is let in or turned away."""
    text, settings = read_source((), options)
    places = Places((), settings)
    loaded = text if isinstance(text, Problems) else load_policy(text)
    if isinstance(loaded, Problems):
        complain("\n".join(printable(str(places.problem(each))) for each in loaded.items))
        return ExitCode.FOUND
    now = _time(options["at"])
    access = virtual_access(loaded.policy, _asked(options, settings), now)
    if isinstance(access, Refusal):
        return _say_refusal(access, as_json=options["as_json"])
    return _say(loaded.policy, access, places, as_json=options["as_json"])


# --- what is asked -------------------------------------------------------------------------


def _asked(options: Mapping[str, Any], settings: Settings) -> Asked:
    request = parse_request(options["method"].upper(), _with_path(options["url"]))
    if isinstance(request, str):
        raise click.UsageError(request)
    return Asked(
        method=request.method,
        host=request.host,
        target=request.target,
        client=_client(options["client"]),
        person=_person(options, settings),
        headers=dict(_pair(each, "--header") for each in options["headers"]),
    )


def _with_path(url: str) -> str:
    """Browsers add the path that is left out."""
    scheme, separator, rest = url.partition("://")
    return url if "/" in rest else f"{scheme}{separator}{rest}/"


def _client(text: str) -> Address:
    address = canonical(text)
    if isinstance(address, Unusable):
        raise click.UsageError(f"--from `{text}` is no address; write such as 203.0.113.9")
    return address


def _person(options: Mapping[str, Any], settings: Settings) -> Person | None:
    if options["account"] is None:
        if options["proofs"] or options["factors"]:
            raise click.UsageError("proofs and factors are somebody's; say whose with --as")
        return None
    name = options["account"].lower()
    if not NAME.fullmatch(name):
        raise click.UsageError(f"`{name}` is no name of an account; write such as alice")
    factors = frozenset(options["factors"])
    return Person(
        name=name,
        proofs=dict(_proof(each) for each in options["proofs"]),
        factors=factors - {NONE} if factors else None,
        limits=SessionLimits(idle=settings.session.idle, absolute=settings.session.absolute),
    )


def _proof(text: str) -> tuple[str, timedelta]:
    word, age_text = _pair(text, "--proof")
    if word not in list(Method):
        known = ", ".join(Method)
        raise click.UsageError(f"unknown proof `{word}`; there are {known}")
    age = parse_duration(age_text)
    if isinstance(age, str):
        raise click.UsageError(f"--proof {age}")
    return word, age


def _pair(text: str, option: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.isascii() or not value.strip():
        raise click.UsageError(f"{option} `{text}` has two parts with a colon between")
    return name.strip(), value.strip()


def _time(text: str | None) -> datetime:
    if text is None:
        return SystemClock().now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - has no zone, so it is refused below
    if at.tzinfo is None:
        raise click.UsageError(f"--time `{text}` is no moment; write 2027-03-31T08:30:00+02:00")
    return at


# --- what is answered ----------------------------------------------------------------------


def _say_refusal(refusal: Refusal, *, as_json: bool) -> int:
    sentence = f"refused before any rule, with {refusal.status}: {refusal.detail}"
    value = {
        "decision": "deny",
        "reason": refusal.reason.value,
        **_where(None, None),
        "until": None,
        "sentence": sentence,
        "steps": [],
    }
    result(value, [printable(sentence)], as_json=as_json)
    return ExitCode.FOUND


def _say(policy: Policy, access: Access, places: Places, *, as_json: bool) -> int:
    told = explained(policy, access)
    decision = told.decision
    value = {
        "decision": decision.outcome,
        "reason": decision.reason.value,
        **_where(decision.rule, places),
        "until": moment(decision.until) if decision.until else None,
        "sentence": told.sentence,
        "steps": [_step_value(step, places) for step in told.steps],
    }
    lines = _lines(told, places)
    result(value, map(printable, lines), as_json=as_json)
    return ExitCode.OK if isinstance(decision, Permit) else ExitCode.FOUND


def _where(rule: Any, places: Places | None) -> dict[str, object]:
    if rule is None or places is None:
        return {"rule": None, "file": None, "line": None, "column": None}
    at = places.at(rule.at)
    return {"rule": rule.name, "file": at.file, "line": at.line, "column": at.column}


def _step_value(step: Step, places: Places) -> dict[str, object]:
    said = [
        {"key": each.key, "result": each.result.value, "words": each.words}
        for each in step.conditions
    ]
    return {
        **_where(step.rule, places),
        "result": step.result.value,
        "deciding": step.deciding,
        "report": step.report,
        "conditions": said,
    }


def _lines(told: Explanation, places: Places) -> Iterator[str]:
    yield told.sentence
    if isinstance(told.decision, Deny) and told.decision.text:
        yield f"the person reads: {told.decision.text}"
    if told.decision.until is not None:
        yield f"this holds until {moment(told.decision.until)}"
    yield ""
    for step in told.steps:
        sign = ">" if step.deciding else MARKS[step.result]
        mode = ", only reports" if step.report else ""
        at = places.at(step.rule.at)
        result_word = step.result.replace("_", " ")
        yield f"{sign} {result_word:<11} {step.rule.name}{mode} ({at.file}:{at.line})"
        for each in step.conditions:
            yield f"    {MARKS[each.result]} {each.key}: {each.words}"
