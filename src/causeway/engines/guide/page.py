"""A book as one page of HTML, with its own style and without scripts."""

from __future__ import annotations

import base64
import re
from html import escape
from itertools import groupby

from causeway.engines.guide.book import Book, BookCase, Picture, by_lines, front_blocks, headings, imprint, item_number, paragraphs, rows, runs

_STYLE = """
:root{color-scheme:light dark;--ink:#1a1c1e;--soft:#565a5f;--hair:#d5d2c9;--petrol:#0b5a75;--paper:#fff;--tint:#f5f3ee}
@media(prefers-color-scheme:dark){:root{--ink:#e6e4df;--soft:#a9adb2;--hair:#3a3f44;--petrol:#7cc4dd;--paper:#16191c;--tint:#1e2327}}
*{box-sizing:border-box}
body{font:17px/1.6 Georgia,'Libertinus Serif','Noto Serif',serif;color:var(--ink);background:var(--paper);max-width:52rem;margin:0 auto;padding:3rem 1.25rem 6rem;
overflow-wrap:anywhere;text-rendering:optimizeLegibility}
h1,h2,h3,h4,h5,th,nav,figcaption,.by,.skip{font-family:system-ui,'Segoe UI',Helvetica,Arial,'Noto Sans',sans-serif}
:lang(zh) body,td:lang(zh){font-family:Georgia,'Noto Serif CJK SC','Songti SC',SimSun,serif}

h1,h2,h3,h4{line-height:1.25;text-wrap:balance}h1{font-size:2.4rem;margin:3rem 0 1rem}h1:before{content:"";display:block;width:4rem;height:.45rem;background:var(--petrol);margin-bottom:1.5rem}
h2{font-size:1.8rem;margin:5rem 0 1.25rem;color:var(--petrol)}h3{font-size:1.35rem;margin:3rem 0 1rem;border-top:2px solid var(--petrol);padding-top:.75rem}h4{font-size:1.12rem;margin:2.75rem 0 .75rem}
h5{font-size:1rem;margin:2rem 0 .5rem}
.by{color:var(--soft);margin:.25rem 0}.imprint{font-size:.92rem;margin-top:2.5rem}.imprint h2{font-size:1rem;margin:1.5rem 0 .25rem;color:inherit;break-before:auto}.imprint p{margin:.25rem 0}
.front{max-width:40rem}.front h3{border:0;padding:0;margin:2rem 0 .75rem}
nav ol{list-style:none;padding:0;margin:0;font-size:.95rem}nav li{margin:.3rem 0;padding-left:4rem;text-indent:-4rem}nav li b{font-weight:inherit;display:inline-block;min-width:3.5rem;padding-right:.5rem;text-indent:0}
nav .l1{font-weight:600;margin-top:1.1rem}nav .l2{margin-top:.6rem}a{color:var(--petrol)}nav a{text-decoration:none;color:inherit}nav a:hover,nav a:focus{text-decoration:underline}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--hair);padding:.6rem .75rem .6rem 0;text-align:left;vertical-align:top}
th{overflow-wrap:normal}tr>th:first-child:not([colspan]){width:10.5rem;font-size:.82rem;line-height:1.45;font-weight:600;color:var(--soft);padding-top:.75rem}
th[colspan]{color:var(--petrol);font-size:.8rem;font-weight:700;letter-spacing:.05em;padding:1.75rem 0 .35rem;border-bottom-color:var(--petrol)}
td p{margin:0 0 .55em}td p:last-child{margin:0}td .item{padding-left:1.1em;text-indent:-1.1em}.facts td,.facts th{background:var(--tint);border-color:var(--paper)}.facts th{padding-left:.75rem!important}
.acronyms{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.5rem;margin:0}.acronyms dt{font-weight:700}.acronyms dd{margin:0}
img{max-width:100%;height:auto}figure{margin:1.25rem 0 0}figcaption{font-size:.85rem;color:var(--soft);margin-top:.4rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;outline:2px solid var(--petrol)}
@media(max-width:40rem){body{font-size:16px}h1{font-size:1.8rem}h2{font-size:1.5rem}td,tr>th:first-child:not([colspan]){display:block;width:auto}tr>th:first-child:not([colspan]){border:0;padding:.6rem 0 0}td{padding:.1rem 0 .6rem}
.facts th,.facts td{padding-left:.75rem!important}nav li{padding-left:3.2rem;text-indent:-3.2rem}nav li b{min-width:3.2rem}}
@media print{:root{--ink:#000;--soft:#444;--hair:#bbb;--petrol:#0b5a75;--paper:#fff;--tint:#f5f3ee}@page{size:A4;margin:22mm 20mm}body{font-size:10pt;line-height:1.42;max-width:none;padding:0}h1{margin-top:30mm}h2{break-before:page;margin-top:0}#acronyms{break-before:auto;margin-top:12mm}td,th{padding-block:.35rem}.facts td,.facts th,tr>th:first-child:not([colspan]){padding-block:.15rem}
nav ol{line-height:1.3}
h2,h3,h4,h5,th[colspan]{break-after:avoid}.facts,.contact{break-inside:avoid}p{orphans:2;widows:2}nav{break-before:page}.skip{display:none}a{color:inherit}tr>th:first-child:not([colspan]){width:34mm}}
""".replace("\n", "")  # fmt: skip


