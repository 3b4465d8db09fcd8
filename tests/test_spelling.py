"""How far apart words are, and which one was meant."""

import pytest

from netdiag.spelling import distance, nearest


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("localhost", "localhost", 0),
        ("locahost", "localhost", 1),
        ("lcoalhost", "localhost", 1),
        ("interal", "internal", 1),
        ("intermal", "internal", 1),
        ("11343", "11434", 2),
        ("11344", "11434", 1),
        ("kitten", "sitting", 3),
    ],
)
def test_distance(one, other, steps):
    """Adding, dropping, replacing and swapping neighbours count one each, in either direction."""
    assert distance(one, other) == distance(other, one) == steps


@pytest.mark.parametrize(
    ("word", "at_most", "found"),
    [("opanai", 2, "openai"), ("olama", 1, "ollama"), ("openai", 0, "openai"), ("nonsense", 2, ""), ("", 2, "")],
)
def test_nearest(word, at_most, found):
    """The closest word is found, and none where all are too far."""
    assert nearest(word, ("openai", "ollama", "maas"), at_most) == found
