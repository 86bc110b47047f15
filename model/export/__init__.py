"""A model for other programs: written, loaded back by what will run it, compared, and only then done.

:mod:`model.export.formats` is where to begin.
"""
