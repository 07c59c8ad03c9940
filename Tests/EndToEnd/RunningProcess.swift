import Glibc
import NIOConcurrencyHelpers

/// A command that a test runs and another may kill.
final class RunningProcess: Sendable {
    private let pid = NIOLockedValueBox<pid_t?>(nil)

    func started(_ pid: pid_t) { self.pid.withLockedValue { $0 = pid } }

    func ended() { pid.withLockedValue { $0 = nil } }

    /// kill -9, if it runs.
    func kill() -> Bool {
        pid.withLockedValue { $0.map { Glibc.kill($0, SIGKILL) == 0 } ?? false }
    }
}
