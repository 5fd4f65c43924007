"""Judge a claim by named rules, each with the words that triggered it and the evidence.

`judge` is the step. Within: `case` is one claim before the rules, `speaker` how they speak,
`bearing` says what a comparison permits; `certainty`, `size`, `setting`, `reach`, `counting`,
`harm`, `facts`, `against` and `tone` hold the rules, a family each; `checks` and `numbers` compare
facts, `support` says what bears a claim out, `verdict` decides, `settings` switches rules off,
`folderless` judges words alone.
"""

from weigh.audit.judging.folderless import questions
from weigh.audit.judging.settings import RULES, Settings
from weigh.audit.judging.verdict import judge

__all__ = ["RULES", "Settings", "judge", "questions"]
