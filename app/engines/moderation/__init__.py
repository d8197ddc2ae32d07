"""What may follow what in triage, and the signs a machine can see in a text."""
