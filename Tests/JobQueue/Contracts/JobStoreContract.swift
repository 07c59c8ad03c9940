import Foundation
import JobQueue
import Postgres
import Testing

extension JobQueueTests {
    /// What people may ask of the store, wherever a job's row is.
    @Suite struct JobStoreContract {
        /// A job in each status there is, made by the queue's own means.
        private func populate(_ shop: Shop) async throws -> [JobRecord.Status: Int64] {
            var ids: [JobRecord.Status: Int64] = [:]
            let gate = Gate()
            let worker = shop.worker(
                Work { payload, _ in
                    shop.journal.write(payload.word)
                    switch payload.word {
                    case "dead": throw JobError.permanent("as it should")
                    case "running": await gate.wait()
                    default: break
                    }
                }
            )
            let life = Task { try await worker.run() }
            for status in [JobRecord.Status.completed, .dead, .running] {
                ids[status] = try await shop.enqueue(shop.job(1, status.rawValue, account: 7))
            }
            for (status, id) in ids { try await shop.until(id, is: status) }
            worker.kill()
            gate.open()
            try await life.value
            ids[.pending] = try await shop.enqueue(shop.job(1, account: 7, runAt: .distantFuture))
            ids[.cancelled] = try await shop.enqueue(shop.job(1, account: 7))
            let cancelled = ids[.cancelled] ?? 0
            #expect(try await shop.asSystem { try await JobStore.cancel(cancelled, in: $0) } == .cancelled)
            ids[.queued] = try await shop.enqueue(shop.job(1, account: 7))
            return ids
        }

        @Test("a job is found, listed and counted in the status it is in, wherever its row is")
        func everywhere() async throws {
            try await Shop.open { shop in
                let ids = try await populate(shop)
                try await shop.asSystem { transaction in
                    for (status, id) in ids {
                        #expect(try await JobStore.find(id, in: transaction)?.status == status)
                        let filter = JobFilter(queue: shop.queue, task: Work.name, status: status, account: 7)
                        #expect(try await JobStore.list(filter, in: transaction).map(\.id) == [id])
                        #expect(try await JobStore.count(filter, in: transaction) == 1)
                    }
                    #expect(try await JobStore.count(in: transaction) == ids.count)
                    let newest = try await JobStore.list(limit: 2, in: transaction).map(\.id)
                    #expect(newest == ids.values.sorted(by: >).prefix(2).map { $0 })
                    let next = try await JobStore.list(JobFilter(before: newest[1]), in: transaction).map(\.id)
                    #expect(next == ids.values.sorted(by: >).dropFirst(2).map { $0 })
                    #expect(try await JobStore.find(-1, in: transaction) == nil)
                }
            }
        }

        @Test("cancelling and reviving say what became of the wish, for each status")
        func wishes() async throws {
            try await Shop.open { shop in
                let ids = try await populate(shop)
                let cancelling: [JobRecord.Status: JobStore.Cancelling] = [
                    .pending: .cancelled, .queued: .cancelled, .running: .requested, .completed: .notFound,
                    .cancelled: .notFound, .dead: .notFound,
                ]
                for (status, id) in ids {
                    let answer = try await shop.asSystem { try await JobStore.cancel(id, in: $0) }
                    #expect(answer == cancelling[status], "\(status)")
                    let reviving = try await shop.asSystem { try await JobStore.retry(id, in: $0) }
                    #expect(reviving == (status == .dead ? .revived : .notFound), "\(status)")
                }
            }
        }

        @Test("a dead job whose unique key is taken stays dead until it is free")
        func takenKey() async throws {
            try await Shop.open { shop in
                let id = try #require(try await shop.enqueue(shop.job(uniqueKey: "one")))
                try await shop.with(shop.worker(Work { _, _ in throw JobError.permanent("no") })) {
                    try await shop.until(id, is: .dead)
                }
                let heir = try #require(try await shop.enqueue(shop.job(uniqueKey: "one", runAt: .distantFuture)))
                #expect(try await shop.asSystem { try await JobStore.retry(id, in: $0) } == .uniqueKeyTaken)
                #expect(try await shop.find(id)?.status == .dead)
                _ = try await shop.asSystem { try await JobStore.cancel(heir, in: $0) }
                #expect(try await shop.asSystem { try await JobStore.retry(id, in: $0) } == .revived)
            }
        }
    }
}
