"""What is shown while there is no run to show."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline';
  style-src 'unsafe-inline'; img-src data:; connect-src 'self'">
<link rel="icon" href="data:,">
<title>Waiting for runs · Palaestra</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 18vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 1.5rem; font-weight: 600; }}
code {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1>Waiting for runs</h1>
<p>{places} <code>palaestra train</code> makes one; it appears here by itself.</p>
{unreadable}
</main>
<script>
"use strict";
setInterval(async () => {{
  try {{
    const response = await fetch("/version", {{ cache: "no-store" }});
    if (response.ok && (await response.text()) !== "{version}") location.reload();
  }} catch {{ /* the server is gone; it may come back */ }}
}}, 2000);
</script>
</body>
</html>
"""


def waiting_page(places: Iterable[str], unreadable: Iterable[str], version: str) -> str:
    """A page that loads itself anew when `/version` answers something else.

    Args:
        places: where runs are looked for.
        unreadable: why what was found there cannot be read, one line each.
        version: what `/version` answers now.
    """
    named = ", ".join(f"<code>{escape(place)}</code>" for place in places)
    items = "".join(f"<li><code>{escape(reason)}</code></li>" for reason in unreadable)
    return _PAGE.format(
        places=f"There is no run in {named} yet." if not items else f"No run in {named} can be read.",
        unreadable=f"<ul>{items}</ul>" if items else "",
        version=escape(version),
    )
