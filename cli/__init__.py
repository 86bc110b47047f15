"""The command line: parses, calls, prints. Importing it loads nothing heavy."""
