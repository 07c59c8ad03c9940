-- What the agency pays for a thousand units of a key; what is spent with it is booked at that (spec 2, "Billing").
alter table igny8_ahrefs_connections add column cost_per_1000_units numeric(12, 3) check (cost_per_1000_units > 0);
comment on column igny8_ahrefs_connections.cost_per_1000_units is
    'in US dollars, as Ahrefs bills; null: the account pays for its key itself, and nothing is booked';
