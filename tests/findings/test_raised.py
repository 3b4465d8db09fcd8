"""No code is there for nothing: each is raised by a scenario of the lab, or by the test that is named for it here."""

from pathlib import Path

import pytest

from netdiag import findings
from netdiag.lab.scenarios import SCENARIOS

TESTS = Path(__file__).parents[1]
IN_SCENARIOS = {code for scenario in SCENARIOS for code in scenario.expect_codes}

ELSEWHERE = {
    "cli/test_detect.py": "ND105 ND107 ND111 ND112 ND117",
    "platform/test_places.py": "ND101 ND120 ND121 ND122 ND123 ND124 ND125 ND126 ND128",
    "findings/test_knowledge.py": "ND220 ND222",
    "openspg/test_companions.py": "ND230 ND231 ND235 ND236 ND237 ND238",
    "openspg/test_scale.py": "ND589",
    "test_whole.py": "ND239",
    "watch/test_agent.py": "ND240",
    "waiting/test_loop.py": "ND241",
    "openspg/test_reading.py": "ND502 ND530 ND531 ND532 ND533 ND534 ND535 ND536 ND537 ND538 ND539 ND540"
    " ND541 ND542 ND543 ND568 ND603",
    "openspg/test_cause.py": "ND547 ND548 ND549 ND553 ND554",
    "openspg/test_faults.py": "ND606 ND609 ND610 ND611 ND612",
    "openspg/test_repair_of_server.py": "ND613",
    "openspg/test_rows.py": "ND431 ND432 ND433 ND434 ND435",
    "prove/test_decoys.py": "ND280 ND281 ND282 ND283 ND284 ND285",
    "prove/test_answers.py": "ND453 ND454 ND455 ND456 ND457",
    "test_repair.py": "ND501 ND506 ND602 ND608",
    "test_sources.py": "ND505",
    "suggest/test_found.py": "ND581 ND582 ND584 ND587",
    "cli/test_bad_input.py": "ND601",
    "cli/test_filled.py": "ND504 ND556 ND557 ND558 ND559 ND560 ND561 ND562",
    "findings/test_pasted.py": "ND519 ND520 ND521 ND522 ND523 ND524 ND528 ND529",
    "findings/test_suggested.py": "ND585 ND586 ND588",
    "findings/pasted.jsonl": "ND490 ND491 ND492 ND493 ND494 ND495",
    "findings/cases.jsonl": "ND525 ND526 ND527",
    "docker/test_docker_repair.py": "ND604",
    "findings/test_host.py": "ND270 ND271 ND272 ND273 ND274 ND275 ND276 ND277 ND278",
    "container/test_host_view.py": "ND279",
    "container/test_on_host.py": "ND590 ND591 ND592 ND593",
    "cli/test_rollback.py": "ND605",
    "cli/test_chat_causes.py": "ND206",
    "cli/test_fix_compose.py": "ND570 ND571 ND572 ND573 ND574 ND575 ND576 ND577 ND578 ND580",
    "cli/test_unwritable.py": "ND607 ND620 ND621",
    "store/test_forged.py": "ND622",
    "cli/test_odd_places.py": "ND630 ND631 ND632 ND633 ND634",
    "cli/test_parser.py": "ND701",
    "cli/test_nothing_examined.py": "ND545 ND583",
    "test_outcome.py": "ND546",
    "prove/test_process.py": "ND322 ND323 ND324 ND325",
    "cli/test_explain.py": "ND702",
}
"""What is about a place that no world of the lab can be, a server of OpenSPG, files and journals, or a pasted text."""


def test_every_code_is_raised():
    """A code that nothing raises is not there, and none is listed that a scenario raises."""
    listed = [code for codes in ELSEWHERE.values() for code in codes.split()]
    assert sorted(listed) == sorted(findings.catalog().keys() - IN_SCENARIOS)


@pytest.mark.parametrize(("file", "codes"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_the_test_names_its_codes(file, codes):
    """Each of the tests expects the codes that it is listed for."""
    text = (TESTS / file).read_text("utf-8")
    assert [code for code in codes.split() if code not in text] == []
