"""How often the right abstract comes first, on SciFact's claims with evidence.

Wadden et al. (2020), Fact or Fiction: verifying scientific claims. The weights were chosen on the
claims with even numbers; the figures are those of the odd ones, against all 5,183 abstracts.
"""

from __future__ import annotations

import gzip
import json

import pytest
from shared import shared_path

from weigh.audit.linking.index import Entry, Index


def lines(name: str) -> list[dict]:
    with gzip.open(shared_path("data", "scifact", name), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.shared
def test_the_abstract_that_bears_on_a_claim_is_found_among_all():
    corpus = lines("corpus.jsonl.gz")
    index = Index([Entry(title=d["title"], body=" ".join(d["abstract"])) for d in corpus])
    ids = [str(document["doc_id"]) for document in corpus]
    claims = [c for c in lines("claims_train.jsonl.gz") if c["evidence"] and int(c["id"]) % 2]
    first = ten = wanted = 0
    for claim in claims:
        gold = set(map(str, claim["evidence"]))
        found = [ids[at] for at, _ in index.best(claim["claim"], 10)]
        wanted += len(gold)
        first += len(gold & set(found[:1]))
        ten += len(gold & set(found))
    assert len(claims) == 248
    assert first / wanted >= 0.71
    assert ten / wanted >= 0.93
