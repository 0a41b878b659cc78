"""The PostgreSQL of these tests: nobody believes that they ran on it where they did not."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from postgres_server import Postgres, postgres_server


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.delenv("ICANS_POSTGRES", raising=False)
    monkeypatch.delenv("ICANS_REQUIRE", raising=False)
    monkeypatch.setattr("postgres_server.DEBIAN", tmp_path)
    return monkeypatch


def test_without_one_the_tests_are_skipped_with_what_to_do(nowhere: pytest.MonkeyPatch):
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL: set ICANS_POSTGRES"), postgres_server():
        pass


def test_without_one_they_fail_where_it_is_asked_for(nowhere: pytest.MonkeyPatch):
    nowhere.setenv("ICANS_REQUIRE", "node, postgres")
    with pytest.raises(pytest.fail.Exception, match="ICANS_REQUIRE asks for it"), postgres_server():
        pass


def test_the_one_that_is_named_is_taken(nowhere: pytest.MonkeyPatch):
    nowhere.setenv("ICANS_POSTGRES", "postgresql+psycopg://me@host/base?sslmode=require")
    with postgres_server() as found:
        assert found.of("other") == "postgresql://me@host/other?sslmode=require"


def test_it_writes_through_to_the_disk_and_belongs_to_nobody_else(server: Postgres):
    with psycopg.connect(server.url) as db:
        shown = [db.execute(f"show {name}".encode()).fetchone() for name in ("fsync", "listen_addresses")]
    assert shown[0] == ("on",)
    if "ICANS_POSTGRES" not in os.environ:
        assert shown[1] == ("",)
