/// How many hints a queue's list holds at most: enough that no worker waits, few enough that order still counts.
enum HintWindow {
    /// A list this long is 5.8 ms of comparing for repair.
    static let largest = 10_000

    /// Below this, a round of the relay would cost more than the jobs it admits.
    static let smallest = 256

    /// Twice what the workers can hold: one batch in hand, one waiting.
    static func size(capacity: Int) -> Int { min(max(2 * capacity, smallest), largest) }
}
