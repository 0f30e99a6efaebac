"""Before a program runs: the packages that it needs."""
