"""Scores and times the reader and its peers on the same pages, the network beside Keras, and training."""
