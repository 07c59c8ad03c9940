import NIOConcurrencyHelpers

/// Does in one go what jobs that run at the same time each want of the database. Who comes first starts at once; who comes
/// while that is under way goes with the next round. So a lone job waits for nobody, and many share statements and commits.
///
/// A round that fails is done again wish by wish: one that cannot be fulfilled spoils no other.
public final class Together<Wish: Sendable, Answer: Sendable>: Sendable {
    private struct Waiting {
        let wish: Wish
        let answer: CheckedContinuation<Answer, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var rounds = 0
    }

    private let state = NIOLockedValueBox(State())
    private let work: @Sendable ([Wish]) async throws -> [Answer]

    /// Two: one round works while the other waits for the disk.
    private static var parallel: Int { 2 }
    /// Some 20 ms of work: rows are not held for longer.
    private static var limit: Int { 64 }

    /// - Parameter work: fulfils wishes, in one transaction; answers in their order.
    public init(_ work: @escaping @Sendable ([Wish]) async throws -> [Answer]) {
        self.work = work
    }

    /// Waits for the round that this wish goes with.
    public func callAsFunction(_ wish: Wish) async throws -> Answer {
        try await withCheckedThrowingContinuation { answer in
            let isFirst = state.withLockedValue { state in
                state.waiting.append(Waiting(wish: wish, answer: answer))
                guard state.rounds < Self.parallel else { return false }
                state.rounds += 1
                return true
            }
            // Detached: a round is nobody's own, and must not carry the trace or end with the job of one of them.
            if isFirst { Task.detached { await self.goRound() } }
        }
    }

    private func goRound() async {
        while let round = next() {
            do {
                let answers = try await work(round.map(\.wish))
                for (one, answer) in zip(round, answers) { one.answer.resume(returning: answer) }
            } catch  where round.count == 1 {
                round[0].answer.resume(throwing: error)
            } catch {
                for one in round {
                    do {
                        one.answer.resume(returning: try await work([one.wish])[0])
                    } catch {
                        one.answer.resume(throwing: error)
                    }
                }
            }
        }
    }

    private func next() -> [Waiting]? {
        state.withLockedValue { state in
            let round = Array(state.waiting.prefix(Self.limit))
            state.waiting.removeFirst(round.count)
            if round.isEmpty { state.rounds -= 1 }
            return round.isEmpty ? nil : round
        }
    }
}
