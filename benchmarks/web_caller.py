"""A caller of CDS Hooks for the benchmark: its key, its tokens, and a request with 200 prefetched Observations."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

OBSERVATIONS = 200
_LOINC = {
    "8310-5": ("Cel", 36.5, 39.5), "8867-4": ("/min", 70, 130), "8480-6": ("mm[Hg]", 85, 130),
    "59408-5": ("%", 92, 99), "1988-5": ("mg/L", 5, 150),
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Who calls, with the private key."""

    issuer: str
    key: ECKey

    @classmethod
    def made(cls) -> Caller:
        """A caller with a new key."""
        return cls("https://ehr.example", ECKey.generate_key("P-384", {"kid": "bench", "use": "sig", "alg": "ES384"}))

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return {"keys": [dict(self.key.as_dict(private=False))]}

    def token(self, audience: str) -> str:
        """A token for one call."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 300, "jti": uuid.uuid4().hex}
        header = {"alg": "ES384", "kid": "bench", "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=["ES384"])


def prefetch(draw: random.Random, patient: str, now: datetime) -> dict[str, Any]:
    """A patient-view request; the values are drawn, so no two are alike."""
    subject = {"reference": f"Patient/{patient}"}
    seen = []
    for n in range(OBSERVATIONS):
        code = list(_LOINC)[n % len(_LOINC)]
        unit, low, high = _LOINC[code]
        seen.append(
            {
                "resourceType": "Observation", "id": f"o{n}", "status": "final", "subject": subject,
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "effectiveDateTime": (now - timedelta(hours=4 * (n // len(_LOINC)) + 1)).isoformat(),
                "valueQuantity": {
                    "value": round(draw.uniform(low, high), 1), "unit": unit, "code": unit,
                    "system": "http://unitsofmeasure.org",
                },
            }
        )  # fmt: skip
    cells = {
        "resourceType": "MedicationAdministration", "id": "cells", "status": "completed", "subject": subject,
        "medicationCodeableConcept": {"text": "axicabtagene ciloleucel"},
        "effectiveDateTime": (now - timedelta(days=7)).isoformat(),
    }  # fmt: skip

    def bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
        entries = [{"resource": r} for r in resources]
        return {"resourceType": "Bundle", "type": "searchset", "entry": entries}

    return {
        "hook": "patient-view", "hookInstance": str(uuid.uuid4()),
        "context": {"userId": "Practitioner/p", "patientId": patient},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": patient}, "observations": bundle(seen),
            "medications": bundle([cells]), "procedures": bundle([]), "conditions": bundle([]),
            "questionnaires": bundle([]),
        },
    }  # fmt: skip
