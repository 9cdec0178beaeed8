"""What a student reads: one page of HTML, in which nothing that a submission said is markup."""

from html import escape

from backprop.classroom.diagnosis.words import as_html
from backprop.classroom.grade.marking import FOR_QUESTION, QUESTION, Mark
from backprop.classroom.grade.records import Record

STYLE = """
body { font: 1rem/1.5 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #888; padding-top: 1rem; }
table { border-collapse: collapse; }
td, th { text-align: left; padding: 0.2rem 1rem 0.2rem 0; }
pre { overflow-x: auto; background: #f3f3f3; padding: 0.6rem; }
"""


def page(record: Record) -> str:
    """Return the report of one submission."""
    title = f"{record.sheet}: {record.earned:g} of {record.out_of:g} points"
    body = [f"<h1>{escape(title)}</h1>", f"<p>{escape(record.student)}, {escape(record.file)}</p>"]
    body += map(_exercise, record.marks)
    if not any(mark.exercise == QUESTION for mark in record.marks):
        said = f"A person reads the answer: _ of {FOR_QUESTION} points, which are not counted here."
        body.append(f"<h2>{QUESTION}</h2><p>{said}</p>")
    if record.notes:
        lines = "".join(f"<li><pre>{escape(note)}</pre></li>" for note in record.notes)
        body.append(f"<h2>What did not run</h2><ul>{lines}</ul>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>"
        + "\n".join(body)
        + "</body></html>\n"
    )


def _exercise(mark: Mark) -> str:
    rows = "".join(
        f"<tr><td>{escape(part['name'])}</td><td>{part['earned']:g} of {part['out_of']:g}</td>"
        f"<td>{escape(part['message'])}</td></tr>"
        for part in mark.parts
    )
    table = f"<table><tr><th>Part</th><th>Points</th><th></th></tr>{rows}</table>"
    return f"<h2>{escape(mark.exercise)}</h2>\n{table}\n{as_html(mark.sections)}"
