"""From an article to an audit: read, find claims, link, judge, look at the page; one or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import weigh
from weigh.audit.claims import Vocabulary, find_claims
from weigh.audit.judging import Settings, judge, questions
from weigh.audit.linking import Ground
from weigh.audit.page import examine, missing_dangers, omissions, right
from weigh.audit.reading import read_article
from weigh.errors import InputError, OutOfReachError
from weigh.evidence.article import Article
from weigh.evidence.audit import Audit, AuditVerdict
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say, state
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.answering import answer_question

__all__ = [
    "Auditor",
    "article_files",
    "audit_article",
    "audit_files",
    "read_file",
    "read_settings",
]

#: What an article may be called.
SUFFIXES = (".html", ".htm", ".md", ".markdown", ".txt", ".pdf")

#: Larger files are refused before they are read: no page that people publish comes near.
LARGEST = 20 * 2**20

#: A text with no blank and so few characters is taken for the name of a file.
LONGEST_NAME = 4096


class Auditor:
    """Holds articles against one folder; what the folder bears is worked out once.

    Parameters
    ----------
    evidence
        From `weigh.load`; None to read articles without evidence.
    settings
        Rules switched off and thresholds, from a user's TOML file.
    """

    def __init__(self, evidence: Evidence | None = None, settings: Settings | None = None) -> None:
        self.evidence = evidence
        self.settings = settings or Settings()
        self._ground = None if evidence is None else Ground.of(evidence, answer_question(evidence))

    def audit(self, article: Article) -> Audit:
        """Audit one article.

        Raises
        ------
        InputError
            If the article is not in English: its words would be judged by rules of another tongue.
        """
        if article.language not in ("en", "und"):
            raise InputError(
                f"{article.source}: the article seems to be in another language "
                f"(found {article.language!r}); expected English, the one that the rules know."
            )
        evidence, ground = self.evidence, self._ground
        vocabulary = (
            Vocabulary.from_article(article) if evidence is None else Vocabulary.of(evidence)
        )
        claims = find_claims(article, vocabulary)
        trace = TraceBuilder() if ground is None else TraceBuilder(ground.answer.trace)
        judged = tuple(
            judge(
                claim,
                () if ground is None else ground.links(claim, article),
                article,
                ground,
                self.settings,
                trace,
            )
            for claim in claims
        )
        audit = Audit(
            article=article,
            question=None if evidence is None else evidence.question.title,
            fingerprint=None if evidence is None else evidence.fingerprint,
            claims=judged,
            page=examine(article, judged, ground, trace),
            missing_dangers=() if ground is None else missing_dangers(article, ground, trace),
            omissions=() if ground is None else omissions(article, judged, ground, trace),
            right=right(article, judged, ground, trace),
            questions=questions(claims) if evidence is None else (),
            sentence=_sentence(
                [j.verdict for j in judged], trace, with_evidence=ground is not None
            ),
            references=() if evidence is None else evidence.references,
            trace=trace.build(),
            version=weigh.__version__,
            settings=self.settings.to_dict(),
        )
        shown = [node for statement in audit.statements for node in statement.because]
        linked = [link.node for j in judged for link in j.links if link.node is not None]
        return replace(audit, trace=audit.trace.beneath([*shown, *linked]))


def audit_article(
    text_or_path: str | Path,
    evidence: Evidence | None = None,
    *,
    settings: Settings | None = None,
    format: str | None = None,
) -> Audit:
    """Hold a health article against an evidence folder, claim by claim.

    Parameters
    ----------
    text_or_path
        The article's words, or a file: HTML, Markdown, text or PDF.
    evidence
        From `weigh.load`. Without it the page's criteria, the claims and their strength are told,
        and what a folder would have to answer.
    settings
        Rules switched off and thresholds.
    format
        ``html``, ``markdown``, ``text`` or ``pdf``, where the name or the words do not tell.

    Returns
    -------
    Audit
        The same article, folder and version give the same audit.

    Raises
    ------
    OutOfReachError
        If the file cannot be read.
    InputError
        If it is too large, no text, or in another language than English.
    """
    auditor = Auditor(evidence, settings)
    if isinstance(text_or_path, Path) or _is_name(text_or_path):
        return auditor.audit(read_file(Path(text_or_path), format=format))
    return auditor.audit(read_article(text_or_path, format=format))


def read_file(path: Path, *, format: str | None = None) -> Article:
    """Read an article from a file, within a limit of its size."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError(f"{path}: found a directory; expected the file of one article.")
        if size > LARGEST:
            raise InputError(
                f"{path}: found {size / 2**20:,.0f} MB; expected an article of at most "
                f"{LARGEST // 2**20} MB."
            )
        data = path.read_bytes()
    except OSError as error:
        raise OutOfReachError(f"{path} cannot be read: {error.strerror or error}.") from error
    return read_article(data, source=path.name, format=format or _format(path))


