"""The nouns that the steps of the pipeline share: frozen, validated, without I/O.

`question`, `study`, `result`, `judgement`, `mechanism`, `safety`, `background` and `reference` are
what an evidence folder holds, and `folder` is all of it together. `effect`, `pooled`, `comparison`
and `certainty` are what the statistics and the appraisal make of it. `trace` and `statement` tie
each number and each sentence to what it rests on, and `answer` is the whole page as values.
"""
