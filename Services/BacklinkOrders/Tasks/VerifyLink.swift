import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One look at one link over HTTP, with its evidence (spec 4, 11.5).
///
/// 1. The link is read. → 2. Its page is fetched and inspected. → 3. What was found is stored, with the link's new state,
/// its flag, the audit event and the job of a second look, in one transaction with the end of this job.
///
/// Whatever the page does is a finding: a page that answers garbage, half a body or nothing costs this job this attempt.
/// Only our own faults are tried again. A crash before 3 repeats the look; two runs at once leave one finding.
struct VerifyLink: JobTask {
    static let name = "verify_link"

    let office: Office

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    func run(_ payload: BacklinkOrdersJobs.Link, _ context: JobContext) async throws {
        let id = payload.backlinkID
        let link = try await Backlinks.glance(at: id, in: office.store, for: .job(context), actor: "job:\(context.id)")
        guard let link else { throw JobError.permanent("there is no link \(id)") }
        guard let source = link.source, Self.looksAt.contains(link.status) else {
            return try await skip(link.value, context)
        }
        let check = try await look(at: source, for: link.value)
        try await office.transaction(context) { tx in
            try await context.complete(result: ["verdict": check.verdict.rawValue], in: tx)
            return try await store(check, of: link.value, context, in: tx)
        }
    }

    private static let looksAt: Set<BacklinkStatus> = [.pending, .live, .lost]

    private func look(at source: LinkSource, for link: Backlink) async throws -> BacklinkCheck {
        guard let target = LinkURL(link.targetURL) else {
            throw JobError.permanent("the target \(link.targetURL) is no web page")
        }
        do {
            switch try await office.pages.fetch(source.url) {
            case .page(let page): return PageInspection.inspect(page, for: target, anchorText: link.anchorText)
            case .failure(let failure): return PageInspection.record(failure, of: source.url)
            }
        } catch let busy as HostBusy {
            throw JobError.snooze(for: busy.wait)
        }
    }

    private func skip(_ link: Backlink, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            try await context.complete(result: ["skipped": link.status.rawValue], in: tx)
            return []
        }
    }

    private func store(
        _ check: BacklinkCheck,
        of seen: Backlink,
        _ context: JobContext,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        // Whose counters may change is held before the link, as everywhere; a look that finds what was there holds no order.
        if let order = seen.orderID, Self.mayCount(check.verdict, for: seen.status) {
            _ = try await BacklinkServiceOrders.find(order, for: .job(context), lock: .forUpdate, in: tx)
        }
        guard var link = try await Backlinks.find(seen.id, for: .job(context), lock: .forUpdate, in: tx),
            link.source?.url == check.requestedURL, Self.looksAt.contains(link.status)
        else { return [] }
        let now = try await BusinessClock.now(in: tx)
        let before = link.status
        let change = try link.value.take(check.finding, at: now)
        try await Backlinks.save(&link, in: tx)
        try await BacklinkChecks.record(check, of: link.value, job: context.id, in: tx)
        return try await follow(change, from: before, link.value, check, in: tx)
    }

    private static func mayCount(_ verdict: LinkVerdict, for status: BacklinkStatus) -> Bool {
        switch verdict.testimony {
        case .present: status != .live
        case .absent: status == .live
        case .none: false
        }
    }

    /// The order goes on with its last link.
    private func advance(_ link: Backlink, in tx: PostgresTransaction) async throws -> [AuditEvent] {
        guard let order = link.orderID else { return [] }
        let aftermath = try await BacklinkServiceOrders.advance(order, for: .account(link.accountID), in: tx)
        try await office.producer.enqueue(aftermath.jobs, in: tx)
        return aftermath.events
    }

    /// What a change means to others: flag, second look, audit.
    private func follow(
        _ change: Backlink.Change,
        from before: BacklinkStatus,
        _ link: Backlink,
        _ check: BacklinkCheck,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        let found = [check.verdict.words, check.detail].filter { !$0.isEmpty }.joined(separator: ": ")
        func event(_ action: AuditAction, because reason: String) -> AuditEvent {
            AuditEvent(
                action,
                account: link.accountID,
                subjectKind: BacklinkStatus.subject,
                subjectID: link.id.rawValue,
                from: before.rawValue,
                to: link.status.rawValue,
                reason: reason
            )
        }
        switch change {
        case .none:
            return []
        case .confirmed:
            return [event(.wentLive, because: found)] + (try await advance(link, in: tx))
        case .suspected:
            if let moment = link.secondLookAt {
                try await office.producer.enqueue(
                    BacklinkOrdersJobs.secondLook(link.id, account: link.accountID, at: moment),
                    in: tx
                )
            }
            return [event(.suspected, because: found)]
        case .cleared:
            return [event(.suspicionCleared, because: found)]
        case .lost:
            let reason = link.lostReason ?? found
            let subscription = try await ManagedSubscriptions.current(
                of: link.siteID,
                for: .account(link.accountID),
                in: tx
            )
            let isNew = try await DeliveryFlags.raise(
                .linkLost,
                on: .backlink(link.id),
                subscription: subscription?.id,
                account: link.accountID,
                detail: "\(link.source?.domain ?? ""): \(reason)",
                in: tx
            )
            let claims = try await LinkClaims.draft(for: link, in: tx)
            return [event(.lost, because: reason)] + (isNew ? [event(.flagRaised, because: reason)] : []) + claims
        case .recovered:
            let wasOpen = try await DeliveryFlags.clear(
                .linkLost,
                on: .backlink(link.id),
                because: "it is there again",
                for: .account(link.accountID),
                in: tx
            )
            let claims = try await LinkClaims.restore(link, at: try await BusinessClock.now(in: tx), in: tx)
            return [event(.recovered, because: found)]
                + (wasOpen ? [event(.flagCleared, because: "it is there again")] : []) + claims
                + (try await advance(link, in: tx))
        }
    }
}
