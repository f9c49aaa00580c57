"""The transition table, its gate, and the fold of a timeline into a status on a date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.register.policy import (
    KIND_TO_REACH,
    TRANSITIONS,
    Happened,
    Kind,
    Refused,
    State,
    believed,
    gate,
    lawful,
    status_on,
)

DAY = date(2025, 3, 1)
TERMINAL = {State.WITHDRAWN, State.CANCELLED, State.REPLACED}


def happened(
    id_: int,
    kind: Kind,
    on: int,
    known: int,
    state: State | None,
    *,
    end: int | None = None,
    corrects: int | None = None,
) -> Happened:
    """An event `on` days after DAY that became known `known` days after it."""
    return Happened(
        id=id_,
        kind=kind,
        effective_on=DAY + timedelta(on),
        known_on=DAY + timedelta(known),
        state=state,
        expires_on=None if end is None else DAY + timedelta(end),
        corrects=corrects,
    )


ISSUED = happened(1, Kind.ISSUED, 0, 10, State.VALID, end=1000)
SUSPENDED = happened(2, Kind.SUSPENDED, 100, 110, State.SUSPENDED)
WITHDRAWN = happened(3, Kind.WITHDRAWN, 200, 210, State.WITHDRAWN)


# Domain facts 1.7: withdrawn and cancelled are terminal; suspended may be restored, withdrawn or cancelled.
@pytest.mark.parametrize("state", sorted(TERMINAL))
@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_can_happen_to_a_certificate_that_is_withdrawn_cancelled_or_replaced(state: State, kind: Kind) -> None:
    with pytest.raises(Refused):
        gate(state, kind)


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (None, Kind.ISSUED, State.VALID),
        (State.VALID, Kind.SUSPENDED, State.SUSPENDED),
        (State.SUSPENDED, Kind.RESTORED, State.VALID),
        (State.SUSPENDED, Kind.WITHDRAWN, State.WITHDRAWN),
        (State.VALID, Kind.WITHDRAWN, State.WITHDRAWN),
        (State.VALID, Kind.CANCELLED, State.CANCELLED),
        (State.EXPIRED, Kind.RESTORED, State.VALID),
    ],
)
def test_the_gate_lets_the_steps_of_the_trade_through(before: State | None, kind: Kind, after: State) -> None:
    assert gate(before, kind) is after


def test_a_certificate_is_issued_once() -> None:
    assert [s for s, k in TRANSITIONS if k is Kind.ISSUED] == [None]


def test_a_reported_return_from_withdrawn_to_valid_is_not_lawful() -> None:
    assert not lawful(State.WITHDRAWN, State.VALID)
    assert lawful(State.SUSPENDED, State.VALID)
    assert lawful(State.VALID, State.VALID)


def test_every_state_can_be_reported() -> None:
    assert set(KIND_TO_REACH) == set(State)


@pytest.mark.parametrize(
    ("on", "known", "state"),
    [
        (-1, 500, None),  # before it was issued
        (0, 9, None),  # issued, but the register did not know yet
        (0, 10, State.VALID),
        (99, 500, State.VALID),
        (100, 109, State.VALID),  # suspended, but not known yet
        (100, 110, State.SUSPENDED),
        (199, 500, State.SUSPENDED),
        (200, 209, State.SUSPENDED),
        (200, 210, State.WITHDRAWN),
        (2000, 5000, State.WITHDRAWN),  # what ended does not expire
    ],
)
def test_a_status_is_what_was_true_on_one_date_as_known_on_another(on: int, known: int, state: State | None) -> None:
    events = [ISSUED, SUSPENDED, WITHDRAWN]
    assert status_on(events, on=DAY + timedelta(on), known=DAY + timedelta(known)) is state


def test_a_certificate_is_valid_on_its_end_date_and_expired_the_day_after() -> None:
    end = DAY + timedelta(1000)
    assert status_on([ISSUED], on=end, known=end) is State.VALID
    assert status_on([ISSUED], on=end + timedelta(1), known=end) is State.EXPIRED


def test_a_correction_takes_its_event_out_of_belief_but_what_was_known_before_stays() -> None:
    correction = happened(4, Kind.SUSPENDED, 150, 300, State.SUSPENDED, corrects=2)
    events = [ISSUED, SUSPENDED, correction]
    on = DAY + timedelta(120)
    assert status_on(events, on=on, known=DAY + timedelta(299)) is State.SUSPENDED
    assert status_on(events, on=on, known=DAY + timedelta(300)) is State.VALID
    assert status_on(events, on=DAY + timedelta(150), known=DAY + timedelta(300)) is State.SUSPENDED


def test_an_end_date_that_became_known_later_counts_from_then_on() -> None:
    renewed = happened(5, Kind.CHANGED, 900, 905, None, end=2000)
    events = [ISSUED, renewed]
    assert status_on(events, on=DAY + timedelta(1500), known=DAY + timedelta(904)) is State.EXPIRED
    assert status_on(events, on=DAY + timedelta(1500), known=DAY + timedelta(905)) is State.VALID


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.sampled_from(list(State))), max_size=8),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_later_knowledge_never_changes_what_was_known_before(
    steps: list[tuple[int, int, State]], on: int, known: int
) -> None:
    events = [happened(i + 2, KIND_TO_REACH[s], e, k, s) for i, (e, k, s) in enumerate(steps)]
    then = DAY + timedelta(known)
    early = [e for e in events if e.known_on <= then]
    asked = DAY + timedelta(on)
    assert status_on([ISSUED, *events], on=asked, known=then) == status_on([ISSUED, *early], on=asked, known=then)
    assert all(e.known_on <= then and e.effective_on <= asked for e in believed(events, on=asked, known=then))
