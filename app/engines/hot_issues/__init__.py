"""From messages to ranked issues: vectors, groups, heat, titles."""
