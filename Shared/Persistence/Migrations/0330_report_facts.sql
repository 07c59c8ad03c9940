-- What a report asks for by site and time: so that its cost follows what happened in the period, not a site's age.
create index igny8_images_site on igny8_images (site_id, created_at);
create index igny8_tasks_site_due on igny8_tasks (site_id, due_at) where not is_deleted;
create index igny8_sag_backlinks_delivered on igny8_sag_backlinks (site_id, delivered_at) where delivered_at is not null;
create index igny8_sag_backlinks_lost on igny8_sag_backlinks (site_id, lost_at) where lost_at is not null;
create index igny8_delivery_flags_time on igny8_delivery_flags (subscription_id, since) where subscription_id is not null;
create index igny8_credit_notes_time on igny8_credit_notes (account_id, issued_at);
