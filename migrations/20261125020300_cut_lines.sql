-- A subject's own line that no carrier confirmed as cut may be cut all the same: its end is kept in sight too.
CREATE INDEX call_block_cut_line ON call_block (until) WHERE status = 'failed' AND line = 'subject';
