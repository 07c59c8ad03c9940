import Foundation
import JobQueue
import Postgres
import Testing

extension JobQueueTests {
    @Suite struct ModelTests {
        /// Four walks that everybody takes and one that nobody has taken; or the one of `IGNY8_MODEL_SEED`.
        private static let seeds: [UInt64] = {
            if let seed = ProcessInfo.processInfo.environment["IGNY8_MODEL_SEED"].flatMap(UInt64.init) { return [seed] }
            return [1, 2, 3, 4, .random(in: 5...999_999_999)]
        }()

        @Test("in whatever order things happen, no job is lost, doubled, stuck or ended twice", arguments: seeds)
        func randomInterleavings(seed: UInt64) async throws {
            try await Shop.open { shop in
                var model = try await Model(shop, seed: seed)
                for number in 0..<400 {
                    try await model.step()
                    if number % 10 == 0 { try await model.check() }
                }
                try await model.check()
                try await model.finish()
                try await model.check()
            }
        }

        @Test("a holder whose lease has passed to another changes nothing")
        func fence() async throws {
            try await Shop.open { shop in
                var model = try await Model(shop, seed: 1)
                try await shop.enqueue([shop.job(1)], by: JobProducer(redis: nil, logger: Shop.logger))
                _ = try await shop.query("update igny8_jobs set state = 'pending'")
                _ = try await shop.query("update igny8_leases set fence = fence + 1, holder = 2")
                try await model.admit()
                let row = try await shop.query("select state from igny8_jobs")[0]
                #expect(try row.decode("state", as: String.self) == "pending")
            }
        }
    }
}
