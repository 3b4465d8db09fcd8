"""What is offered where the configured address is not reached: the command that is printed is run, and it works."""

import pytest
from cli.conftest import options

from netdiag.lab import scenarios

OFFERED = {
    "former-address": "ND224",
    "former-address-with-key": "ND290",
    "former-address-in-the-hosts-network": "ND224",
    "container-gone-port-on-the-host": "ND224",
    "container-with-a-usual-name": "ND227",
    "container-with-a-usual-name-and-a-key": "ND227",
    "container-by-another-name": "ND227",
    "model-runner-of-desktop": "ND225",
    "name-of-another-network": "ND224",
}


@pytest.mark.lab
@pytest.mark.parametrize(("name", "code"), OFFERED.items(), ids=OFFERED)
def test_the_command_that_is_offered_repairs(name, code, made):
    """With exactly the line that was printed the base_url is proven and written, and works from then on."""
    scenario = scenarios.by_name(name)
    with made(scenario) as (place, file):
        before = place.report("fix-base-url", *options(scenario))
        (found,) = (f for item in before["endpoints"] for f in item["findings"] if f["code"] == code)
        (line,) = (remedy["command"] for remedy in found["remedies"])
        program, *words = line.split()
        assert (before["exit_code"], file.read_text(), program) == (1, scenario.config, "netdiag")
        named = [word for word in words if not word.endswith(scenario.file_name)]
        after = place.report(*named, *options(scenario))
        assert (after["exit_code"], len(after["applied"])) == (0, 1)
        again = place.report("check", *options(scenario))
        assert (again["exit_code"], again["summary"]["works"]) == (0, 1)
