"""Names that a queue can have: those of the other keys below `key_prefix` are taken by the program itself."""

__all__ = ["check_queue_name"]

#: What the program keeps beside the queue; whatever else it keeps has a colon in its name.
_OWN_KEYS = frozenset({"dropped", "held", "places", "unacked", "unacked_index", "unacked_mutex", "unasked"})
#: What the library of the queue notes of queues begins with this.
_OF_THE_LIBRARY = "_kombu."

#: As long as a message may say which queue it lies in.
_MOST_CHARACTERS = 255


def check_queue_name(name: str) -> str:
    """Return the name of a queue, if it can have it.

    Parameters
    ----------
    name : str
        The setting.

    Raises
    ------
    ValueError
        Something else has that name in the broker, or could; says what a name can be.

    Examples
    --------
    >>> check_queue_name("scans-of-march")
    'scans-of-march'
    """
    if name in _OWN_KEYS or name.startswith(_OF_THE_LIBRARY):
        raise ValueError(f"{name!r} is a name of the program's own in the broker; take another")
    if ":" in name:
        raise ValueError("a queue's name has no colon: such names are the program's own in the broker")
    if not name.isprintable():
        raise ValueError("a queue's name consists of characters that can be printed")
    if len(name) > _MOST_CHARACTERS:
        raise ValueError(f"a queue's name has {_MOST_CHARACTERS} characters at most")
    return name
