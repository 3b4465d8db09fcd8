"""Rows: what a gateway says of the service behind it."""

from typing import Final

from netdiag import failures
from netdiag.wording.row import FAILED, Row

ROWS: Final = (
    Row(
        failures.UPSTREAM_REFUSES_KEY,
        "LiteLLM",
        r"litellm\.(?:authenticationerror|permissiondeniederror): .{0,200}exception - ",
        "recorded: LiteLLM 1.108.7; its own keys are told as 'Authentication Error'",
    ),
    Row(
        failures.UPSTREAM_LACKS_MODEL,
        "LiteLLM",
        r"litellm\.notfounderror: ",
        "recorded: LiteLLM 1.108.7; a model that it has not itself is 'Invalid model name passed in'",
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "LiteLLM",
        r"litellm\.[a-z]+error: .{0,300}(?:connection error\.|cannot connect to host|connect call failed|"
        r"connection refused|connection attempts failed|name or service not known)",
        "recorded: LiteLLM 1.108.7, its upstream down",
        FAILED,
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "LiteLLM",
        r"litellm\.timeout|apitimeouterror - request timed out",
        "litellm/exceptions.py, Timeout",
        FAILED,
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "one-api, new-api",
        r"do_request_failed|do request failed",
        "recorded: one-api 8df4a26; relay/controller/text.go",
        FAILED,
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "one-api, new-api",
        r"bad_response_status_code|bad response status code \d",
        "relay/controller/error.go: an upstream's status without words",
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "any gateway",
        r"dial tcp .{1,200}(?:connection refused|i/o timeout|no such host|no route to host)|"
        r"connect econnrefused|connect call failed \(|cannot connect to host \S+|\[errno 111\] connection refused|"
        r"all connection attempts failed|upstream connect error|no healthy upstream|"
        r"upstream (?:service )?(?:is )?(?:unavailable|unreachable)|上游.{0,8}(?:不可用|无响应|超时|连接失败)|"
        r"upstream request timeout|"
        r"error (?:occurred while )?(?:trying to )?proxy(?:ing)?\b.{0,80}econnrefused",
        "Go's, Node's, aiohttp's, Python's, httpx' and Envoy's words for a connection that did not come about",
        FAILED,
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "FastChat",
        r"network error due to high traffic|\bcode\W{1,6}5000[14]\b",
        "fastchat/constants.py: SERVER_ERROR_MSG, said when no worker answers",
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "Cloudflare Tunnel",
        r"cloudflare tunnel error|error 1033|\berror code: 10(?:16|33)\b",
        "recorded page behind nginx 1.22: the tunnel's other end is down",
        FAILED,
    ),
    Row(
        failures.UPSTREAM_FAILED,
        "nginx, Apache, HAProxy, Caddy, Cloudflare",
        r"502 bad gateway|504 gateway time-?out|no server is available to handle this request|proxy error</title>|"
        r"web server is down|origin dns error|503 service temporarily unavailable</",
        "recorded: nginx 1.22.1; HAProxy's and Apache's own pages",
        FAILED,
    ),
)
