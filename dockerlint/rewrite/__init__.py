"""Recipes for edits that several rules share. Each gives a `Fix`, or a `Withheld` that names the token in the way."""
