from __future__ import annotations

from audit.reading.invariants import aside, check, words_by_kind

from weigh.audit.reading import read_article
from weigh.evidence.article import BlockKind

PAGE = """---
title: Zinc
author: Jane Doe
date: 2024-05-02
---
# Zinc for *colds*

Zinc lozenges **may** shorten
a cold ([one review](https://a.example/r)).

![A lozenge](l.png)

- First item
  goes on.
- Second.
    1. Inner.

> “It works,” she said.

| Form | Dose |
|------|------|
| Acetate | 80 mg \\| day |

## FAQ

**Is it safe?**

For a short time.

```
code
```

<div>raw</div>

## References

1. Roe J. Zinc. 2017. <https://doi.org/10.1000/1>
"""


def test_blocks_stand_where_the_source_has_them() -> None:
    article = read_article(PAGE, format="markdown")

    check(article)
    assert article.text == PAGE
    assert article.title == "Zinc for *colds*"
    assert words_by_kind(article, BlockKind.PARAGRAPH) == [
        "Zinc lozenges **may** shorten\na cold ([one review](https://a.example/r))."
    ]
    assert words_by_kind(article, BlockKind.LIST_ITEM) == [
        "First item\n  goes on.",
        "Second.",
        "Inner.",
    ]
    assert words_by_kind(article, BlockKind.QUOTATION) == ["“It works,” she said."]
    assert words_by_kind(article, BlockKind.QUESTION) == ["Is it safe?"]
    assert words_by_kind(article, BlockKind.ANSWER) == ["For a short time."]
    assert len(words_by_kind(article, BlockKind.REFERENCE)) == 1


def test_a_cell_has_its_row_and_column() -> None:
    article = read_article(PAGE, format="markdown")

    cell = [block for block in article.blocks if block.kind is BlockKind.TABLE_CELL][-1]
    assert article.words_of(cell.span) == "80 mg \\| day"
    assert (cell.row, cell.column) == ("Acetate", "Dose")


def test_code_raw_markup_pictures_and_front_matter_are_set_aside() -> None:
    article = read_article(PAGE, format="markdown")

    whys = set(aside(article).values())
    assert whys == {"code", "HTML inside Markdown", "picture", "data about the page"}
    assert article.byline.authors == ("Jane Doe",)
    assert article.byline.published == "2024-05-02"


def test_links_are_kept_with_their_words() -> None:
    article = read_article(PAGE, format="markdown")

    assert {(article.words_of(span), address) for span, address in article.links} >= {
        ("one review", "https://a.example/r"),
    }


def test_line_ends_and_a_byte_order_mark_change_no_block() -> None:
    plain = read_article(PAGE, format="markdown")
    windows = read_article("\ufeff" + PAGE.replace("\n", "\r\n"), format="markdown")

    check(windows)
    assert [b.kind for b in windows.blocks] == [b.kind for b in plain.blocks]


def test_markdown_is_told_from_plain_text() -> None:
    assert read_article("# Zinc\n\nIt may help.").format == "markdown"
    assert read_article("Zinc\n\nIt may help.").format == "text"
    assert read_article("<p>Zinc may help.</p>").format == "html"
