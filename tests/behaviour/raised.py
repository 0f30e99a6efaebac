"""What a user sees of an error."""

import traceback


def shown(error):
    """The frames of a traceback from the user's statement on: file name and line."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    first = [filename for filename, _ in frames].index("<test>")
    return [(filename.rpartition("/")[2], line) for filename, line in frames[first:]]


def last_line(error):
    """What Python prints below the frames, with its suggestions."""
    return "".join(traceback.format_exception_only(error)).strip()
