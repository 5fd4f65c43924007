"""Find what in an evidence folder bears on a claim.

`Ground` is a folder and its answer, indexed once. Within: `terms` and `names` make words
comparable, `index` ranks by likeness (BM25), `studies` recognises studies, `outcomes` comparisons,
`units` doses and times, `passages` lists what can be linked, `pages` keeps what is asked of a page.
"""

from weigh.audit.linking.ground import Ground

__all__ = ["Ground"]
