"""What KAG, its page, servers and clients print where something fails: shapes, and what each tells. Data.

The texts of clients were produced by the clients themselves (``tests/findings/pasted.jsonl`` says which), those of KAG
were read in its source, and the rest in what users paste; ``producer`` names whose text it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from netdiag import failures
from netdiag.findings.pasted import words as word
from netdiag.findings.pasted.clients import CLIENTS


class Shape(NamedTuple):
    """``says`` is a regular expression; ``failure`` is what a text tells that it fits.

    Named groups of ``says``: ``host`` and ``port`` of who was called; ``seconds`` or ``ms`` that were waited; ``path``,
    ``field``, ``got`` and ``wanted`` as the codes' words want them.
    """

    failure: str
    producer: str
    says: str


_CAUSES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    word.OWN_PART: (
        ("OpenSPG", r"neo4j client failed|JDBC Connection|Communications link failure|\bport=8887\b"),
        ("the Neo4j driver", r"ServiceUnavailable(?:Exception)?: [^\n]{0,120}:7687\b|connect to [\w.-]{1,253}:7687\b"),
        ("OpenSPG", r":8887\b.{0,80}refused|release-openspg-(?:neo4j|mysql|minio)\b.{0,80}(?:refused|timed out)"),
    ),
    word.OWN_VERSIONS: (("OpenSPG", r"404.{0,100}/public/v1/|/public/v1/project/update.{0,40}404"),),
    word.KEY_WANTED: (("KAG 0.7", r"generate_key\(\) missing .{0,80}api_key"),),
    failures.BROKEN_TYPE: (("KAG", r"AzureOpenAI.{0,80}unexpected keyword argument 'model'"),),
    word.STREAMED: (("KAG", r"'Stream' object has no attribute|list\.append\(\) takes exactly one"),),
    word.NO_DESCRIPTION: (("OpenSPG", r"llm is not configured"),),
    word.BATCH: (("a provider", r"batch size is invalid|should not be larger than \d+"),),
    failures.UNSUPPORTED_TYPE: (("KAG", r"not in acceptable choices for type"),),
    failures.LOCAL_TYPE: (("KAG", r"No configuration setting found for key path(?![\w.-])"),),
    failures.MISSING_SETTING: (
        (
            "KAG",
            (
                r"No configuration setting found for key (?:(?:name|type|client_type|api_key|base_url|model)\b|"
                r"(?!path)\w{2,40}['\"])|API key is not set|The api_key client option must be set"
            ),
        ),
    ),
    word.NOT_IMPLEMENTED: (("KAG", r"NotImplementedError"),),
    word.NO_DIRECTORY: (("KAG", r"model not found at '(?P<path>[^'\n]{1,400})'"),),
    word.DIMENSIONS: (
        ("Milvus", r"length\((?P<got>\d+)\) of float data should divide the dim\((?P<wanted>\d+)\)"),
        ("Milvus", r"dim \((?P<got>\d+)\) of field data\(\w{1,60}\) is not equal to schema dim \((?P<wanted>\d+)\)"),
        ("pgvector", r"expected (?P<wanted>\d+) dimensions, not (?P<got>\d+)"),
        ("Neo4j", r"query vector has (?P<got>\d+) dimensions, but indexed vectors have (?P<wanted>\d+)\b"),
        (
            "Milvus",
            (
                r"dimension (?:mismatch|not match|error)[^\n]{0,60}?(?:expected|"
                r"require)[^\d\n]{0,40}(?P<wanted>\d+)[^\d\n]{1,40}(?P<got>\d+)\b"
            ),
        ),
        (
            "a vector store",
            (
                r"(?:expected|expecting)[^\d\n]{0,40}?\bdim(?:ension)?s?\D{0,20}?(?P<wanted>\d+)\D{1,40}?(?P"
                r"<got>\d+)\b"
            ),
        ),
        (
            "numpy",
            (
                r"(?:shapes \(\d*,?(?P<got>\d+),?\) and \((?P<wanted>\d+),?\d*\) not aligned|向量维度不(?:匹配|"
                r"一致)[^\d\n]{0,20}(?P<got2>\d+)[^\d\n]{1,20}(?P<wanted2>\d+)\b)"
            ),
        ),
    ),
    failures.PROXY_UNUSABLE: (
        (
            "httpx, requests, Go, curl",
            (
                r"socksio|SOCKS support|Unknown scheme for proxy|proxyconnect|Could not resolve proxy|"
                r"Proxy CONNECT aborted|connect to proxy\.?['\"], (?!OSError)\w{3,60}\("
            ),
        ),
    ),
    word.PROXY_REFUSED: (
        (
            "urllib3, httpx, curl, Java, Go",
            (
                r"(?:Tunnel connection failed: |ProxyError: |CONNECT tunnel failed, response |Received HTTP code |"
                r"Proxy returns \\?\"HTTP/1\.[01] )(?P<status>[45]\d\d)(?!\d)|"
                r"(?P<status2>407) Proxy Authentication|Proxy Authentication Required"
            ),
        ),
    ),
    word.CLOUDFLARE: (
        (
            "Cloudflare",
            (
                r"cloudflare(?:</title>|\b.{0,40}Ray ID)|Attention Required! \| Cloudflare|\| 5(?:2\d|30): |"
                r"error code: 1\d{3}\b|cf-error-details|Error 5(?:2\d|30)\b.{0,200}?Ray ID"
            ),
        ),
    ),
    word.BODY_TOO_LARGE: (
        ("nginx", r"413 Request Entity Too Large|client intended to send too large body|413 Payload Too Large"),
    ),
    failures.WEB_PAGE: (("KAG", r"'str' object has no attribute '(?:data|choices)'"),),
    word.NO_JSON: (
        (
            "Python",
            (
                r"Expecting value: line 1 column 1 \(char 0\)|Unexpected token '?<'?|"
                r"JsonParseException: Unexpected character \('<'"
            ),
        ),
    ),
    failures.PATH_NOT_FOUND: (
        (
            "Go, FastAPI, Azure, the ollama SDK",
            (
                r"Extra data: line 1 column 5|404 page not found|/completions/completions|"
                r"message'?\"?: ?['\"]Resource not found|\bdetail['\"]: ?['\"](?:Not Found|Method Not Allowed)['\"]|"
                r"message'?\"?: ?['\"]File Not Found['\"]|Cannot POST /|Invalid URL \((?:POST|GET) /|Error code: 405\b"
            ),
        ),
    ),
    word.PATH: (("nginx, Go", r"page not found|Error code: 404 - .{0,80}Resource not found"),),
    failures.BAD_URL: (
        (
            "requests, httpx, Go, Java",
            (
                r"Invalid URL ['\"](?P<base_url>[^'\"\n]{1,300})['\"]: No scheme supplied|"
                r"missing an 'http://' or 'https://' protocol|unsupported protocol scheme|"
                r"MalformedURLException: no protocol"
            ),
        ),
    ),
    failures.UPSTREAM_FAILED: (
        (
            "nginx's log",
            (
                r"while connecting to upstream|while reading response header from upstream|upstream timed out|"
                r"upstream prematurely closed"
            ),
        ),
    ),
    failures.KEY_UNSENDABLE: (
        (
            "httpx, requests, Go",
            (
                r"Illegal header value|return character\(s\) in header value|invalid header field value|"
                r"normalize_header_value[\s\S]{0,400}UnicodeEncodeError"
            ),
        ),
    ),
    failures.UNEXPECTED_ANSWER: (("KAG", r"^[ \t]{0,40}'choices'$|KeyError: 'choices'|No embedding data received"),),
    failures.FIELD_REFUSED: (
        (
            "OpenAI and those who answer like it",
            (
                r"(?:Unsupported|Unknown|unsupported|unknown) (?:parameter|value): '(?P<field>[\w.]{1,60})'|"
                r"request argument supplied: (?P<field2>\w{1,60}\b)|"
                r"body', ?'(?P<field3>\w{1,60})'\]?[^\n]{0,80}(?:not permitted|extra_forbidden|Unsupported)|"
                r"(?:Extra inputs are not permitted|extra_forbidden)[^\n]{0,120}?body', ?'(?P<field4>\w{1,60})'|"
                r"invalid (?P<field7>\w{1,60}): only \S{1,9} is allowed|"
                r"parameter\.(?P<field5>\w{1,60}) (?:must|only)|(?P<field6>chat_template_kwargs|enable_thinking|"
                r"stop_token_ids)\b"
            ),
        ),
    ),
}
"""What tells a cause: failure → whose text, and its shape."""

_HIDING: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    word.ANY_CONNECTION: (
        ("openai, the ollama SDK", r"Connection error|APIConnectionError|Failed to connect to Ollama"),
    ),
    word.HIDDEN_BY_PROXY: (
        ("urllib3, httpx", r"ProxyError|connect to proxy|Tunnel connection failed|CONNECT tunnel failed|through proxy"),
    ),
    word.HIDDEN_POOL: (("urllib3", r"Max retries exceeded|No connection adapters"),),
    word.HIDDEN_EMBEDDING: (
        ("KAG", r"'NoneType' object is not (?:subscriptable|iterable)|'NoneType' has no len|returns None"),
    ),
    word.HIDDEN_BY_RETRIES: (("tenacity", r"RetryError"),),
    word.HIDDEN_BY_JAVA: (("OpenSPG", r"PemjaUtils\.invoke|invoke vector Exception|PythonException"),),
    word.HIDDEN: (("KAG", r"invalid (?:llm|vectorizer) config"),),
}
"""What hides the cause, or leaves all possible."""

SHAPES: Final = tuple(
    Shape(failure, producer, says)
    for table in (_CAUSES, CLIENTS, _HIDING)
    for failure, shapes in table.items()
    for producer, says in shapes
)
"""The most telling first: of two failures in one text that say as much, the earlier one is told first."""


@cache
def compiled() -> tuple[tuple[Shape, re.Pattern[str]], ...]:
    """Return each shape with its expression for :func:`lowered` text: without case it is searched ten times as fast."""
    return tuple((shape, re.compile(_LETTERS.sub(_lower, shape.says), re.MULTILINE)) for shape in SHAPES)


def lowered(text: str) -> str:
    """Return ``text`` with small ASCII letters, each in its place."""
    return text.translate(_SMALL)


_LETTERS: Final = re.compile(r"\(\?P|\\?[A-Z]")
_SMALL: Final = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _lower(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith(("\\", "(")) else found[0].lower()
