"""The JSON API of administrators: settings, accounts, audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from icans.report.as_json import plain
from icans.store import accounts, audit, settings
from icans.store.verify import verify
from icans.web.access import App, Configure
from icans.web.api.models import PROBLEMS
from icans.web.site import Site

router = APIRouter(prefix="/api", tags=["administration"], responses=PROBLEMS)
Short = Annotated[str, Field(max_length=120)]
Unit = Annotated[str, Field(max_length=60)]


class Settings(BaseModel):
    """The settings with their version; in a PUT the version that was seen."""

    model_config = ConfigDict(extra="forbid")

    version: int
    settings: Site


class NewAccount(BaseModel):
    """An account to make."""

    model_config = ConfigDict(extra="forbid")

    login: Short
    name: Short
    role: Short
    password: Annotated[str, Field(max_length=256)]
    care_unit: Unit | None = None


class Change(BaseModel):
    """What is to be different of an account; care_unit '' is all units."""

    model_config = ConfigDict(extra="forbid")

    role: Short | None = None
    active: bool | None = None
    password: Annotated[str, Field(max_length=256)] | None = None
    care_unit: Unit | None = None


@router.get("/settings")
def get_settings(app: App, who: Configure) -> Settings:
    """The settings in force, without the secret of the OpenID client."""
    version, site = app.reviews.site()
    return Settings(version=version, settings=site.model_copy(update={"openid": site.openid.hidden()}))


@router.put("/settings")
def put_settings(app: App, who: Configure, new: Settings) -> Settings:
    """Put new settings in force; an empty secret leaves the one that is there."""
    _, before = app.reviews.site()
    site = new.settings.model_copy(update={"openid": new.settings.openid.filled(before.openid)})
    with app.store.write() as db:
        version = settings.keep(
            db, site.model_dump(mode="json"), author=who.account.id, login=who.account.login, at=app.clock(),
            expected=new.version,
        )  # fmt: skip
    app.reviews.settings_changed()
    return Settings(version=version, settings=site.model_copy(update={"openid": site.openid.hidden()}))


@router.get("/accounts")
def get_accounts(app: App, who: Configure) -> list[dict[str, Any]]:
    """All accounts."""
    with app.store.read() as db:
        return [plain(dict(row)) for row in accounts.listed(db)]


@router.post("/accounts", status_code=201)
def post_account(app: App, who: Configure, new: NewAccount) -> dict[str, str]:
    """Make an account."""
    with app.store.write() as db:
        made = accounts.make(db, **new.model_dump(), by=who.account.login, at=app.clock())
    return {"id": made.id, "login": made.login}


@router.patch("/accounts/{login:path}", status_code=204)
def patch_account(app: App, who: Configure, login: str, new: Change) -> None:
    """Change an account."""
    with app.store.write() as db:
        accounts.change(db, login, by=who.account.login, at=app.clock(), **new.model_dump())


@router.get("/audit")
def get_audit(
    app: App, who: Configure, before: Annotated[int | None, Query(ge=0, le=10**12)] = None,
    patient: Annotated[str | None, Query(max_length=64)] = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The audit log, the newest first, 200 at a time."""
    with app.store.read() as db:
        found = [dict(row) for row in audit.rows(db, patient=patient, before=before)]
    app.note(who.account.login, "audit.read")
    return found


@router.get("/audit/verification")
def get_verification(app: App, who: Configure) -> dict[str, Any]:
    """Check the whole chain and everything it says was written."""
    with app.store.read() as db:
        found = verify(db)
    return {"rows": found.rows, "head": found.head, "faults": list(found.faults)}
