"""Benchmarks: figures as ratios in one run against named rivals, and as growth over sizes."""
