"""How often one client may ask: the bucket, its bounds, who is one client."""

from __future__ import annotations

import threading

import pytest

from zhunsheng.web.rate import Limiter, share


def test_a_minute_s_worth_may_be_asked_at_once_and_then_as_it_flows_back() -> None:
    limiter = Limiter()
    answers = [limiter.ask("a", per_minute=6, now=0.0) for _ in range(7)]
    assert [a.allowed for a in answers] == [True] * 6 + [False]
    assert [a.left for a in answers] == [5, 4, 3, 2, 1, 0, 0]
    # Six a minute is one in ten seconds.
    assert answers[-1].retry_after == 10
    assert not limiter.ask("a", per_minute=6, now=9.9).allowed
    assert limiter.ask("a", per_minute=6, now=10.1).allowed


def test_a_bucket_never_holds_more_than_a_minute_s_worth() -> None:
    limiter = Limiter()
    limiter.ask("a", per_minute=2, now=0.0)
    assert [limiter.ask("a", per_minute=2, now=86_400.0).allowed for _ in range(3)] == [True, True, False]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limiter = Limiter()
    limiter.ask("a", per_minute=1, now=100.0)
    assert not limiter.ask("a", per_minute=1, now=0.0).allowed


def test_one_client_does_not_use_up_another_s() -> None:
    limiter = Limiter()
    assert limiter.ask("a", per_minute=1, now=0.0).allowed
    assert limiter.ask("b", per_minute=1, now=0.0).allowed
    assert not limiter.ask("a", per_minute=1, now=0.0).allowed


def test_memory_is_bounded_and_the_one_unheard_of_longest_is_forgotten() -> None:
    limiter = Limiter(most_clients=2)
    for client in ("a", "b", "a", "c"):
        limiter.ask(client, per_minute=2, now=0.0)
    assert len(limiter) == 2
    # `b` was forgotten and begins anew; `a` has used up both of its requests.
    assert not limiter.ask("a", per_minute=2, now=0.0).allowed
    assert limiter.ask("b", per_minute=2, now=0.0).left == 1


def test_threads_together_get_no_more_than_the_limit() -> None:
    limiter = Limiter()
    allowed: list[bool] = []

    def many() -> None:
        allowed.extend(limiter.ask("a", per_minute=100, now=0.0).allowed for _ in range(100))

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), sum(allowed)) == (400, 100)


@pytest.mark.parametrize(
    ("per_minute", "workers", "part"), [(120, 1, 120), (120, 4, 30), (120, 0, 120), (2, 8, 1), (0, 4, 0)]
)
def test_workers_share_a_limit_and_none_is_left_without(per_minute: int, workers: int, part: int) -> None:
    assert share(per_minute, workers) == part


def test_the_headers_say_when_to_come_back_only_to_who_is_refused() -> None:
    limiter = Limiter()
    first, second = (dict(limiter.ask("a", per_minute=1, now=0.0).headers()) for _ in range(2))
    assert first == {"RateLimit-Limit": "1", "RateLimit-Remaining": "0", "RateLimit-Reset": "60"}
    assert second == {**first, "Retry-After": "60"}
