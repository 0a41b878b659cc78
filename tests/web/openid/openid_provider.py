"""The OpenID provider of the tests, and somebody with a browser who signs in there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from node_packages import absent, node, node_packages

APP = "http://testserver"
"""Where the app of a test is, as Starlette's test client has it."""
CLIENT, SECRET, LAUNCHED = "ward-app", "a secret of the tests", "ward-app-launched"
PEOPLE = {
    "lena": {"name": "Lena Ansel", "preferred_username": "l.ansel", "email": "lena@example.org"},
    "omar": {"name": "Omar Reyes", "fhirUser": "Practitioner/7"},
    "quiet": {},
}
LAUNCHES = {"launch-7": "7", "launch-8": "8"}


@contextmanager
def running_provider() -> Iterator[str]:
    """A provider on loopback; its issuer."""
    told = {"clients": _clients(), "people": PEOPLE, "launches": LAUNCHES}
    script = Path(__file__).parent / "provider.mjs"
    command = [node(), str(script), str(node_packages("oidc-provider")), json.dumps(told)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            absent("the OpenID provider did not start")
        yield json.loads(line)["issuer"]
        process.stdin.close()


def _clients() -> list[dict[str, Any]]:
    return [
        {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [f"{APP}/sign-in/openid/callback"]},
        {
            "client_id": LAUNCHED, "token_endpoint_auth_method": "none",
            "redirect_uris": [f"{APP}/launch/callback"],
        },
    ]  # fmt: skip


def through_provider(url: str, login: str) -> str:
    """Follow the provider from where the app sends somebody, give a login there ('' says no), and come back.

    The address of the app to which the provider sends the browser.
    """
    with httpx.Client(follow_redirects=False, trust_env=False) as browser:
        answer = browser.get(url)
        for _ in range(10):
            if answer.status_code == 200 and "<form" in answer.text:
                answer = browser.post(answer.url, data={"login": login})
            assert answer.is_redirect, f"the provider answered {answer.status_code}: {answer.text[:300]}"
            onward = urljoin(str(answer.url), answer.headers["location"])
            if onward.startswith(APP):
                return onward
            answer = browser.get(onward)
    raise AssertionError("the provider sends the browser round and round")
