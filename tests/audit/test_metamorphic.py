"""What must hold between the audits of two pages that differ in one thing.

The pages are made by rule: folders × outcomes × wordings. Each test says what may change between
the two and what may not; the verdicts themselves are held in tests/audit/judging.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from judged import ground_of
from judged import judged as audit

import weigh
from weigh.audit.judging.bearing import points
from weigh.audit.linking import Ground
from weigh.evidence.audit import AuditVerdict, JudgedClaim
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.study import Allocation

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = (
    "vitamin-k-peripheral-neuropathy",
    "zinc-common-cold",
    "alpha-lipoic-acid-diabetic-polyneuropathy",
)
NAMES = {
    "vitamin-k-peripheral-neuropathy": "Vitamin K2",
    "zinc-common-cold": "Zinc",
    "alpha-lipoic-acid-diabetic-polyneuropathy": "Alpha-lipoic acid",
}
#: What pages say of each folder's outcomes: a verb that helps, and its object.
BENEFITS = {
    "vitamin-k-peripheral-neuropathy": (
        ("relieve", "the symptoms of peripheral neuropathy"),
        ("reduce", "pain and numbness in peripheral neuropathy"),
        ("reduce", "tingling in the feet"),
        ("reduce", "leg cramps at night"),
    ),
    "zinc-common-cold": (
        ("shorten", "colds"),
        ("reduce", "the length of a cold"),
        ("prevent", "colds"),
        ("lower", "the risk of catching a cold"),
    ),
    "alpha-lipoic-acid-diabetic-polyneuropathy": (
        ("relieve", "the symptoms of diabetic neuropathy at 6 months"),
        ("reduce", "burning and tingling within 3 weeks"),
        ("improve", "nerve conduction in the leg"),
        ("lower", "pain after 3 weeks"),
    ),
}
CASES = [(folder, verb, thing) for folder, pairs in BENEFITS.items() for verb, thing in pairs]
MK7 = ("MK-7", "MK7", "MK 7", "K2-7", "menaquinone-7", "menaquinone 7", "vitamin K2 (MK-7)")


def page(folder: str, *sentences: str) -> str:
    return f"{NAMES[folder]}: what is known\n\n" + "\n\n".join(sentences) + "\n"


def worst(judged: list[JudgedClaim]) -> tuple[int, bool]:
    """The gravest verdict on a page; a page without claims has none."""
    order = list(AuditVerdict)
    return max(
        ((order.index(j.verdict), j.severity == "major") for j in judged), default=(0, False)
    )


def verdicts(judged: list[JudgedClaim]) -> list[tuple[str, str | None]]:
    return [(j.verdict.value, j.severity) for j in judged]


def third(verb: str) -> str:
    return f"{verb}s"


@pytest.mark.parametrize(("folder", "verb", "thing"), CASES)
def test_hedging_a_claim_never_worsens_its_verdict(folder, verb, thing):
    ground, name = ground_of(folder), NAMES[folder]
    ladder = [
        f"{name} has been proven to {verb} {thing}.",
        f"{name} {third(verb)} {thing}.",
        f"{name} probably {third(verb)} {thing}.",
        f"{name} may {verb} {thing}.",
        f"It is unclear whether {name} {third(verb)} {thing}.",
    ]
    found = [worst(audit(page(folder, sentence), ground)) for sentence in ladder]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    "wording",
    ["{x} has been proven to {v} {y}.", "{x} {v}s {y}.", "{x} significantly {v}s {y}.",
     "{x} probably {v}s {y}.", "{x} may {v} {y}.", "{x} is a miracle that {v}s {y}."],
)  # fmt: skip
@pytest.mark.parametrize(
    ("folder", "verb", "thing"),
    [CASES[3], CASES[4], CASES[5], CASES[9]],
)
def test_stronger_evidence_never_worsens_a_verdict(folder, verb, thing, wording):
    """The same effect in more people, with more certainty, bears every wording at least as well."""
    ground = ground_of(folder)
    text = page(folder, wording.format(x=NAMES[folder], v=verb, y=thing))
    found = [
        worst(audit(text, strengthened(ground, rating, times)))
        for rating, times in (
            (CertaintyLevel.VERY_LOW, 1),
            (CertaintyLevel.LOW, 2),
            (CertaintyLevel.MODERATE, 5),
            (CertaintyLevel.HIGH, 20),
        )
    ]
    assert found == sorted(found, reverse=True)


def strengthened(ground: Ground, rating: CertaintyLevel, times: int) -> Ground:
    """The ground with every comparison that points to a benefit rated so, in `times` the people."""
    comparisons = tuple(
        replace(c, certainty=replace(c.certainty, rating=rating), people=c.people * times)
        if points(c) == "benefit" and c.certainty is not None
        else c
        for c in ground.answer.comparisons
    )
    return Ground.of(ground.evidence, replace(ground.answer, comparisons=comparisons))


STUDIES = [
    (folder, study.id)
    for folder in FOLDERS
    for study in weigh.load(EXAMPLES / folder).studies
    if study.participants and not study.excluded
]


@pytest.mark.parametrize(("folder", "study_id"), STUDIES)
def test_a_swapped_number_design_or_dose_becomes_contradicted(folder, study_id):
    ground = ground_of(folder)
    study = ground.evidence.study(study_id)
    counts = [e for e in study.participants if e.used] or list(study.participants)
    people = counts[0].count
    randomised = study.allocation is Allocation.RANDOMISED
    dosed = next((arm for arm in study.arms if arm.role == "intervention" and arm.dose), None)
    facts = [(f"In the {study.label} study {{}} people took part.", f"{people}", f"{people * 7}")]
    facts.append(
        (f"{study.label} was {{}}.", *_designs(randomised)),
    )
    if dosed is not None and dosed.unit in ("mg", "mcg"):
        dose = f"{dosed.dose:g}"
        facts.append(
            (f"The {study.label} trial gave {{}} {dosed.unit} a day to {people} people.", dose,
             f"{dosed.dose * 11:g}")
        )  # fmt: skip
    for template, right, wrong in facts:
        if "trial" in template and not randomised:
            template = template.replace("trial", "study")
        true = audit(page(folder, template.format(right)), ground)
        false = audit(page(folder, template.format(wrong)), ground)
        assert [j.verdict for j in true] == [AuditVerdict.SUPPORTED], template
        assert [j.verdict for j in false] == [AuditVerdict.CONTRADICTED], template


def _designs(randomised: bool) -> tuple[str, str]:
    a, b = "a randomised trial", "a study without a control group"
    return (a, b) if randomised else (b, a)


@pytest.mark.parametrize(
    ("folder", "claim", "denied"),
    [
        ("vitamin-k-peripheral-neuropathy", "Vitamin K2 can interfere with warfarin.",
         "Vitamin K2 does not interfere with warfarin."),
        ("vitamin-k-peripheral-neuropathy", "Vitamin K2 relieves nerve pain.",
         "Vitamin K2 does not relieve nerve pain."),
        ("vitamin-k-peripheral-neuropathy", "Mehta 2021 was randomised.",
         "Mehta 2021 was not randomised."),
        ("zinc-common-cold", "Zinc shortens colds.", "Zinc does not shorten colds."),
        ("zinc-common-cold", "Zinc interacts with antibiotics.",
         "Zinc does not interact with antibiotics."),
        ("zinc-common-cold", "Zinc has side effects such as nausea.", "Zinc has no side effects."),
        ("alpha-lipoic-acid-diabetic-polyneuropathy",
         "Alpha-lipoic acid relieves neuropathy symptoms at 6 months.",
         "Alpha-lipoic acid does not relieve neuropathy symptoms at 6 months."),
        ("alpha-lipoic-acid-diabetic-polyneuropathy",
         "Alpha-lipoic acid lowers pain after 3 weeks.",
         "Alpha-lipoic acid does not lower pain after 3 weeks."),
    ],
)  # fmt: skip
def test_a_denied_claim_changes_its_verdict(folder, claim, denied):
    ground = ground_of(folder)
    said, unsaid = (audit(page(folder, text), ground) for text in (claim, denied))
    assert said
    assert unsaid
    assert verdicts(said) != verdicts(unsaid)


@pytest.mark.parametrize(("folder", "verb", "thing"), CASES)
def test_an_unrelated_study_changes_nothing(folder, verb, thing):
    ground = ground_of(folder)
    claim = f"{NAMES[folder]} {third(verb)} {thing}."
    unrelated = "A survey of 12,000 nurses in 1991 asked about coffee and shift work."
    alone = audit(page(folder, claim), ground)
    beside = audit(page(folder, claim, unrelated), ground)
    assert verdicts(alone) == verdicts([j for j in beside if "coffee" not in j.claim.text])


@pytest.mark.parametrize(("folder", "verb", "thing"), CASES)
def test_passive_voice_changes_nothing(folder, verb, thing):
    ground, name = ground_of(folder), NAMES[folder]
    past = {"relieve": "relieved", "reduce": "reduced", "shorten": "shortened",
            "prevent": "prevented", "lower": "lowered", "improve": "improved"}[verb]  # fmt: skip
    be = "are" if thing.endswith(("colds", "cramps at night", "numbness", "tingling")) else "is"
    noun, _, time = thing.partition(" at 6 ")
    when = f" at 6 {time}" if time else ""
    active = audit(page(folder, f"{name} {third(verb)} {thing}."), ground)
    passive = audit(page(folder, f"{noun.capitalize()} {be} {past} by {name}{when}."), ground)
    assert verdicts(active) == verdicts(passive)


@pytest.mark.parametrize(("folder", "verb", "thing"), CASES)
def test_synonyms_of_the_intervention_change_nothing(folder, verb, thing):
    ground = ground_of(folder)
    names = (NAMES[folder], *ground.evidence.question.intervention.synonyms[:2])
    if folder.startswith("vitamin"):
        names = ("Vitamin K2", "Menaquinone")
    found = [
        worst(audit(page(folder, f"{name[:1].upper()}{name[1:]} {third(verb)} {thing}."), ground))
        for name in names
    ]
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "wording",
    [
        "{} relieves the symptoms of peripheral neuropathy.",
        "Trials proved that {} relieves nerve pain.",
        "{} may ease tingling in the feet.",
        "In 2018 a study gave 100 people with neuropathy 200 mcg of {} a day.",
        "{} can interfere with warfarin.",
        "{} lowers TNF-alpha.",
    ],
)
def test_every_spelling_of_a_form_is_judged_alike(wording):
    ground = ground_of("vitamin-k-peripheral-neuropathy")
    pages = [page("vitamin-k-peripheral-neuropathy", wording.format(name)) for name in MK7]
    found = [verdicts(audit(text, ground)) for text in pages]
    assert found[0]
    assert all(one == found[0] for one in found), dict(zip(MK7, found, strict=True))


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("ORPIL 1999 had 24 participants.", "ORPIL 1999 had twenty-four participants."),
        ("ORPIL 1999 ran 3 weeks in 24 people.", "ORPIL 1999 ran three weeks in 24 people."),
        ("Millán-Guerrero 2018 had 100 patients.", "Millán-Guerrero 2018 had a hundred patients."),
    ],
)  # fmt: skip
def test_numbers_in_words_are_judged_as_digits(digits, words):
    folder = "alpha-lipoic-acid-diabetic-polyneuropathy"
    ground = ground_of(folder)
    one, other = (audit(page(folder, text), ground) for text in (digits, words))
    assert one
    assert verdicts(one) == verdicts(other)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_a_list_changes_no_verdict(folder, seed):
    ground = ground_of(folder)
    claims = [f"{NAMES[folder]} {third(verb)} {thing}." for verb, thing in BENEFITS[folder]]
    shuffled = random.Random(seed).sample(claims, len(claims))
    by_text = [
        {j.claim.text: (j.verdict, j.severity) for j in audit(page(folder, items), ground)}
        for items in ("\n".join(f"- {c}" for c in rows) for rows in (claims, shuffled))
    ]
    assert by_text[0]
    assert by_text[0] == by_text[1]


@pytest.mark.parametrize(("folder", "verb", "thing"), CASES)
def test_noise_of_markup_changes_nothing(folder, verb, thing):
    ground, name = ground_of(folder), NAMES[folder]
    sentence = f"{name} {third(verb)} {thing}."
    filler = "The page goes on for a while so that there is something to read here. " * 3
    clean = f"<h1>{name}: what is known</h1><article><p>{sentence}</p><p>{filler}</p></article>"
    noisy = (
        f"<html><head><script>var x = '{name} cures all';</script><style>p{{}}</style></head>"
        f"<body><nav><a href='/'>Home</a><a href='/shop'>Shop</a></nav><h1>{name}: what is "
        f"known</h1><article><p><b>{name}</b> <!-- ad --><i>{third(verb)}</i> {thing}.</p>"
        f"<p>{filler}</p></article><footer>© Example</footer></body></html>"
    )
    found = [verdicts(audit(text, ground, "html")) for text in (clean, noisy)]
    assert found[0]
    assert found[0] == found[1]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_careful_page_in_grade_wording_is_nowhere_overstated(folder):
    """The answer's own statements, as a page would print them."""
    ground = ground_of(folder)
    answer = ground.answer
    statements = [c.statement.text for c in answer.comparisons if c.statement is not None]
    statements += [s.text for s in (answer.verdict.sentence, *answer.conclusion)]
    statements += [
        s.text.split(":")[0].split(" (certainty")[0] + "." for s in answer.key_points
        if "tell" in s.text or "little or no" in s.text
    ]  # fmt: skip
    bad = [
        (j.claim.text, j.verdict.value, j.reason.text)
        for j in audit(page(folder, *statements), ground)
        if j.verdict in (AuditVerdict.OVERSTATED, AuditVerdict.CONTRADICTED)
    ]
    assert bad == []


TOPICS = (
    "Honey soothes a cough in children. A 2012 trial with 300 children compared two spoons of "
    "honey with a placebo syrup. Honey is safe above the age of one.",
    "Yoga lowers blood pressure. In a 2018 study with 100 patients, systolic pressure fell by 5 "
    "points. It has no side effects and does not interact with warfarin.",
    "Melatonin shortens jet lag. A randomised trial in 2021 with 20 travellers took 5 mg a night "
    "for 8 weeks.",
    "Magnesium does not prevent cramps. A 1999 study of 24 people found no effect on pain.",
    "Creatine improves memory. It was tested in a double-blind trial in 2007 with 50 adults.",
)  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_an_article_on_another_topic_has_no_contradicted_claim(folder, topic):
    judged = audit(f"{topic.split()[0]} explained\n\n{topic}\n", ground_of(folder))
    assert judged
    assert not any(j.verdict is AuditVerdict.CONTRADICTED for j in judged)
    assert all(j.verdict is AuditVerdict.NOT_CHECKABLE for j in judged)
