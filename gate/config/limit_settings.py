"""The settings of what one client, and all of them, may take."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gate.config.setting_types import Number, Span


class LimitSettings(BaseModel):
    """What one client, and all of them, may take; a refused request never leads to a ban."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    connections: Annotated[Number, Field(ge=1)] = Field(
        default=20_000, description="Open connections in all, over all workers."
    )
    connections_per_address: Annotated[Number, Field(ge=1)] = Field(
        default=1024, description="Open connections of one client address, or of an IPv6 /64."
    )
    requests_per_connection: Annotated[Number, Field(ge=1)] = Field(
        default=500, description="Requests on one connection before it is closed."
    )
    header_time: Annotated[Span, Field(ge=timedelta(seconds=1))] = Field(
        default=timedelta(seconds=10), description="Time for a whole request head to arrive."
    )
    body_idle: Annotated[Span, Field(ge=timedelta(seconds=1))] = Field(
        default=timedelta(seconds=30), description="Time without a byte of a body in progress."
    )
    body_rate: Annotated[Number, Field(ge=0)] = Field(
        default=500,
        description="Bytes a second that a request body brings in each half minute; 0: any.",
    )
    keep_alive: Annotated[Span, Field(ge=timedelta(seconds=1))] = Field(
        default=timedelta(seconds=75), description="Time that an unused connection stays open."
    )
    drain: Annotated[Span, Field(ge=timedelta(seconds=1))] = Field(
        default=timedelta(seconds=30),
        description="Time that requests in progress have to finish when the gate stops.",
    )
