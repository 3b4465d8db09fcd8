"""Whatever a compose file looks like: one entry more and nothing else, or a refusal and the same bytes."""

import json

import yaml
from compose.judging import expected, fixed, read, without
from hypothesis import given, settings
from hypothesis import strategies as st

from netdiag import config
from netdiag.config import Unreadable
from netdiag.store.records import Replacement, inverse, replaced

TEXT = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), codec="utf-8") | st.sampled_from("\n\t:#'\""), max_size=12
)
WORDS = st.text("abc-_.0", min_size=1, max_size=5)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
HOSTS = st.one_of(
    st.lists(WORDS.map(lambda name: f"{name}:1.2.3.4"), max_size=3, unique=True),
    st.dictionaries(WORDS, st.just("1.2.3.4"), max_size=3),
)
SERVICES = st.fixed_dictionaries(
    {"image": TEXT}, optional={"environment": VALUES, "x-y": VALUES, "extra_hosts": HOSTS, "command": TEXT}
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return a compose file as PyYAML dumps one, or as JSON, with comments, ends of lines and a mark of its own."""
    more = draw(st.dictionaries(st.sampled_from(("mysql", "minio")), SERVICES, max_size=2))
    names = draw(st.permutations(["server", *more]))
    services = {name: more[name] if name in more else draw(SERVICES) for name in names}
    whole = {"name": "p", "services": services, "volumes": draw(VALUES)}
    if draw(st.booleans()):
        text = json.dumps(whole, indent=draw(st.sampled_from((None, 2))), ensure_ascii=False)
    else:
        how = {"indent": draw(st.integers(2, 6)), "default_flow_style": draw(st.sampled_from((False, None, True)))}
        style = draw(st.sampled_from((None, "'", '"', "|", ">")))
        text = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, default_style=style, **how)
    text = draw(st.sampled_from(("", "# c\n"))) + text + draw(st.sampled_from(("", "# c", "\n\n# c\n")))
    newline = draw(st.sampled_from(("\n", "\r\n")))
    return (draw(st.sampled_from(("", "\ufeff"))) + text.replace("\n", newline)).encode()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(files())
def test_one_entry_and_nothing_else(data: bytes) -> None:
    """PyYAML reads what it read before and the entry; without what was put in the bytes are those from before."""
    found = fixed(data, "server")
    if found.refused:
        assert found.refused.code == "ND575"
        return
    assert read(found.data) == expected(data, "server")
    assert without(found.data, found.edits) == data
    assert fixed(found.data, "server").where


@settings(max_examples=100, deadline=None, derandomize=True)
@given(files())
def test_settings_and_nothing_else(data: bytes) -> None:
    """With hosts past a proxy, or a name server, PyYAML reads these and what it read before, or nothing is written."""
    for wanted in ({"hosts": ("localhost", "172.17.0.1")}, {"servers": ("192.0.2.1",)}):
        found = fixed(data, "server", **wanted)
        if found.refused:
            assert found.refused.code == "ND575"
            continue
        before, after = read(data)[0], read(found.data)[0]
        of_service, had = after["services"]["server"], before["services"]["server"]
        if "servers" in wanted:
            assert of_service.pop("dns")[0] == "192.0.2.1"
        else:
            got, present = of_service.pop("environment"), had.pop("environment", {})
            added = [f"{name}=localhost,172.17.0.1" for name in ("NO_PROXY", "no_proxy")]
            pairs = dict(each.split("=", 1) for each in added)
            assert got == ([*present, *added] if isinstance(present, list) else {**present, **pairs})
        assert after == before
        assert without(found.data, found.edits) == data


def told(data: bytes) -> list[tuple[str, str]]:
    """Return what PyYAML's parser tells of a file, before anything is made of it."""
    events = yaml.parse(data.decode("utf-8-sig"), yaml.CSafeLoader)
    return [(type(event).__name__, getattr(event, "value", "")) for event in events]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(files(), st.data())
def test_broken_files(data: bytes, more: st.DataObject) -> None:
    """A file that was cut, or has bytes of another one in it, is read or refused, and never half understood."""
    at, length = more.draw(st.integers(0, len(data))), more.draw(st.integers(0, 8))
    broken = data[:at] + more.draw(st.binary(max_size=4)) + data[at + length :]
    try:
        found = fixed(broken)
    except Unreadable:
        return
    if found.edits:
        assert without(found.data, found.edits) == broken
        rest = iter(told(found.data))
        assert all(each in rest for each in told(broken))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(files(), st.booleans())
def test_the_journal_s_way_back(data: bytes, joins: bool) -> None:
    """Insertions are edits like others: applied, journaled as what they replace (nothing), and undone byte for byte."""
    found = fixed(data, "server", "n_default" if joins else "")
    assert config.apply(data, found.edits) == found.data
    assert config.apply(found.data, config.shifted(found.edits)) == data
    journaled = tuple(Replacement(edit.span.start, edit.old, edit.new) for edit in found.edits)
    assert replaced(data, journaled) == found.data
    assert replaced(found.data, inverse(journaled)) == data
