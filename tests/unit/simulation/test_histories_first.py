"""The first third of the simulated histories: crashes at any step, zombies, repeats, steps of the clock; every invariant holds."""

import pytest

from tests.support.simulating import parts, require_all_to_hold


@pytest.mark.parametrize("first", parts(0))
def test_every_invariant_holds_in_histories_from(first: int) -> None:
    require_all_to_hold(first)
