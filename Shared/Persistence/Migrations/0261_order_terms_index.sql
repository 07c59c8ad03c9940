-- The lines behind a margin by package or by niche.
create index igny8_backlink_service_orders_package on igny8_backlink_service_orders (package, id);
create index igny8_backlink_service_orders_niche on igny8_backlink_service_orders (niche, id);
