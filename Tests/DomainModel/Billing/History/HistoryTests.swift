import Dispatch
import DomainModel
import Foundation
import Testing

@Suite("Random months", .timeLimit(.minutes(10))) struct HistoryTests {
    /// 840 lives of a year are 10,080 months.
    private static let lives = 840
    private static let months = 12

    /// `IGNY8_SEED=17 swift test --filter HistoryTests` lives that one again.
    private static let seeds: [Int] =
        ProcessInfo.processInfo.environment["IGNY8_SEED"].flatMap { Int($0) }.map { [$0] }
        ?? Array(1...lives)

    @Test(
        "10,080 random months keep every invariant: periods, numbers, ledger, credit, quota, MRR, money at the gateway"
    )
    func everyInvariantHolds() async throws {
        // Two halves on threads of their own: on the shared pool they would keep the other tests from their transactions.
        let halves = [Self.seeds.filter { !$0.isMultiple(of: 2) }, Self.seeds.filter { $0.isMultiple(of: 2) }]
        let lived = await withTaskGroup(of: (wrong: [String], doubled: Int, crashes: Int, invoices: Int).self) {
            group in
            for half in halves {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        DispatchQueue.global().async { continuation.resume(returning: Self.live(half)) }
                    }
                }
            }
            return await group.reduce(into: (wrong: [String](), doubled: 0, crashes: 0, invoices: 0)) { sum, part in
                sum.wrong += part.wrong
                sum.doubled += part.doubled
                sum.crashes += part.crashes
                sum.invoices += part.invoices
            }
        }
        for wrong in lived.wrong { Issue.record("\(wrong)") }
        // A generator that does nothing would prove nothing.
        guard Self.seeds.count == Self.lives else { return }
        #expect(lived.doubled > 10_000 && lived.crashes > 10_000 && lived.invoices > 10_000, "\(lived)")
    }

    private static func live(_ seeds: [Int]) -> (wrong: [String], doubled: Int, crashes: Int, invoices: Int) {
        var sum = (wrong: [String](), doubled: 0, crashes: 0, invoices: 0)
        for seed in seeds {
            do {
                var history = try History(seed: seed)
                for month in 1...months {
                    try history.month()
                    let wrong = try history.books.contradictions(history.gateway, at: history.now)
                    if wrong.isEmpty { continue }
                    sum.wrong.append("IGNY8_SEED=\(seed), month \(month): \(wrong.prefix(3).joined(separator: "; "))")
                    break
                }
                sum.doubled += history.doubled
                sum.crashes += history.crashes
                sum.invoices += history.books.invoices.count
            } catch {
                sum.wrong.append("IGNY8_SEED=\(seed): \(error)")
            }
        }
        return sum
    }
}
