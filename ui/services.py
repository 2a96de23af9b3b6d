"""What the pages are given: use cases, the policy in force, and the installation's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gate.core.policy import Policy
from gate.core.ports import Clock
from gate.core.secret_text import Secret
from gate.service.code_apps import CodeApps
from gate.service.enrolment import Enrolment
from gate.service.fresh_proof import FreshProof
from gate.service.history import History
from gate.service.lockdown import Lockdown
from gate.service.network_trials import NetworkTrials
from gate.service.new_code_apps import NewCodeApps
from gate.service.new_keys import NewKeys
from gate.service.opt_up import OptUp
from gate.service.own_data import OwnData
from gate.service.passkey_sign_in import PasskeySignIn
from gate.service.passwords import Passwords
from gate.service.profile import Profile
from gate.service.recovery_codes import RecoveryCodes
from gate.service.recovery_set import RecoverySet
from gate.service.recovery_step_up import RecoveryStepUp
from gate.service.restrict import Restrict
from gate.service.security_keys import SecurityKeys
from gate.service.sessions import Sessions
from gate.service.sign_in import SignIn
from gate.service.step_up import StepUp
from gate.service.tickets import Tickets

DEFAULT_CONTACT = "the people who run this site"


def no_keys() -> bytes:
    """Give an empty key set (RFC 7517 section 5)."""
    return b'{"keys":[]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """How people look after their factors; the first and third serve enrolment too."""

    new_code_apps: NewCodeApps
    code_apps: CodeApps
    security_keys: SecurityKeys
    recovery_codes: RecoveryCodes
    recovery_set: RecoverySet
    recovery_step_up: RecoveryStepUp


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """How people look after their account, beside its factors, addresses and sessions."""

    history: History
    lockdown: Lockdown
    opt_up: OptUp
    profile: Profile
    data: OwnData


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a page may call.

    `public_url` is the sign-in origin, without a slash behind it. `contact` says whom to ask, as
    it would stand after "ask". `handoff_secrets` are those of the data plane's workers;
    `jwks` gives the public keys of the assertions (G28).
    """

    sign_in: SignIn
    passkey_sign_in: PasskeySignIn
    step_up: StepUp
    sessions: Sessions
    tickets: Tickets
    passwords: Passwords
    restrict: Restrict
    network_trials: NetworkTrials
    fresh_proof: FreshProof
    new_keys: NewKeys
    factors: Factors
    own: OwnAccount
    enrolment: Enrolment
    policy: Callable[[], Policy]
    clock: Clock
    public_url: str
    csrf_key: bytes = field(repr=False)
    handoff_secrets: tuple[Secret, ...] = field(repr=False)
    contact: str = DEFAULT_CONTACT
    jwks: Callable[[], bytes] = no_keys
