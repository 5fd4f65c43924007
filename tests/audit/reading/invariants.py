"""What holds of every article, however it was made."""

from __future__ import annotations

from weigh.evidence.article import Article, BlockKind


def check(article: Article) -> None:
    """Offsets stand inside the text, in order, without overlap; sentences inside their block."""
    end = 0
    for block in article.blocks:
        assert end <= block.span.start < block.span.end <= len(article.text)
        assert article.words_of(block.span).strip()
        assert (block.level is not None) == (block.kind is BlockKind.HEADING)
        end = block.span.end
    last = 0
    for sentence in article.sentences:
        assert sentence.span in article.block_of(sentence).span
        assert last <= sentence.span.start < sentence.span.end
        last = sentence.span.end
    starts = [aside.span.start for aside in article.set_aside]
    assert starts == sorted(starts)
    for aside in article.set_aside:
        assert aside.why
        assert 0 <= aside.span.start <= aside.span.end <= len(article.text)
        assert not any(aside.span.overlaps(sentence.span) for sentence in article.sentences)
    for span, address in article.links:
        assert address
        assert 0 <= span.start <= span.end <= len(article.text)
    article.text.encode("utf-8", "surrogatepass")


def words_by_kind(article: Article, kind: BlockKind) -> list[str]:
    return [article.words_of(block.span) for block in article.blocks if block.kind is kind]


def aside(article: Article) -> dict[str, str]:
    """Why each set-aside piece of text is set aside."""
    return {article.words_of(one.span): one.why for one in article.set_aside}
