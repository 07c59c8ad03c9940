-- Money that came beyond what was due: a credit note or another payment was faster than the bank (spec 9.7).
alter table igny8_payments
    add column excess numeric(12, 3) not null default 0 check (excess >= 0 and excess <= amount);

comment on column igny8_payments.excess is 'kept as the customer''s credit';

-- What the nightly reconciliation compares: attempts by provider and the moment their outcome was known.
create index igny8_payments_settled on igny8_payments (kind, settled_at) where settled_at is not null;

-- A refund is committed before the gateway is called, like an attempt: its key's life counts from here.
alter table igny8_refunds add column sent_at timestamptz;
comment on column igny8_refunds.sent_at is 'machine time of the first call to the gateway';
create index igny8_refunds_settled on igny8_refunds (settled_at) where settled_at is not null;
