"""Find what an article claims: check-worthy words with type, strength, names and numbers.

`find_claims` is the step. Within: `words` and `grammar` cut and tell forms apart, `lexicon` matches
the YAML lexicons, `clauses`, `context`, `silence`, `strength` and `ladder` settle what a sentence
asserts and how surely, `certainty` how certain it sounds, `figures` reads numbers, `vocabulary` and
`topics` say what is spoken of, `parts`, `worth` and `kinds` decide what is a claim and about what,
`repeats` joins what is said twice.
"""

from weigh.audit.claims.certainty import certainty_of
from weigh.audit.claims.finding import find_claims
from weigh.audit.claims.ladder import level_of
from weigh.audit.claims.strength import strength_of
from weigh.audit.claims.vocabulary import Vocabulary

__all__ = ["Vocabulary", "certainty_of", "find_claims", "level_of", "strength_of"]
