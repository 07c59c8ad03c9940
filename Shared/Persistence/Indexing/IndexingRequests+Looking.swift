public import DomainModel
public import Foundation
public import Postgres

extension IndexingRequests {
    /// Which requests something is to be done about now, the longest due first: from the index alone.
    static func dueStatement(limit: Int) -> SQL {
        """
        select id from igny8_backlink_indexing_requests
        where next_check_at is not null and next_check_at <= igny8_now() order by next_check_at, id limit \(limit)
        """
    }

    /// Requests that are due, held; those that another run has in hand are passed over.
    public static func due(limit: Int, in tx: PostgresTransaction) async throws -> [Request] {
        let ids = try await tx.query(dueStatement(limit: limit)).map { row in try row.decode("id", as: Int64.self) }
        guard !ids.isEmpty else { return [] }
        return try await tx.query(
            """
            select \(fragment: columns) from igny8_backlink_indexing_requests r
            where r.id = any(\(ids)) and r.next_check_at <= igny8_now()
            order by r.id for no key update skip locked
            """
        ).map(decode)
    }

    /// Notes that requests wait for a batch's report, for a day at most.
    public static func await(
        _ requests: [Int64],
        report batch: Int64?,
        in tx: PostgresTransaction
    ) async throws {
        guard !requests.isEmpty else { return }
        try await tx.query(
            """
            update igny8_backlink_indexing_requests
            set report_id = \(batch), next_check_at = igny8_now() + interval '1 day'
            where id = any(\(requests))
            """
        )
    }

    /// Requests whose batch or report has not come within its day: they are chosen for anew.
    public static func takeUp(_ requests: [Int64], in tx: PostgresTransaction) async throws {
        guard !requests.isEmpty else { return }
        try await tx.query(
            """
            update igny8_backlink_indexing_requests
            set precheck = coalesce(precheck, case when report_id is not null then 'unknown' end), report_id = null,
                is_ready = true, next_check_at = null
            where id = any(\(requests)) and status = 'queued' and batch_id is null
            """
        )
    }

    /// The requests that wait for a batch's report, held.
    public static func waiting(for batch: Int64, in tx: PostgresTransaction) async throws -> [Request] {
        try await tx.query(
            """
            select \(fragment: columns) from igny8_backlink_indexing_requests r
            where r.report_id = \(batch) order by r.id for no key update
            """
        ).map(decode)
    }

    /// What looks have led to.
    public struct Outcome: Sendable {
        public var indexed: [Request] = []
        public var failed: [Request] = []
        /// Looked at and waiting for their next day, or for a second submission.
        public var waiting: [Request] = []
        /// Found before anything was paid.
        public var spared: [Request] = []
        /// To be placed now.
        public var ready = 0

        /// Nothing yet.
        public init() {}
    }

    /// Takes over what looks at the index found: of requests, their links and their orders' counters, their submissions,
    /// flags and what was saved, in one transaction. The requests are held by the caller, and each is given once.
    /// - Parameter price: what a submission would have cost of a page that is found before it is paid for.
    public static func take(
        _ findings: [(request: Request, finding: IndexFinding)],
        sparing price: UnitCost,
        at now: Date,
        in tx: PostgresTransaction
    ) async throws -> Outcome {
        var outcome = Outcome()
        var changes = Changes()
        for (request, finding) in findings {
            guard request.status.isOpen else { continue }
            if request.status == .queued {
                if finding == .indexed {
                    changes.add(request, .indexed, next: nil)
                    outcome.indexed.append(request)
                    outcome.spared.append(request)
                } else {
                    // Before it is paid for, or at the end of its time in the hold-out.
                    changes.add(request, .queued, next: nil, isReady: true, precheck: finding)
                    outcome.ready += 1
                }
                continue
            }
            guard let submitted = request.submittedAt else { continue }
            let course = IndexingCourse(
                status: request.status,
                submittedAt: submitted,
                isResubmitted: request.isResubmitted || request.mustResubmit
            )
            switch try course.step(finding, at: now) {
            case .indexed:
                changes.add(request, .indexed, next: nil)
                outcome.indexed.append(request)
            case .wait(let next):
                changes.add(
                    request,
                    .checking,
                    next: next,
                    isReady: request.mustResubmit && request.batchID == nil,
                    mustResubmit: request.mustResubmit
                )
                outcome.waiting.append(request)
            case .resubmit(let next):
                changes.add(request, .checking, next: next, isReady: true, mustResubmit: true)
                outcome.waiting.append(request)
                outcome.ready += 1
            case .failed:
                let detail =
                    finding == .unknown
                    ? "after 28 days nobody can tell whether it is indexed" : "not indexed after 28 days"
                changes.add(request, .failed, next: nil, detail: detail)
                outcome.failed.append(request)
            }
        }
        try await changes.write(in: tx)
        try await settle(outcome, in: tx)
        try await markLinks(of: outcome.indexed, in: tx)
        try await flag(outcome.failed, in: tx)
        try await spare(outcome.spared, .alreadyIndexed, price: price, in: tx)
        return outcome
    }

    /// The new values of many requests, for one statement.
    private struct Changes {
        var ids: [Int64] = []
        var statuses: [String] = []
        var nexts: [Date?] = []
        var ready: [Bool] = []
        var resubmit: [Bool] = []
        var prechecks: [String?] = []
        var details: [String?] = []

        mutating func add(
            _ request: Request,
            _ status: IndexingStatus,
            next: Date?,
            isReady: Bool = false,
            mustResubmit: Bool = false,
            precheck: IndexFinding? = nil,
            detail: String? = nil
        ) {
            ids.append(request.id)
            statuses.append(status.rawValue)
            nexts.append(next)
            ready.append(isReady)
            resubmit.append(mustResubmit)
            prechecks.append((precheck ?? request.precheck)?.rawValue)
            details.append(detail)
        }