def html(book: Book) -> str:
    """The book as one page of HTML."""
    tongue = _tongue(book.language)
    out = [
        "<!doctype html>", f'<html lang="{tongue}">', f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(book.title)}</title>',
        f'<meta name="author" content="{escape(book.editors or book.publisher)}"><style>{_STYLE}</style></head>', "<body>",
        f'<p class="skip"><a href="#contents">{escape(book.words["contents"])}</a></p>', f"<header><h1>{escape(book.title)}</h1>",
    ]  # fmt: skip
    out += [f'<p class="by">{escape(text)}</p>' for text in by_lines(book)]
    out.append("</header><main>")
    for title, text in imprint(book):
        out.append(f'<section class="imprint front"><h2>{escape(title)}</h2>{_blocks(text, 3)}</section>')
    out += _contents(book)
    if book.acronyms:
        out.append(f'<section><h2 id="acronyms">{escape(book.words["acronyms"])}</h2><dl class="acronyms">')
        out += [f"<dt>{escape(short)}</dt><dd>{escape(long)}</dd>" for short, long in book.acronyms]
        out.append("</dl></section>")
    if book.introduction.strip():
        out.append(f'<section class="front"><h2 id="introduction">1. {escape(book.words["introduction"])}</h2>{_blocks(book.introduction, 3)}</section>')
    for one in headings(book):
        level = one.level + 1
        tongue_of = _lang(one.case, book) if one.case else ""
        out.append(f'<h{level} id="{one.anchor}"{tongue_of}>{escape(one.line)}</h{level}>')
        if one.case is not None:
            out.append(_table(one.case, book))
    return "\n".join([*out, "</main></body>", "</html>", ""])


def _tongue(language: str) -> str:
    return {"zh-hans": "zh-Hans"}.get(language, escape(language))


def _lang(case: BookCase, book: Book) -> str:
    return f' lang="{_tongue(case.language)}"' if case.language and case.language != book.language else ""


def _contents(book: Book) -> list[str]:
    lines = []
    if book.acronyms:
        lines.append(("l1", "acronyms", "", book.words["acronyms"]))
    if book.introduction.strip():
        lines.append(("l1", "introduction", "1.", book.words["introduction"]))
    lines += [(f"l{one.level}", one.anchor, f"{one.number}.", one.text) for one in headings(book)]
    made = [f'<nav id="contents" aria-labelledby="contents-title"><h2 id="contents-title">{escape(book.words["contents"])}</h2><ol>']
    made += [f'<li class="{css}"><a href="#{anchor}">{f"<b>{number}</b> " if number else ""}{escape(text)}</a></li>' for css, anchor, number, text in lines]
    return [*made, "</ol></nav>"]


def _runs(text: str) -> str:
    signs = {"b": "strong", "i": "em"}
    return "".join(f"<{signs[mark]}>{escape(words)}</{signs[mark]}>" if mark else escape(words) for mark, words in runs(text))


def _blocks(text: str, level: int) -> str:
    made = []
    for kind, group in groupby(front_blocks(text), key=lambda pair: pair[0]):
        texts = [words for _kind, words in group]
        if kind == "ul":
            items = "".join(f"<li>{_runs(words)}</li>" for words in texts)
            made.append(f"<ul>{items}</ul>")
        elif kind == "ol":
            items = "".join(f'<li value="{number}">{_runs(words)}</li>' for number, words in map(item_number, texts))
            made.append(f"<ol>{items}</ol>")
        else:
            tag = f"h{level}" if kind == "h" else "p"
            made += [f"<{tag}>{_runs(words)}</{tag}>" for words in texts]
    return "".join(made)


def _table(case: BookCase, book: Book) -> str:
    """A case as one table; its head is shaded, each part has its title."""
    tongue = _lang(case, book)
    made, section = ['<table><tbody class="facts">'], "head"
    for row in rows(case, book.language):
        if row.kind == "section":
            section = row.section
            made.append(f'</tbody><tbody class="{section}"><tr><th colspan="2" scope="rowgroup">{escape(row.label)}</th></tr>')
        else:
            made.append(f'<tr><th scope="row">{escape(row.label)}</th><td{tongue}>{"".join(_paragraph(line, linked=row.key == "website") for line in paragraphs(row.text))}</td></tr>')
    made.append("</tbody></table>")
    made += [_figure(one) for one in case.pictures]
    return "\n".join(made)


#: An address as far as it surely goes: without the full stop or bracket behind it.
_WEB = re.compile(r"(?:https?://|www\.)[^\s<>\"，。；]+[^\s<>\"，。；.,)]")


def _paragraph(line: str, *, linked: bool = False) -> str:
    css = ' class="item"' if line[:2] in ("• ", "● ", "- ", "– ") else ""
    return f"<p{css}>{_linked(line) if linked else escape(line)}</p>"


def _linked(line: str) -> str:
    made, end = [], 0
    for found in _WEB.finditer(line):
        href = found[0] if found[0].startswith("http") else f"https://{found[0]}"
        made += [escape(line[end : found.start()]), f'<a href="{escape(href)}">{escape(found[0])}</a>']
        end = found.end()
    return "".join([*made, escape(line[end:])])


def _figure(one: Picture) -> str:
    caption = f"<figcaption>{escape(one.caption)}</figcaption>" if one.caption else ""
    data = base64.b64encode(one.data).decode()
    return f'<figure><img src="data:{one.kind};base64,{data}" alt="{escape(one.alternative)}" width="{one.width}" height="{one.height}">{caption}</figure>'
