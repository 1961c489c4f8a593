"""/code, the live code page (亮码页): the codes of everybody whom an account may show, looked up again and again.

`routes` the addresses · `seals` cookie, link and state · `visits` who is asking · `cards` what a code shows ·
`records` the second tab · `prose` pieces of a reply as HTML · `files` style, script and worker of the page.
"""

from bot.code_page.cards import Cards
from bot.code_page.routes import Page, blueprint
from bot.code_page.seals import Seals
from bot.code_page.visits import Door

__all__ = ["Cards", "Door", "Page", "Seals", "blueprint"]
