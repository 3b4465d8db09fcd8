"""After the commit: the server itself is asked, and must tell what was written.

An UPDATE is seen by the next GET in 0.6, 0.7 and 0.8, nothing is cached (facts: openspg-server.md). The global
configuration of 0.6 and 0.7 and the chat models of 0.8 are not in any answer of the server's; the database read them
back, and a knowledge base that was written too shows that it is the server's database.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from netdiag import config
from netdiag.model.endpoint import MODEL_PAGE, Endpoint
from netdiag.openspg import projects
from netdiag.openspg.settings import Server

_ROW: Final = re.compile(r".*/(kg_\w+)/(\d+)")


class Confirmed(NamedTuple):
    """Whether the server tells what was written: ``other`` with the place where it tells something else.

    ``untold`` is where it answers, but nothing of what was written is in its answers.
    """

    state: Literal["shown", "other", "silent", "untold"]
    where: str = ""


def confirmed(
    server: Server, documents: Mapping[str, config.Document], others: Iterable[config.Document] = ()
) -> Confirmed:
    """Ask the server for what was written: the rows as they are now, by their sources; ``others`` were not written."""
    if not server.listens:
        return Confirmed("silent")
    bases = dict(_of_projects(documents))
    told = projects.ask(server.projects, bases)
    is_asked_for_all = not told.asked or told.asked >= max(bases, default=0)
    if told.state != "answers" or set(told.bad) & set(bases) or not is_asked_for_all:
        return Confirmed("silent")
    by_id = {project.get("id"): project for project in told.projects}
    compared: list[tuple[str, bool]] = []
    for number, document in bases.items():
        if number not in by_id:
            return Confirmed("other", document.source)
        if place := _plainly_told(document, by_id[number]):
            compared.append((place, True))
        else:
            compared += _compared(document, list(projects.endpoints((by_id[number],))))
    if models := _models(documents.values()):
        shown = list(projects.endpoints(told.projects))
        compared += _compared_models(shown, models, _models(others))
    wrong = next((place for place, is_same in compared if not is_same), "")
    return Confirmed("other", wrong) if wrong else Confirmed("shown" if compared else "untold")


def _of_projects(documents: Mapping[str, config.Document]) -> Iterator[tuple[int, config.Document]]:
    """Yield the written knowledge bases by their ids."""
    for source, document in documents.items():
        row = _ROW.fullmatch(source)
        if row and row[1] == "kg_project_info":
            yield int(row[2]), document


def _plainly_told(document: config.Document, project: Mapping[str, Any]) -> str:
    """Return a place of the row where the answer says in plain JSON, at the same nodes, all that the row says.

    To read an answer as a configuration takes a millisecond, which thousands of rows cannot afford.
    """
    told = projects.base_urls(project)
    own = [endpoint for endpoint in document.endpoints if "modelId" not in endpoint.settings]
    return own[0].place if own and all(told.get(each.node) == each.base_url for each in own) else ""


def _models(documents: Iterable[config.Document]) -> Mapping[str, set[str]]:
    """Return the base_urls of the models of 0.8's page by the id that knowledge bases refer to them by.

    A model that was entered twice is in its row twice with one id, and the server tells the first. Rows of several
    accounts may have the same id; which of them the server tells, a column says that is not read.
    """
    models: dict[str, set[str]] = {}
    for document in documents:
        firsts: dict[str, str] = {}
        for endpoint in document.endpoints:
            if endpoint.table == MODEL_PAGE and (wanted := endpoint.settings.get("modelId")):
                firsts.setdefault(str(wanted), endpoint.base_url)
        for wanted, base_url in firsts.items():
            models.setdefault(wanted, set()).add(base_url)
    return models


def _compared(document: config.Document, shown: list[Endpoint]) -> Iterator[tuple[str, bool]]:
    """Yield for each node of the row that the answer has too its place, and whether it says the same there."""
    by_node: dict[str, list[Endpoint]] = {}
    for endpoint in shown:
        by_node.setdefault(endpoint.node, []).append(endpoint)
    for endpoint in document.endpoints:
        if endpoint.node in by_node and "modelId" not in endpoint.settings:  # else the answer is of another row
            told = by_node[endpoint.node]
            yield told[0].place, endpoint.base_url in {each.base_url for each in told}


def _compared_models(
    shown: list[Endpoint], written: Mapping[str, set[str]], others: Mapping[str, set[str]]
) -> Iterator[tuple[str, bool]]:
    """Yield where 0.8 completes a vectorizer from a model that was written, and whether it tells the same.

    What a row of ``others`` says under the same id shows nothing: it may be told from there.
    """
    for endpoint in shown:
        wanted = str(endpoint.settings.get("modelId"))
        is_written = endpoint.base_url in written.get(wanted, ())
        if wanted in written and (is_written or endpoint.base_url not in others.get(wanted, ())):
            yield endpoint.place, is_written
