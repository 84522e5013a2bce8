-- The forwarder has no tables of its own: only the checkpoints that every worker has.
COMMENT ON SCHEMA forwarder IS 'how far each publisher''s topic was forwarded into the inbox';
