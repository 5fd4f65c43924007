"""Look at an article as a whole: published criteria, dangers not named, what is left out and right.

`examine` judges the criteria, `missing_dangers` and `omissions` hold the article against an
evidence folder, `right` says what it does well. Within: `looking` finds words of a kind
(``page.yaml``), `speaking` makes sentences whose numbers are nodes, `sources`, `substance`,
`choices`, `manner` and `leftout` hold the criteria.
"""

from weigh.audit.page.dangers import missing_dangers
from weigh.audit.page.examining import examine
from weigh.audit.page.omissions import omissions
from weigh.audit.page.rightly import right

__all__ = ["examine", "missing_dangers", "omissions", "right"]
