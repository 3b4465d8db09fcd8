"""Kubernetes' objects: judged by its own schemas, and their container run by Docker as the pod's specification says."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docker_ground import LABEL, Done, Engine, Images
from examples.files import EXAMPLES, document, documents

from netdiag import exits
from netdiag.lab.servers.openai_compatible import KEY

FILES = sorted((EXAMPLES / "kubernetes").iterdir())
CONFIGURATION = {found["kind"]: found for found in documents("kubernetes/configuration.yaml")}
NEVER_S = "2s"


def pod(name: str) -> dict[str, Any]:
    """Return the specification of the pod that an example makes."""
    inner = document(f"kubernetes/{name}.yaml")["spec"]
    while "template" not in inner:
        inner = inner["jobTemplate"]["spec"]
    return inner["template"]["spec"]


def container(name: str) -> dict[str, Any]:
    """Return netdiag's container of an example."""
    spec = pod(name)
    (found,) = (c for c in (*spec.get("initContainers", ()), *spec["containers"]) if c["name"] == "netdiag")
    return found


WORKLOADS = ["init-container", "job", "cronjob"]


@pytest.mark.examples
@pytest.mark.parametrize("version", ["1.25", "1.29", "1.37"])
def test_schemas(tool, version):
    """Every object is one of the API's, without a field that the API does not know."""
    done = tool("kubernetes-validate", "--strict", "--kubernetes-version", version, *FILES)
    objects = sum(len(documents(f"kubernetes/{file.name}")) for file in FILES)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(f" against version {version}\n") == objects, done.stdout


