/// How many hints a queue's list holds at most: enough that no worker waits, few enough that order still counts.
package enum HintWindow {
    /// A list this long is 5.8 ms of comparing for repair.
    static let largest = 10_000

    /// Below this, a round of the relay would cost more than the jobs it admits.
    package static let smallest = 256

    /// Below this, a job would wait for the relay although a worker is about to come free.
    static let smallestFastPath = 32

    /// Twice what the workers can hold (one batch in hand, one waiting), or what they take in a fifth of a second: jobs
    /// of a millisecond need more of them than the workers have slots, or every pause of the relay is theirs too.
    static func size(capacity: Int, pace: Double = 0) -> Int {
        min(max(2 * capacity, Int(pace / 5), smallest), largest)
    }

    /// Kept free for tenants that have no hint in the list: their first job need not wait for others' to be taken.
    package static func reserve(of size: Int) -> Int { size / 8 }

    /// What producers may fill by themselves, first come first served: one job's time of waiting, if all workers are
    /// busy, or a tenth of a second at their pace. Whatever is beyond it, the relay deals out fairly.
    static func fastPath(capacity: Int, pace: Double = 0) -> Int {
        min(max(capacity, Int(pace / 10), smallestFastPath), largest / 2)
    }
}
