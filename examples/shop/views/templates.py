"""The templates."""

TEMPLATES = {"user": "<h1>{title}</h1>", "receipt": "<h1>Receipt</h1><p>{title}</p>"}
