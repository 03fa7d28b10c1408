"""The page about the corpora, written from the registry.

``python datasets/corpora/document.py > docs/corpora.md`` renews it; a test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from sedno.datasets.corpora.corpus import Corpus
from sedno.datasets.corpora.loaders_hostility import WP_GOLD_TOXIC, WP_LABELS
from sedno.datasets.corpora.registry import CORPORA

INTRODUCTION: Final = """\
# Corpora

<!-- Written by datasets/corpora/document.py from the registry; edit that, not this page. -->

What Sedno learns from and is judged by. No text of any corpus is in this repository: each is a
folder `NAME/data.jsonl.gz` (one JSON object a line) under one folder, named by `--data FOLDER`,
`root=...` or the environment variable `SEDNO_DATA`.

```python
from sedno.datasets.corpora.registry import corpora, load

names = [corpus.name for corpus in corpora(licences={"open"}, task="toxicity", trainable=True)]
examples = list(load("wp_komentarze", "path/to/corpora", split="train"))
```

**Licence classes.** `open`: may train a model that ships. `unstated`: the source names no licence
for the texts; a recipe must be able to leave it out. `nc`: non-commercial or research only, so
evaluation only; `may_train` is false.

**Labels** are the taxonomy's (see `labels.md`). A task that a row says nothing about is
unlabelled. Where annotators had fewer labels to choose from than the taxonomy has, `label_space`
names them: such a row says which of these it is, and nothing about the others. `weight` says how
far to trust the labels: 1.0 where they were made under the annotation guide, less where they were
derived; where gold holds the same comments, by how often it agrees.

**Gold dev is reserved.** A row that is in gold dev, by id or by text, never comes out of a corpus
that gold was drawn from (marked † below).

**Leakage.** `dedup.leak_free(train, *tests)` drops from training every example that shares a
group with a test example, has the same text under normalisation, is a few typos away from it,
holds it, or is held by it. Nothing is sampled: the search cannot miss one. Very short texts
("super") are natural repeats, and are dropped all the same. Two words of praise inside a review
are no leak.
"""

OWN_COMMENTS: Final = """\
## Your own labelled comments

`sedno.datasets.corpora.files.load_file("mine.csv")` reads JSONL or CSV in the format of the
gold corpus:

| field | values |
|---|---|
| `text` | the comment (needed) |
| `substance` | `S`, `G` |
| `spam` | `0`, `1` |
| `sentiment` | `neg`, `neu`, `pos`, `mix` |
| `question` | `0`, `1` |
| `toxic` | `0`, `1` |
| `id`, `lang`, `context`, `source`, `group`, `thread`, `kind`, `intent` | any text, optional |
| `split` | `train`, `dev`, `test`, optional |
| `weight` | above 0, up to 1, optional |

The taxonomy's own words are taken too (`authenticity` = `spam`), in JSONL also inside `labels`, so
that answers exported after review can be read back. Empty is unlabelled; anything else is an
error that names line and field.
"""


def render() -> str:
    """The page, as Markdown."""
    known = tuple(CORPORA.values())
    parts = [INTRODUCTION, "## All corpora\n\n" + _table(known)]
    parts.append("## One by one\n\n" + "\n".join(_section(corpus) for corpus in known))
    return "\n".join([*parts, OWN_COMMENTS])


def _table(known: Iterable[Corpus]) -> str:
    lines = ["| corpus | rows | languages | tasks | licence class |", "|---|---|---|---|---|"]
    for corpus in known:
        mark = " †" if corpus.feeds_gold else ""
        lines.append(
            f"| [`{corpus.name}`](#{corpus.name}){mark} | {corpus.rows:,} "
            f"| {' '.join(corpus.languages)} | {', '.join(corpus.tasks) or '-'} "
            f"| {corpus.licence_class} |"
        )
    return "\n".join(lines) + "\n"


def _section(corpus: Corpus) -> str:
    lines = [
        f"### {corpus.name}",
        "",
        f"{corpus.title}.",
        "",
        f"- Source: {corpus.address}",
        *([f"- On a public hub: {corpus.hub}"] if corpus.hub else []),
        f"- Licence: {corpus.licence} (**{corpus.licence_class}**)",
        f"- Cite: {corpus.citation}",
        *(f"- {note}" for note in corpus.notes),
        "",
    ]
    if corpus.name == "wp_komentarze":
        lines += [*_wp_table(), ""]
    return "\n".join(lines)


def _wp_table() -> list[str]:
    lines = ["| class | in gold train | toxic there | taken as |", "|---|---|---|---|"]
    for name, (toxic, rows) in WP_GOLD_TOXIC.items():
        taken = ", ".join(WP_LABELS[name].values())
        lines.append(f"| {name} | {rows} | {toxic / rows:.0%} | {taken} |")
    return lines


if __name__ == "__main__":
    sys.stdout.write(render())