        func write(in tx: PostgresTransaction) async throws {
            guard !ids.isEmpty else { return }
            try await tx.query(
                """
                update igny8_backlink_indexing_requests r set status = given.status, next_check_at = given.next,
                    is_ready = given.ready, must_resubmit = given.resubmit, precheck = given.precheck,
                    batch_id = case when given.resubmit and given.ready then null else r.batch_id end,
                    report_id = null, check_count = r.check_count + 1,
                    first_check_at = coalesce(r.first_check_at, igny8_now()), last_check_at = igny8_now(),
                    is_indexed = given.status = 'indexed',
                    indexed_at = case when given.status = 'indexed' then igny8_now() end,
                    needs_review = given.status = 'failed' or (r.needs_review and given.status <> 'indexed'),
                    last_error = case when given.status = 'indexed' then null
                        else coalesce(given.detail, r.last_error) end
                from unnest(\(ids), \(statuses), \(nexts), \(ready), \(resubmit), \(prechecks), \(details))
                    as given (id, status, next, ready, resubmit, precheck, detail)
                where r.id = given.id
                """
            )
        }
    }

    /// What became of submissions: what success is counted by. A page that came into the index while it was held out counts
    /// for nobody.
    private static func settle(_ outcome: Outcome, in tx: PostgresTransaction) async throws {
        func write(_ which: [Request], _ word: String) async throws {
            guard !which.isEmpty else { return }
            try await tx.query(
                """
                update igny8_indexing_submissions set outcome = \(word), settled_at = igny8_now()
                where request_id = any(\(which.map(\.id))) and not is_repeat and outcome is null
                """
            )
        }
        try await write(outcome.indexed, "indexed")
        try await write(outcome.failed, "not_indexed")
    }

    /// Ends the time in the hold-out of what was not found.
    public static func endHoldOut(
        _ requests: [(request: Request, finding: IndexFinding)],
        in tx: PostgresTransaction
    ) async throws {
        for finding in [IndexFinding.notIndexed, .unknown] {
            let ids = requests.filter { $0.request.isHeldOut && $0.finding == finding }.map(\.request.id)
            guard !ids.isEmpty else { continue }
            try await tx.query(
                """
                update igny8_indexing_submissions set outcome = \(finding.rawValue), settled_at = igny8_now()
                where request_id = any(\(ids)) and service is null and outcome is null
                """
            )
        }
    }

    /// Indexed links, with their orders' counters, which follow by themselves.
    private static func markLinks(of requests: [Request], in tx: PostgresTransaction) async throws {
        let links = requests.compactMap(\.backlinkID?.rawValue)
        guard !links.isEmpty else { return }
        let orders = try await tx.query(
            """
            select distinct order_id from igny8_sag_backlinks
            where id = any(\(links)) and not is_indexed and order_id is not null
            """
        ).map { row in try row.id("order_id", of: BacklinkOrder.self) }
        try await BacklinkServiceOrders.hold(orders, in: tx)
        try await tx.query(
            """
            with held as materialized (
                select id from igny8_sag_backlinks where id = any(\(links)) and not is_indexed order by id
                for no key update
            )
            update igny8_sag_backlinks l set is_indexed = true, indexed_at = igny8_now()
            from held where l.id = held.id
            """
        )
    }

    /// One open flag a request that failed.
    private static func flag(_ requests: [Request], in tx: PostgresTransaction) async throws {
        guard !requests.isEmpty else { return }
        try await tx.query(
            """
            insert into igny8_delivery_flags (account_id, subscription_id, kind, subject_kind, subject_id, detail)
            select r.account_id, s.id, \(DeliveryFlagKind.indexingFailed.rawValue), \(IndexingStatus.subject), r.id,
                left(r.url, 200) || ': ' || coalesce(r.last_error, 'failed')
            from igny8_backlink_indexing_requests r
            left join igny8_managed_service_subscriptions s on s.site_id = r.site_id and s.status <> 'cancelled'
            where r.id = any(\(requests.map(\.id)))
            on conflict (subject_kind, subject_id, kind) where cleared_at is null do nothing
            """
        )
    }

    /// Notes what was not paid for pages.
    public static func spare(
        _ requests: [Request],
        _ reason: IndexingHindrance,
        price: UnitCost,
        in tx: PostgresTransaction
    ) async throws {
        guard !requests.isEmpty else { return }
        try await tx.query(
            """
            insert into igny8_indexing_savings (account_id, site_id, url, reason, cost, client_price, currency)
            select account_id, site_id, url, \(reason.rawValue),
                \(PostgresNumeric(unscaled: price.tenThousandths, scale: 4)), client_price, currency
            from igny8_backlink_indexing_requests where id = any(\(requests.map(\.id))) order by id
            on conflict do nothing
            """
        )
    }

    /// What our look at a named page said: it waits for a service, or is given up with the reason.
    public static func judge(
        _ request: Request,
        _ hindrance: IndexingHindrance?,
        price: UnitCost,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            update igny8_backlink_indexing_requests set inspected_at = igny8_now(), hindrance = \(hindrance?.rawValue),
                status = case when \(hindrance != nil) then 'failed' else status end,
                is_ready = \(hindrance == nil), last_error = \(hindrance?.words), next_check_at = null
            where id = \(request.id) and status = 'queued'
            """
        )
        if let hindrance { try await spare([request], hindrance, price: price, in: tx) }
    }
}
