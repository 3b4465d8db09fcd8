"""Reports of runs that went well, badly, or in between."""

from netdiag.model.attempt import Attempt, Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.journal import Applied
from netdiag.model.report import Examined, Finding, Report
from netdiag.outcome import concluded


def endpoint(name: str = "chat_llm", base_url: str = "http://172.17.0.1:11434/") -> Endpoint:
    """One of the file's endpoints."""
    return Endpoint("kag_config.yaml", 3, name, "chat", "ollama", "qwen2.5:3b", base_url)


def works(name: str = "chat_llm") -> Examined:
    """An endpoint that works as it is."""
    return Examined(endpoint(name), "works")


def repairable(name: str = "chat_llm") -> Examined:
    """An endpoint that works at another address."""
    return Examined(endpoint(name), "repairable", proven_url="http://172.17.0.1:11434/")


def broken(code: str, name: str = "chat_llm", **values: str) -> Examined:
    """An endpoint with one problem; the host refused the connection where the code is of the network."""
    refused = (Attempt("tcp", "172.17.0.1", "172.17.0.1", 11434, 0, 1, "connection_refused"),)
    answered = (Proof("172.17.0.1", "http://172.17.0.1:11434/", "service_unavailable", status=503),)
    is_network = code.startswith("ND2")
    return Examined(
        endpoint(name),
        "broken",
        refused if is_network else (),
        () if is_network else answered,
        findings=(Finding(code, "kag_config.yaml:3", values),),
    )


def report(*endpoints: Examined, said: tuple[Finding, ...] = (), command: str = "check", wrote: bool = False) -> Report:
    """A run that found this, concluded as a run is."""
    applied = (Applied("kag_config.yaml", "r1", "rename", 1),) if wrote else ()
    made = Report(command, "", 1.0, 0, endpoints=endpoints, findings=said, applied=applied)
    return concluded(made, writes=wrote)
