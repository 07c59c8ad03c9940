import DomainModel
import JobQueue
import Persistence
import Postgres

/// What a look changed about a link, and what it means to others.
struct LinkChange: Sendable {
    let kind: Backlink.Change
    let before: BacklinkStatus
    let link: Backlink
    let look: Look

    init(_ kind: Backlink.Change, from before: BacklinkStatus, link: Backlink, look: Look) {
        self.kind = kind
        self.before = before
        self.link = link
        self.look = look
    }

    /// The finding in words.
    var found: String {
        [look.check.verdict.words, look.check.detail].filter { !$0.isEmpty }.joined(separator: ": ")
    }

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
}

extension Office {
    /// Raises or clears a link's flag, plans its second look.
    /// - Returns: what the audit log is to know.
    func follow(_ change: LinkChange, in tx: PostgresTransaction) async throws -> [AuditEvent] {
        let link = change.link
        switch change.kind {
        case .none:
            return []
        case .confirmed:
            if try await IndexingRequests.isIncluded(for: link.siteID, in: tx) {
                try await producer.enqueue(IndexingJobs.submitLinks(of: link.siteID, account: link.accountID), in: tx)
            }
            return [change.event(.wentLive, because: change.found)] + (try await advance(link, in: tx))
        case .suspected:
            if let moment = link.secondLookAt {
                try await producer.enqueue(
                    BacklinkOrdersJobs.secondLook(link.id, account: link.accountID, at: moment),
                    in: tx
                )
            }
            return [change.event(.suspected, because: change.found)]
        case .cleared:
            return [change.event(.suspicionCleared, because: change.found)]
        case .lost:
            let reason = link.lostReason ?? change.found
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
            return [change.event(.lost, because: reason)]
                + (isNew ? [change.event(.flagRaised, because: reason)] : [])
                + (try await LinkClaims.draft(for: link, in: tx))
        case .recovered:
            let wasOpen = try await DeliveryFlags.clear(
                .linkLost,
                on: .backlink(link.id),
                because: "it is there again",
                for: .account(link.accountID),
                in: tx
            )
            return [change.event(.recovered, because: change.found)]
                + (wasOpen ? [change.event(.flagCleared, because: "it is there again")] : [])
                + (try await LinkClaims.restore(link, at: try await BusinessClock.now(in: tx), in: tx))
                + (try await advance(link, in: tx))
        }
    }

    /// The order goes on with its last link.
    private func advance(_ link: Backlink, in tx: PostgresTransaction) async throws -> [AuditEvent] {
        guard let order = link.orderID else { return [] }
        let aftermath = try await BacklinkServiceOrders.advance(order, for: .account(link.accountID), in: tx)
        try await producer.enqueue(aftermath.jobs, in: tx)
        return aftermath.events
    }
}
