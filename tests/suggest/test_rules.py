"""When is looked, where it is typed, and what comes first: tables."""

import pytest
from made_reports import report
from places import PLACES, Place

from netdiag import platform
from netdiag.model.attempt import Proof, Service
from netdiag.model.host import Attached, HostView, Listener, Sibling
from netdiag.model.place import Candidate, NameAnswer
from netdiag.model.report import Finding
from netdiag.model.suggestion import FoundService, Offer, Suggestions
from netdiag.outcome import concluded
from netdiag.suggest import form
from netdiag.suggest.form import place
from netdiag.suggest.offers import best, ordered
from netdiag.suggest.reach import Reach, reach
from netdiag.suggest.rule import is_called_for

CALLED_FOR = [
    (["ND538"], True),
    (["ND537"], True),
    (["ND543"], True),
    (["ND505"], True),
    (["ND502"], True),
    (["ND538", "ND505"], True),
    (["ND538", "ND231", "ND230", "ND541"], True),  # another part of OpenSPG is away: it configures no model
    ([], False),  # something is configured, or there would be a finding
    (["ND231"], False),
    (["ND530"], False),
    (["ND538", "ND501"], False),  # nobody knows what the file holds
    (["ND535", "ND538"], False),
    (["ND542"], False),
    (["ND536"], False),
    (["ND539"], False),
]


@pytest.mark.parametrize(("codes", "called_for"), CALLED_FOR, ids=str)
def test_when_nobody_asked(codes, called_for):
    """Only where every source was read and holds no model; never by an agent that nobody reads."""
    found = [Finding(code) for code in codes]
    for command, suggests in (("check", True), ("fix-base-url", True), ("watch", False), ("rollback", False)):
        expected = called_for and suggests
        assert is_called_for(command, found, in_container=True, all_read=True) == expected


def test_what_was_not_looked_at():
    """Outside a container no file says nothing; nor does what an option left out."""
    nowhere, scope = [Finding("ND502")], [Finding("ND543")]
    assert not is_called_for("check", nowhere, in_container=False, all_read=True)
    assert not is_called_for("check", nowhere, in_container=True, all_read=False)
    assert not is_called_for("check", scope, in_container=True, all_read=False)


FORMS = [
    ({"ND538"}, (), "0.8", True, form.Place("models_page", "0.8", True)),
    ({"ND538"}, (), "0.6", True, form.Place("models_page", "0.8", False)),  # the tables are of 0.8, whatever was found
    ({"ND537"}, (), "0.6", True, form.Place("global_page", "0.6", True)),
    ({"ND537"}, (), "0.8", False, form.Place("global_page", "0.7", False)),
    (set(), ("openspg:mysql:3306/openspg/kg_user_model/3",), "0.8", True, form.Place("models_page", "0.8", True)),
    (set(), ("openspg:mysql:3306/openspg/kg_config/2",), "0.7", True, form.Place("global_page", "0.7", True)),
    ({"ND530"}, (), "0.8", False, form.Place("models_page", "0.8", False)),
    ({"ND530"}, (), "0.8+", True, form.Place("models_page", "0.8+", True)),
    ({"ND538"}, (), "0.8+", True, form.Place("models_page", "0.8", False)),  # what the release takes both take
    ({"ND530"}, (), "0.6", True, form.Place("global_page", "0.6", True)),
]


@pytest.mark.parametrize(("codes", "sources", "version", "certain", "where"), FORMS)
def test_where_it_is_typed(codes, sources, version, certain, where):
    """The server's tables decide; where they cannot be read, KAG's version does."""
    assert place(codes, sources, version, certain=certain, has_server=True) == where


def test_where_there_is_no_server():
    """Without a server it is a file's block, and so it is for a file that was named beside one."""
    assert place(set(), (), "0.7", certain=True, has_server=False) == form.Place("file", "0.7", True)
    assert place({"ND505"}, (), "0.8", certain=True, has_server=True).form == "file"


HOST = Candidate("172.18.0.1", "gateway", "eth0", 0, ("172.18.0.1",))


def offer(port: int, kind: str, model: str, failure: str | None = None) -> Offer:
    """One model of the service on a port."""
    found = FoundService(Service("ollama", "", (str(port),)), HOST, port)
    return Offer(kind, "openai", f"http://172.18.0.1:{port}/v1", model, "", found, Proof("", "", failure))


