"""The engine's answers, read into values; pure but for :func:`container` and :func:`engine`, which ask."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from netdiag.container import answers
from netdiag.model.container import Compose, Container, ContainerNetwork, Engine, Mount
from netdiag.text import shown

if TYPE_CHECKING:
    from docker import APIClient

_PROXY: Final = re.compile(r"(?i)(https?|all|no)_proxy")
_COMPOSE: Final = "com.docker.compose."
_DESKTOP: Final = "Docker Desktop"


def container(client: "APIClient", identity: str) -> Container:
    """Return what the engine knows of a container, with the drivers of its networks."""
    with answers.reading():
        raw, listed = client.inspect_container(identity), client.networks()
        answers.require_id(raw["Id"])
        return of_container(raw, {each["Name"]: each for each in listed})


def engine(client: "APIClient") -> Engine:
    """Return what the engine says of itself."""
    with answers.reading():
        version, info = client.version(), client.info()
        return of_engine(version, info)


def of_container(raw: Mapping[str, Any], networks: Mapping[str, Mapping[str, Any]]) -> Container:
    """Return the container of ``GET /containers/{id}/json`` and the networks, by name, of ``GET /networks``."""
    configured, host, state = raw.get("Config") or {}, raw.get("HostConfig") or {}, raw.get("State") or {}
    connected = (raw.get("NetworkSettings") or {}).get("Networks") or {}
    return Container(
        id=raw["Id"],
        name=answers.name_or_id(str(raw.get("Name", "")).lstrip("/"), raw["Id"]),
        status=str(state.get("Status", "")),
        image=str(configured.get("Image", "")),
        networks=tuple(_network(name, each or {}, networks.get(name, {})) for name, each in connected.items()),
        network_mode=host.get("NetworkMode", ""),
        extra_hosts=tuple(host.get("ExtraHosts") or ()),
        proxies=dict(_proxies(configured.get("Env") or ())),
        mounts=tuple(_mounts(raw.get("Mounts") or (), host.get("Tmpfs") or {})),
        user=str(configured.get("User") or ""),
        read_only=bool(host.get("ReadonlyRootfs")),
        restart=(host.get("RestartPolicy") or {}).get("Name", ""),
        health=(state.get("Health") or {}).get("Status", ""),
        system=raw.get("Platform") or "linux",
        compose=_compose(configured.get("Labels") or {}),
    )


def of_engine(version: Mapping[str, Any], info: Mapping[str, Any]) -> Engine:
    """Return the engine of ``GET /version`` and ``GET /info``."""
    system = info.get("OperatingSystem", "")
    components = " ".join(str(each.get("Name", "")) for each in version.get("Components") or ())
    options = info.get("SecurityOptions") or ()
    return Engine(
        name="podman" if "Podman" in components else "docker",
        version=version.get("Version", ""),
        api_version=version.get("ApiVersion", ""),
        system=shown(system),
        architecture=info.get("Architecture", ""),
        rootless=bool(info.get("Rootless")) or any("rootless" in option for option in options),
        desktop=system.startswith(_DESKTOP),
    )


def _network(name: str, raw: Mapping[str, Any], network: Mapping[str, Any]) -> ContainerNetwork:
    return ContainerNetwork(
        name=name,
        ip=raw.get("IPAddress", ""),
        ipv6=raw.get("GlobalIPv6Address", ""),
        gateway=raw.get("Gateway", ""),
        ipv6_gateway=raw.get("IPv6Gateway", ""),
        aliases=tuple(raw.get("Aliases") or ()),
        driver=network.get("Driver", ""),
        internal=bool(network.get("Internal")),
    )


def _proxies(entries: Iterable[str]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        name, _, value = entry.partition("=")
        if _PROXY.fullmatch(name):
            yield name, shown(value)


def _mounts(mounted: Iterable[Mapping[str, Any]], temporary: Mapping[str, str]) -> Iterator[Mount]:
    for each in mounted:
        source = each.get("Name") or each.get("Source") or ""
        yield Mount(each.get("Type", ""), source, each.get("Destination", ""), bool(each.get("RW")))
    for target, options in temporary.items():
        yield Mount("tmpfs", "", target, "ro" not in options.split(","))


def _compose(labels: Mapping[str, str]) -> Compose | None:
    if f"{_COMPOSE}service" not in labels:
        return None
    files = labels.get(f"{_COMPOSE}project.config_files", "")
    return Compose(
        project=labels.get(f"{_COMPOSE}project", ""),
        service=labels[f"{_COMPOSE}service"],
        directory=labels.get(f"{_COMPOSE}project.working_dir", ""),
        files=tuple(file for file in files.split(",") if file),
    )
