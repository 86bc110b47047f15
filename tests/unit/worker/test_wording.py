"""No message of the library that checks values reaches a user as it is."""

from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from worker.wording import in_plain_words


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (int, "many", "it has to be a whole number"),
        (int, 1.5, "it has to be a whole number"),
        (int, [], "it has to be a whole number"),
        (float, "much", "it has to be a number"),
        (Annotated[float, Field(allow_inf_nan=False)], float("nan"), "it has to be a number"),
        (Annotated[int, Field(ge=36, le=1200)], 5, "it has to be at least 36"),
        (Annotated[int, Field(ge=36, le=1200)], 5000, "it has to be at most 1200"),
        (bool, "perhaps", "it has to be true or false"),
        (str, 7, "it has to be text"),
        (Annotated[str, Field(min_length=1)], "", "it must not be empty"),
    ],
)
def test_what_a_setting_can_be_told(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(hint).validate_python(value)
    assert in_plain_words(caught.value.errors()[0]["msg"]) == said


def test_what_is_not_known_stays() -> None:
    assert in_plain_words("queue: too many of them") == "queue: too many of them"
