"""The pages of docs/reference, written from the program itself so that they cannot drift from it.

`make docs` writes them; a test compares them with what the program says now.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from zhunsheng.bulletin import policy as bulletin
from zhunsheng.bulletin import words as bulletin_words
from zhunsheng.cli import setting_up
from zhunsheng.cli.main import app
from zhunsheng.facts.schema import TABLES
from zhunsheng.register import layouts as register
from zhunsheng.register.policy import STATE_OF_CODE, TRANSITIONS, State
from zhunsheng.register.words import KINDS, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.register.layouts import Field

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
GENERATED = "<!-- Written by `make docs` from the program; a change here is lost. -->\n"


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    lines = [list(header)]
    lines += [["---"] * len(lines[0])]
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def commands() -> str:
    """Return the page of every command with its arguments and options, from Typer's own declarations."""
    root = typer.main.get_command(app)
    page = "# 命令 Commands\n\n" + GENERATED + f"\n{root.help}\n\n"
    page += (
        "Exit status: 0 fine; 1 the answer is “no”, or findings exist; 2 bad input or usage; 3 broken environment.\n"
        "With `--json` standard output carries the answer and nothing else; prose and progress go to standard error.\n"
        "These options stand before or after any command:\n\n"
    )
    page += _parameters(root)
    for path, command in _walk(root, ()):
        page += f"\n## `zhunsheng {' '.join(path)}`\n\n{(command.help or '').strip()}\n\n{_parameters(command)}"
    return page


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, below in sorted(command.commands.items()):
        if getattr(below, "commands", None):
            yield from _walk(below, (*path, name))
        else:
            yield (*path, name), below


def _parameters(command: Any) -> str:
    rows = []
    for parameter in command.params:
        names = ", ".join(f"`{n}`" for n in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            names = f"`{parameter.name.upper()}{'…' if parameter.nargs != 1 else ''}`"
        default = "" if parameter.default in {None, False, ""} or callable(parameter.default) else parameter.default
        text = getattr(parameter, "help", None) or ""
        required = "必填 required" if parameter.required else f"`{default}`" if default != "" else ""
        rows.append((names, text, required))
    return table(("参数 parameter", "含义 meaning", "默认 default"), rows) if rows else ""


def life_cycle() -> str:
    """Return the diagram of a certificate's life, drawn from the one transition table."""
    page = "# 证书的生命周期 A certificate's life cycle\n\n" + GENERATED + "\n```mermaid\nstateDiagram-v2\n"
    page += "".join(f"    {state.value} : {STATES[state]} {state.value}\n" for state in State)
    for (before, kind), after in TRANSITIONS.items():
        page += f"    {before.value if before else '[*]'} --> {after.value} : {KINDS[kind]} {kind.value}\n"
    ends = [s for s in State if not any(before == s for before, _ in TRANSITIONS)]
    page += "".join(f"    {state.value} --> [*]\n" for state in ends) + "```\n\n"
    page += "“Expired” follows from the end date on the day asked about and is never stored by a clock.\n\n"
    codes = {state: code for code, state in STATE_OF_CODE.items()}
    page += table(("状态 state", "", "上报代码 reported as"), ((STATES[s], s.value, codes.get(s, "—")) for s in State))
    page += _publication("通报的生命周期 A bulletin's life cycle", bulletin.BULLETIN)
    page += "\nA correction is a new bulletin of the month; the version it corrects stays as it is.\n"
    return page + _publication("简报的生命周期 A newsletter's life cycle", bulletin.NEWSLETTER)


def _publication(title: str, transitions: bulletin.Table) -> str:
    """Return the diagram of a publication's life, drawn from its transition table."""
    states = dict.fromkeys(s for pair in transitions.items() for s in (pair[0][0], pair[1]) if s is not None)
    page = f"\n# {title}\n\n```mermaid\nstateDiagram-v2\n"
    page += "".join(f"    {s.value} : {bulletin_words.STATES[s]} {s.value}\n" for s in states)
    for (before, step), after in transitions.items():
        ends = [one.value if one else "[*]" for one in (before, after)]
        page += f"    {ends[0]} --> {ends[1]} : {bulletin_words.STEPS[step]} {step.value}\n"
    return page + f"    {bulletin.State.PUBLISHED.value} --> [*]\n```\n"


def facts() -> str:
    """Return the page of the facts tables, from their schemas."""
    page = "# 事实表 Facts tables\n\n" + GENERATED
    page += "\n`zhunsheng snapshot` writes each as a Parquet file of this name.\n"
    for facts_table in TABLES.values():
        rows = ((f"`{c.name}`", c.type.value, "yes" if c.nullable else "", c.doc) for c in facts_table.columns)
        page += f"\n## {facts_table.name}\n\n{facts_table.doc}\n\n"
        page += table(("column", "type", "may be empty", "holds"), rows)
    return page


def layouts() -> str:
    """Return the page of the returns' columns, from the data files that the import reads."""
    page = "# 上报的栏目 Columns of the returns\n\n" + GENERATED
    page += "\nA column is recognised by its field name or by its Chinese label, in any order.\n"
    for layout in register.layouts().values():
        page += f"\n## `{layout.name}` {layout.label} — {layout.label_en}\n\n"
        page += table(
            ("栏目 field", "中文 label", "English", "读作 read as", "必填 required", "公开 public"),
            (_layout_row(field) for field in layout.fields.values()),
        )
    tables = {f.table for one in register.layouts().values() for f in one.fields.values() if f.table}
    page += "\n# 代码表 Code tables\n"
    for name in sorted(tables):
        page += f"\n## `{name}`\n\n"
        page += table(
            ("代码 code", "中文", "English", "来源 source"),
            ((f"`{c.code}`", c.label, c.label_en, c.source) for c in register.code_table(name)),
        )
    return page


def _layout_row(field: Field) -> tuple[str, ...]:
    required = "" if field.required is None else "yes"
    if field.required:
        terms = (f"{c.field} {c.how or 'filled'} {'、'.join(c.values)}".strip() for c in field.required)
        required = "if " + " and ".join(terms).replace("^", "begins with")
    public = "yes" if field.public else ""
    return f"`{field.name}`", field.label, field.label_en, field.kind, required, public


def pages() -> dict[str, str]:
    """Return every page of the reference by file name."""
    built = {"commands.md": commands(), "life-cycle.md": life_cycle(), "facts.md": facts(), "layouts.md": layouts()}
    return {name: re.sub(r"[ \t]+\n", "\n", text) for name, text in built.items()}


def main() -> None:
    """Write the pages."""
    setting_up.words_only()
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        print(REFERENCE / name)


if __name__ == "__main__":
    main()
