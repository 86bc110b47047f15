"""What is printed beside numbers: words, real and made up, and numbers as they are set in type."""

import numpy as np

from model.synth.printing import WORDS

__all__ = ["random_number", "random_text", "random_word"]

#: Letters of words that nobody knows.
_CONSONANTS, _VOWELS = list("bcdfghjklmnprstvwz"), list("aeiou")
#: Share of the words that mean something.
_KNOWN_SHARE = 0.6
#: What a word may end with.
_WORD_ENDS = ["", "", "", "", ":", ",", ".", ")", "/"]
#: A count, a price, a date, an item of a list: `d` has one to five digits, `a` and `b` are below 100.
_FORMS = (
    "{d}",
    "{d}",
    "{d}",
    "{d}.",
    "({d})",
    "{d}%",
    "No. {d}",
    "{a}.{b}",
    "{a},{b}",
    "{a}/{b}/{c}",
    "{a}-{b}",
    "{a}:{b}",
    "{d} kg",
    "Q{a}",
    "{a} x {b}",
    "+{d}",
    "-{d}",
    "§ {a}",
)


def random_word(rng: np.random.Generator) -> str:
    """Return a word of a form, or one that only sounds like a word; no digit is in it."""
    word = str(rng.choice(WORDS)) if rng.random() < _KNOWN_SHARE else _made_up(rng)
    how = rng.random()
    word = word.upper() if how < 0.25 else word.lower() if how < 0.7 else word.capitalize()
    return word + str(rng.choice(_WORD_ENDS))


def _made_up(rng: np.random.Generator) -> str:
    pairs = [str(rng.choice(_CONSONANTS)) + str(rng.choice(_VOWELS)) for _ in range(int(rng.integers(1, 5)))]
    return "".join(pairs) + (str(rng.choice(_CONSONANTS)) if rng.random() < 0.5 else "")


def random_number(rng: np.random.Generator) -> str:
    """Return a number as it is printed: a count, a price, a date, an item of a list."""
    digits = "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(1, 6))))
    a, b, c = (int(v) for v in rng.integers(0, 100, 3))
    return str(rng.choice(_FORMS)).format(d=digits, a=a, b=f"{b:02d}", c=2000 + c)


def random_text(rng: np.random.Generator, words: int, numbers: float) -> str:
    """Return so many words, of which that share are numbers."""
    return " ".join(random_number(rng) if rng.random() < numbers else random_word(rng) for _ in range(words))
