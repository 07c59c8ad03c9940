import DomainModel
import JobQueue
import Persistence
import Postgres

/// A look at a link whose page was read, before it is stored.
struct Look: Sendable {
    /// The link as it was when its page was asked for.
    let seen: Backlink
    let check: BacklinkCheck
    let context: JobContext

    /// Links that are looked at.
    static let states: Set<BacklinkStatus> = [.pending, .live, .lost]

    var id: Backlink.ID { seen.id }

    /// The order whose counters it may change.
    var order: BacklinkOrder.ID? {
        let mayCount =
            switch check.verdict.testimony {
            case .present: seen.status != .live
            case .absent: seen.status == .live
            case .none: false
            }
        return mayCount ? seen.orderID : nil
    }
}

extension Office {
    /// Stores looks of jobs that run together, with the ends of the jobs, in one transaction of a handful of statements:
    /// the links' new states, the evidence, the flags, the second looks, the audit events.
    func store(_ looks: [Look]) async throws {
        try await store.transaction(as: .job(looks[0].context), actor: "job:\(looks[0].context.id)") { tx in
            try await JobContext.complete(
                looks.map(\.context),
                results: try looks.map { try PostgresJSON(["verdict": $0.check.verdict.rawValue]) },
                in: tx
            )
            // Whose counters may change is held before its links, as everywhere; a look that finds what was there holds none.
            try await BacklinkServiceOrders.hold(looks.compactMap(\.order), in: tx)
            let links = try await Backlinks.find(
                all: Array(Set(looks.map(\.id))),
                for: .job(looks[0].context),
                lock: .forUpdate,
                in: tx
            )
            let now = try await BusinessClock.now(in: tx)
            var byID = Dictionary(uniqueKeysWithValues: links.map { ($0.id, $0) })
            var evidence: [BacklinkChecks.New] = []
            var looked: Set<Backlink.ID> = []
            var changes: [LinkChange] = []
            for look in looks {
                // It may have been given another address, or have ended, while its page was read.
                guard var link = byID[look.id], link.source?.url == look.check.requestedURL,
                    Look.states.contains(link.status)
                else { continue }
                let before = link.status
                let change = try link.value.take(look.check.finding, at: now)
                byID[look.id] = link
                looked.insert(look.id)
                evidence.append(BacklinkChecks.New(look.check, of: link.value, job: look.context.id))
                changes.append(LinkChange(change, from: before, link: link.value, look: look))
            }
            try await Backlinks.saveLooks(looked.sorted().compactMap { byID[$0] }, in: tx)
            try await BacklinkChecks.record(evidence, in: tx)
            var events: [AuditEvent] = []
            for change in changes where change.kind != .none {
                events += try await follow(change, in: tx).map { event in
                    var event = event
                    event.jobID = change.look.context.id
                    return event
                }
            }
            // Last: from the first of them to the commit an account's chain is held.
            try await AuditLog.record(events, in: tx)
        }
    }
}
