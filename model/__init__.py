"""Glyphs to digits with calibrated confidence: the network, its training, and the pages drawn for it.

Import from the modules; this package loads nothing, because reading must not load what only
training needs.
"""
