"""The index that lies in PostgreSQL, so that every web host sees the same one."""
