"""Scores and times the reader and its peers on the same pages, in one run."""
