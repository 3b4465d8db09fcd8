"""Which files make a project: named, found as compose finds them, included, extended."""

from pathlib import Path

import pytest

from netdiag import compose
from netdiag.config import Unreadable

ONE = "services: {server: {image: openspg-server}}\n"


def made(folder: Path, *names: str) -> None:
    """Make files, each a small compose file."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(ONE)


def sources(folder: Path, *named: str, environ: dict[str, str] | None = None) -> list[str]:
    """Return the files of the project, relative to the folder."""
    project = compose.gather([str(folder / name) for name in named], folder, environ or {})
    return [str(Path(each.source).relative_to(folder)) for each in project.documents] if project else []


FOUND = {
    "compose.yaml before all others": (
        ("docker-compose.yaml", "docker-compose.yml", "compose.yml", "compose.yaml"),
        ["compose.yaml"],
    ),
    "compose.yml next": (("docker-compose.yaml", "docker-compose.yml", "compose.yml"), ["compose.yml"]),
    "docker-compose.yml next": (("docker-compose.yaml", "docker-compose.yml"), ["docker-compose.yml"]),
    "with an override": (
        ("docker-compose.yml", "docker-compose.override.yml"),
        ["docker-compose.yml", "docker-compose.override.yml"],
    ),
    "an override of another name": (("compose.yml", "compose.override.yaml"), ["compose.yml", "compose.override.yaml"]),
    "an override alone": (("compose.override.yml",), []),
    "none": (("other.yml",), []),
}


@pytest.mark.parametrize(("names", "expected"), FOUND.values(), ids=FOUND)
def test_what_is_found(tmp_path: Path, names: tuple[str, ...], expected: list[str]) -> None:
    """Compose's own order, and the override that it takes beside it."""
    made(tmp_path, *names)
    assert sources(tmp_path) == expected


def test_in_a_parent(tmp_path: Path) -> None:
    """A file is looked for in the directory, then upwards; the nearest counts."""
    made(tmp_path, "compose.yml", "a/docker-compose.yml", "a/b/other.yml")
    project = compose.gather([], tmp_path / "a/b", {})
    assert [each.source for each in project.documents] == [str(tmp_path / "a/docker-compose.yml")]
    assert project.options == ()


def test_what_is_named(tmp_path: Path) -> None:
    """A name that compose finds by itself brings its override; another one, or several, bring what they are."""
    made(tmp_path, "compose.yml", "compose.override.yml", "a.yml", "d/compose.yaml")
    assert sources(tmp_path, "compose.yml") == ["compose.yml", "compose.override.yml"]
    assert sources(tmp_path, "a.yml", "compose.override.yml") == ["a.yml", "compose.override.yml"]
    assert sources(tmp_path, "d") == ["d/compose.yaml"]


def test_what_has_to_be_said_to_compose(tmp_path: Path) -> None:
    """Nothing where compose finds the same files by itself; else every file."""
    made(tmp_path, "compose.yml", "compose.override.yml", "a.yml")
    main, other, a = (str(tmp_path / name) for name in ("compose.yml", "compose.override.yml", "a.yml"))
    assert compose.gather([main], tmp_path, {}).options == ()
    assert compose.gather([a], tmp_path, {}).options == ("-f", a)
    assert compose.gather([main], tmp_path.parent, {}).options == ("-f", main, "-f", other)
    assert compose.gather([main, a], tmp_path, {}).options == ("-f", main, "-f", other, "-f", a)


def test_compose_file_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """COMPOSE_FILE names the files, in the environment or in .env, with a separator of one's own."""
    made(tmp_path, "compose.yml", "a.yml", "b.yml")
    monkeypatch.chdir(tmp_path)
    read = compose.gather([], Path(), {"COMPOSE_FILE": "a.yml:b.yml"})
    assert [each.source for each in read.documents] == ["a.yml", "b.yml"]
    (tmp_path / ".env").write_text("COMPOSE_FILE=b.yml;a.yml\nCOMPOSE_PATH_SEPARATOR=;\nTAG=0.8\n")
    read = compose.gather([], Path(), {})
    assert [each.source for each in read.documents] == ["b.yml", "a.yml"]
    assert (read.options, read.variables["TAG"]) == ((), "0.8")


def test_what_is_included(tmp_path: Path) -> None:
    """Files of `include` belong to the project, in short form and long, relative to the file that names them."""
    made(tmp_path, "parts/a.yml", "parts/b.yml", "parts/c.yml", "parts/deep/d.yml")
    (tmp_path / "parts/a.yml").write_text("include: [deep/d.yml, a.yml]\nservices: {a: {image: a}}\n")
    text = "include:\n  - parts/a.yml\n  - path: [parts/b.yml, '${PART}.yml']\n  - https://elsewhere/x.yml\n"
    (tmp_path / "compose.yml").write_text(text)
    found = sources(tmp_path, environ={"PART": "parts/c"})
    assert found == ["compose.yml", "parts/a.yml", "parts/b.yml", "parts/c.yml", "parts/deep/d.yml"]


def test_what_is_extended_from_a_file(tmp_path: Path) -> None:
    """What a service extends from another file counts: an address there is seen."""
    (tmp_path / "base.yml").write_text("services: {base: {extra_hosts: ['host.docker.internal:10.0.0.5']}}\n")
    (tmp_path / "compose.yml").write_text("services: {server: {extends: {file: base.yml, service: base}}}\n")
    project = compose.gather([], tmp_path, {})
    service = compose.choose(compose.services(project.documents, project.variables, project.base))
    with pytest.raises(compose.Refused) as refused:
        compose.name_the_host(service)
    assert refused.value.finding.where.endswith("base.yml:1")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, or no file, is named."""
    for name in ("none.yml", "."):
        with pytest.raises(Unreadable) as unreadable:
            compose.gather([str(tmp_path / name), str(tmp_path / "none.yml")], tmp_path, {})
        assert unreadable.value.source.endswith("none.yml")
