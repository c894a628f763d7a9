"""Sequence labelling as seqeval 1.2.2 scores it, equal in every bit."""
