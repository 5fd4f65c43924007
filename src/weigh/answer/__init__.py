"""From pooled and graded to words: pure functions over the nouns of `weigh.evidence`.

`wording` holds the one function that writes a claim about an effect, `size` and `verdict` the rules
that it goes by; the other modules write one section of the page each.
"""
