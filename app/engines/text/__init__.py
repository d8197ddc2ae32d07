"""Normalising, segmenting and reading text in Chinese and English."""
