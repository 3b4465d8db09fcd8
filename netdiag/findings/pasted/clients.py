"""What clients print where no answer came: one table of failure → whose text, and its shape. Data.

The texts were produced by the clients themselves, or are those that users paste (``tests/findings/pasted.jsonl`` says
which). Groups are those of :class:`netdiag.findings.pasted.shapes.Shape`.
"""

from collections.abc import Mapping
from typing import Final

from netdiag import failures
from netdiag.findings.pasted import words as word

_HOST: Final = r"(?:\[(?P<host>[0-9a-fA-F:]{2,45})\]|(?P<name>[A-Za-z0-9_][\w.-]{0,253}))"
_AT: Final = _HOST + r":(?P<port>\d{1,5})(?!\d)"
_JAVA: Final = (
    r"(?:(?P<name>[A-Za-z0-9_][\w.-]{0,253})?/)(?P<host>[\d.]{7,15}|\[[0-9a-f:]{2,45}\]):(?P<port>\d{1,5})(?!\d)"
)
_CURL: Final = r"Failed to connect to " + _HOST + r" port (?P<port>\d{1,5})(?!\d)"
_WGET: Final = (
    r"(?:Connecting to|正在连接) " + _HOST + r"(?: \([^)\n]{1,253}\))?(?:\|[^|\n]{1,60}\|)?:(?P<port>\d{1,5})\.{3} ?"
)
_POOL: Final = r"host=\\?['\"]" + _HOST + r"\\?['\"], port=(?P<port>\d{1,5})\b[^\n]{0,400}?"
_DOTNET: Final = r"[.。]? {0,2}\(" + _AT + r"\)"


CLIENTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    failures.TLS_NOT_SPOKEN: (
        (
            "OpenSSL, Go, Node, Java, .NET",
            (
                r"wrong[ _]version[ _]number|record layer failure|server gave HTTP response to HTTPS client|"
                r"first record does not look like a TLS handshake|Unsupported or unrecognized SSL message|"
                r"packet length too long|Cannot determine the frame size or a corrupted frame"
            ),
        ),
    ),
    failures.TLS_SPOKEN: (
        (
            "Go, nginx",
            (
                r"HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|"
                r'malformed HTTP response "\\x15\\x03'
            ),
        ),
    ),
    failures.TLS_UNTRUSTED: (
        (
            "OpenSSL, curl, Java, Go, Node",
            (
                r"CERTIFICATE_VERIFY_FAILED|SSL certificate problem|PKIX path building failed|x509: cert|"
                r"x509: cannot validate|CERT_HAS_EXPIRED|certificate has expired|"
                r"unable to verify the first certificate|establish trust relationship for the SSL|"
                r"安全通道建立信任关系|curl: \(60\)|"
                r"DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|"
                r"GET_ISSUER_CERT_LOCALLY)|self[- ]signed certificate\b|certificate of [^\n]{1,260} is not trusted|"
                r"RemoteCertificateChainErrors|远程证书无效"
            ),
        ),
    ),
    failures.TLS_FAILED: (
        (
            "all",
            (
                r"SSLError|\[SSL|\(35\)|SSLHandshakeException|SSL_ERROR_SYSCALL|SSL connection could not be|"
                r"before secure TLS connection|Unable to establish SSL"
            ),
        ),
    ),
    failures.DNS_FAILED: (
        ("urllib3", r"Failed to resolve \\?'" + _HOST + r"\\?'"),
        ("curl", r"Could not resolve host: " + _HOST),
        ("wget", r"(?:unable to resolve host address|无法解析主机地址) ?[‘“'`\"]?" + _HOST + r"[’”'\"]"),
        ("BusyBox", r"wget: bad address ['‘]" + _HOST),
        ("the Neo4j driver", r"DNS resolve address " + _AT),
        (
            "Go",
            r"lookup "
            + _HOST
            + (
                r"(?: on [^\s]{3,60})?: (?:no such host|server misbehaving|i/o timeout|read udp|Temporary failure|"
                r"Name or service)"
            ),
        ),
        (
            ".NET Framework",
            r"(?:remote name could not be resolved|未能解析此远程名称)[:：] ?'" + _HOST + r"'",
        ),
        ("Node", r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) " + _HOST),
        ("Java", r"UnknownHostException: (?:Failed to resolve ['\"]?|Unable to resolve host \")?" + _HOST),
        (
            "aiohttp",
            r"Cannot connect to host " + _AT + r" ssl:\S{1,40} \[(?:Name or|Temporary|getaddrinfo|Domain name)",
        ),
        (
            ".NET",
            r"(?:No such host is known|Name or service not known|不知道这样的主机|Resource temporarily unavailable)"
            + _DOTNET,
        ),
        ("Java", r"(?<![\w.-])" + _HOST + r": (?:Temporary failure in name resolution|Name or service not known)"),
        (
            "all",
            (
                r"Name or service not known|name resolution|Failed to resolve|no such host|getaddrinfo|"
                r"nodename nor servname|No such host is known|Name does not resolve|UnknownHostException|"
                r"Could not resolve host|Errno -[235]\b|Errno 11001|WinError 11001|\(11001\)|curl: \(6\)|"
                r"不知道这样的主机|未知的名称或服务|域名解析(?:暂时)?(?:出现)?失败|无法解析主机|"
                r"server misbehaving|'ENOTFOUND'|EAI_AGAIN|remote name could not be resolved|未能解析此远程名称"
            ),
        ),
    ),
    failures.CONNECTION_REFUSED: (
        ("urllib3", _POOL + r"(?:Errno 111\]|Errno 61\]|WinError 10061\]|Connection refused)"),
        ("curl", r"\(7\) " + _CURL + r"[^\n]{0,60}?(?:Couldn't connect|Could not connect|Connection refused)"),
        ("curl", r"connect to " + _HOST + r" port (?P<port>\d{1,5})[^\n]{0,40}?: Connection refused"),
        ("wget", _WGET + r"(?:failed: Connection refused|失败[:：]拒绝连接)"),
        ("Go", r"dial tcp " + _AT + r": (?:connect: connection refused|connectex: No connection could be made)"),
        ("Node", r"ECONNREFUSED " + _AT),
        ("Node", r"ECONNREFUSED (?P<host>[0-9a-f:]{2,39}):(?P<port>\d{1,5})(?![\d:])"),
        (
            "asyncio",
            r"(?:Errno (?:111|61)\]|RefusedError\((?:111|61),) ['\"]?Connect call failed \('"
            + _HOST
            + r"', (?P<port>\d{1,5})[,)]",
        ),
        # asyncio says so of a connect that timed out, too, which the container's own address does not
        ("asyncio", r"Connect call failed \('(?P<host>127(?:\.\d{1,3}){3}|::1)', (?P<port>\d{1,5})[,)]"),
        ("netty", r"Connection refused: (?:no further information: )?" + _JAVA),
        (
            "Apache HttpClient",
            r"Connect to (?:https?://)?" + _AT + r" (?:\[[^\]\n]{1,300}\] )?failed: Connection refused",
        ),
        (".NET", r"(?:actively refused it|Connection refused|由于目标计算机积极拒绝，无法连接)" + _DOTNET),
        (
            "all",
            (
                r"Connection refused|ECONNREFUSED|Errno 111\b|Errno 61\b|WinError 10061|Errno 10061|\(10061\)|"
                r"ConnectionRefusedError|actively refused|"
                r"积极拒绝|拒绝连接|连接被拒绝|拒绝了?(?:我们的)?连接"
            ),
        ),
    ),
    failures.TIMED_OUT: (
        ("asyncio", r"Errno (?:110|60)\] Connect call failed \('" + _HOST + r"', (?P<port>\d{1,5})[,)]"),
        ("urllib3", r"Connection to " + _HOST + r" timed out\. \(connect timeout"),
        ("urllib3", _POOL + r"(?:Errno 110\]|WinError 10060\]|connect timeout)"),
        ("curl", r"\(28\) " + _CURL),
        ("wget", _WGET + r"(?:failed: Connection timed out|失败[:：]连接超时)"),
        (
            "Go",
            r"dial tcp "
            + _AT
            + r": (?:i/o timeout|connect: connection timed out|connectex: A connection attempt failed)",
        ),
        ("Node", r"connect ETIMEDOUT " + _AT),
        ("undici", r"Connect Timeout Error \(attempted address: " + _AT),
        ("netty", r"connection timed out(?: after \d{1,9} ms)?: (?:no further information: )?" + _JAVA),
        (
            "Apache HttpClient",
            r"Connect to (?:https?://)?" + _AT + r" (?:\[[^\]\n]{1,300}\] )?failed: (?:connect|Connection) timed out",
        ),
        (
            "OkHttp",
            r"failed to connect to "
            + _JAVA.replace(":(?P<port>\\d{1,5})(?!\\d)", " \\(port (?P<port>\\d{1,5})\\)")
            + r"[^\n]{0,80} after \d{1,9} ?ms",
        ),
        (".NET", r"(?:connected host has failed to respond|连接的主机没有反应，连接尝试失败)" + _DOTNET),
        (
            "all",
            (
                r"ConnectTimeout|Connect timed out|\bConnect Timeout Error|UND_ERR_CONNECT_TIMEOUT|"
                r"connect timed out|Errno 110\b|Errno 60\b|WinError 10060|Errno 10060|\(10060\)|"
                r"connected host has failed to respond|连接的主机没有反应|Connection timed out after \d+ milliseconds|"
                r"dial tcp .{1,80}: i/o timeout|connect ETIMEDOUT"
            ),
        ),
    ),
    word.FIREWALL: (
        ("the kernel's log of ufw", r"DST=(?P<host>[\d.]{7,15}) .{0,400}?DPT=(?P<port>\d{1,5})\b"),
        ("ufw", r"UFW BLOCK|with ufw enabled"),
    ),
    failures.READ_TIMED_OUT: (
        (
            "urllib3",
            r"host=\\?['\"]"
            + _HOST
            + r"\\?['\"], port=(?P<port>\d{1,5})\): Read timed out\. \(read timeout=(?P<seconds>\d{1,6})",
        ),
        ("requests", r"Read timed out\. \(read timeout=(?P<seconds>\d{1,6})[.)]"),
        ("curl", r"Operation timed out after (?P<ms>\d{1,9}) milliseconds with"),
        (
            "all",
            (
                r"Read timed out|ReadTimeout|Read error \(Connection timed out\)|HeadersTimeoutError|"
                r"UND_ERR_HEADERS_TIMEOUT|Headers Timeout Error|ReadTimeoutException"
            ),
        ),
    ),
    failures.HOST_UNREACHABLE: (
        ("urllib3", _POOL + r"(?:Errno 113\]|No route to host)"),
        ("asyncio", r"Errno 113\] Connect call failed \('" + _HOST + r"', (?P<port>\d{1,5})[,)]"),
        ("Go", r"dial tcp " + _AT + r": connect: no route to host"),
        ("aiohttp", r"Cannot connect to host " + _AT + r" ssl:\S{1,40} \[No route to host"),
        ("Node", r"connect EHOSTUNREACH " + _AT),
        ("curl, netty, wget", r"connect to " + _HOST + r" port (?P<port>\d{1,5})[^\n]{0,60}?No route to host"),
        ("netty", r"No route to host: (?:no further information: )?" + _JAVA),
        ("wget", _WGET + r"(?:failed: No route to host|失败[:：]没有到主机的路由)"),
        ("all", r"No route to host|Errno 113\b|EHOSTUNREACH|WinError 10065|unreachable host|没有到主机的路由"),
    ),
    failures.NETWORK_UNREACHABLE: (
        ("urllib3", _POOL + r"(?:Errno 101\]|Network is unreachable)"),
        ("Go", r"dial tcp " + _AT + r": connect: network is unreachable"),
        ("aiohttp", r"Cannot connect to host " + _AT + r" ssl:\S{1,40} \[Network is unreachable"),
        ("Node", r"connect ENETUNREACH " + _AT),
        ("all", r"Network is unreachable|Errno 101\b|ENETUNREACH|WinError 10051|unreachable network|网络不可达"),
    ),
    failures.CONNECTION_CLOSED: (
        ("Apache HttpClient", r"NoHttpResponseException: " + _AT),
        ("OkHttp", r"unexpected end of stream on https?://" + _AT),
        (
            "all",
            (
                r"RemoteProtocolError|Server disconnected|Empty reply|RemoteDisconnected|"
                r"Remote end closed connection|socket hang up|other side closed|header parser received no bytes|"
                r':\d{1,5} failed to respond$|unexpected end of stream|": EOF$|response ended prematurely|'
                r"服务器(?:提前)?关闭了连接|连接被意外关闭|connection was closed unexpectedly|curl: \(52\)"
            ),
        ),
    ),
    failures.CONNECTION_RESET: (
        ("Go", r"read tcp [^\s]{3,60}->" + _AT + r": read: connection reset"),
        ("all", r"Connection reset|ECONNRESET|Errno 104\b|WinError 10054|forcibly closed|远程主机强迫关闭"),
    ),
    failures.NOT_HTTP: (
        (
            "all",
            (
                r"BadStatusLine|Bad status line|malformed HTTP response|Received HTTP/0\.9|Invalid status line|"
                r"does not match the HTTP/1\.1 protocol|HPE_INVALID_CONSTANT|Parse Error: Expected HTTP"
            ),
        ),
    ),
    word.NOT_CONNECTED: (
        (
            "curl, OkHttp",
            _CURL
            + r"|Failed to connect to "
            + _JAVA.replace("<host>", "<host2>").replace("<port>", "<port2>").replace("<name>", "<name2>"),
        ),
        ("asyncio", r"Connect call failed \('" + _HOST + r"', (?P<port>\d{1,5})[,)]"),
        ("aiohttp", r"Cannot connect to host " + _AT),
        (
            "all",
            (
                r"Connect call failed|All connection attempts failed|curl: \(7\)|"
                r"Couldn't connect|Failed to connect to (?!O)|Cannot connect to host|Could not connect to|"
                r"Failed to establish a new connection|无法连接到?远程服务器|fetch failed|java\.net\.ConnectException"
            ),
        ),
    ),
    word.LATE: (
        (
            "all",
            (
                r"timed out|SocketTimeoutException|context deadline exceeded|i/o timeout|\bTimeoutError\b|"
                r"ETIMEDOUT|HttpClient\.Timeout|aborted due to timeout|curl: \(28\)|(?:请求|连接|操作|响应)(?:已)?超时"
            ),
        ),
    ),
}
"""Of each failure those with an address first; what leaves several causes possible comes last."""
