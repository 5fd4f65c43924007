"""An answer as FHIR: checked by FHIR's own model, and against the answer."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from fhir.resources.bundle import Bundle

import weigh
from weigh.errors import MissingExtraError
from weigh.folder import example_folders
from weigh.report.exports.fhir import fhir
from weigh.report.exports.fhir.concepts import resource_id


@pytest.fixture(scope="module", params=[path.name for path in example_folders()])
def answer(request):
    folder = next(path for path in example_folders() if path.name == request.param)
    return weigh.answer_question(weigh.load(folder))


@pytest.fixture(scope="module")
def bundle(answer):
    return json.loads(fhir(answer))


def of_kind(bundle, kind):
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


def test_it_is_a_bundle_that_fhir_s_model_reads_and_writes_back(bundle):
    read = Bundle.model_validate(bundle)
    assert len(read.entry) == len(bundle["entry"])
    again = json.loads(read.model_dump_json())
    assert again["entry"][0]["resource"]["resourceType"] == "EvidenceReport"
    assert Counter(e["resource"]["resourceType"] for e in again["entry"]) == Counter(
        e["resource"]["resourceType"] for e in bundle["entry"]
    )


def test_every_reference_leads_to_a_resource_of_the_bundle(bundle):
    there = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(there)) == len(there)
    wanted = set(re.findall(r'"reference": "([^"]+)"', json.dumps(bundle)))
    assert len(wanted) > 20
    assert wanted <= set(there)


def test_ids_are_fhir_s_and_none_comes_twice(bundle):
    ids = [(e["resource"]["resourceType"], e["resource"]["id"]) for e in bundle["entry"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", name) for _, name in ids)


def test_each_comparison_has_its_numbers_its_words_and_its_certainty(bundle, answer):
    found = {resource["id"]: resource for resource in of_kind(bundle, "Evidence")}
    for comparison in answer.comparisons:
        resource = found[resource_id(comparison.id)]
        assert resource["assertion"] == comparison.statement.text
        certainty = resource["certainty"][0]
        rating = certainty.get("rating", {"coding": [{"code": "no-evidence"}]})
        assert rating["coding"][0]["code"] == comparison.certainty.rating.value
        moved = [part["rating"]["coding"][0]["code"] for part in certainty["subcomponent"]]
        assert moved.count("no-change") == sum(d.levels == 0 for d in comparison.certainty.domains)
        if comparison.natural is None:
            assert "statistic" not in resource
            continue
        statistic = resource["statistic"][0]
        assert statistic["quantity"]["value"] == comparison.natural.estimate
        assert statistic["sampleSize"]["numberOfStudies"] == comparison.k
        interval = statistic["attributeEstimate"][0]["range"]
        assert interval["low"]["value"] == comparison.natural.ci_low
        assert interval["high"]["value"] == comparison.natural.ci_high
        for row in comparison.studies:
            one = found[resource_id(f"{comparison.id}.{row.study.id}")]
            assert one["statistic"][0]["quantity"]["value"] == row.natural.estimate


def test_every_source_is_a_citation(bundle, answer):
    cited = of_kind(bundle, "Citation")
    assert len(cited) == len(answer.references)
    for resource, reference in zip(cited, answer.references, strict=True):
        identifiers = resource["citedArtifact"].get("identifier", [])
        assert reference.doi in [None, *(i["value"] for i in identifiers)]


def test_names_that_fhir_does_not_allow_become_ids_that_differ():
    long = [resource_id("x" * 80 + end) for end in ("a", "b")]
    assert long[0] != long[1]
    assert all(len(name) <= 64 for name in long)
    assert resource_id("a_b") != resource_id("a-b")


def test_without_its_library_the_message_says_what_to_install(answer, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fhir.resources.bundle", None)
    with pytest.raises(MissingExtraError, match="FHIR") as error:
        fhir(answer)
    assert error.value.hint == "Install it with: pip install 'weigh[fhir]'"
