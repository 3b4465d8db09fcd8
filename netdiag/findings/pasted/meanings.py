"""The texts that KAG, its page, clients and servers print, and what each can mean: data.

Read in KAG's source and measured with its own clients (which say ``Connection error.`` of nearly everything), or pasted
by users.
"""

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    """What a text that ``says`` this can mean: codes, the most likely first, and the ``reason`` their words want.

    ``ND520`` says that the text alone does not tell, and gives the command that does. Where the text names localhost,
    ``at_loopback`` puts first that the container itself is meant.
    """

    says: str
    codes: tuple[str, ...]
    reason: str = "no_cause_shown"
    at_loopback: bool = False


MEANINGS: Final = (
    # other parts of OpenSPG
    Meaning(r"neo4j client failed|(?:minio|mysql|neo4j).{0,80}(?:name resolution|refused|not known)", ("ND525",)),
    Meaning(r"port=8887\D|:8887\b.{0,80}refused|JDBC Connection|Communications link failure", ("ND525",)),
    Meaning(r"404.{0,40}/public/v1/|/public/v1/project/update.{0,40}404", ("ND526",)),
    # faults of KAG's own, and what it refuses before it calls
    Meaning(r"generate_key\(\) missing .*api_key", ("ND524",), "key_wanted"),
    Meaning(r"AzureOpenAI.*unexpected keyword argument 'model'", ("ND509",)),
    Meaning(r"'Stream' object has no attribute|list\.append\(\) takes exactly one", ("ND524",), "streaming"),
    Meaning(r"llm is not configured", ("ND524",), "description"),
    Meaning(r"batch size is invalid|should not be larger than \d+", ("ND524",), "batch"),
    Meaning(r"not in acceptable choices for type", ("ND507",)),
    Meaning(r"No configuration setting found for key path", ("ND508",)),
    Meaning(r"No configuration setting found for key \w+|API key is not set", ("ND408",)),
    Meaning(r"NotImplementedError", ("ND408", "ND520")),
    Meaning(r"model not found at '(?P<path>[^'\n]{1,400})'", ("ND527",)),
    # proxies, before what they make of a call
    Meaning(r"socksio|SOCKS support|Unknown scheme for proxy|proxyconnect|ProxyError", ("ND529",)),
    Meaning(
        r"(?:Error code: |HTTP/1\.\d\"? |^[ \t]{0,40})50[234]\b(?!.{0,400}?(?:loading|overloaded|busy|memory))",
        ("ND528", "ND520"),
        "proxy_answered",
    ),
    # what a service said, and KAG's words for what it cannot read
    Meaning(r"(?P<field>chat_template_kwargs|enable_thinking|max_completion_tokens)", ("ND421",)),
    Meaning(r"body', ?'(?P<field>tools|stop|seed)'|(?:supplied|parameter): '?(?P<name>\w{1,80})", ("ND421",)),
    Meaning(r"'str' object has no attribute '(?:data|choices)'", ("ND425",)),
    Meaning(r"Expecting value: line 1 column 1 \(char 0\)", ("ND425", "ND520"), "path_unknown"),
    Meaning(
        r"Extra data: line 1 column 5|page not found|/completions/completions|Resource not found",
        ("ND402",),
        "path_unknown",
    ),
    Meaning(r"['\"]detail['\"]: ?['\"]Not Found['\"]|Error code: 40[45]\b", ("ND402",), "path_unknown"),
    Meaning(r"^[ \t]{0,40}'choices'|KeyError: 'choices'|No embedding data received", ("ND410",)),
    Meaning(r"Error code: 4\d\d\b", ("ND405",)),
    Meaning(r"Error code: 5\d\d\b", ("ND406",)),
    # TLS
    Meaning(r"wrong version number|record layer failure", ("ND318",)),
    Meaning(r"CERTIFICATE_VERIFY_FAILED|SSLError|\[SSL", ("ND302",)),
    # names
    Meaning(r"Name or service not known|name resolution|Failed to resolve|no such host|getaddrinfo", ("ND103",)),
    # connections
    Meaning(r"UFW BLOCK|with ufw enabled", ("ND202",)),
    Meaning(r"No route to host|Errno 113|Network is unreachable|Errno 101", ("ND203",)),
    Meaning(r"Read timed out|ReadTimeout", ("ND204",)),
    Meaning(r"timed out|ConnectTimeout|Errno 110|ERR_CONNECTION_RESET", ("ND202", "ND204", "ND520")),
    Meaning(r"RemoteProtocolError|Server disconnected|Connection reset|Errno 104|Empty reply", ("ND205",)),
    Meaning(
        r"Connection refused|ECONNREFUSED|Errno 111|Failed to connect|Couldn't connect|Connect call failed|"
        r"Cannot connect to host",
        ("ND201", "ND520"),
        "nobody_listens",
        at_loopback=True,
    ),
    Meaning(
        r"Connection error|APIConnectionError|Max retries exceeded|No connection adapters",
        ("ND520", "ND103"),
        "any_connection",
        at_loopback=True,
    ),
    # what hides the cause
    Meaning(
        r"'NoneType' object is not (?:subscriptable|iterable)|'NoneType' has no len|returns None",
        ("ND522",),
        at_loopback=True,
    ),
    Meaning(r"RetryError", ("ND520",), "hidden_by_retries", at_loopback=True),
    Meaning(r"PemjaUtils\.invoke|invoke vector Exception|PythonException", ("ND523",), at_loopback=True),
    Meaning(r"invalid (?:llm|vectorizer) config", ("ND520",), at_loopback=True),
)
"""In the order in which they are looked for; the first that fits counts, so what hides a cause comes last."""
