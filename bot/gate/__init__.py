"""The gate: the page behind a scanned code, the guard's app, and what both are checked against.

`checking` what a check comes to · `scans` the way of most scans, with what `prepared` holds · `pages` behind the others
· `app` the guard's app · `desk` what guards type · `listing` revocations and public keys · `guards` who is on duty ·
`visiting` the page of a venue that asks for more than a scan.
"""

from bot.gate import app, listing, pages, visiting
from bot.gate.checking import Answer, Checker
from bot.gate.guards import Gate
from bot.gate.listing import Lists
from bot.gate.scans import Scans

__all__ = ["Answer", "Checker", "Gate", "Lists", "Scans", "app", "listing", "pages", "visiting"]
