"""``original``: the network, the data and the training of the project's origin, to the letter."""

from model.architecture import build_original
from model.contract import DIGITS, to_batch
from model.fitting import fit, loaded_keras, order_of_epoch
from model.recipe_folder import Figures, Training, write_folder

__all__ = ["EPOCHS", "PUBLISHED", "train_original"]

EPOCHS = 5
BATCH = 64
#: Digits to train on and to judge by, as MNIST parts them.
SPLIT = (60_000, 10_000)
#: What the origin printed: training digits of each epoch, and at last the test digits.
PUBLISHED = (
    Figures(0.1783, 0.9457),
    Figures(0.0516, 0.9840),
    Figures(0.0373, 0.9882),
    Figures(0.0282, 0.9909),
    Figures(0.0228, 0.9924),
    Figures(0.0319, 0.9892),
)


def train_original(training: Training) -> None:
    """Train as the origin did: one-hot labels, categorical cross-entropy, Adam as it comes, batches of 64.

    Parameters
    ----------
    training : Training
        The published figures, which are printed beside its own, are MNIST's.

    Raises
    ------
    TrainingUnavailable
        TensorFlow is not installed.
    """
    keras = loaded_keras()
    digits, say = training.digits, training.say
    split = (len(digits.train_labels), len(digits.test_labels))
    if split != SPLIT:
        say(f"{split[0]:,} digits to train on, {split[1]:,} to judge by: the published figures are of others")
    epochs = EPOCHS if training.epochs is None else training.epochs
    keras.utils.set_random_seed(training.seed)
    network = build_original(len(DIGITS))
    network.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    steps = -(-split[0] // BATCH)
    say(f"{network.count_params():,} parameters, {epochs} epochs of {steps} batches of {BATCH}")
    course: list[Figures] = []

    def report(epoch: int, logs: dict[str, float]) -> None:
        course.append(Figures(float(logs["loss"]), float(logs["accuracy"])))
        beside = f" (published: {PUBLISHED[epoch]})" if epoch < EPOCHS else ""
        say(f"epoch {epoch + 1}/{epochs}: {course[-1]}{beside}")

    images = to_batch(digits.train_images)[..., None]
    labels = keras.utils.to_categorical(digits.train_labels, len(DIGITS))
    for epoch in range(epochs):
        order = order_of_epoch(training.seed, epoch, len(labels))
        fit(
            network,
            images[order],
            labels[order],
            batch_size=BATCH,
            initial_epoch=epoch,
            epochs=epoch + 1,
            shuffle=False,
            on_epoch=report,
            stopped=training.stopped,
        )
    settings = {"epochs": epochs, "batch": BATCH, "optimizer": "Adam, as it comes", "seed": training.seed}
    write_folder(training, network, course, settings, published=PUBLISHED)
