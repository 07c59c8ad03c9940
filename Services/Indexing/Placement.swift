import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// What a run has placed.
struct Placed: Codable, Sendable {
    /// Asked about before anything is paid.
    var checked = 0
    /// Left alone for a while.
    var held_out = 0
    /// In batches of a service.
    var placed = 0
    var batches = 0

    static func + (left: Placed, right: Placed) -> Placed {
        Placed(
            checked: left.checked + right.checked,
            held_out: left.held_out + right.held_out,
            placed: left.placed + right.placed,
            batches: left.batches + right.batches
        )
    }
}

extension Desk {
    /// Requests a transaction: as many as the largest batch has.
    private static let page = 10_000

    /// Chooses a service for everything that is ready, or for one request, and writes the batches with their jobs.
    ///
    /// 1. What nobody has looked up is looked up first: a page that is in the index already is not paid for. → 2. A few are
    /// left alone, to see what comes into the index by itself. → 3. All else goes to the service that promises most.
    func place(only request: Int64? = nil, _ context: JobContext) async throws -> Placed {
        var placed = Placed()
        var after: Int64 = 0
        while true {
            let (found, last, more) = try await transaction(context) { [after] tx in
                let choice = try await IndexingServices.standings(in: tx)
                let ready = try await IndexingRequests.ready(after: after, only: request, limit: Self.page, in: tx)
                let placed = try await place(ready, by: choice, in: tx)
                return (placed, ready.last?.id ?? after, ready.count == Self.page && request == nil)
            }
            placed = placed + found
            after = last
            guard more else { return placed }
        }
    }

    private struct Group: Hashable {
        let service: IndexingServiceKey
        var host = ""
    }

    private typealias Choice = (
        services: [IndexingServiceKey: IndexingServices.Service], standings: [IndexingStanding], hosts: Set<String>
    )

    private func place(
        _ ready: [IndexingRequests.Request],
        by choice: Choice,
        in tx: PostgresTransaction
    ) async throws -> Placed {
        let checker = choice.standings.first { $0.service.checks && $0.isUsable }?.service
        var toCheck: [Int64] = []
        var toHold: [Int64] = []
        var groups: [Group: [Int64]] = [:]
        for request in ready {
            if request.status == .queued, checker != nil {
                if request.precheck == nil {
                    toCheck.append(request.id)
                    continue
                }
                if !request.isHeldOut, request.unwanted.isEmpty,
                    IndexingChoice.isHeldOut(request.url, percent: holdoutPercent)
                {
                    toHold.append(request.id)
                    continue
                }
            }
            let host = choice.hosts.isEmpty ? nil : LinkURL(request.url)?.host
            let isOwn = host.map(choice.hosts.contains) ?? false
            let service = IndexingChoice.service(
                among: choice.standings,
                isOwnPage: isOwn,
                unwanted: request.unwanted
            )
            groups[Group(service: service, host: service == .indexnow ? host ?? "" : ""), default: []]
                .append(request.id)
        }
        var jobs: [NewJob] = []
        func write(_ ids: [Int64], _ purpose: IndexingBatches.Purpose, _ group: Group) async throws {
            let size = choice.services[group.service]?.batchSize ?? ids.count
            for start in stride(from: 0, to: ids.count, by: size) {
                let part = Array(ids[start..<min(start + size, ids.count)])
                let batch = try await IndexingBatches.create(
                    purpose,
                    of: group.service,
                    host: group.host,
                    count: part.count,
                    in: tx
                )
                try await IndexingRequests.place(part, in: batch, in: tx)
                jobs.append(IndexingJobs.send(batch.id))
            }
        }
        if let checker { try await write(toCheck, .check, Group(service: checker)) }
        try await IndexingRequests.holdOut(toHold, in: tx)
        for (group, ids) in groups.sorted(by: {
            ($0.key.service.rawValue, $0.key.host) < ($1.key.service.rawValue, $1.key.host)
        }) {
            try await write(ids, .submit, group)
        }
        _ = try await producer.enqueue(jobs, in: tx)
        return Placed(
            checked: toCheck.count,
            held_out: toHold.count,
            placed: groups.values.reduce(0) { $0 + $1.count },
            batches: jobs.count
        )
    }
}
