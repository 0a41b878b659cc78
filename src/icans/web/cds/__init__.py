"""CDS Hooks 2.0: cards on CRS and ICANS in the record system of the hospital.

routes      the HTTP of it; gate: what every call goes through
settings    who may call; trust, keys, replays: how a caller is known; refusals: how often a stranger is noted
services    the table of services (`services.yaml`); requests, cards: what goes in and out
prefetch    what was sent along, or is asked of the FHIR server of the caller (fetch)
whose       about whom a resource is; given: drugs that were given and are not named
reading     from resources to a record; picture: what is known of the patient; memory: pictures just worked out
answer      the cards of a call: grade_card, overdue_card, order_card, discharge_card (`wording.yaml`)
orders      draft orders as they are read; findings, amounts: what speaks against them
events      what is handed on: calls for the audit log, and feedback
"""

from icans.web.cds.events import Call, Feedback, Shown
from icans.web.cds.routes import router
from icans.web.cds.settings import CdsSettings, TrustedClient

__all__ = ["Call", "CdsSettings", "Feedback", "Shown", "TrustedClient", "router"]
