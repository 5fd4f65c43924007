"""The OpenAPI document: what every address gives, takes and refuses.

Routes say their summary and what they do; what they all share is put in here: the schemas of their
answers, the words for parameters, the errors, the ways in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from weigh.web import documents
from weigh.workflow.exporting import EXPORTS
from weigh.workflow.picturing import KINDS

__all__ = ["describe", "operation_id"]

_ANSWERS: Mapping[str, type[BaseModel]] = {
    "/questions.json": documents.QuestionList,
    "/q/{question}.json": documents.AnswerDocument,
    "/q/{question}/c/{comparison}.json": documents.ComparisonDocument,
    "/q/{question}/nodes/{node}.json": documents.NumberTrail,
    "/q/{question}/studies.json": documents.StudyList,
    "/q/{question}/studies/{study}.json": documents.StudyCells,
    "/q/{question}/c/{comparison}/plots.json": documents.PlotList,
    "/q/{question}/ask.json": documents.AskReply,
    "/q/{question}/judge.json": documents.JudgementList,
    "/q/{question}/versions.json": documents.VersionList,
    "/q/{question}/versions/{version}/answer.json": documents.AnswerDocument,
    "/q/{question}/versions/{version}/diff.json": documents.DifferencesDocument,
    "/audits/{name}.json": documents.AuditDocument,
    "/api/audit": documents.AuditDocument,
    "/api/questions": documents.StartedQuestion,
    "/api/q/{question}/judge/certainty": documents.Consequences,
    "/api/q/{question}/judge/bias": documents.Consequences,
    "/api/q/{question}/versions": documents.KeptVersion,
    "/api/q/{question}/compare": documents.DifferencesDocument,
}

_PARAMETERS: Mapping[str, str] = {
    "question": "Id of the question: the name of its folder.",
    "comparison": "Id of the comparison, as answer.json has it.",
    "node": "Id of the number, as `because` and `nodes` in answer.json have it.",
    "study": "Id of the study.",
    "name": "Name of the figure or of the audit.",
    "kind": "Which plot.",
    "format": "Which kind of file.",
    "form": "Which form; or, as a setting, id of the form of the intervention to look at alone.",
    "version": "Id of the version, as versions.json has it.",
    "q": "The question to ask, in plain words.",
    "method": "Estimator of the variance between studies, or of the pooled effect: REML, DL, MH …",
    "test": "How the interval is made: z, t, knha, adhoc.",
    "measure": "RR, OR or RD of events; MD or SMD of scores.",
    "weeks": "First and last week that count: 4-16.",
    "subgroup": "Id of the subgroup to look at alone.",
    "without": "Ids of studies to leave out, with commas between.",
    "bias": "Highest risk of bias to let in: low, some_concerns, high.",
    "baseline": "The reader's own risk without the intervention, between 0 and 1.",
    "mid": "The smallest difference that matters to the reader.",
}

_REFUSALS: Mapping[str, str] = {
    "401": "Nobody has signed in, or the token is wrong.",
    "403": "A change was asked for by another site.",
    "404": "There is nothing of this name.",
    "409": "The folder was changed since it was looked at.",
    "413": "More was sent than is taken.",
    "421": "The server is not called by this name.",
    "422": "The folder, a field or a value cannot be used.",
    "503": "A file cannot be reached, or an optional part of weigh is not installed.",
}
_ALWAYS = ("401", "404", "421", "422", "503")
_OF_CHANGES = ("403", "409", "413")
_TAGS = {
    "answers": "Questions, answers, comparisons under a reader's settings, numbers, exports.",
    "studies": "What was extracted from reports, cell by cell.",
    "plots": "Plots of a comparison's studies, and their numbers.",
    "judgements": "Risk of bias and certainty, changed with a reason.",
    "versions": "Earlier states of an answer, and what changed since.",
    "audit": "Health articles held against the evidence.",
}


def operation_id(route: APIRoute) -> str:
    """A name for an operation: its subject and its function."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def describe(api: FastAPI) -> dict[str, Any]:
    """The document of an app's routes; made once, and kept with the app."""
    if api.openapi_schema:
        return api.openapi_schema
    document = get_openapi(
        title="weigh",
        version=api.version,
        summary=api.summary,
        description="Every page has its data beside it. The API needs the key that the pages need: "
        "the cookie of a session, or the token as a bearer.",
        routes=api.routes,
        tags=[{"name": name, "description": words} for name, words in _TAGS.items()],
        servers=[{"url": "/"}],
    )
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    wanted: tuple[type[BaseModel], ...] = (documents.Problem, *dict.fromkeys(_ANSWERS.values()))
    _, schemas = models_json_schema(
        [(model, "serialization") for model in wanted],
        ref_template="#/components/schemas/{model}",
    )
    components = document.setdefault("components", {})
    kept = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        kept.pop(name, None)
    kept.update(schemas["$defs"])
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "weigh-session"},
    }
    document["security"] = [{"token": []}, {"session": []}]
    api.openapi_schema = document
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        parameter.setdefault("description", _PARAMETERS.get(name, ""))
        if path.endswith("/export/{form}") and name == "form":
            parameter["schema"] = {"type": "string", "enum": list(EXPORTS)}
        if name == "kind":
            parameter["schema"] = {"type": "string", "enum": list(KINDS)}
        if parameter["in"] == "path" and parameter["schema"].get("type") == "string":
            parameter["schema"].setdefault("minLength", 1)
    operation["responses"] = {
        "200": {"description": "What was asked for.", "content": _content(path)},
        **{
            status: {"description": _REFUSALS[status], "content": _json(documents.Problem)}
            for status in (*_ALWAYS, *(_OF_CHANGES if method == "post" else ()))
        },
    }


def _content(path: str) -> dict[str, Any]:
    if path in _ANSWERS:
        return _json(_ANSWERS[path])
    if path.endswith(".csv"):
        return {"text/csv": {"schema": {"type": "string"}}}
    if path.endswith("/export/{form}"):
        media = dict.fromkeys(form.media.split(";")[0] for form in EXPORTS.values())
        return {name: {"schema": {}} for name in media}
    pictures: dict[str, Any] = {"image/svg+xml": {"schema": {}}, "image/png": {"schema": {}}}
    if path.endswith("/plots/{kind}.{format}"):
        return pictures | _json(documents.PlotNumbers) | {"text/csv": {"schema": {}}}
    if path.endswith("/plots/{name}.{format}"):
        return pictures
    texts = ("text/html", "application/json", "text/markdown", "text/x-diff")
    return {name: {"schema": {}} for name in texts}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
