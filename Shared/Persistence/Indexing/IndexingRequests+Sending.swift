public import DomainModel
import Foundation
public import Postgres

extension IndexingRequests {
    /// A submission that has been written.
    public struct Sent: Sendable {
        /// The submission's id: what its cost is booked under.
        public let submission: Int64
        /// The request's.
        public let request: Int64
        /// Whose.
        public let accountID: Account.ID
        /// Whether it was the second.
        public let isRepeat: Bool
    }

    /// Writes down that a batch was sent: each request's submission, its cost, the day of the next look; the costs are
    /// booked, each once.
    public static func sent(
        _ batch: IndexingBatches.Batch,
        task: String?,
        price: UnitCost,
        in tx: PostgresTransaction
    ) async throws -> [Sent] {
        let day = 86_400
        let cost = PostgresNumeric(unscaled: price.tenThousandths, scale: 4)
        let rows = try await tx.query(
            """
            with sent as (
                update igny8_backlink_indexing_requests r
                set status = case when must_resubmit then 'resubmitted' else 'submitted' end,
                    submitted_at = coalesce(submitted_at, igny8_now()),
                    resubmitted_at = case when must_resubmit then igny8_now() else resubmitted_at end,
                    next_check_at = case when must_resubmit
                        then greatest(submitted_at + make_interval(secs => \(28 * day)), igny8_now())
                        else igny8_now() + make_interval(secs => \(7 * day)) end,
                    must_resubmit = false, service_request_id = \(task), cost = cost + \(cost),
                    needs_review = \(batch.service == .manual),
                    last_error = case when \(batch.service == .manual) then 'to be submitted by hand' end
                where batch_id = \(batch.id) and (status = 'queued' or must_resubmit)
                returning id, account_id, site_id, backlink_id, currency, status = 'resubmitted' as is_repeat
            ), written as (
                insert into igny8_indexing_submissions (account_id, site_id, request_id, batch_id, service, is_repeat,
                    cost, currency, submitted_at)
                select account_id, site_id, id, \(batch.id), \(batch.service.rawValue), is_repeat, \(cost), currency,
                    igny8_now()
                from sent order by id
                on conflict do nothing
                returning id, request_id
            )
            select written.id as submission, sent.id, sent.account_id, sent.site_id, sent.backlink_id, sent.is_repeat,
                l.order_id, o.managed_subscription_id, (igny8_now() at time zone a.time_zone)::date as today
            from written join sent on sent.id = written.request_id
            join igny8_accounts a on a.id = sent.account_id
            left join igny8_sag_backlinks l on l.id = sent.backlink_id
            left join igny8_backlink_service_orders o on o.id = l.order_id
            order by written.id
            """
        )
        let sent = try rows.map { row in
            try Sent(
                submission: row.decode("submission"),
                request: row.decode("id"),
                accountID: row.id("account_id"),
                isRepeat: row.decode("is_repeat")
            )
        }
        let costs = try zip(rows, sent).map { row, one in
            try VendorCost(
                .indexing,
                reference: "\(one.submission)",
                price,
                on: row.day("today"),
                tags: LedgerTags(
                    accountID: one.accountID,
                    siteID: row.id("site_id"),
                    subscriptionID: row.id(ifAny: "managed_subscription_id"),
                    orderID: row.id(ifAny: "order_id"),
                    backlinkID: row.id(ifAny: "backlink_id")
                )
            )
        }
        try await Ledger.post(costs, in: tx)
        return sent
    }

    /// Books what a look at the index costs, once a batch and account, and adds it to what its requests have cost.
    public static func checked(
        _ batch: IndexingBatches.Batch,
        price: UnitCost,
        in tx: PostgresTransaction
    ) async throws {
        guard price.tenThousandths > 0 else { return }
        let rows = try await tx.query(
            """
            with asked as (
                update igny8_backlink_indexing_requests
                set cost = cost + \(PostgresNumeric(unscaled: price.tenThousandths, scale: 4))
                where report_id = \(batch.id) returning account_id
            )
            select asked.account_id, count(*) as pages, (igny8_now() at time zone a.time_zone)::date as today
            from asked join igny8_accounts a on a.id = asked.account_id
            group by asked.account_id, a.time_zone order by asked.account_id
            """
        )
        try await Ledger.post(
            rows.map { row in
                let account: Account.ID = try row.id("account_id")
                return try VendorCost(
                    .indexing,
                    reference: "check:\(batch.id):\(account)",
                    price.multiplied(by: row.decode("pages")),
                    on: row.day("today"),
                    tags: LedgerTags(accountID: account)
                )
            },
            in: tx
        )
    }
}
