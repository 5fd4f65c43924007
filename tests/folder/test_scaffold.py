"""`new` gives a folder that passes the check and explains itself, or leaves no trace."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

from weigh.errors import InputError, OutOfReachError
from weigh.evidence.background import Background, FormFact
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias, TrustCheck
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import Question
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.safety import Safety
from weigh.evidence.study import Study
from weigh.folder import check, load, new
from weigh.folder.files import FILES
from weigh.folder.settle import columns_of


def test_the_new_folder_has_every_file_and_no_fault(tmp_path):
    written = new(tmp_path / "mine")

    assert {path.name for path in written} == {*FILES, "FIELDS.md"}
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {*FILES, "FIELDS.md"}
    assert check(tmp_path / "mine") == ()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_everything_made_up_is_marked_as_an_example(tmp_path):
    new(tmp_path / "mine")
    evidence = load(tmp_path / "mine")

    assert "EXAMPLE" in evidence.question.title
    assert all("EXAMPLE" in (row.note or "") for row in evidence.results)
    assert all("EXAMPLE" in (reference.title or "") for reference in evidence.references)
    assert all("Example" in study.label for study in evidence.studies)


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("results.csv", Result),
        ("risk_of_bias.csv", RiskOfBias),
        ("trust.csv", TrustCheck),
        ("mechanisms.csv", MechanismEdge),
    ],
)
def test_the_header_has_columns_in_their_usual_order(tmp_path, file, model):
    new(tmp_path / "mine")
    header = (tmp_path / "mine" / file).read_text().splitlines()[0].split(",")

    assert set(header) <= set(columns_of(model))
    assert set(columns_of(model)) - set(header) <= {"assumed", "statistic"}


def fields(model: type[BaseModel]) -> set[str]:
    """Every field name of a model and of the models inside it, but the place that a reader adds."""
    names = set()
    for name, info in model.model_fields.items():
        if name != "place":
            names.add(info.alias or name)
            for inner in re.findall(r"weigh(?:\.\w+)+", str(info.annotation)):
                module, _, attribute = inner.rpartition(".")
                found = getattr(import_module(module), attribute)
                if issubclass(found, BaseModel):
                    names |= fields(found)
    return names


@pytest.mark.parametrize(
    "model",
    [
        Question,
        Study,
        Result,
        RiskOfBias,
        TrustCheck,
        CertaintyOverride,
        MechanismEdge,
        FormFact,
        Safety,
        Background,
        Reference,
    ],
)
def test_every_field_is_explained(tmp_path, model):
    """A field that is added to a noun has to be added to the page that explains them."""
    new(tmp_path / "mine")
    explained = set(re.findall(r"`([^`]+)`", (tmp_path / "mine" / "FIELDS.md").read_text()))

    assert fields(model) - explained == set()


def test_an_empty_folder_is_filled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    new(".")

    assert check(".") == ()
    assert not list(tmp_path.glob(".weigh*"))


def test_folders_above_are_made(tmp_path):
    new(tmp_path / "a" / "b")

    assert check(tmp_path / "a" / "b") == ()


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(InputError) as caught:
        new(tmp_path)

    assert str(caught.value) == (
        f"{tmp_path} is not empty: it holds thesis.txt. Name a folder that is not there yet; "
        "nothing was written."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("years of work")

    with pytest.raises(InputError, match="is a file"):
        new(tmp_path / "mine")

    assert (tmp_path / "mine").read_text() == "years of work"


@pytest.mark.parametrize("exists", [True, False])
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path, monkeypatch, exists):
    if exists:
        (tmp_path / "mine").mkdir()
    written = []

    def full(path, data):
        written.append(path)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        return len(data)

    monkeypatch.setattr(Path, "write_bytes", full)

    with pytest.raises(OutOfReachError, match="no space left on device"):
        new(tmp_path / "mine")

    assert [path.name for path in tmp_path.rglob("*")] == (["mine"] if exists else [])


def test_a_folder_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OutOfReachError, match="cannot be written"):
        new(tmp_path / "file" / "mine")
