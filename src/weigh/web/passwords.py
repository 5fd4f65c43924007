"""The password that opens the app to other machines, and the wait after a wrong one.

Only its argon2id hash is kept. A wrong password makes whoever sent it wait, twice as long each
time; an attempt counts from its start, so that many at once gain nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from weigh.errors import InputError

__all__ = ["LONGEST_WAIT", "Password", "Waits"]

#: Shorter ones are found by trying.
_SHORTEST = 12
#: Longer ones are no password, and cost time to hash.
_LONGEST = 1024
#: Seconds.
LONGEST_WAIT = 60.0
_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Password:
    """A password by its argon2id hash, in the usual encoded form (``$argon2id$v=19$…``)."""

    encoded: str
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @classmethod
    def chosen(cls, words: str) -> Password:
        """Hash a password that somebody chose.

        Raises
        ------
        InputError
            If it is too short to stand against guesses, or too long to be one.
        """
        if not _SHORTEST <= len(words) <= _LONGEST:
            raise InputError(
                f"The password has {len(words)} characters; expected {_SHORTEST} to {_LONGEST}.",
                hint="A few words that do not belong together are easy to keep and hard to guess.",
            )
        return cls(PasswordHasher().hash(words))

    @classmethod
    def hashed(cls, encoded: str, *, place: str) -> Password:
        """Take a hash from a file.

        Raises
        ------
        InputError
            If it is none of argon2id's.
        """
        encoded = encoded.strip()
        try:
            if not encoded.startswith("$argon2id$"):
                raise InvalidHashError
            PasswordHasher().check_needs_rehash(encoded)
        except InvalidHashError:
            raise InputError(
                f"{place}: found no hash of a password; expected one line of argon2id's, which "
                "begins with $argon2id$."
            ) from None
        return cls(encoded)

    def opens(self, given: str) -> bool:
        """Whether a password is the one; the time that it takes tells nothing about it."""
        if len(given) > _LONGEST:
            return False
        with self._lock:  # each check takes tens of megabytes of memory, by design
            try:
                return PasswordHasher().verify(self.encoded, given)
            except VerificationError:
                return False


@dataclass(slots=True)
class Waits:
    """How long each address must wait before its next attempt."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[int, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, address: str) -> float:
        """Begin an attempt: seconds still to wait, or 0.0 where it may be made now."""
        now = self.clock()
        with self._lock:
            count, until = self._known.get(address, (0, now))
            if until > now:
                return until - now
            if len(self._known) >= _MOST_KNOWN:
                self._known = {a: k for a, k in self._known.items() if k[1] > now - LONGEST_WAIT}
            self._known[address] = (count + 1, now + min(2.0**count, LONGEST_WAIT))
            return 0.0

    def forget(self, address: str) -> None:
        """The password was right: the address starts anew."""
        with self._lock:
            self._known.pop(address, None)
