"""What can heal by waiting, and what cannot: one row for every code that may stand in the way. Pure.

Both mistakes cost something. To wait for what nobody mends costs the whole ``--wait`` and ends with the cause all the
same; to give up on what would have healed fails a deployment that was fine. So where one cause of a finding can pass by
itself the finding heals, and what is left is what somebody has to change: a setting, a key, a model, a rule.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from netdiag import failures
from netdiag.model.report import Finding

HEALS: Final[Mapping[str, str]] = {
    "ND103": "a container's name is known once it runs, and a name server may start later than who asks it",
    "ND201": "nothing listens there: it may not be running yet",
    "ND202": "a machine that is still starting answers nothing",
    "ND203": "addresses and routes of a host appear while it starts",
    "ND204": "it accepts connections and is busy, perhaps with loading",
    "ND205": "a service that starts, or a forwarder before it does, closes what it accepted",
    "ND207": "nothing listens there: it may not be running yet",
    "ND208": "nothing listens there: it may not be running yet",
    "ND209": "rules of a firewall are made and replaced while a host, Docker or a VPN starts",
    "ND210": "rules of a firewall are made and replaced while a host, Docker or a VPN starts",
    "ND211": "a machine or container has its address once it runs",
    "ND214": "an interface, as of a VPN, may get its route later",
    "ND215": "a tunnel on the way may not be up yet",
    "ND217": "docker-proxy accepts for a container whose service does not listen yet",
    "ND218": "it accepts connections and is busy, perhaps with loading",
    "ND219": "it answers slowly: another call may find it less busy",
    "ND220": "nothing listens there: it may not be running yet",
    "ND222": "nothing listens there: it may not be running yet",
    "ND226": "a container's name is known once it runs",
    "ND227": "what listens on the host may not be running yet",
    "ND286": "nothing listens there: it may not be running yet",
    "ND287": "rules of a firewall are made and replaced while a machine or a VPN starts",
    "ND288": "a machine that is still starting answers nothing",
    "ND289": "a route, as of a VPN, may come later",
    "ND240": "what a check waits for in the system, a disk for one, may come back",
    "ND241": "what a run waits for in the system, a disk for one, may come back",
    "ND271": "nothing listens there: it may not be running yet",
    "ND276": "nothing listens there: it may not be running yet",
    "ND277": "a container may be started later",
    "ND321": "a clock is set soon after a machine started or was resumed (NTP)",
    "ND416": "the model is being loaded",
    "ND417": "requests are taken again after a while, often one that it names (Retry-After)",
    "ND532": "MySQL takes longer to start than the OpenSPG server",
    "ND533": "the OpenSPG server accepts connections before it answers",
    "ND534": "the OpenSPG server is starting",
    "ND536": "the tables are made while MySQL starts for the first time",
    "ND540": "the OpenSPG server may not be running yet",
    "ND548": "a container may be started later",
    "ND549": "MySQL listens once it has started",
    "ND554": "the name of a container is known once it runs",
}
"""Over by itself, perhaps; the text is why."""

NEVER: Final[Mapping[str, str]] = {
    "ND104": "a container that was given no network gets none by waiting",
    "ND120": "that a macvlan does not reach its own host is how it works",
    "ND123": "a cluster has no name for the host",
    "ND124": "in a cloud there is no host to come up",
    "ND212": "who rejects says so on purpose: a rule stays until somebody changes it",
    "ND213": "a route that forbids was made on purpose",
    "ND216": "what accepts every port is no service",
    "ND225": "a platform gets no name of another one by waiting",
    "ND229": "what a name server invents it goes on inventing",
    "ND270": "a setting: where the service listens",
    "ND272": "a setting: the port",
    "ND273": "who rejects does so on purpose: a rule stays until somebody changes it",
    "ND274": "a container joins no network by waiting",
    "ND275": "a setting: where the service listens",
    "ND278": "a setting: where the service listens",
    "ND280": "whose address it is does not change by waiting",
    "ND281": "what a name server invents it goes on inventing",
    "ND282": "evidence that it is the host does not come by waiting",
    "ND283": "which container is meant somebody has to say",
    "ND284": "a setting: NO_PROXY",
    "ND285": "a name that changes what it stands for is to be trusted no more later",
    "ND301": "a setting: the call works without the proxy",
    "ND303": "a setting: localhost is the container itself",
    "ND305": "a setting: NO_PROXY",
    "ND306": "a package is missing",
    "ND307": "a setting: the value is no proxy",
    "ND308": "a setting: NO_PROXY",
    "ND309": "the proxy wants a login",
    "ND313": "a certificate: its issuer has to be trusted",
    "ND314": "a certificate: it has expired",
    "ND315": "a certificate: it begins later",
    "ND316": "a certificate: it is for other names",
    "ND317": "a setting: the scheme",
    "ND318": "a setting: the scheme",
    "ND319": "TLS versions and ciphers are settings",
    "ND320": "a setting: a file of certificates",
    "ND322": "a setting: SSLKEYLOGFILE",
    "ND323": "a setting: the variable",
    "ND324": "a setting: .netrc",
    "ND402": "a setting: the path",
    "ND403": "the service has no such model (404)",
    "ND404": "the key is refused (401, 403)",
    "ND405": "the request is refused (400)",
    "ND407": "a setting: the type",
    "ND408": "a setting is missing",
    "ND409": "a setting of Ollama's: which host names it takes",
    "ND410": "an answer that KAG cannot read comes from software that does not fit",
    "ND411": "the key cannot be sent",
    "ND412": "the key is a mask",
    "ND413": "a key is missing",
    "ND414": "the key has expired",
    "ND415": "a setting: the type sends no key",
    "ND418": "somebody has to pay",
    "ND419": "the key may not use this model",
    "ND420": "a setting: how many tokens",
    "ND421": "KAG always sends the field",
    "ND422": "the model computes no embeddings",
    "ND423": "the model does not chat",
    "ND424": "a setting of the service's: origins",
    "ND425": "a setting: the path",
    "ND426": "this Ollama is too old",
    "ND427": "this Ollama has no models (404)",
    "ND440": "a setting: the type",
    "ND441": "the service has no embeddings",
    "ND442": "the service has no chat",
    "ND458": "the model needs more memory than there is",
    "ND459": "where a call comes from",
    "ND461": "a setting of the gateway's: the model",
    "ND462": "a setting of the gateway's: the key",
    "ND463": "a login is missing",
    "ND464": "somebody has to sign in",
    "ND465": "the model does not rerank",
    "ND466": "somebody has to allow it",
    "ND467": "the key is disabled",
    "ND468": "a setting: the path",
    "ND451": "a setting: stream",
    "ND452": "a setting: the path, or which KAG is meant",
    "ND457": "where a service redirects to is one of its settings",
    "ND430": "a setting: the host is mistyped",
    "ND431": "a key has to be stored",
    "ND432": "a type has to be stored",
    "ND433": "a setting: the base_url",
    "ND435": "a setting: the base_url",
    "ND501": "a configuration that cannot be read has to be mended",
    "ND502": "there is no configuration",
    "ND503": "a setting: the base_url",
    "ND504": "a template or a variable that nobody filled in",
    "ND505": "a configuration without a base_url",
    "ND506": "a configuration that cannot be edited safely",
    "ND507": "a setting: the type",
    "ND508": "a setting: the type",
    "ND509": "a setting: the type",
    "ND514": "a setting: OLLAMA_HOST",
    "ND517": "a setting: OLLAMA_HOST",
    "ND518": "a setting: the base_url",
    "ND519": "a setting: the path",
    "ND490": "said of a pasted text",
    "ND493": "said of a pasted text",
    "ND494": "said of a pasted text",
    "ND495": "said of a pasted text",
    "ND521": "said of a pasted text",
    "ND524": "said of a pasted text",
    "ND525": "said of a pasted text",
    "ND526": "said of a pasted text",
    "ND527": "said of a pasted text",
    "ND528": "said of a pasted text",
    "ND529": "said of a pasted text",
    "ND547": "a container joins no network by waiting",
    "ND550": "a setting that KAG does not take",
    "ND553": "a package is missing",
    "ND563": "a section is missing",
    "ND564": "a setting: its key",
    "ND565": "a setting: the base_url",
    "ND568": "a model has to be chosen",
    "ND556": "somebody has to change a variable of KAG's process",
    "ND557": "a file that this KAG cannot load has to be mended",
    "ND558": "a setting: what is written as if it were filled in",
    "ND559": "a variable of KAG's process has to be set",
    "ND560": "a file that the KAG assumed here cannot load has to be mended",
    "ND561": "a template is not evaluated here, however often it is read",
    "ND562": "a variable of KAG's process, or how it is written",
    "ND572": "said of a compose file",
    "ND573": "said of a compose file",
    "ND574": "said of a compose file",
    "ND575": "said of a compose file",
    "ND578": "said of a compose file",
    "ND580": "said of a compose file",
    "ND589": "what a server holds does not become less by waiting",
    "ND590": "it is in a container, where this run does not look",
    "ND591": "it is in a container that somebody has to start",
    "ND593": "it is in a container, where this run does not look",
    "ND539": "what the database holds there has to be mended",
    "ND542": "what the database holds there is not known",
    "ND543": "nothing is configured in what was looked at",
    "ND544": "there is no base_url of a model",
    "ND545": "a setting: the type",
    "ND535": "what the database holds there has to be mended",
    "ND537": "somebody has to save a configuration",
    "ND538": "somebody has to add a model",
    "ND581": "nothing is configured, and somebody has to start a service or name its port",
    "ND583": "nothing is configured, and no address of a host is known",
    "ND582": "nothing is configured, and what answers needs a key or another model",
    "ND584": "nothing is configured, and somebody has to start a service",
    "ND587": "nothing is configured, and somebody has to load a model",
    "ND585": "somebody has to enter it",
    "ND601": "the file cannot be written",
    "ND602": "written and rolled back: to write once more would do the same",
    "ND603": "somebody has to change it in OpenSPG's pages",
    "ND605": "said of a rollback",
    "ND606": "a file that an interrupted run left has to be looked at",
    "ND609": "the database did not take it",
    "ND610": "what the database holds has to be looked at",
    "ND611": "written and rolled back: to write once more would do the same",
    "ND621": "somebody has to make the journal the user's own",
    "ND630": "a limit of the shell or the container",
    "ND631": "netdiag has ended",
    "ND632": "a shell stays in the directory that it has entered",
    "ND633": "standard input is read once",
    "ND634": "netdiag has ended",
    "ND701": "a fault of netdiag's",
}
"""Stays until somebody changes something; the text is what."""

HEALING_FAILURES: Final = frozenset(
    {
        failures.CONNECTION_REFUSED,
        failures.CONNECTION_RESET,
        failures.CONNECTION_CLOSED,
        failures.TIMED_OUT,
        failures.READ_TIMED_OUT,
        failures.ANSWER_UNFINISHED,
        failures.CLIENT_TIMED_OUT,
        failures.HOST_UNREACHABLE,
        failures.NETWORK_UNREACHABLE,
        failures.DNS_NXDOMAIN,
        failures.DNS_NO_ADDRESS,
        failures.DNS_SERVFAIL,
        failures.DNS_TIMED_OUT,
        failures.DNS_PORT_CLOSED,
        failures.DNS_UNREACHABLE,
        failures.DNS_FAILED,
        failures.PROXY_UNREACHABLE,
        failures.RATE_LIMITED,
        failures.SERVICE_UNAVAILABLE,
        failures.SERVER_ERROR,
        failures.MODEL_LOADING,
        failures.UPSTREAM_FAILED,
    }
)
"""Failures that pass: nobody there yet, names not known yet, a service that starts. Every other word stays."""

_HEALING_STATUSES: Final = frozenset({"500", "502", "503", "504"})
"""Not here, not now. 501 and 505 are about what a server can do at all."""

_HEALING_REASONS: Final = frozenset(
    {"db_busy", "db_hangs", "db_locked", "db_lost", "db_name_unknown", "db_refused", "db_silent", "db_timed_out"}
    | {"db_unknown", "db_unreachable"}
)
"""A database that is starting: MySQL's own image makes the database itself after it accepts connections."""


