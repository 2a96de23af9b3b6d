"""The use cases of a one-time link's journey, as one value for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from gate.service.enrol import Enrol
from gate.service.enrol_code_app import EnrolCodeApp
from gate.service.enrol_key import EnrolKey
from gate.service.enrol_password import EnrolPassword
from gate.service.journeys import Journeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Opens a link, takes password, code app and keys, and makes all of it count."""

    journeys: Journeys
    password: EnrolPassword
    code_app: EnrolCodeApp
    key: EnrolKey
    end: Enrol
