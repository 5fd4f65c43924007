"""When a word of relation asserts nothing: in a question, an aim, advice, a purpose, a name."""

from __future__ import annotations

from weigh.audit.claims.context import Context
from weigh.audit.claims.grammar import before, is_adverb, is_verb
from weigh.audit.claims.lexicon import Hit
from weigh.audit.claims.wordlists import wordlist
from weigh.evidence.claim import CueKind

__all__ = ["is_part_of_a_name", "why_silent"]

_BARE = frozenset(
    {"=benefit", "=benefits", "=benefit of", "=benefits of", "=role in", "=role of", "=role for"}
    | {"=involvement in", "=efficacy", "=effectiveness", "efficacy of", "effectiveness of"}
    | {"utility of", "=efficacy in", "=effectiveness in"}
)
_VALUES = frozenset({"=promise", "=potential", "=promising"})
_POST_MODIFIERS = ("=due to", "=owing to", "attributable to", "=resulting from")


def is_part_of_a_name(hit: Hit, context: Context) -> bool:
    """Whether a word only makes part of a fixed name: "double" of "double-blind", "side effect"."""
    return any(
        other.kind in (CueKind.DESIGN, CueKind.SAFETY)
        and other.first <= hit.first
        and hit.last <= other.last
        and other.last - other.first > hit.last - hit.first
        for other in context.hits
    )


def why_silent(hit: Hit, context: Context) -> str | None:
    """Why a relation says nothing about the world, or None where it does."""
    if context.is_question:
        return "a question"
    if hit.first and context.normal[hit.first - 1] == "if" and hit.kind is not CueKind.CAUSAL:
        return "a condition"
    advised = _advised(hit, context)
    if advised:
        return advised
    if "defined as" in " ".join(context.normal[: hit.first]):
        return "a definition"
    if hit.entry.role == "quality" and not _predicated(hit, context):
        return "a quality not said of anything"
    weighed = context.near_before(hit.first, 3) & wordlist("weighing")
    if hit.entry.role == "effect" and not context.is_finite and not weighed:
        return "a title"
    if _is_promised(hit, context):
        return "a promise"
    if _about_findings(hit, context):
        return "a word about findings"
    if _denied_or_doubted(hit, context):
        return "said not to be known"
    if _counts(hit, context):
        return "a count"
    if hit.kind is not CueKind.CORRELATIONAL:
        return _verbal(hit, context) or _nominal(hit, context)
    return None


def _advised(hit: Hit, context: Context) -> str | None:
    """Advice and inquiry in the same clause."""
    for other in context.hits:
        if other.kind is not CueKind.ADVICE:
            continue
        if not context.same_clause(hit, other):
            if other.entry.sense == "inquiry" and _asked_behind(other, hit, context):
                return "a question that was asked"
            continue
        if context.form(other) == "needed" and (
            context.near_behind(other.last, 1) in (["fewer"], ["less"])
        ):
            continue  # "they needed fewer tablets" tells what happened
        if context.form(other) == "whether" and context.near_before(other.first, 1) & {",", "("}:
            continue  # "the gel, whether warm or cold, eases pain" asks nothing
        if other.entry.sense == "inquiry":
            if other.first < hit.first and not _finding_between(other.last, hit.first, context):
                return "a question that was asked"
        elif other.first != hit.first and not _parted(hit, other, context):
            return "advice"
    return None


def _asked_behind(inquiry: Hit, hit: Hit, context: Context) -> bool:
    """Whether an inquiry opens the clause of a relation: "to find out which form works"."""
    at = inquiry.last
    return (
        at <= hit.first
        and at < len(context.normal)
        and context.normal[at] in wordlist("asking-words")
        and context.clauses[at] == context.clauses[hit.first]
    )


def _parted(hit: Hit, advice: Hit, context: Context) -> bool:
    """Whether a comma parts a statement from advice behind it: "it is common, calling for …"."""
    if advice.first < hit.first:
        return False
    infinitive = hit.first > 0 and context.normal[hit.first - 1] == "to"
    return not infinitive and "," in context.normal[hit.last : advice.first]


