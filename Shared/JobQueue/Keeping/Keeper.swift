import Logging
import Postgres

/// Competes for the queue's lease and, while it holds it, runs those who may exist only once: relay, repair, reaper,
/// scheduler and housekeeper. Every worker has a keeper; one of them keeps.
struct Keeper: Sendable {
    let worker: WorkerIdentity
    let configuration: WorkerConfiguration
    let database: QueueDatabase
    let relay: Relay
    let repair: Repair?
    let reaper: Reaper
    let scheduler: Scheduler
    let housekeeper: Housekeeper
    let logger: Logger

    private var name: String { Lease.name(ofQueue: worker.queue) }

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let askedAt = Instant.now
            if let lease = await acquire() {
                logger.debug("keeping the queue", metadata: ["fence": "\(lease.fence)"])
                await keep(lease, since: askedAt)
            } else {
                try? await Task.sleep(for: configuration.leadership / 4)
            }
        }
    }

    /// At shutdown: lets another worker take over at once.
    func release() async {
        _ = try? await database.query(Lease.release(name, holder: worker.id))
    }

    private func acquire() async -> Lease? {
        do {
            let statement = Lease.acquire(name, holder: worker.id, lasting: configuration.leadership)
            guard let row = try await database.query(statement).first else { return nil }
            return Lease(name: name, holder: worker.id, fence: try row.decode("fence"))
        } catch {
            if !Task.isCancelled { logger.warning("no lease on the queue", metadata: ["error": "\(error)"]) }
            return nil
        }
    }

    private func keep(_ lease: Lease, since askedAt: Instant) async {
        await withTaskGroup { group in
            group.addTask { await renew(lease, since: askedAt) }
            group.addTask { await relay.run(lease) }
            group.addTask { await reaper.run(lease) }
            group.addTask { await scheduler.run(lease) }
            group.addTask { await housekeeper.run() }
            if let repair { group.addTask { await repair.run(lease) } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the lease is lost or could not be renewed before its end.
    private func renew(_ lease: Lease, since askedAt: Instant) async {
        var goodUntil = askedAt + configuration.leadership
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.leadership / 4)
            let askedAt = Instant.now
            do {
                let statement = Lease.acquire(name, holder: worker.id, lasting: configuration.leadership)
                let fence: Int64? = try await database.query(statement).first?.decode("fence")
                guard fence == lease.fence else { return }
                goodUntil = askedAt + configuration.leadership
            } catch {
                guard Instant.now < goodUntil else { return }
            }
        }
    }
}
