"""The other parts of OpenSPG, each as it may be found: away, unknown, silent, another service, or in health."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from netdiag import failures, findings
from netdiag.model.place import NameAnswer
from netdiag.model.report import Finding
from netdiag.openspg import companions
from netdiag.openspg.parts import Part, parts
from netdiag.probe import greeting, race

MINIO = (
    b"HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 0\r\nServer: MinIO\r\n"
    b"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nVary: Origin\r\n"
    b"X-Amz-Id-2: 470a0afc0f6fdbebb6a8e14ece29122784c0656e19563387135a7c8e02feb163\r\n"
    b"X-Amz-Request-Id: 18ECAC3C25CEE30C\r\nX-Content-Type-Options: nosniff\r\nX-Xss-Protection: 1; mode=block\r\n"
    b"Date: Mon, 30 Nov 2026 00:48:45 GMT\r\nConnection: close\r\n\r\n"
)
"""What a MinIO of 2026 answered to GET /minio/health/live, without a login."""

MARIADB = bytes.fromhex(
    "5f0000000a352e352e352d31302e31312e31342d4d617269614442002a0000006d2b5a4f6a4e2c4400fef72d0200ff8115"
    "0000000000001d0000005162655a5f63584a34743d61006d7973716c5f6e61746976655f70617373776f726400"
)
"""The first packet of a MariaDB 10.11, which speaks before it is asked."""

HEALTHY = {"bolt": b"\0\0\x08\x05", "minio": MINIO, "mysql": MARIADB}
PROTOCOLS = tuple(HEALTHY)
NGINX = b"HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\r\nContent-Length: 0\r\n\r\n"


@contextlib.contextmanager
def answering(*said: bytes, stays: bool = True) -> Iterator[tuple[int, list[bytes]]]:
    """Say each piece to whoever connects and has sent what he has to; yields the port, and what was heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=talk, args=(client,), daemon=True).start()

        def talk(client: socket.socket) -> None:
            with client, contextlib.suppress(OSError):
                client.settimeout(0.3)
                with contextlib.suppress(TimeoutError):
                    heard.append(client.recv(4096))
                for piece in said:
                    client.sendall(piece)
                    time.sleep(0.01)
                client.settimeout(5)
                if stays:
                    client.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], heard


