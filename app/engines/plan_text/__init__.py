"""From an official plan document to chapters, items and targets."""
