"""The API against its own description: no server error, no answer that it does not describe.

Cases come from the description itself, the same ones each time: once with whatever it allows, once
with names that are there, so that more than refusals are looked at.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from weigh.folder import example_folders
from weigh.folder.versions import keep
from weigh.web.app import create_app
from weigh.web.shelf import Shelf

ZINC = next(path for path in example_folders() if path.name == "zinc-common-cold")
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "web-api.md"
TAGS = ("answers", "studies", "plots", "judgements", "versions", "audit")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
#: Settings of a reader, right and wrong.
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["DL", "EE", "MH", "PM", "LASSO", ""]),
        "test": st.sampled_from(["z", "knha", "t", "chi"]),
        "measure": st.sampled_from(["RR", "OR", "RD", "MD"]),
        "weeks": st.sampled_from(["0-4", "4-400", "9-1", "x"]),
        "without": st.sampled_from(["turner-2001", "nobody", ",,"]),
        "bias": st.sampled_from(["low", "high", "none"]),
        "baseline": st.sampled_from(["0.3", "1e-300", "nan", "1", "-1"]),
        "mid": st.sampled_from(["0.05", "1e300", "inf"]),
        "form": st.sampled_from(["acetate", "nothing"]),
        "subgroup": st.just("nobody"),
    },
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = shutil.copytree(ZINC, tmp_path_factory.mktemp("shelf") / ZINC.name)
    keep(folder, why="A test", by="T. Ester", now=datetime(2026, 1, 2, tzinfo=UTC))
    shelf = Shelf([folder], home=tmp_path_factory.mktemp("home"))
    return create_app(shelf, hosts=("localhost", "testserver"))


@pytest.fixture(scope="module")
def headers(served):
    return {"Authorization": f"Bearer {served.token}"}


@pytest.fixture(scope="module")
def schema(served, headers):
    return schemathesis.openapi.from_asgi("/api/openapi.json", served.app, headers=headers)


@pytest.fixture(scope="module")
def known(schema, headers):
    """Names that are there."""
    version = call(schema, "versions_listed_data", headers, question=ZINC.name).json()
    text = (
        "Zinc lozenges cure the common cold. Zinc shortens colds by two days, a trial found. " * 9
    )
    call(schema, "audit_audit_data", headers, body={"text": text, "question": ZINC.name})
    names = list(schema.app.app.state.audits._audits)
    return {
        "question": ZINC.name,
        "comparison": "prevention",
        "node": "prevention.pooled.estimate",
        "study": "turner-2001",
        "version": version["versions"][0]["id"],
        "audit": names[-1],
    }


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


def call(schema, name, headers, body=None, **path):
    operation = next(o for o in operations(schema) if o.definition.raw["operationId"] == name)
    given_body = {} if body is None else {"body": body, "media_type": "application/json"}
    case = operation.Case(path_parameters=path, **given_body)
    return case.call_and_validate(headers=headers, checks=CHECKS)


def tried(strategy, run, examples):
    configured = settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    configured(given(strategy, SETTINGS)(run))()


@pytest.mark.parametrize("tag", TAGS)
def test_whatever_is_asked_the_answer_is_one_of_those_described(schema, headers, tag):
    for operation in operations(schema):
        if tag not in operation.tags:
            continue

        def run(case, _):
            case.call_and_validate(headers=headers, checks=CHECKS)

        tried(operation.as_strategy(), run, 8)


def with_what_is_there(case, wanted, operation, known):
    """Put names that are there into a case, and what a person might ask."""
    path = operation.path
    there = known | {"name": known["audit"] if path.startswith("/audits") else "forest-prevention"}
    given_path = case.path_parameters or {}
    case.path_parameters = {name: there.get(name, value) for name, value in given_path.items()}
    if any(parameter.name == "method" for parameter in operation.query):
        case.query = wanted
    if "/ask." in path:
        case.query = {"q": "who paid for the trials?"}
    if isinstance(case.body, dict) and "/judge/" in path:
        unknown = {"study"} if path.endswith("certainty") else {"comparison"}
        sensible = {
            "reason": "A reason.",
            "by": "T. Ester",
            "study": "turner-2001",
            "comparison": "prevention",
            "domain": "imprecision",
        }
        case.body |= {name: value for name, value in sensible.items() if name not in unknown}


@pytest.mark.parametrize("tag", TAGS)
def test_what_is_there_is_given_as_described(schema, headers, known, tag):
    for operation in operations(schema):
        if tag not in operation.tags:
            continue
        found = set()

        # Called within this turn of the loop alone; hypothesis allows it no default arguments.
        def run(case, wanted):
            with_what_is_there(case, wanted, operation, known)  # noqa: B023
            reply = case.call_and_validate(headers=headers, checks=CHECKS)
            found.add(reply.status_code)  # noqa: B023

        # A form of export may take seconds to make.
        tried(operation.as_strategy(), run, 4 if "export" in operation.path else 8)
        if operation.method == "get" and operation.path != "/audits/{name}/{form}":
            assert 200 in found, f"{operation.path} was only refused: {found}"


def test_without_the_key_nothing_is_given(schema):
    for operation in operations(schema):
        names = {p.name: "svg" if p.name == "format" else "x" for p in operation.path_parameters}
        case = operation.Case(path_parameters=names)
        reply = case.call(
            headers={"Authorization": "Bearer guessed", "Origin": "http://testserver"}
        )
        assert reply.status_code == 401, operation.path
        assert set(reply.json()) == {"kind", "message", "hint"}


def test_a_judgement_by_the_api_is_shown_first_and_saved_with_what_was_looked_at(schema, headers):
    wanted = {
        "comparison": "prevention",
        "domain": "imprecision",
        "levels": -2,
        "reason": "The interval is wide.",
        "by": "T. Ester",
    }
    name = "judgements_judge_certainty"
    first = call(schema, name, headers, wanted, question=ZINC.name).json()
    assert not first["saved"]
    assert any(c["changed"] for c in first["consequences"])
    stale = call(schema, name, headers, wanted | {"base": "0" * 64}, question=ZINC.name)
    assert stale.status_code == 409
    saved = call(schema, name, headers, wanted | {"base": first["base"]}, question=ZINC.name).json()
    assert saved["saved"]
    listed = call(schema, "judgements_judgements", headers, question=ZINC.name).json()
    assert listed["fingerprint"] == saved["fingerprint"]
    assert listed["history"][-1]["reason"] == "The interval is wide."
    rated = [j for j in listed["judgements"] if j["by"] == "T. Ester"]
    assert [(j["about"], j["judgement"]) for j in rated] == [("prevention", "-2")]


def test_a_question_started_by_the_api_is_served(schema, headers):
    started = call(schema, "answers_start", headers, {"name": "ginger-nausea"}).json()
    assert started["id"] == "ginger-nausea"
    call(schema, "answers_answer_data", headers, question="ginger-nausea")
    for name in ("ginger-nausea", "../elsewhere", "", "CON"):
        assert call(schema, "answers_start", headers, {"name": name}).status_code == 422


def test_the_page_lists_every_operation_and_the_document_says_what_each_does(site):
    document = json.loads(site.ask("/api/openapi.json").text)
    page = html.fromstring(site.ask("/api").text)
    shown = {code.text_content() for code in page.xpath("//article/p/code")}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in shown
            assert operation["summary"]
            assert len(operation["description"]) > 10
            assert set(operation["responses"]) >= {"200", "401", "404", "422"}
            for parameter in operation.get("parameters", ()):
                assert parameter["description"]
    written = REFERENCE.read_text(encoding="utf-8")
    assert [p for p in document["paths"] if f"`{p}`" not in written] == []
    ids = [o["operationId"] for m in document["paths"].values() for o in m.values()]
    assert len(set(ids)) == len(ids)
