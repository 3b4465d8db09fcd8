"""Which service is OpenSPG's, who else gets what it is given, and what compose fills in."""

import pytest
from compose.judging import fixed

from netdiag import compose
from netdiag.compose.services import sharing
from netdiag.compose.variables import expanded, settings

OTHERS = "  mysql: {image: mysql}\n  web: {image: nginx}\n"


def chosen(text: str, name: str = "", environ: dict[str, str] | None = None) -> str:
    """Return the service that would be edited, or the reason and the services to choose from."""
    document = compose.parse(text.encode(), "c.yml")
    try:
        return compose.choose(compose.services([document], environ or {}, lambda *_: None), name).name
    except compose.Refused as refused:
        return f"{refused.finding.values['reason']}: {refused.finding.values['services']}"


SERVICES = {
    "by its image, whatever the registry": ("  kag: {image: 'r.lan:5000/spg/openspg-server:0.8'}\n", "kag"),
    "by its image and digest": ("  kag: {image: spg/openspg-server@sha256:12}\n", "kag"),
    "by its image without a tag": ("  kag: {image: r.lan:5000/openspg-server}\n", "kag"),
    "by an image that a variable completes": ("  kag: {image: '${R:-spg/openspg-server}:${T}'}\n", "kag"),
    "by a variable that is set": ("  kag: {image: '$IMAGE'}\n", "kag"),
    "by its container's name": ("  kag: {image: x, container_name: release-openspg-server}\n", "kag"),
    "by its name, server": ("  server: {image: x}\n", "server"),
    "by its name, openspg": ("  openspg: {build: .}\n", "openspg"),
    "the image before the name": ("  server: {image: x}\n  kag: {image: openspg-server}\n", "kag"),
    "of two with the image the one with the name": (
        "  server: {image: openspg-server}\n  again: {image: openspg-server}\n",
        "server",
    ),
    "two with the image and no name": (
        "  a: {image: openspg-server}\n  b: {image: openspg-server}\n",
        "compose_many_services: a, b",
    ),
    "an image of another part": ("  a: {image: spg/openspg-server-tools}\n", "compose_no_server: a, mysql, web"),
    "none of them": ("", "compose_no_server: mysql, web"),
}


@pytest.mark.parametrize(("text", "expected"), SERVICES.values(), ids=SERVICES)
def test_which_service(text: str, expected: str) -> None:
    """Image, container's name, name: the first that tells one from the others; else all are listed."""
    assert chosen(f"services:\n{text}{OTHERS}", environ={"IMAGE": "openspg-server"}) == expected


def test_the_only_service() -> None:
    """Where there is one service it is meant."""
    assert chosen("services: {anything: {image: x}}") == "anything"


def test_a_service_that_is_named() -> None:
    """A name given counts, and one that is not there is answered with those that are."""
    assert chosen(f"services:\n{OTHERS}", "web") == "web"
    assert chosen(f"services:\n{OTHERS}", "wbe") == "compose_unknown_service: mysql, web"


SHARED = {
    "nobody": ("  server: {image: x}\n  b: {image: y}\n", ()),
    "who merges it": ("  server: &s\n    image: x\n  b:\n    <<: *s\n    image: y\n", ("b",)),
    "who merges it by a list": ("  server: &s\n    image: x\n  b:\n    <<: [*s]\n    image: y\n", ("b",)),
    "who has the same hosts": ("  server:\n    extra_hosts: &h [a:1]\n  b: {extra_hosts: *h}\n", ("b",)),
    "who extends it": ("  server: {image: x}\n  b: {extends: server}\n  c: {extends: {service: server}}\n", ("b", "c")),
    "who extends who extends it": ("  server: {image: x}\n  b: {extends: server}\n  c: {extends: b}\n", ("b", "c")),
}


@pytest.mark.parametrize(("text", "expected"), SHARED.values(), ids=SHARED)
def test_who_else_gets_it(text: str, expected: tuple[str, ...]) -> None:
    """What is written into an anchor's mapping, or into one that is extended, others have as well."""
    found = compose.services([compose.parse(f"services:\n{text}".encode(), "c.yml")], {}, lambda *_: None)
    service = compose.choose(found, "server")
    made = compose.name_the_host(service)
    assert not isinstance(made, str)
    assert sharing(found, service, made[0].growths[0].spot.into) == expected


EXPANDED = {
    "$A/b": "1/b",
    "${A}b": "1b",
    "${B:-c}": "c",
    "${E:-c}": "c",
    "${E-c}": "",
    "${B-c}": "c",
    "${A:+c}": "c",
    "${E:+c}": "",
    "${E+c}": "c",
    "${A:?said}": "1",
    "$B": "",
    "$$A": "$A",
    "$": "$",
    "${": "${",
}


@pytest.mark.parametrize(("text", "expected"), EXPANDED.items())
def test_variables(text: str, expected: str) -> None:
    """What compose fills in, with and without defaults."""
    assert expanded(text, {"A": "1", "E": ""}) == expected


def test_settings_of_a_file() -> None:
    """Of a .env file names and values, without quotes and comments."""
    text = "# c\nA=1\nexport B = 'x # y' \r\nC=\"z\"\nD=v # c\nnot a setting\nE=\n"
    assert settings(text) == {"A": "1", "B": "x # y", "C": "z", "D": "v", "E": ""}


def test_a_second_file_s_hosts() -> None:
    """The last file that has hosts of its own for the service gets the entry; the first where none has."""
    first = compose.parse(b"services: {server: {image: openspg-server}}", "a.yml")
    second = compose.parse(b"services: {server: {extra_hosts: ['a:1']}}", "b.yml")
    third = compose.parse(b"services: {server: {tty: true}}", "c.yml")
    for documents, expected in (((first, second, third), "b.yml"), ((first, third), "a.yml")):
        made = compose.name_the_host(compose.choose(compose.services(documents, {}, lambda *_: None)))
        assert made[0].definition.document.source == expected


def test_what_another_file_says() -> None:
    """A network_mode or an address in any of the files counts."""
    first = compose.parse(b"services: {server: {image: openspg-server}}", "a.yml")
    for said, code in (("network_mode: host", "ND574"), ("extra_hosts: ['host.docker.internal=1.1.1.1']", "ND572")):
        second = compose.parse(f"services: {{server: {{{said}}}}}".encode(), "b.yml")
        service = compose.choose(compose.services((first, second), {}, lambda *_: None))
        with pytest.raises(compose.Refused) as refused:
            compose.name_the_host(service)
        assert refused.value.finding.code == code


def test_a_thousand_aliases() -> None:
    """Aliases of aliases, which would be gigabytes when they are filled in, are never filled in."""
    lines = ["x-0: &a0 [lol]", *(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    text = "\n".join([*lines, "services:", "  server:", "    image: x", "    x-all: *a39", "  b: {x-all: *a39}", ""])
    assert len(fixed(text.encode(), "server").edits) == 1
