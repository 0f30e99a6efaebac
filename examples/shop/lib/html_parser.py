"""A parser whose class is not `HtmlParser`: `loader.inflect({"html_parser": "HTMLParser"})` says so."""

import html.parser


class HTMLParser(html.parser.HTMLParser):
    """Collects the headings of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "h1"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.headings.append(data)
        self._inside = False
