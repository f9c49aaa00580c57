"""How often one client may ask: a bucket of requests for each, filled again as time passes.

Counted in this process's memory, for at most `MOST_CLIENTS` clients (the one unheard of longest is
forgotten first). With several worker processes each has its own buckets, so each gets its part of the
limit; a client whose requests all reach one worker is then held to that part. `ZHUNSHENG_RATE` is the
number of requests a minute and address, 0 for no limit; holders of a token have ten times as many.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

# A person who looks things up by hand stays far below it; a script that walks the register does not.
DEFAULT_PER_MINUTE = 120
KNOWN_TIMES = 10
MINUTE_SECONDS = 60.0
MOST_CLIENTS = 100_000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client is told: the limit a minute, requests left now, whole seconds until one more (all) are free."""

    allowed: bool
    limit: int
    left: int
    retry_after: int
    full_in: int

    def headers(self) -> list[tuple[str, str]]:
        """Return what is said of it in an answer; `Retry-After` only with a refusal."""
        told = [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(self.left)),
            ("RateLimit-Reset", str(self.full_in)),
        ]
        return told if self.allowed else [*told, ("Retry-After", str(self.retry_after))]


class Limiter:
    """Buckets by client. Safe to share between threads; `now` is a monotonic clock's seconds."""

    def __init__(self, most_clients: int = MOST_CLIENTS) -> None:
        """Begin with every bucket full."""
        self._most = most_clients
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def ask(self, client: str, *, per_minute: int, now: float) -> Grant:
        """Take one request out of a client's bucket, which holds a minute's worth, if one is in it."""
        speed = per_minute / MINUTE_SECONDS
        with self._lock:
            held, since = self._buckets.pop(client, (float(per_minute), now))
            held = min(float(per_minute), held + max(0.0, now - since) * speed)
            allowed = held >= 1
            held -= allowed
            self._buckets[client] = (held, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return Grant(
            allowed=allowed,
            limit=per_minute,
            left=int(held),
            retry_after=max(1, ceil((1 - held) / speed)),
            full_in=ceil((per_minute - held) / speed),
        )

    def __len__(self) -> int:
        """Return how many clients are remembered."""
        return len(self._buckets)


# The one of this process: the pages, the API and the fast look-up draw on the same buckets.
LIMITER = Limiter()


def share(per_minute: int, workers: int) -> int:
    """Return one worker's part of a limit, at least one request; 0 stays no limit."""
    return max(1, per_minute // max(1, workers)) if per_minute else 0