class Depends(NamedTuple):
    """The finding heals where its value called ``name`` is one of ``words``."""

    name: str
    words: frozenset[str]


DEPENDS: Final[Mapping[str, Depends]] = {
    "ND206": Depends("failure", HEALING_FAILURES),
    "ND224": Depends("failure", HEALING_FAILURES),  # the configured machine may be starting
    "ND228": Depends("failure", HEALING_FAILURES),
    "ND290": Depends("failure", HEALING_FAILURES),
    "ND302": Depends("failure", HEALING_FAILURES),
    "ND304": Depends("failure", HEALING_FAILURES),
    "ND310": Depends("status", frozenset({"503"})),  # squid says 403 of a rule, and 503 while it starts
    "ND311": Depends("status", _HEALING_STATUSES),
    "ND401": Depends("status", _HEALING_STATUSES),  # a web server in front of a service that is not there yet
    "ND406": Depends("status", _HEALING_STATUSES),
    "ND460": Depends("status", _HEALING_STATUSES),  # the gateway is there before the service behind it
    "ND453": Depends("limited_by", frozenset({"limit_of_setting", "limit_of_client"})),  # a model is loaded meanwhile
    "ND530": Depends("reason", _HEALING_REASONS),
    "ND546": Depends("failure", HEALING_FAILURES),
    "ND531": Depends("reason", _HEALING_REASONS),
}


def heals(finding: Finding) -> bool:
    """Tell whether what this finding says can be over by itself; of a code in no table nobody knows, so it cannot."""
    depends = DEPENDS.get(finding.code)
    if depends:
        return finding.values.get(depends.name, "") in depends.words
    return finding.code in HEALS
