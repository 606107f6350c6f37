-- A desk above the station may give a dispatch to another station; and since when each desk has had to see to it.
-- A row that a process of the version before moved up has no such time: it is read from accept_due_at then.
ALTER TABLE dispatch
    ADD COLUMN county_since         timestamptz,         -- when the county's desk had it
    ADD COLUMN command_centre_since timestamptz,         -- when the command centre had it
    DROP CONSTRAINT dispatch_status,
    DROP CONSTRAINT dispatch_ended,
    ADD CONSTRAINT dispatch_status CHECK (status IN
        ('created', 'accepted', 'departed', 'arrived', 'completed', 'returned', 'reassigned', 'cancelled')),
    ADD CONSTRAINT dispatch_ended CHECK
        ((status IN ('completed', 'returned', 'reassigned', 'cancelled')) = (ended_at IS NOT NULL));
-- what a desk must see to
CREATE INDEX dispatch_of_desk ON dispatch (desk, id) WHERE status = 'created';
