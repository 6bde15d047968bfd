"""The transparency log: leaves, sequencer, tiles, checkpoints, audit."""
