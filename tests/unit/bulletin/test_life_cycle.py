"""The life of a bulletin and of a newsletter: every step in every state, as written down here by hand."""

from __future__ import annotations

import pytest

from zhunsheng.bulletin.policy import BULLETIN, NEWSLETTER, Refused, State, Step, Table, gate

D, C, P = State.DRAFT, State.CHECKED, State.PUBLISHED
NO = "refused"
# Steps: MAKE, EDIT, CHECK, PUBLISH, KEEP, DISCARD.
BULLETINS = {
    None: (D, NO, NO, NO, P, NO),
    D: (D, NO, C, NO, NO, None),
    C: (D, NO, C, P, NO, None),
    P: (NO, NO, NO, NO, NO, NO),
}
NEWSLETTERS = {
    None: (D, NO, NO, NO, NO, NO),
    D: (NO, D, NO, P, NO, None),
    C: (NO, NO, NO, NO, NO, NO),
    P: (NO, NO, NO, NO, NO, NO),
}


def answer(table: Table, state: State | None, step: Step) -> object:
    """What the gate says: the state after, or that it refuses."""
    try:
        return gate(table, state, step)
    except Refused:
        return NO


@pytest.mark.parametrize(("table", "expected"), [(BULLETIN, BULLETINS), (NEWSLETTER, NEWSLETTERS)])
@pytest.mark.parametrize("state", [None, *State])
def test_every_step_in_every_state_is_as_written(
    table: Table, expected: dict[State | None, tuple[object, ...]], state: State | None
) -> None:
    assert tuple(answer(table, state, step) for step in Step) == expected[state]


def test_what_is_published_is_told_the_way_out() -> None:
    with pytest.raises(Refused, match="更正"):
        gate(BULLETIN, State.PUBLISHED, Step.MAKE)
