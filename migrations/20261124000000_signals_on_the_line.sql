-- What the calls of a plan's step first heard on the line; the step may still be dialling.
ALTER TABLE step_run
    ADD COLUMN busy_at      timestamptz,                 -- 占线
    ADD COLUMN off_at       timestamptz,                 -- 关机
    ADD COLUMN forwarded_at timestamptz;                 -- 呼叫转移
