"""Files as people send them, and files that try to do harm."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

import pytest

from zhunsheng.bulletin import published
from zhunsheng.bulletin.reading import MOST_BYTES, NotABulletin, Unreadable, read, read_bytes, read_file

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_the_encodings_of_the_trade_are_recognised(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "bulletin.txt"
    file.write_bytes(published.text("2024-03").encode(encoding))
    assert read_file(file) == published.load("2024-03")


def test_line_ends_of_every_system_are_the_same() -> None:
    for end in ("\r\n", "\r", "\u2028", "\f\n"):
        assert read(published.text("2024-03").replace("\n", end)) == published.load("2024-03")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\0" * 100, "空的"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\xff\xff\xff\xff\x80", "编码"),
        ("合计".encode("utf-16-le") + b"\0\0\0", "二进制|编码"),
        (b"\x01\x02\x03\x04 text", "控制字符"),
        (b"abc\0def", "二进制"),
    ],
)
def test_what_is_no_text_is_refused_clearly(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_bytes(data)


def test_random_bytes_never_do_more_than_raise_a_clear_error() -> None:
    chance = random.Random(1)  # noqa: S311 - the same bytes in every run, nothing secret
    for _ in range(200):
        with pytest.raises((Unreadable, NotABulletin)):
            read_bytes(chance.randbytes(chance.randint(1, 400)))


def test_a_huge_sparse_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "sparse.txt"
    file.touch()
    os.truncate(file, 10 * 1024**3)
    began = time.perf_counter()
    with pytest.raises(Unreadable, match="10,737,418,240"):
        read_file(file)
    assert time.perf_counter() - began < 1


def test_one_byte_too_many_is_too_many(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    text = published.text("2024-03").encode()
    file.write_bytes(text + b" " * (MOST_BYTES - len(text)))
    assert read_file(file) == published.load("2024-03")
    file.write_bytes(text + b" " * (MOST_BYTES - len(text) + 1))
    with pytest.raises(Unreadable, match="上限"):
        read_file(file)


def test_a_missing_file_a_directory_and_a_pipe_are_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path / "missing.txt", tmp_path, pipe):
        with pytest.raises(Unreadable, match=str(path)):
            read_file(path)


@pytest.mark.parametrize(
    "unit",
    [
        *["9", "1,", "1.", "认", "认 证 ", "北京市 1 ", "地区 证书数 ", "- "],
        *["从1张增至2张", "证书数增长较快", "广东、", "10万以上", "a\u0301"],
    ],
)
def test_reading_takes_time_in_proportion_to_the_length(unit: str) -> None:
    """Ten times the text may take at most forty times as long; a quadratic reader takes a hundred times."""

    def seconds(size: int) -> float:
        began = time.perf_counter()
        with pytest.raises(NotABulletin):
            read(unit * (size // len(unit)))
        return time.perf_counter() - began

    short = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < max(40 * short, 0.5)
