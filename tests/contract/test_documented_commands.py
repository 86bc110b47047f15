"""`docs/commands.md` holds every command, option and setting, and no command that is not there."""

import re
from pathlib import Path

import pytest
import typer

from cli.app import app
from cli.models_options import MOST_EPOCHS
from model import recipe_mnist, recipe_original
from model.course import TrainConfig
from model.ink_training import InkTraining
from worker import parent_model
from worker.recipes import RECIPES
from worker.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
PROGRAM = typer.main.get_command(app)


def commands(group, prefix=""):
    """Return every command by what is typed for it, those of groups after their group."""
    found = {}
    for name, command in group.commands.items():
        found[prefix + name] = command
        if hasattr(command, "commands"):
            found |= commands(command, f"{prefix}{name} ")
    return found


COMMANDS = commands(PROGRAM)


def section(title):
    """Return what stands below a heading, up to the next one."""
    marks = "###" if " " in title and title in COMMANDS else "##"
    _, _, rest = TEXT.partition(f"\n{marks} {title}\n")
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


def spellings(command):
    """Return every way to write an option of a command."""
    return {
        spelling
        for parameter in command.params
        if parameter.param_type_name == "option"
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }


def documented(text):
    """Return the options in the first cells of the tables."""
    cells = re.findall(r"^\| (`-.*?) \|", text, re.MULTILINE)
    return {option for cell in cells for option in re.findall(r"`(--?[a-z-]+)", cell)}


COMMON = documented(section("Options of every command"))


def test_every_command_has_its_section():
    titles = set(re.findall(r"^###? ([a-z ]+)$", TEXT, re.MULTILINE))

    assert titles == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_stands_in_its_section(name):
    assert documented(section(name)) == spellings(COMMANDS[name]) - COMMON


def test_every_option_of_the_program_itself():
    assert spellings(PROGRAM) | {"-h", "--help"} == COMMON


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(name):
    command = COMMANDS[name]

    assert command.help
    assert command.get_short_help_str().endswith(".")
    assert all(parameter.help for parameter in command.params)


def test_every_recipe_stands_in_the_help_and_in_its_section():
    (option,) = (parameter for parameter in PROGRAM.commands["retrain"].params if parameter.name == "recipe")
    row = next(line for line in section("retrain").splitlines() if line.startswith("| `--recipe"))

    for recipe in RECIPES:
        assert re.search(rf"\b{recipe}\b", option.help)
        assert f"`{recipe}`" in row


def test_the_help_says_what_recipes_are_for_and_how_many_epochs_they_have():
    helps = {parameter.name: parameter.help for parameter in PROGRAM.commands["retrain"].params}
    row = next(line for line in section("retrain").splitlines() if line.startswith("| `--epochs"))

    assert "cannot read pages" in helps["recipe"]
    assert "not-a-digit/" in helps["data"]
    epochs = [TrainConfig().epochs, parent_model.EPOCHS, recipe_original.EPOCHS, recipe_mnist.EPOCHS]
    numbers = [int(found.replace(",", "")) for found in re.findall(r"[0-9,]*[0-9]", helps["epochs"])]
    assert numbers == [MOST_EPOCHS, *epochs, InkTraining().epochs]
    usual = "by default {}, and {} after `--from`; with the recipe `original` {}, `mnist` {}"
    assert usual.format(*epochs) in row
    assert f"`ink` {InkTraining().epochs}" in row


def test_every_setting_has_its_row():
    rows = re.findall(r"^\| `([a-z_]+)` \|", section("Settings"), re.MULTILINE)

    assert rows == list(Settings.model_fields)
