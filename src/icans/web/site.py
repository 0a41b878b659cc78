"""The settings of a site: what an administrator may choose, with defaults that work at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from icans.errors import DataError
from icans.grading.conventions import switches
from icans.guidance import library
from icans.web.cds.settings import TrustedClient

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
Words = Annotated[str, Field(max_length=200)]
NEW_ROLES = ("viewer", "nurse", "clinician")
"""What somebody new whom a provider vouches for may become."""


class IceChoice(BaseModel):
    """What a site asks in one language: three objects to name, a command, a sentence; empty: the default's."""

    model_config = ConfigDict(extra="forbid")

    objects: Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=3)] = []
    command: Words = ""
    sentence: Words = ""

    @field_validator("objects")
    @classmethod
    def _three(cls, objects: list[str]) -> list[str]:
        if objects and len(objects) != 3:
            raise ValueError("three objects, or none for the default")
        return objects


class OpenId(BaseModel):
    """An OpenID provider that may sign people in. New ones get `role`; with none, an administrator makes them first.

    care_unit  the unit to which the accounts of new ones are bound; needed with `role` where the site has units
    smart_servers  FHIR servers that may launch the app; no other address is ever asked
    smart_client_id, smart_client_secret  the registration with them, where it is not the one with the issuer
    """

    model_config = ConfigDict(extra="forbid")

    issuer: Words = ""
    client_id: Words = ""
    client_secret: Words = ""
    role: str = ""
    care_unit: Annotated[str, Field(max_length=60)] = ""
    smart_servers: list[Annotated[str, Field(max_length=300)]] = []
    smart_client_id: Words = ""
    smart_client_secret: Words = ""

    @field_validator("issuer")
    @classmethod
    def _issuer(cls, issuer: str) -> str:
        if issuer:
            _safe_url(issuer)
        return issuer  # as written: a slash at its end is part of its name

    @field_validator("smart_servers")
    @classmethod
    def _servers(cls, servers: list[str]) -> list[str]:
        return [_safe_url(server) for server in servers]

    @field_validator("role")
    @classmethod
    def _role(cls, role: str) -> str:
        if role not in ("", *NEW_ROLES):
            raise ValueError(f"one of {', '.join(NEW_ROLES)}, or empty; an administrator is made by an administrator")
        return role

    @model_validator(mode="after")
    def _is_registered(self) -> OpenId:
        if self.issuer and not self.client_id:
            raise ValueError("client_id is needed beside issuer: the name under which the app is registered there")
        if self.smart_servers and not (self.smart_client_id or self.client_id):
            raise ValueError("smart_client_id or client_id is needed beside smart_servers")
        return self

    def hidden(self) -> OpenId:
        """The same without the secrets, to be shown."""
        return self.model_copy(update={"client_secret": "", "smart_client_secret": ""})

    def filled(self, before: OpenId) -> OpenId:
        """The same, with the secrets that were there where none are given."""
        kept = {name: getattr(self, name) or getattr(before, name) for name in ("client_secret", "smart_client_secret")}
        return self.model_copy(update=kept)


class Site(BaseModel):
    """All settings. An answer to an action holds for `answer_hours`; trends look back `trend_hours`. Our choices.

    drug_charts  `as marked`: what the list of a patient's drugs does not hold counts as not given (convention P6) only
                 where somebody marked the chart as complete, for a first paracetamol must not mean that no vasopressor
                 runs; `complete`: of every patient, where a program enters all drugs
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=120)] = "Cell therapy ward"
    hospital: Annotated[str, Field(max_length=120)] = ""
    city: Annotated[str, Field(max_length=120)] = ""
    time_zone: str = "UTC"
    care_units: list[Annotated[str, Field(min_length=1, max_length=60)]] = []
    guideline: str = library.DEFAULT
    conventions: dict[str, bool] = {}
    drug_charts: Literal["as marked", "complete"] = "as marked"
    language: str = "en"
    ice: dict[str, IceChoice] = {}
    answer_hours: Annotated[float, Field(ge=1, le=168)] = 24
    trend_hours: Annotated[float, Field(ge=1, le=72)] = 12
    openid: OpenId = OpenId()
    cds_open: bool = False
    cds_clients: list[TrustedClient] = []

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("an IANA time zone, such as Europe/Berlin") from None
        return zone

    @field_validator("guideline")
    @classmethod
    def _guideline(cls, name: str) -> str:
        known = (*library.names(), *library.families())
        if name.partition("@")[0] not in known:
            raise ValueError(f"one of {', '.join(known)}")
        if name not in library.families():
            _ask(lambda: library.guideline(name))
        return name

    @field_validator("conventions")
    @classmethod
    def _conventions(cls, changed: dict[str, bool]) -> dict[str, bool]:
        _ask(lambda: switches(changed))
        return changed

    @field_validator("language")
    @classmethod
    def _language(cls, code: str) -> str:
        if code not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)}")
        return code

    @field_validator("ice")
    @classmethod
    def _languages(cls, choices: dict[str, IceChoice]) -> dict[str, IceChoice]:
        if strange := sorted(set(choices) - set(LANGUAGES)):
            raise ValueError(f"no language: {', '.join(strange)}; there are {', '.join(LANGUAGES)}")
        return choices

    def for_chart(self, complete: bool) -> Site:
        """The settings for a patient whose drug chart is, or is not, marked as complete."""
        if complete or self.drug_charts == "complete":
            return self
        return self.model_copy(update={"conventions": self.conventions | {"P6": False}})

    @field_validator("openid")
    @classmethod
    def _unit_of_new_ones(cls, openid: OpenId, info: ValidationInfo) -> OpenId:
        units = info.data.get("care_units", [])
        if openid.care_unit and openid.care_unit not in units:
            raise ValueError("care_unit is one of care_units of the site, or empty")
        if openid.role and units and not openid.care_unit:
            raise ValueError("care_unit is needed beside role: else everybody new would see the patients of all units")
        return openid

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are shown in and entered in."""
        return ZoneInfo(self.time_zone)


def _safe_url(url: str) -> str:
    """The URL without a slash at its end. Raises ValueError where it may not be called."""
    from icans.web.cds.settings import SafeUrl  # not above: the room of CDS Hooks may import this one

    return TypeAdapter(SafeUrl).validate_python(url)


def _ask(question: Any) -> None:
    try:
        question()
    except DataError as error:
        raise ValueError(str(error)) from None


def site_of(content: Mapping[str, Any]) -> Site:
    """Settings from what the store holds or a form says. Raises DataError naming each setting that is wrong."""
    try:
        return Site.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise DataError(
            *(f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in found)
        ) from None


def guideline_in_force(site: Site) -> str:
    """The guideline with its revision, `asco-2021@1`; a family as it is."""
    if site.guideline in library.families():
        return site.guideline
    chosen = library.guideline(site.guideline)
    return f"{chosen.name}@{chosen.revision}"