@pytest.mark.examples
def test_a_misspelled_field_is_seen(tool, tmp_path):
    """The check above is strict."""
    wrong = tmp_path / "job.yaml"
    wrong.write_text((EXAMPLES / "kubernetes/job.yaml").read_text().replace("runAsNonRoot", "runAsNoRoot"))
    done = tool("kubernetes-validate", "--strict", wrong)
    assert done.returncode == 1
    assert "'runAsNoRoot' was unexpected" in done.stdout


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_pod_may_do_little(name):
    """What Pod Security calls restricted, a root file system that is read only, and limits."""
    ours = container(name)
    security = ours["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] > 0
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert set(ours["resources"]["requests"]) == set(ours["resources"]["limits"]) == {"cpu", "memory"}


@pytest.mark.parametrize("name", WORKLOADS)
def test_names_fit_together(name):
    """The key comes from the Secret alone, the rest from the ConfigMap; what is referred to is there."""
    (variable,) = container(name)["env"]
    reference = variable["valueFrom"]["secretKeyRef"]
    assert reference["name"] == CONFIGURATION["Secret"]["metadata"]["name"]
    assert reference["key"] in CONFIGURATION["Secret"]["stringData"]
    (volume,) = pod(name)["volumes"]
    assert volume["configMap"]["name"] == CONFIGURATION["ConfigMap"]["metadata"]["name"]
    assert [mount["name"] for mount in container(name)["volumeMounts"]] == [volume["name"]]
    assert f"{{{{ {variable['name']} }}}}" in CONFIGURATION["ConfigMap"]["data"]["kag_config.yaml"]


def test_the_three_are_one():
    """Init container, Job and CronJob run the same container."""
    assert container("job") == container("cronjob") == container("init-container")


@dataclass(frozen=True)
class Kubelet:
    """Runs netdiag's container of an example, by Docker, as its specification says."""

    engine: Engine
    images: Images
    folder: Path

    def command(self, name: str, *more: str, wait: str = "", replace: tuple[str, str] = ("", "")) -> tuple[str, ...]:
        """Return the words after ``docker``; ``replace`` edits the ConfigMap, ``wait`` the time."""
        ours = container(name)
        for file, text in CONFIGURATION["ConfigMap"]["data"].items():
            edited = text.replace(*replace) if replace[0] else text
            (self.folder / file).write_text(edited.replace("  model:", "  max_tokens: 128  # it takes 256\n  model:"))
        security, limits = ours["securityContext"], ours["resources"]["limits"]
        (mount,) = ours["volumeMounts"]
        entrypoint, *arguments = [wait or word if word == "120s" else word for word in ours["command"]]
        return (
            *("run", "--label", LABEL, "--name", f"{LABEL}-pod", "--entrypoint", entrypoint, *more),
            *("--user", f"{security['runAsUser']}:{security['runAsGroup']}"),
            *("--read-only", "--security-opt", "no-new-privileges"),
            *(f"--cap-drop={capability}" for capability in security["capabilities"]["drop"]),
            *("--memory", limits["memory"].replace("Mi", "m"), "--cpus", limits["cpu"]),
            *("--env", f"{ours['env'][0]['name']}={KEY}", "--env", "KUBERNETES_SERVICE_HOST=10.96.0.1"),
            *("--volume", f"{self.folder}:{mount['mountPath']}:ro"),
            *(self.images.netdiag, *arguments),
        )

    def run(self, name: str, network: str, **options: Any) -> Done:
        """Run it to its end."""
        # Nobody is there to be asked for other names, and that is told at once. Who shares a network shares its names.
        dns = () if network.startswith("container:") else ("--dns", "127.0.0.1")
        return self.engine.docker(*self.command(name, "--rm", "--network", network, *dns, **options), check=False)


@pytest.fixture
def kubelet(engine: Engine, images: Images, tmp_path: Path) -> Kubelet:
    """Return what runs the pods."""
    folder = tmp_path / "configmap"
    folder.mkdir()
    return Kubelet(engine, images, folder)


@pytest.fixture(scope="module")
def cluster(engine: Engine) -> Iterator[str]:
    """A network that has a name for the model service, and no other."""
    with engine.network(name=f"{LABEL}-cluster") as name:
        yield name


@pytest.fixture(scope="module")
def model_service(engine: Engine, images: Images, cluster: str) -> Iterator[str]:
    """The Service of the example's base_url: a vLLM that wants the key."""
    name = f"{LABEL}-vllm"
    serving = ("-m", "netdiag.lab.servers", "vllm-with-key", "--listen", "0.0.0.0", "--port", "8000")
    engine.docker(
        *("run", "--detach", "--label", LABEL, "--name", name, "--network", cluster),
        *("--network-alias", "model-service.models.svc.cluster.local", "--entrypoint", "/opt/netdiag/bin/python"),
        *(images.netdiag, *serving, "--model", "qwen2.5-7b-instruct"),
    )
    yield name
    engine.docker("rm", "--force", name)


@pytest.mark.docker
@pytest.mark.parametrize("name", WORKLOADS)
def test_a_model_that_answers_opens_the_gate(kubelet, cluster, model_service, name):
    """With the Secret's key in the ConfigMap's file KAG's call succeeds: status 0, and the key is not told."""
    done = kubelet.run(name, cluster)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "works: -:" in done.stdout
    assert KEY not in done.stdout + done.stderr


@pytest.mark.docker
def test_no_model_keeps_the_gate_closed(kubelet, cluster):
    """Where nothing listens yet it waits, and ends with 124 and the reason."""
    done = kubelet.run("init-container", cluster, wait=NEVER_S, replace=(":8000", ":8001"))
    assert done.returncode == 124, done.stdout + done.stderr
    assert "http://model-service.models.svc.cluster.local:8001" in done.stdout


@pytest.mark.docker
@pytest.mark.parametrize(
    ("beside", "status"), [(True, 0), (False, 1)], ids=["a container of the same pod", "another pod"]
)
def test_localhost_is_the_pod(kubelet, cluster, model_service, beside, status):
    """A service in the same pod is at localhost; a pod of its own is told at once that a Service is what it needs."""
    network = f"container:{model_service}" if beside else cluster
    done = kubelet.run("job", network, wait=NEVER_S, replace=("model-service.models.svc.cluster.local", "localhost"))
    assert done.returncode == status, done.stdout + done.stderr
    assert ("[ND123]" in done.stdout) is not beside


@pytest.mark.docker
def test_a_pod_that_is_deleted_ends_at_once(kubelet, engine, cluster, model_service):
    """The signal reaches netdiag and interrupts it; the kubelet need not kill it (137) after half a minute."""
    name = f"{LABEL}-pod"
    try:
        engine.docker(*kubelet.command("job", "--detach", "--network", cluster, replace=(":8000", ":8001")))
        while "waiting:" not in engine.docker("logs", name).stderr:
            assert engine.docker("inspect", "--format", "{{.State.Running}}", name).stdout == "true\n"
            time.sleep(0.1)
        engine.docker("stop", "--time", "20", name)
        assert engine.docker("inspect", "--format", "{{.State.ExitCode}}", name).stdout == f"{exits.INTERRUPTED}\n"
    finally:
        engine.docker("rm", "--force", name, check=False)
