-- A consent that was given again is another token: what was found out with the one before says nothing about it.
alter table igny8_gsc_connections add column token_version integer not null default 1 check (token_version > 0);
comment on column igny8_gsc_connections.token_version is 'grows with each consent';

alter table igny8_delivery_flags drop constraint igny8_delivery_flags_kind_check;
alter table igny8_delivery_flags add constraint igny8_delivery_flags_kind_check
    check (kind in ('content_behind', 'links_behind', 'report_late', 'payment_failed', 'payment_disputed',
        'onboarding_blocked', 'link_lost', 'indexing_failed', 'consent_needed'));

grant select (token_version) on igny8_gsc_connections to igny8_readonly;
