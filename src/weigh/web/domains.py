"""What is asked in each domain of a judgement, in our own words, and where the tools say it."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["GUIDES", "MEANS"]

#: Domains of GRADE, RoB 2 and ROBINS-I by name.
MEANS: Mapping[str, str] = {
    "risk_of_bias": "Were the studies made so that their results can be believed?",
    "inconsistency": "Do the studies agree with each other, beyond what chance makes differ?",
    "indirectness": "Are these the people, the treatment and the outcome that were asked about?",
    "imprecision": "Is the interval narrow, and are the people many enough, to tell?",
    "publication_bias": "Could studies with other results be missing?",
    "large_effect": "Is the effect so large that bias alone could hardly make it?",
    "dose_response": "Does more of it do more, as it would if it worked?",
    "opposing_residual_confounding": "Would what was not accounted for have hidden an effect?",
    "randomization_process": "Was who got what left to chance, and hidden until then?",
    "deviations_from_intended_interventions": "Did everyone get what they should have got, and was "
    "everyone counted in the group that they were put into?",
    "missing_outcome_data": "Is the result of nearly everyone known?",
    "measurement_of_outcome": "Was it measured well, by people who did not know who got what?",
    "selection_of_reported_result": "Is what is reported what was planned, not the best of many?",
    "confounding": "Did the groups differ in something else that changes the outcome?",
    "selection_of_participants": "Did who was taken in depend on what happened afterwards?",
    "classification_of_interventions": "Was it set down beforehand who had which treatment?",
    "missing_data": "Is the result of nearly everyone known?",
}

#: For each tool its name and its own page.
GUIDES: Mapping[str, tuple[str, str]] = {
    "grade": (
        "Cochrane Handbook, chapter 14",
        "https://www.cochrane.org/authors/handbooks-and-manuals/handbook/current/chapter-14",
    ),
    "rob2": ("RoB 2", "https://www.riskofbias.info/welcome/rob-2-0-tool"),
    "robins-i": ("ROBINS-I", "https://www.riskofbias.info/welcome/home"),
}