PAIRS = [
    ("both of one service, though another's chat is first", "1c 2c 2e", "2c 2e"),
    ("the first of a service's", "1c 1c2 1e 1e2", "1c 1e"),
    ("of two where none has both", "1c 2e", "1c 2e"),
    ("what is not proven does not count", "1c! 2c 2e", "2c 2e"),
    ("a chat model alone", "1c 1e!", "1c"),
    ("an embedding alone", "1e", "1e"),
    ("nothing", "1c!", ""),
]


@pytest.mark.parametrize(("offers", "pair"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_the_best_pair(offers, pair):
    """One service that has both comes before two, what is proven before what is not, and else their own order."""
    made = [
        offer(int(word[0]), "chat" if word[1] == "c" else "embedding", word, "server_error" if "!" in word else None)
        for word in offers.split()
    ]
    assert " ".join(each.model for each in best(made)) == pair
    told = ordered(made)
    assert sorted(map(str, told)) == sorted(map(str, made))
    assert told[: len(best(made))] == best(made)
    proven = [each.is_proven for each in told]
    assert proven == sorted(proven, reverse=True)


NOT_SURELY = {"kubernetes", "wslc", "apple-container", "docker-internal", "lxc", "unknown-container"}
"""Where the usual way to the host is a name or an address that another container or machine could have as well."""


@pytest.fixture
def reached(tmp_path):
    """Return the way to see where is looked in a place, whose name server knows what it does there."""

    def look(place: Place, *hosts: str) -> Reach:
        facts = platform.read(place.root(tmp_path), place.environ, place.links)

        def resolve(names, _):
            return {name: NameAnswer(name, addresses=place.names.get(name, ())) for name in names}

        return reach(facts, hosts, (), None, resolve)

    return look


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_on_every_platform(place, reached):
    """What would be written there is looked at where it is surely the host, and nothing is that is not."""
    found = reached(place)
    hosts = {each.host for each in found.hosts}
    is_sure = place.platform not in NOT_SURELY and place.confidence != "guess" and place.below != "docker-in-wsl2"
    assert place.written in hosts or place.written is None or not is_sure
    assert all(found.trusts(each.host) for each in found.hosts)
    assert len(set(found.addresses)) == len([a for each in found.hosts for a in each.addresses])


PROVEN = Suggestions("file", "0.8", offers=(offer(1, "chat", "m"),))
UNPROVEN = Suggestions("file", "0.8", offers=(offer(1, "chat", "m", "key_missing"),))

ENDS = [
    ("fix-base-url", PROVEN, ("ND538",), 3),
    ("fix-base-url", UNPROVEN, ("ND538", "ND582"), 78),
    ("fix-base-url", None, ("ND538",), 78),
    ("fix-base-url", PROVEN, ("ND502",), 3),
    ("check", PROVEN, ("ND538",), 78),
    ("suggest", PROVEN, (), 3),
    ("suggest", PROVEN, ("ND530",), 3),  # its version could not be read, which is a note then
    ("suggest", UNPROVEN, ("ND582",), 78),
    ("suggest", Suggestions("file", "0.8"), ("ND581",), 78),
]


@pytest.mark.parametrize(("command", "found", "codes", "status"), ENDS)
def test_how_it_ends(command, found, codes, status):
    """Something proven that is to be typed is pending where changes are wanted; a check says what is configured."""
    made = report(said=tuple(map(Finding, codes)), command=command)._replace(suggestions=found)
    assert concluded(made, writes=False).exit_code == status


BESIDE = Sibling(
    "my-vllm", "running", networks=(Attached("release_default", "172.18.0.5", ("my-vllm",)),), ports=(8000,),
    listeners=(Listener("0.0.0.0", 8000),),
)  # fmt: skip


@pytest.mark.parametrize(("named", "trusts"), [((), False), (("my-vllm",), True), (("172.18.0.5",), True)], ids=str)
def test_a_container_is_sent_a_key_where_it_is_named(tmp_path, named, trusts):
    """Who shares the network is not the host; the user's own word for it is enough."""
    place = PLACES["docker-compose"]
    facts = platform.read(place.root(tmp_path), place.environ, place.links)
    seen = HostView(0, "Debian", "openspg", ("release_default",), (), (), (BESIDE,))

    def resolve(names, _):
        return {name: NameAnswer(name, addresses=("172.18.0.5",) if name == "my-vllm" else ()) for name in names}

    found = reach(facts, named, (), seen, resolve)
    assert any(map(found.trusts, ("my-vllm", "172.18.0.5"))) == trusts
    assert {each.host for each in (*found.hosts, *found.siblings)} & {"my-vllm", "172.18.0.5"}
