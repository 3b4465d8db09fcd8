"""KAG itself says what the environment of its process does to a call, and netdiag does the same."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from kag.judge.asking import ENVIRONMENTS
from kag.judge.configurations import RELEASES
from kag.judge.environments import furnish, kag_does, netdiag_does, serving

pytestmark = pytest.mark.kag


@pytest.mark.parametrize("version", RELEASES)
def test_the_environment_counts_as_for_kag(version, require: Callable[[str, str], NoReturn], tmp_path: Path) -> None:
    """The same headers with the first call, or no call, and the same verdict, in each environment."""
    release = RELEASES[version]
    if not (ENVIRONMENTS / release / "made").exists():
        require("kag-judge", f"no KAG {release} in {ENVIRONMENTS}; install it: tests/grounds/up kag-judge")
    furnish(tmp_path)
    with serving() as server:
        pairs = [
            (case, by_kag, netdiag_does(case, tmp_path, server))
            for case, by_kag in kag_does(version, tmp_path, server, tmp_path / "log")
        ]
    different = [f"{case}: KAG {by_kag}, netdiag {mine}" for case, by_kag, mine in pairs if by_kag != mine]
    assert not different, "\n".join(different)
    passed = [case for case, by_kag, _ in pairs if by_kag.ok]
    assert min(len(passed), len(pairs) - len(passed)) > 20
