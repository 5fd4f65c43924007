"""Read an article: plain text, Markdown, HTML or PDF into one `Article` with true offsets.

`read_article` is the step. `text`, `markdown`, `html` and `pdf` cut a source into pieces;
`assembling` makes an article of them: headings above each block, sentences, byline, language, and
what is set aside with why (`boilerplate`). `normal` gives the steps behind a plainer view of the
words with a way back to where they stood.
"""

from weigh.audit.reading.normal import Normalised, normalise
from weigh.audit.reading.reader import read_article
from weigh.audit.reading.sentences import sentence_spans

__all__ = ["Normalised", "normalise", "read_article", "sentence_spans"]
