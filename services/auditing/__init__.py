"""The audit of what was registered: the journal against its hash chains, its topic and the heads that were exported before."""
