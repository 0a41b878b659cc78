"""Keys and tokens of a record system, made for a test."""

from __future__ import annotations

from typing import Any

from cds_made import BASE, Ward
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

Json = dict[str, Any]
ISSUER = "https://ehr.example.org"
SERVICE = f"{BASE}/cds-services/icans-patient-view"
EC = ECKey.generate_key("P-384", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def public(*keys: ECKey | RSAKey) -> Json:
    """The public halves, as a JWK Set."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def now(ward: Ward) -> int:
    return int(ward.clock().timestamp())


def token(ward: Ward, key: Any = EC, alg: str = "ES384", header: Json | None = None, **claims: Any) -> str:
    """A token as it should be, with what is given put over it; None takes away."""
    head = {"alg": alg, "kid": key.kid or "ec", "typ": "JWT"} | (header or {})
    good = {"iss": ISSUER, "aud": SERVICE, "iat": now(ward), "exp": now(ward) + 300, "jti": "one"} | claims
    told = {name: value for name, value in good.items() if value is not None}
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jwt.encode({k: v for k, v in head.items() if v is not None}, told, key, algorithms=[alg], registry=registry)
