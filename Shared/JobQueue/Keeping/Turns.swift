/// Whose turn it is, as the relay remembers it between two rounds: where the round robin goes on, and which tenants have
/// nothing in the list.
///
/// A tenant without a hint in the list is served before those who fill it: its first hint goes to the head (as a sparse
/// flow does in fair queueing). So that the tail is reached too, each four hints at the tail earn one at the head.
struct Turns: Sendable {
    /// The tenant at which the last round ended; accounts begin at 1, the system is 0.
    private(set) var last: Int64 = -1

    /// Counts hints; the list is first in, first out, so a hint of number n is gone when n + length <= pushed.
    private var pushed = 0
    private var lastPush: [Int64: Int] = [:]
    private var credit = Self.largestCredit

    /// Hints that may go to the head in a row, after a quiet while.
    private static let largestCredit = 64.0
    private static let earned = 0.25
    /// Beyond so many tenants the ones that are gone are forgotten.
    private static let largestMemory = 10_000

    /// Where hints of one round go.
    struct Deal: Equatable, Sendable {
        /// In the order in which they should be taken.
        var head: [Int64] = []
        var tail: [Int64] = []
    }

    /// Tenants that may still have a hint in a list of this length.
    func busy(length: Int) -> [Int64] {
        lastPush.filter { $0.value + length > pushed }.map(\.key)
    }

    /// Sorts what was admitted, in order, and remembers it. `length` is the list's before it.
    mutating func deal(_ admitted: [(id: Int64, tenant: Int64)], last: Int64, length: Int) -> Deal {
        self.last = last
        var deal = Deal()
        let isCrowded = length > 0
        for (id, tenant) in admitted {
            let isSparse = lastPush[tenant].map { $0 + length <= pushed } ?? true
            if isCrowded, isSparse, credit >= 1 {
                credit -= 1
                deal.head.append(id)
            } else {
                credit = min(credit + Self.earned, Self.largestCredit)
                deal.tail.append(id)
            }
            lastPush[tenant] = pushed + admitted.count
        }
        pushed += admitted.count
        if lastPush.count > Self.largestMemory { lastPush = lastPush.filter { $0.value + length > pushed } }
        return deal
    }
}
