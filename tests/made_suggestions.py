"""What could be configured, as it is found: a real Ollama, a vLLM, a service that wants a key, nothing."""

from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.place import Candidate
from netdiag.model.suggestion import Form, FoundService, Offer, Suggestions

GATEWAY = Candidate("172.18.0.1", "gateway", "eth0", 4, ("172.18.0.1",))
DOCKER0 = Candidate("172.17.0.1", "docker0", "", 5, ("172.17.0.1",))
PORTS = (11434, 8000, 30000, 9997, 1234, 8080, 12434, 3000, 4000)
KAG = {"models_page": "0.8.0", "global_page": "0.7", "file": "0.8.0"}

OLLAMA = FoundService(
    Service("ollama", "0.17.4", ("qwen2.5:3b", "bge-m3:latest")), GATEWAY, 11434, (GATEWAY, DOCKER0), "ollama"
)
VLLM = FoundService(Service("vllm", "0.32.0", ("Qwen/Qwen2.5-3B-Instruct",)), GATEWAY, 8000)
KEYED = FoundService(Service("openai-compatible"), GATEWAY, 4000, wants_key=True)

CONNECTED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 11434, 0.1, 0.3)
REFUSED = Attempt("tcp", "172.18.0.1", "172.18.0.1", 8000, 0.1, 0.3, "connection_refused", "Connection refused")


def proof(url: str, failure: str | None = None, status: int | None = 200, detail: str = "") -> Proof:
    """What became of KAG's own call."""
    return Proof("172.18.0.1", url, failure, detail, status, 38.0)


def chat(model: str = "qwen2.5:3b", **more) -> Offer:
    """A chat model of the Ollama, proven."""
    url = "http://172.18.0.1:11434"
    return Offer("chat", "ollama", url, model, "", OLLAMA, proof(url))._replace(**more)


def embedding(model: str = "bge-m3", **more) -> Offer:
    """An embedding model of the Ollama, proven with any word for a key, as the released KAG 0.8.0 wants it."""
    url = "http://172.18.0.1:11434/v1"
    return Offer("embedding", "openai", url, model, "any", OLLAMA, proof(url), 1024)._replace(**more)


def of_vllm(**more) -> Offer:
    """The chat model of the vLLM, proven."""
    url = "http://172.18.0.1:8000/v1"
    return Offer("chat", "maas", url, "Qwen/Qwen2.5-3B-Instruct", "", VLLM, proof(url))._replace(**more)


def keyed(**more) -> Offer:
    """A service that tells its models only to who has its key."""
    url = "http://172.18.0.1:4000/v1"
    return Offer("chat", "maas", url, "", "own", KEYED, proof(url, "key_refused", 401))._replace(**more)


def suggestions(form: Form, *offers: Offer, services: tuple[FoundService, ...] = ()) -> Suggestions:
    """These offers, of which the first proven ones of each kind are best."""
    proven = [offer for offer in offers if offer.is_proven]
    best = [next((o for o in proven if o.kind == kind), None) for kind in ("chat", "embedding")]
    found = tuple(dict.fromkeys((*(offer.service for offer in offers), *services)))
    return Suggestions(
        form,
        KAG[form],
        found,
        offers,
        tuple(filter(None, best)),
        (CONNECTED, REFUSED),
        PORTS,
        ("172.18.0.1", "172.17.0.1"),
    )
