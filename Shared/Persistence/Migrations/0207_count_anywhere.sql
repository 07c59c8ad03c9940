-- The counters follow also where whoever changes links has set no account: a repair by hand, a migration.
create or replace function igny8_count_links() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    had_no_scope boolean := igny8_scope() is null;
begin
    if had_no_scope then
        perform set_config('igny8.scope', 'system', true);
    end if;
    if tg_op = 'INSERT' then
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered + change.ordered, links_delivered = o.links_delivered + change.delivered,
            links_live = o.links_live + change.live, links_indexed = o.links_indexed + change.indexed,
            actual_cost = o.actual_cost + change.cost
        from (
            select link.order_id, sum(n.ordered) as ordered, sum(n.delivered) as delivered, sum(n.live) as live,
                sum(n.indexed) as indexed, sum(n.cost) as cost
            from after_rows link, igny8_link_counts(link) n where link.order_id is not null group by link.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    elsif tg_op = 'DELETE' then
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered - change.ordered, links_delivered = o.links_delivered - change.delivered,
            links_live = o.links_live - change.live, links_indexed = o.links_indexed - change.indexed,
            actual_cost = o.actual_cost - change.cost
        from (
            select link.order_id, sum(n.ordered) as ordered, sum(n.delivered) as delivered, sum(n.live) as live,
                sum(n.indexed) as indexed, sum(n.cost) as cost
            from before_rows link, igny8_link_counts(link) n where link.order_id is not null group by link.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    else
        update igny8_backlink_service_orders o set
            links_ordered = o.links_ordered + change.ordered, links_delivered = o.links_delivered + change.delivered,
            links_live = o.links_live + change.live, links_indexed = o.links_indexed + change.indexed,
            actual_cost = o.actual_cost + change.cost
        from (
            select part.order_id, sum(part.ordered) as ordered, sum(part.delivered) as delivered, sum(part.live) as live,
                sum(part.indexed) as indexed, sum(part.cost) as cost
            from (
                select link.order_id, n.* from after_rows link, igny8_link_counts(link) n
                union all
                select link.order_id, -n.ordered, -n.delivered, -n.live, -n.indexed, -n.cost
                from before_rows link, igny8_link_counts(link) n
            ) part
            where part.order_id is not null
            group by part.order_id
        ) change
        where o.id = change.order_id
            and (change.ordered, change.delivered, change.live, change.indexed, change.cost) <> (0, 0, 0, 0, 0);
    end if;
    if had_no_scope then
        perform set_config('igny8.scope', '', true);
    end if;
    return null;
end
$$;
