"""Hold a health article against the evidence: read it, find its claims, link, judge, explain.

One direction: `reading` makes an `Article`, `claims` finds what it claims, `linking` finds what in
the folder bears on each claim, `judging` decides by named rules, `page` looks at the whole.
`weigh.workflow.auditing` knows the order.
"""
