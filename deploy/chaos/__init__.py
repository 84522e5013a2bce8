"""`make chaos`: facts flow over HTTP while everything is killed in turn; then it is checked that nothing was lost, doubled or untimely."""
