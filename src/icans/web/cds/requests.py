"""What a record system sends: a hook that was called, and what became of a card. CDS Hooks 2.0."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

_Short = Annotated[str, Field(min_length=1, max_length=300)]
_Url = Annotated[str, Field(min_length=1, max_length=2000)]


class Sent(BaseModel):
    """What all parts share: FHIR's own names in JSON, no number taken for a text, unknown elements ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class FhirAuthorization(Sent):
    """The token with which the FHIR server of the record system may be asked. It is never kept nor logged."""

    access_token: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[\x21-\x7e]+$", repr=False)]
    token_type: Literal["Bearer", "bearer"] = "Bearer"


class HookRequest(Sent):
    """A call of a service: the hook, what it is about, and what was sent along."""

    hook: _Short
    hook_instance: Annotated[_Short, Field(alias="hookInstance")]
    context: dict[str, Any]
    prefetch: dict[str, Any] = {}
    fhir_server: Annotated[_Url | None, Field(alias="fhirServer")] = None
    fhir_authorization: Annotated[FhirAuthorization | None, Field(alias="fhirAuthorization")] = None

    @field_validator("prefetch", mode="before")
    @classmethod
    def _nothing_sent(cls, value: object) -> object:
        return {} if value is None else value

    @model_validator(mode="after")
    def _server_of_the_token(self) -> HookRequest:
        if self.fhir_authorization is not None and self.fhir_server is None:
            raise ValueError("fhirServer is needed where fhirAuthorization is given")
        return self


class Coding(Sent):
    """A code of a code system, with its words."""

    code: _Short
    system: _Url
    display: Annotated[str | None, Field(max_length=1000)] = None


class AcceptedSuggestion(Sent):
    """A suggestion that was taken, by its uuid."""

    id: _Short


class OverrideReason(Sent):
    """Why a card was not followed: a reason of its list, and what the user wrote."""

    reason: Coding | None = None
    user_comment: Annotated[str | None, Field(alias="userComment", max_length=10_000)] = None


class CardFeedback(Sent):
    """What became of one card."""

    card: _Short
    outcome: Literal["accepted", "overridden"]
    accepted_suggestions: Annotated[
        tuple[AcceptedSuggestion, ...], Field(alias="acceptedSuggestions", max_length=100)
    ] = ()
    override_reason: Annotated[OverrideReason | None, Field(alias="overrideReason")] = None
    outcome_timestamp: Annotated[AwareDatetime, Field(alias="outcomeTimestamp")]

    @model_validator(mode="after")
    def _says_what_was_accepted(self) -> CardFeedback:
        if self.outcome == "accepted" and not self.accepted_suggestions:
            raise ValueError("acceptedSuggestions is needed where the outcome is accepted")
        return self


class FeedbackRequest(Sent):
    """What became of some cards."""

    feedback: Annotated[tuple[CardFeedback, ...], Field(min_length=1, max_length=1000)]