def _finding_between(start: int, end: int, context: Context) -> bool:
    return any(
        (hit.kind is CueKind.ATTRIBUTION and hit.entry.sense == "finding")
        and start <= hit.first < end
        for hit in context.hits
    )


def _predicated(hit: Hit, context: Context) -> bool:
    """Whether a quality is said of something: "is effective", "effective in"."""
    if context.words[hit.first].joined:
        return False
    behind = set(context.near_behind(hit.last, 1))
    linked = hit.pattern.split()[-1] in wordlist("behind-adjectives")
    if linked or not behind or behind & wordlist("behind-adjectives"):
        return True
    later = set(context.near_behind(hit.last, 3))
    valued = later & wordlist("valued-things") or behind & wordlist("joining") or "," in behind
    return bool(valued and context.near_before(hit.first, 5) & wordlist("predicates"))


def _is_promised(hit: Hit, context: Context) -> bool:
    """Whether something will or would follow from what is advised."""
    if not context.near_before(hit.first, 6) & {"will", "would"}:
        return False
    return any(
        other.kind is CueKind.ADVICE and other.entry.sense is None and other.first < hit.first
        for other in context.hits
    )


def _about_findings(hit: Hit, context: Context) -> bool:
    """Whether findings support or add to an idea, which says nothing of cause."""
    if hit.pattern in {"result/v from", "result/v in"} and hit.first == 0:
        return True  # "Results from several trials …"
    if hit.pattern == "=for * health" and "public" in context.normal[hit.first : hit.last]:
        return True
    if hit.pattern == "lead/v to":
        return bool(set(context.near_behind(hit.first + 1, 4)) & wordlist("thinking"))
    if hit.kind is not CueKind.SOFT and not hit.pattern.startswith(("contribute", "add/v")):
        return False
    if set(context.near_behind(hit.last, 4)) & wordlist("ideas"):
        return True
    return bool(context.near_before(hit.first, 4) & wordlist("findings"))


def _denied_or_doubted(hit: Hit, context: Context) -> bool:
    """Whether the words around say that nobody knows, or that it was not shown."""
    for other in context.hits:
        same = context.same_clause(hit, other)
        near = same or _linked(other.last, hit.first, context)
        if other.kind is CueKind.UNCERTAINTY:
            if other.first <= hit.first < other.last:
                return True
            said = context.near_before(other.first, 2) & wordlist("be", "predicates")
            gap = other.first - hit.last
            reaches = other.first < hit.first or (same and gap <= 3) or (said and gap <= 8)
            told = _is_thin(other, context) and bool(
                wordlist("reporting", "suggesting") & set(context.normal[other.last : hit.first])
            )
            if _doubts(other, context) and reaches and near and not told:
                return True
        elif _shows(other) and other.last <= hit.first and near:
            denied = context.near_before(other.first, 3) & wordlist("denials")
            if denied and "that" in context.normal[other.last : hit.first]:
                return True
    return False


def _is_thin(doubt: Hit, context: Context) -> bool:
    """Whether a doubt leaves some evidence that may tell: "limited evidence suggests that"."""
    return bool(set(context.normal[doubt.first : doubt.last]) & wordlist("thin"))


def _shows(hit: Hit) -> bool:
    """Whether it is a verb of showing."""
    return hit.kind is CueKind.BOOSTER or (
        hit.kind is CueKind.ATTRIBUTION and hit.entry.sense == "finding"
    )


def _doubts(doubt: Hit, context: Context) -> bool:
    """Whether a word of doubt is said of something: "is unclear", "no evidence that"."""
    if doubt.last - doubt.first > 1:
        return True
    if context.near_before(doubt.first, 3) & wordlist("be"):
        return True
    return bool(set(context.near_behind(doubt.last, 3)) & wordlist("doubt-links"))


