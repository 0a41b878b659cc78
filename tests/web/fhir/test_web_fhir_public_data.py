"""Public R4 data are taken or refused with a reason, never a crash.

The folder is ICANS_DATA, by default ../shared/data beside the repository; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir_ward import Json, Ward, issues, of_type, ward

from icans.store.records import record_of
from icans.store.verify import verify
from icans.web.fhir.kinds import WRITABLE

DATA = Path(os.environ.get("ICANS_DATA") or Path(__file__).parents[4] / "shared" / "data")
SYNTHEA = DATA / "synthea_fhir_r4"
US_CORE = DATA / "us_core_examples"
pytestmark = pytest.mark.skipif(not SYNTHEA.is_dir(), reason=f"no public data at {DATA} (set ICANS_DATA)")


@pytest.fixture
def there(tmp_path: Path) -> Ward:
    return ward(tmp_path, datetime(2026, 6, 1, tzinfo=UTC))


def accounted(done: Any) -> bool:
    """True where it was taken; False where it was refused with a reason."""
    if done.status_code in (200, 201):
        return True
    assert 400 <= done.status_code < 500
    assert issues(done)
    return False


def test_each_us_core_example_is_taken_or_refused_with_a_reason(there: Ward):
    """Those that the reader understands are taken: vital signs and the like."""
    who = there.admit()["id"]
    taken = 0
    for path in sorted(US_CORE.glob("*.json")):
        sent = json.loads(path.read_text()) | {"subject": {"reference": f"Patient/{who}"}}
        taken += accounted(there.post(f"/{sent['resourceType']}", sent))
    assert taken >= 4
    with there.store.read() as db:
        assert record_of(db, who).observations.height >= 4
        assert verify(db).faults == ()


@pytest.mark.parametrize("path", sorted(SYNTHEA.glob("*.json"))[:2], ids=lambda p: p.stem[:8])
def test_a_synthea_bundle_is_refused_as_a_whole_and_taken_in_parts(there: Ward, path: Path):
    """It holds claims and encounters, which are not served; as a batch the rest of it is taken."""
    bundle: Json = json.loads(path.read_text())
    refused = there.post("", bundle)
    assert refused.status_code == 400
    assert "begins with one of Patient" in issues(refused)
    person = next(r for r in of_type(bundle, "Patient"))
    who = there.post("/Patient", person).json()["id"]
    mine = [e for e in bundle["entry"] if e["resource"]["resourceType"] in WRITABLE[1:]]
    for one in mine:
        one["resource"]["subject"] = {"reference": f"Patient/{who}"}
    answer = there.post("", bundle | {"type": "batch", "entry": mine[:400]}).json()
    statuses = {e["response"]["status"].split(" ")[0] for e in answer["entry"]}
    assert statuses <= {"201", "409", "422"}
    assert "201" in statuses
    with there.store.read() as db:
        record = record_of(db, who)
        assert verify(db).faults == ()
    assert record.observations.height > 10
    assert record.patients["age"].to_list()[0] is not None
