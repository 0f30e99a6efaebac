"""The words of errors. They read the catalog, and never touch the import system."""
