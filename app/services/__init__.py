"""One public function per use case; each takes a session and never commits."""
