"""A sign-in or launch that does not go through: what the person reads, and what the audit log keeps."""

from __future__ import annotations


class Refusal(Exception):
    """A page with words instead of a sign-in.

    status  4xx where the person, the account or the link is the reason, 502 where another server is
    words   what the person reads, and can do
    why     in short, for the audit log; never a value of a patient
    about   what else the log keeps, such as the subject that an administrator needs to make the account
    """

    def __init__(self, status: int, *words: str, why: str, **about: str) -> None:
        self.status = status
        self.words = words
        self.why = why
        self.about = about
        super().__init__(why)


def not_to_be_had(whose: str, why: str) -> Refusal:
    """Another server gives no answer that can be used. `why`: in words that hold no address."""
    return Refusal(
        502, f"{whose} cannot be asked now: {why}.", "Try again in a minute. A local account still works.", why=why
    )
