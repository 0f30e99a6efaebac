"""What everything else stands on: arguments, frames, the host, the way to the engine."""
