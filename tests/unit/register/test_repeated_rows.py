"""Rows of a file that say the same thing twice, or contradict each other."""

from __future__ import annotations

import polars as pl

from zhunsheng.register.importing import lines


def rows(*found: tuple[int, str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        found,
        schema={"line": pl.Int64, "number": pl.String, "body_id": pl.Int64, "content": pl.UInt64},
        orient="row",
    )


def test_rows_that_differ_in_number_or_body_are_no_repetition() -> None:
    same, odd = lines.repeated(rows((2, "A", 1, 5), (3, "A", 2, 5), (4, "B", 1, 5)))
    assert (len(same), len(odd)) == (0, 0)


def test_identical_rows_collapse_into_the_first() -> None:
    same, odd = lines.repeated(rows((2, "A", 1, 5), (3, "B", 1, 6), (4, "A", 1, 5), (5, "A", 1, 5)))
    assert same.select("line", "other").rows() == [(4, 2), (5, 2)]
    assert len(odd) == 0


def test_contradictory_rows_are_all_rejected_and_name_another() -> None:
    same, odd = lines.repeated(rows((2, "A", 1, 5), (3, "A", 1, 6), (4, "A", 1, 5)))
    assert len(same) == 0
    assert odd.select("#row", "code", "params").rows() == [
        (2, "contradictory", '{"other":4}'),
        (3, "contradictory", '{"other":4}'),
        (4, "contradictory", '{"other":2}'),
    ]


def test_an_empty_file_has_none() -> None:
    assert [len(found) for found in lines.repeated(None)] == [0, 0]
