"""What is refused before the service is reached is said as FHIR says it, too."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from fhir_ward import issues
from httpx import ASGITransport, AsyncClient, Response

from icans.web.guard import Guard


def ask(path: str, **asked: object) -> Response:
    """A POST to a guarded app that fails whatever it is asked."""
    app = FastAPI()
    app.add_middleware(Guard, base_url="http://ward.test", largest_body=100)

    @app.post("/fhir/Patient")
    def fails() -> None:
        raise ZeroDivisionError("38.4")

    async def sent() -> Response:
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://ward.test") as client:
            return await client.request("POST", path, **asked)  # pyright: ignore[reportArgumentType]

    return asyncio.run(sent())


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"content": b"x" * 101}, 413, "too-long"),
        ({"headers": {"Origin": "https://elsewhere.example"}}, 403, "forbidden"),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "forbidden"),
        ({}, 500, "exception"),
    ],
)
def test_a_body_too_large_another_site_and_a_fault_are_outcomes(asked: dict[str, object], status: int, code: str):
    refused = ask("/fhir/Patient", **asked)
    assert refused.status_code == status
    assert "38.4" not in issues(refused)
    assert refused.json()["issue"][0]["code"] == code


def test_elsewhere_programs_are_told_as_before():
    assert set(ask("/api/patients", content=b"x" * 101).json()) == {"detail"}
