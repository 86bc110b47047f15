"""Page to glyphs: decode, clean, find rules and lines, cut, normalize. NumPy and OpenCV only, pure functions.

Import from the modules; this package loads nothing, because counting the pages of a file
(:mod:`segmentation.page`) has to work without NumPy and OpenCV.
"""
