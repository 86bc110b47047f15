"""Draws pages of handwritten numbers whose truth is known to the pixel.

A set of digit images goes in, pages come out: for training, tests, examples and benchmarks. Everything is
drawn from a `numpy.random.Generator`: the same seed gives the same bytes. What is drawn is never read here.
"""
