"""What a user may set, and what is refused with a message."""

from __future__ import annotations

import pytest

from weigh.audit.judging import RULES, Settings
from weigh.errors import InputError


def test_rules_are_switched_off_and_thresholds_moved():
    settings = Settings.from_toml('off = ["SIZE", "SELF"]\n[thresholds]\nlarge_study = 1000\n')
    assert settings.off == {"SIZE", "SELF"}
    assert settings.large_study == 1000
    assert settings.to_dict()["off"] == ["SELF", "SIZE"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("off = [", "no TOML"),
        ('off = "SIZE"', "expected a list"),
        ('off = ["SIZES"]', "unknown rule 'SIZES'"),
        ("on = []", "unknown setting 'on'"),
        ("[thresholds]\nlarge = 3", "unknown threshold 'large'"),
        ("[thresholds]\nlarge_study = -3", "above 0"),
        ("[thresholds]\nlarge_study = true", "above 0"),
        ("thresholds = 3", "expected a table"),
    ],
)
def test_what_does_not_exist_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        Settings.from_toml(text)


def test_every_rule_of_the_catalogue_has_an_id_that_can_be_switched_off():
    from weigh.audit.judging.verdict import CATALOGUE

    assert set(CATALOGUE) | {"NONE"} == set(RULES)