def _linked(start: int, end: int, context: Context) -> bool:
    """Whether "that", "whether" or "if" links a word to what comes behind it."""
    between = context.normal[start:end]
    return (
        set(between[:3]) & {"that", "whether", "if", "about"}
        or (bool(between) and between[0] in wordlist("asking-words"))
    ) and ";" not in between


def _counts(hit: Hit, context: Context) -> bool:
    """Whether comparison or effect only count: "more than ten", "affects one in five"."""
    behind = context.near_behind(hit.last, 4)
    if "bias" in behind[:2]:
        return True  # "at high risk of bias"
    if context.normal[hit.last - 1] in {"more", "less", "fewer"} and behind[:1] == ["than"]:
        behind = behind[1:]
        return bool(behind) and (behind[0][0].isdigit() or behind[0] in wordlist("counts"))
    if "than" in hit.pattern.split():
        return bool(behind) and (behind[0][0].isdigit() or behind[0] in wordlist("counts"))
    if hit.pattern in {"affect/v", "double/v"}:
        return any(word[0].isdigit() or word in wordlist("counts") for word in behind)
    return False


def _verbal(hit: Hit, context: Context) -> str | None:
    """Verbs that name a purpose, an activity or a patient instead of an effect."""
    form = context.form(hit)
    if hit.pattern == "treat/v" and form in wordlist("people-treated"):
        return "a patient"
    if not context.is_verb(hit):
        return None
    if hit.pattern in {"adjust/v", "control/v"} and context.near_behind(hit.last, 1) == ["for"]:
        return "a method"
    if hit.first and context.normal[hit.first - 1] == "to" and not _framed(hit.first, context):
        return "a purpose"
    post = form.endswith("ed") and context.near_behind(hit.first + 1, 1) == ["by"]
    if post and not context.near_before(hit.first, 3) & wordlist("be", "have"):
        return "a cause named beside"
    if form.endswith("ing") and not _says(hit.first, context):
        return "an activity"
    return None


def _framed(verb: int, context: Context) -> bool:
    """Whether "to" before a verb follows a word that makes it a statement."""
    window = context.near_before(verb - 1, 5)
    if window & wordlist("infinitive-frames"):
        return True
    # "X is an efficient technique to prevent Y" says that X prevents Y.
    means = any(h.entry.role == "means" and 0 <= verb - h.last <= 4 for h in context.hits)
    return means and bool(context.near_before(verb, 12) & wordlist("be", "appearing"))


def _says(gerund: int, context: Context) -> bool:
    """Whether an -ing form states an effect: "by reducing", ", reducing", "is reducing"."""
    at = before(context.words, gerund)
    if at < 0:
        return False
    previous = context.normal[at]
    if previous in {"by", ",", "while", "thereby", "thus"} or previous in wordlist("be"):
        return True
    linking = ("prepositions", "determiners", "joining", "modals", "have", "order")
    if previous not in wordlist(*linking):
        return not is_verb(context.words, at)  # "a factor increasing the risk"
    return previous in {"and", "or", "in", "for", "at", "of"} and any(
        (
            (hit.kind is CueKind.CAUSAL and hit.entry.role != "means")
            or (hit.kind is CueKind.HEDGE and hit.pattern in _VALUES)
        )
        and 0 <= gerund - hit.last <= 5
        for hit in context.hits
    )


def _nominal(hit: Hit, context: Context) -> str | None:
    """Nouns and phrases that name an effect, or a cause, and state none."""
    if hit.pattern in _POST_MODIFIERS:
        if not context.near_before(hit.first, 4) & wordlist("predicates", "modals"):
            return "a cause named beside"
    elif hit.pattern in _BARE or (hit.entry.role == "effect" and "on" not in hit.pattern.split()):
        stated = context.near_before(hit.first, 8) & wordlist("having")
        if not stated and "on" not in context.near_behind(hit.last, 9):
            return "an effect named and not stated"
    elif "/v" not in hit.pattern or context.is_verb(hit):
        return None
    elif not is_adverb(context.words[hit.first]) and "/v" in hit.pattern:
        return "no verb"
    return None
