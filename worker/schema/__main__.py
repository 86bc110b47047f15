"""``python -m worker.schema``: write the shipped schemas anew from the records."""

from worker.schema import write_schemas

if __name__ == "__main__":
    write_schemas()
