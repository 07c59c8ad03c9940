public import DomainModel
public import Foundation
public import Postgres

/// What the daily look at open orders asks for (spec 4, `check_backlink_delivery`): each is one statement over all accounts.
public enum LinkDues {
    /// Delivered links that were not looked at since a moment and are still not seen, in the order of their ids.
    public static func unseen(
        since moment: Date,
        after: Backlink.ID = 0,
        limit: Int,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [(id: Backlink.ID, account: Account.ID)] {
        try await queries.query(
            """
            select id, account_id from igny8_sag_backlinks
            where status = 'pending' and id > \(after.rawValue) and (last_checked_at is null or last_checked_at < \(moment))
                and \(fragment: tenant.owns())
            order by id limit \(limit)
            """
        ).map { row in (id: try row.id("id"), account: try row.id("account_id")) }
    }

    /// Orders with links that are late: ordered and not come by their day, by the account's own calendar, or come and not seen
    /// for three days.
    private static let late: SQL = """
        select o.id, o.account_id, o.managed_subscription_id, count(*) filter (where l.status = 'ordered') as due,
            count(*) filter (where l.status = 'pending') as unseen,
            min(l.due_on) filter (where l.status = 'ordered') as since
        from igny8_sag_backlinks l
        join igny8_backlink_service_orders o on o.id = l.order_id
        join igny8_accounts a on a.id = o.account_id
        where l.written_off_at is null and o.status <> 'cancelled' and (
            (l.status = 'ordered' and l.due_on < (igny8_now() at time zone a.time_zone)::date)
            or (l.status = 'pending' and l.delivered_at < igny8_now() - interval '3 days'))
        group by o.id
        """

    /// Raises one flag on each order with late links, and renews what it says; it clears those of orders that have none.
    /// - Returns: what the audit log is to know.
    public static func flag(for tenant: Tenant, in tx: PostgresTransaction) async throws -> [AuditEvent] {
        let raised = try await tx.query(
            """
            with late as (\(fragment: late)), told as (
                insert into igny8_delivery_flags as flag (account_id, subscription_id, kind, subject_kind, subject_id, detail)
                select account_id, managed_subscription_id, 'links_behind', 'backlink_order', id,
                    concat_ws('; ',
                        case when due > 0 then format('%s not delivered, the oldest due on %s', due, since) end,
                        case when unseen > 0 then format('%s delivered but not seen on the page', unseen) end)
                from late order by id
                on conflict (subject_kind, subject_id, kind) where cleared_at is null
                    do update set detail = excluded.detail where flag.detail <> excluded.detail
                returning account_id, subscription_id, subject_id, detail, revision
            )
            select account_id, subscription_id, subject_id, detail from told where revision = 1 order by subject_id
            """
        )
        let cleared = try await tx.query(
            """
            with late as (\(fragment: late))
            update igny8_delivery_flags set cleared_at = igny8_now(), cleared_reason = 'all links that were due have come'
            where kind = 'links_behind' and subject_kind = 'backlink_order' and cleared_at is null
                and not exists (select from late where late.id = subject_id) and \(fragment: tenant.owns())
            returning account_id, subscription_id, subject_id, cleared_reason as detail
            """
        )
        func event(_ action: AuditAction, _ row: PostgresRow) throws -> AuditEvent {
            AuditEvent(
                action,
                account: try row.id("account_id"),
                subjectKind: BacklinkOrderStatus.subject,
                subjectID: try row.decode("subject_id"),
                reason: try row.decode("detail"),
                subscription: try row.id(ifAny: "subscription_id")
            )
        }
        return try raised.map { try event(.flagRaised, $0) } + cleared.map { try event(.flagCleared, $0) }
    }

    /// Orders whose links would let them go on: none where every change of a link has been followed.
    public static func ready(
        limit: Int,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [BacklinkOrder.ID] {
        try await queries.query(
            """
            select o.id from igny8_backlink_service_orders o
            where \(fragment: tenant.owns("o.account_id")) and (
                (o.status = 'in_progress' and not exists (
                    select from igny8_sag_backlinks l
                    where l.order_id = o.id and l.status in ('planned', 'ordered') and l.written_off_at is null)
                    and o.links_agreed <= o.links_delivered + (
                        select count(*) from igny8_sag_backlinks l
                        where l.order_id = o.id and l.written_off_at is not null and l.delivered_at is null))
                or (o.status = 'delivered' and not exists (
                    select from igny8_sag_backlinks l
                    where l.order_id = o.id and l.status not in ('live', 'rejected') and l.written_off_at is null)))
            order by o.id limit \(limit)
            """
        ).map { row in try row.id("id") }
    }
}