def found(protocol: str, port: int, monkeypatch) -> tuple[str, str]:
    """The code of what is told of a part at the port, and what it said."""
    monkeypatch.setattr(greeting, "LIMIT_S", 0.8)
    monkeypatch.setattr(greeting.greet, "__kwdefaults__", {"limit_s": 0.8})
    name = {"bolt": "neo4j"}.get(protocol, protocol)
    told = companions.Look((Part(name, "127.0.0.1", port, protocol),)).findings()  # type: ignore[arg-type]
    return next(((each.code, each.values.get("said", "")) for each in told), ("", ""))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("said", "stays", "told"),
    [
        ((), True, ("ND235", "")),
        ((), False, ("ND237", "")),
        ((NGINX,), True, ("ND236", "HTTP/1.1 404 Not Found, nginx/1.22.1")),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), True, ("ND236", "SSH-2.0-OpenSSH_9.2")),
        ((b"\x15\x03\x01\0\x02\x02\x46",), True, ("ND236", "TLS")),
        ((b"\x80\x81\x82\x83\x84\x85",), True, ("ND236", "bytes 80 81 82 83 84 85")),
        ((b"\0",), True, ("ND236", "bytes 00")),
    ],
    ids=["silent", "closes at once", "a web server", "ssh", "TLS", "bytes of nobody", "stops in the middle"],
)
def test_a_part_that_is_not_as_it_should_be(protocol, said, stays, told, monkeypatch):
    """Whoever accepts connections and does not speak the part's protocol is told, and in which words."""
    with answering(*said, stays=stays) as (port, _):
        assert found(protocol, port, monkeypatch) == told


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("pieces", [1, 3], ids=["whole", "in pieces"])
def test_a_part_in_health(protocol, pieces, monkeypatch):
    """There is nothing to tell, however its answer is cut; one question was asked at most, without a login."""
    text = HEALTHY[protocol]
    size = -(-len(text) // pieces)
    with answering(*(text[at : at + size] for at in range(0, len(text), size))) as (port, heard):
        assert found(protocol, port, monkeypatch) == ("", "")
    asked = [each for each in heard if each]
    assert len(asked) == (protocol != "mysql")
    assert all(each.startswith((b"\x60\x60\xb0\x17", b"GET /minio/health/live HTTP/1.1\r\n")) for each in asked)
    assert not any(b"uthorization" in each for each in asked)


@pytest.mark.parametrize(
    ("protocol", "said", "words"),
    [
        ("minio", MINIO.replace(b"200 OK", b"503 Service Unavailable"), "HTTP 503"),
        ("mysql", b"\x17\0\0\0\xff\x10\x04Too many connections", "MySQL error 1040"),
        ("mysql", b"\x2a\0\0\0\xff\x6a\x04Host 'sk-c4n4ry' is not allowed to connect", "MySQL error 1130"),
    ],
    ids=["MinIO without its disks", "MySQL with too many connections", "MySQL that lets nobody in"],
)  # fmt: skip
def test_a_part_that_says_it_cannot_work(protocol, said, words, monkeypatch):
    """It is the right service, and says by a number why it is of no use."""
    with answering(said) as (port, _):
        assert found(protocol, port, monkeypatch) == ("ND238", words)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_another_part_in_its_place(protocol, monkeypatch):
    """Two settings that were exchanged are told: each part knows the others from itself."""
    for other in PROTOCOLS:
        with answering(HEALTHY[other]) as (port, _):
            assert found(protocol, port, monkeypatch)[0] == ("" if other == protocol else "ND236")


def test_the_real_database_greets(database, monkeypatch):
    """A real MariaDB is a part in health, and one that is frozen is silent."""
    assert found("mysql", database.port, monkeypatch) == ("", "")
    with database.frozen():
        assert found("mysql", database.port, monkeypatch) == ("ND235", "")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_greeting_ends_in_time(protocol):
    """One that sends a byte now and then is not waited for longer than one that sends nothing."""
    with answering(*([b"\x01"] * 200)) as (port, _):
        began = time.monotonic()
        greeting.greet(protocol, "h", "127.0.0.1", port, limit_s=0.5)  # type: ignore[arg-type]
        assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("protocol", [*PROTOCOLS, None])
def test_nobody_is_there(protocol, monkeypatch):
    """A closed port and an unknown name are told for each of them, and nobody is greeted."""
    monkeypatch.setattr(greeting, "greet", lambda *_, **__: pytest.fail("greeted"))
    (refused,) = companions.Look((Part("p", "127.0.0.9", 1, protocol),)).findings()
    assert (refused.code, refused.where, refused.values["failure"]) == ("ND231", "127.0.0.9:1", "connection_refused")
    unknown = NameAnswer("release-openspg-minio", failure=failures.DNS_NXDOMAIN)
    monkeypatch.setattr(race.race, "__kwdefaults__", race.race.__kwdefaults__ | {"resolve": lambda _: unknown})
    (lost,) = companions.Look((Part("p", "release-openspg-minio", 9000, protocol),)).findings()
    assert (lost.code, lost.values["failure"]) == ("ND230", "dns_nxdomain")


def test_a_protocol_that_is_not_known():
    """Of what speaks after TLS only, it is enough that it accepts connections."""
    with answering() as (port, heard):
        assert companions.Look((Part("neo4j", "127.0.0.1", port),)).findings() == ()
        time.sleep(0.4)
    assert heard in ([], [b""])


NEO4J = Part("neo4j", "release-openspg-neo4j", 7687, "bolt")
OBJECTS = Part("minio", "release-openspg-minio", 9000, "minio")


GRAPH, SEARCH, STORE = (f"cloudext.{name}.url" for name in ("graphstore", "searchengine", "objectstorage"))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (NEO4J, OBJECTS)),
        ({GRAPH: "neo4j://g:7777?user=neo4j&password=p"}, (Part("neo4j", "g", 7777, "bolt"), OBJECTS)),
        (
            dict.fromkeys((GRAPH, SEARCH), "neo4j://g?password=p"),
            (Part("neo4j", "g", 7687, "bolt"), OBJECTS),
        ),
        ({STORE: "minio://m:9999?accessKey=a&secretKey=s"}, (NEO4J, Part("minio", "m", 9999, "minio"))),
        ({STORE: "oss://oss.example?accessKey=a"}, (NEO4J,)),
        ({SEARCH: "elasticsearch://e:9201"}, (NEO4J, Part("elasticsearch", "e", 9201), OBJECTS)),
        ({GRAPH: "tugraph://t"}, (Part("tugraph", "t", 9090), OBJECTS)),
        ({GRAPH: "neo4j+s://g"}, (Part("neo4j", "g", 7687), OBJECTS)),
        ({GRAPH: "bolt://[fd00::1]:7688"}, (Part("neo4j", "fd00::1", 7688, "bolt"), OBJECTS)),
        ({GRAPH: "${NEO4J}"}, (OBJECTS,)),
        ({GRAPH: "neo4j://g:99999"}, (Part("neo4j", "g", 7687, "bolt"), OBJECTS)),
    ],
)  # fmt: skip
def test_where_the_server_looks_for_them(settings, expected):
    """Its own settings say, else OpenSPG's compose file; one that serves for two things is one part."""
    assert tuple(parts(settings)) == expected


@pytest.mark.parametrize("code", ["ND235", "ND236", "ND237", "ND238"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_to_do_names_the_part(code, language):
    """Commands are for its service in the compose file."""
    values = {"part": "neo4j", "host": "h", "port": "1", "said": "SSH"}
    words = findings.words(Finding(code, "h:1", values), language)
    assert "neo4j" in words.title
    assert words.remedies[0].command.startswith("docker compose ")
