"""`icans site`: the settings of the ward app as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import yaml

from icans.commands.store import opened, say
from icans.errors import DataError
from icans.plain_yaml import load


def show(*, database: str | None) -> None:
    """Print the settings in force."""
    from icans.store.settings import newest
    from icans.web.site import site_of

    with opened(database) as store, store.read() as db:
        site = site_of(newest(db)[1])
    shown = site.model_copy(update={"openid": site.openid.hidden()})
    print(json.dumps(shown.model_dump(mode="json"), indent=2, ensure_ascii=False))


def change(file: Path, *, database: str | None) -> None:
    """Change settings from a file. Raises DataError naming each that is wrong; nothing is changed then."""
    from icans.store.settings import keep, newest
    from icans.web.site import site_of

    try:
        new = load(file.read_text("utf-8"))
    except UnicodeDecodeError:
        raise DataError(f"{file}: it is not UTF-8 text") from None
    except yaml.YAMLError as error:
        raise DataError(f"{file}: neither JSON nor YAML{_where(error)}") from None
    if not isinstance(new, dict):
        raise DataError(f"{file}: names and values are expected, as `icans site get` prints them")
    with opened(database, make=True) as store, store.write() as db:
        version, before = newest(db)
        now = site_of(before)
        site = site_of(now.model_dump(mode="json") | new)
        site = site.model_copy(update={"openid": site.openid.filled(now.openid)})
        made = keep(
            db, site.model_dump(mode="json"), author=None, login="command line", at=datetime.now(UTC), expected=version
        )  # fmt: skip
    say(f"settings version {made} in force")


def _where(error: yaml.YAMLError) -> str:
    """The line, without what stands there: it may be a secret."""
    mark = getattr(error, "problem_mark", None)
    return f", see line {mark.line + 1}" if mark is not None else ""
