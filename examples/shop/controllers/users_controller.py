"""Pages about users."""

import shop


class UsersController:
    """Uses models without importing them: they are attributes of the package."""

    def show(self, name: str) -> str:
        """The page of one user."""
        return shop.views.render("user", title=shop.models.User(name).greeting())
