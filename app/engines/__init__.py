"""Pure thinking: no Flask, no database, no sibling engine except `text`."""
