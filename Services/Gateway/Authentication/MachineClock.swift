import Foundation
import Glibc

/// The machine's wall clock, for tokens and cookies. Business time lives in the database. This is the clock's own file.
struct MachineClock: Sendable {
    let now: @Sendable () -> Date

    static let system = MachineClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}
