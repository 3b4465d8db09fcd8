"""The closed vocabulary of failures."""

import errno

import pytest

from netdiag import failures


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ECONNREFUSED, "connection_refused"),
        (errno.EHOSTUNREACH, "host_unreachable"),
        (errno.ENETUNREACH, "network_unreachable"),
        (errno.ETIMEDOUT, "timed_out"),
        (errno.EACCES, "not_permitted"),
        (errno.EINVAL, "address_unusable"),
        (errno.ECONNRESET, "connection_reset"),
        (errno.EXDEV, "unknown_failure"),
    ],
)
def test_errno_to_word(number, word):
    """Each errno measured at a socket has its word, any other is the one escape."""
    assert failures.from_errno(number) == word


def test_words_are_words():
    """Every word is lower case with underscores, so that reports of different versions can be compared."""
    assert all(word == word.lower() and word.replace("_", "").isalpha() for word in failures.WORDS)
    assert len(failures.WORDS) > 30
