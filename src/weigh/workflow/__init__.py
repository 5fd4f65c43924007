"""The one place that knows the order of the steps: from a folder to an answer to files.

`answering` runs the pipeline once; `plans`, `rows`, `arms` and `estimates` take a folder's rows to
the effects of studies, `comparing`, `pooling`, `models`, `absolute` and `grading` on to rated
comparisons; `flips` asks what would change the answer, `publishing` writes it. `programs` stands
apart: it runs a data set as other programs would.
"""

from weigh.workflow.answering import answer_question
from weigh.workflow.programs import compare_programs
from weigh.workflow.publishing import publish, publish_examples

__all__ = ["answer_question", "compare_programs", "publish", "publish_examples"]
