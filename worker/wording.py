"""What the parts that check values say, in the words of this program.

The library that checks them speaks to programmers: "Input should be a valid integer, unable to
parse string as an integer".
"""

import re

__all__ = ["in_plain_words"]

#: What it says, and what is said instead.
_WORDS = (
    (r"Input should be greater than or equal to (\S+)", r"it has to be at least \1"),
    (r"Input should be less than or equal to (\S+)", r"it has to be at most \1"),
    (r"Input should be greater than (\S+)", r"it has to be more than \1"),
    (r"Input should be less than (\S+)", r"it has to be less than \1"),
    (r"Input should be a valid (?:integer|int)\b.*", "it has to be a whole number"),
    (r"Input should be a (?:valid|finite) (?:number|decimal)\b.*", "it has to be a number"),
    (r"Input should be ('.*)", r"it has to be \1"),
    (r"Input should be a valid boolean\b.*", "it has to be true or false"),
    (r"Input should be a valid string\b.*", "it has to be text"),
    (r"Input (?:should be|is not) a valid path\b.*", "it has to be a path"),
    (r"String should have at least 1 character", "it must not be empty"),
    (r"Extra inputs are not permitted", "there is no such thing"),
    (r"Value error, ", ""),
)


def in_plain_words(text: str) -> str:
    """Return a message with what a library says in it replaced; what is not known stays.

    Examples
    --------
    >>> in_plain_words("jobs: Input should be greater than or equal to 1")
    'jobs: it has to be at least 1'
    """
    for said, instead in _WORDS:
        text = re.sub(said, instead, text)
    return text
