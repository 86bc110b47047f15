"""Open fonts as further hands: which ones, how they are fetched, and how a font file draws a character.

Import from the modules; fetching needs nothing but Python and npm.
"""
