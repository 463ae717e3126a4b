"""How a dry run shows its plan: to a person as in a table, to a machine as JSON."""

import json
from typing import Any

import click

from pressrun.cli import show
from pressrun.cli.dryrun import View
from pressrun.deliver.plan import WORKS, Action, Item


def for_people(view: View) -> None:
    """Print the plan, the findings, and where to look next."""
    for newsletter in _newsletters(view):
        items = [item for item in view.plan.items if item.newsletter == newsletter]
        click.echo(_heading(view, newsletter) + "\n")
        show.table([_row(view, item) for item in items])
        click.echo("")
    found = [one for shown in view.shown.values() for one in shown.composed.findings]
    show.findings(found)
    click.echo(("\n" if found else "") + _closing(view))


def for_machines(view: View) -> None:
    """Print the plan as one JSON object."""
    content = {
        "publication": view.publication.id,
        "provider": view.provider.name,
        "ledger": view.publication.ledger.store,
        "readers": dict(view.readers),
        "notices": list(view.notices),
        "pending": len(view.plan.pending),
        "held": len(view.plan.of(Action.HELD)),
        "issues": [_described(view, item) for item in view.plan.items],
    }
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _newsletters(view: View) -> list[str]:
    """Return those of publish.yml, and any that only the ledger still knows of."""
    known = dict.fromkeys(view.publication.newsletters)
    return list(known | dict.fromkeys(item.newsletter for item in view.plan.items))


def _heading(view: View, newsletter: str) -> str:
    publication = view.publication
    if newsletter not in publication.newsletters:
        return f"{newsletter}, which is gone from publish.yml"
    title = publication.newsletters[newsletter].title or publication.site.title
    audience = publication.newsletters[newsletter].audience or "everyone"
    return f'{title} -> {view.provider.name}, audience "{audience}"{_readers(view, newsletter)}'


def _readers(view: View, newsletter: str) -> str:
    readers = view.readers[newsletter]
    if isinstance(readers, int):
        return f" ({show.Counted(readers, 'reader')})"
    return f" (readers: {readers})" if readers else ""


def _row(view: View, item: Item) -> show.Row:
    shown = view.shown.get(item.key)
    if not shown:
        return show.Row(item.action, item.title, item.note)
    issue = shown.composed.issue
    size = show.size(len(issue.message.html.encode()))
    uploads = [str(show.Counted(len(issue.pictures), "picture"))] if issue.pictures else []
    found = str(show.Counted(len(shown.composed.findings), "finding"))
    return show.Row(item.action, item.title, item.note, "   ".join([size, *uploads, found]))


def _closing(view: View) -> str:
    due = [item.action for item in view.plan.items if item.action in WORKS]
    works = [(str(action), due.count(action)) for action in dict.fromkeys(due)]
    parts = [f"{verb} {show.Counted(count, 'issue')}" for verb, count in works]
    would = f"Would {' and '.join(parts)}." if parts else "Nothing would go out."
    previews = [str(shown.preview) for shown in view.shown.values()]
    if view.sample:
        look = f"The newest post, as readers would see it: {previews[0]}. "
    else:
        look = f"Look at {', '.join(previews)}. " if previews else ""
    return f"{would} {look}Nothing was sent."


def _described(view: View, item: Item) -> dict[str, Any]:
    described: dict[str, Any] = {
        "action": item.action,
        "newsletter": item.newsletter,
        "key": item.key,
        "title": item.title,
        "note": item.note,
        "campaign": item.history.campaign,
    }
    if item.post:
        published = item.post.published.isoformat()
        described |= {"post": item.post.id, "path": item.post.path, "due": published}
    if shown := view.shown.get(item.key):
        issue = shown.composed.issue
        described |= {
            "subject": issue.message.subject,
            "digest": issue.digest,
            "bytes": len(issue.message.html.encode()),
            "preview": shown.preview.as_posix(),
            "uploads": [picture.path for picture in issue.pictures],
            "findings": [
                {"rule": f.rule, "severity": f.severity, "path": f.path, "line": f.line}
                | {"what": f.what, "mend": f.mend}
                for f in shown.composed.findings
            ],
        }
    return described
