"""Who is refused without a trace: tokens of before the start, and strangers who call again and again."""

from __future__ import annotations

from cds_keys import now, token
from test_cds_trust import status, ward


def test_a_token_of_before_the_start_is_refused_because_it_may_have_been_used():
    place = ward()
    assert status(place, f"Bearer {token(place, iat=now(place) - 1)}") == 401
    assert status(place, f"Bearer {token(place, iat=now(place))}") == 200


def test_a_stranger_is_refused_with_a_note_thirty_times_a_minute_and_then_without():
    place = ward()
    found = [status(place, None) for _ in range(33)]
    assert found == [401] * 30 + [429] * 3
    assert len(place.calls) == 30
    assert status(place, f"Bearer {token(place)}") == 200, "whoever is known is answered all the same"
