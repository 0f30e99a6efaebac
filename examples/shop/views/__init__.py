"""Pages. A package with code of its own, whose children are autoloaded all the same."""

from . import templates


def render(template: str, **values: str) -> str:
    """Fills a template in."""
    return templates.TEMPLATES[template].format(**values)
