"""The start of a program: the packages that it needs, and where the time of its imports goes."""
