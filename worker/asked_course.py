"""How long, how fast and in which order a network is trained, where that is asked for."""

from dataclasses import dataclass, replace
from typing import TypeVar

from model.course import TrainConfig
from model.ink_training import InkTraining

__all__ = ["AskedCourse"]

Config = TypeVar("Config", TrainConfig, InkTraining)


@dataclass(frozen=True, slots=True)
class AskedCourse:
    """The course that a training is to take; what is not said is the recipe's.

    Attributes
    ----------
    seed : int
        Of weights, order and changes of what is drawn.
    epochs : int, optional
        Passes over the data.
    learning_rate : float, optional
        Size of the first steps, above 0.
    drawing_seed : int, optional
        Of what is drawn; by default `seed`. A round that goes on can have the glyphs of an earlier one again,
        and take them in another order.
    wider : float
        How many times as wide the network is to be as that of the model that it goes on from, from 1.
    """

    seed: int = 0
    epochs: int | None = None
    learning_rate: float | None = None
    drawing_seed: int | None = None
    wider: float = 1.0

    @property
    def drawn_by(self) -> int:
        """Seed of what is drawn."""
        return self.seed if self.drawing_seed is None else self.drawing_seed

    def of(self, usual: Config) -> Config:
        """Return the recipe's course, with what was asked for in its place."""
        return replace(
            usual,
            seed=self.seed,
            epochs=usual.epochs if self.epochs is None else self.epochs,
            learning_rate=usual.learning_rate if self.learning_rate is None else self.learning_rate,
        )