def read_settings(path: Path) -> Settings:
    """Read a user's settings from a TOML file.

    Raises
    ------
    OutOfReachError
        If it cannot be read.
    InputError
        If it is no TOML, or names a rule or threshold that does not exist.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OutOfReachError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: found bytes that are no UTF-8; expected TOML.") from error
    try:
        return Settings.from_toml(text)
    except InputError as error:
        raise InputError(f"{path}: {error.message}", hint=error.hint) from error


def article_files(paths: Iterable[Path]) -> list[Path]:
    """The files of articles that some paths name; of a directory, those with a known suffix."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
            if not inside:
                raise InputError(
                    f"{path}: found no article; expected files that end in {', '.join(SUFFIXES)}."
                )
            found += inside
        else:
            found.append(path)
    return found


def audit_files(
    paths: Sequence[Path], auditor: Auditor, *, processes: int = 1
) -> Iterator[Audit | InputError | OutOfReachError]:
    """Audit many files, in order; what cannot be audited comes as the error that says why.

    Parameters
    ----------
    paths
        Files.
    auditor
        What they are held against.
    processes
        Processes of this machine to share the work; the audits are the same with any number.
    """
    if processes <= 1 or len(paths) < 2:
        yield from map(partial(_audit_file, auditor), paths)
        return
    size = max(1, len(paths) // (processes * 8))
    with ProcessPoolExecutor(
        processes,
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(auditor.evidence, auditor.settings),
    ) as pool:
        yield from pool.map(_audit_path, paths, chunksize=size)


_worker: Auditor | None = None


def _begin(evidence: Evidence | None, settings: Settings) -> None:
    """Make a process's own auditor, once for all its articles."""
    global _worker
    _worker = Auditor(evidence, settings)


def _audit_path(path: Path) -> Audit | InputError | OutOfReachError:
    assert _worker is not None
    return _audit_file(_worker, path)


def _audit_file(auditor: Auditor, path: Path) -> Audit | InputError | OutOfReachError:
    try:
        return auditor.audit(read_file(path))
    except (InputError, OutOfReachError) as error:
        return error


def _format(path: Path) -> str | None:
    names = {"htm": "html", "md": "markdown", "txt": "text"}
    suffix = path.suffix.lower().removeprefix(".")
    known = names.get(suffix, suffix)
    return known if known in ("html", "markdown", "text", "pdf") else None


def _is_name(text: str) -> bool:
    """Whether a text is the name of a file rather than an article."""
    if not text.strip() or "\n" in text or len(text) > LONGEST_NAME:
        return False
    path = Path(text)
    if path.suffix.lower() in SUFFIXES and not any(c.isspace() for c in text):
        return True
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


_TALLIES = (
    (AuditVerdict.CONTRADICTED, "contradicted"),
    (AuditVerdict.OVERSTATED, "overstated"),
    (AuditVerdict.UNSUPPORTED, "unsupported"),
    (AuditVerdict.SUPPORTED, "supported"),
    (AuditVerdict.NOT_CHECKABLE, "not checkable"),
)


def _sentence(
    verdicts: Sequence[AuditVerdict], trace: TraceBuilder, *, with_evidence: bool
) -> Statement:
    """The audit in one sentence, each count a node."""
    if not verdicts:
        return state("audit.sentence", "The article makes no claim that evidence could speak to.")
    total = _count(trace, "claims", "claims of the article", len(verdicts))
    claims = plural(len(verdicts), "claim")
    if not with_evidence:
        return state(
            "audit.sentence",
            "The article makes {n} {claims} that evidence could speak to; none was held against "
            "evidence, since no folder was given.",
            n=total,
            claims=claims,
        )
    parts: list[Phrase] = []
    for verdict, words in _TALLIES:
        number = sum(found is verdict for found in verdicts)
        if number:
            counted = _count(trace, verdict.value, f"claims found {words}", number)
            parts.append(say("{n} {words}", n=counted, words=words))
    return state(
        "audit.sentence",
        "Of {n} {claims} that evidence could speak to, this evidence base finds {parts}.",
        n=total,
        claims=claims,
        parts=listing(parts),
    )


def _count(trace: TraceBuilder, name: str, label: str, number: int) -> Quantity:
    node = trace.computed(f"audit.count.{name}", label, number, function="count", inputs=())
    return Quantity(text=f"{number:,}", node=node)
