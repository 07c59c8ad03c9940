import Foundation
public import Glibc
import NIOConcurrencyHelpers

/// A program of ours that a test starts, freezes and kills as an operator or a kernel would. It ends with its test.
public final class TestProcess: Sendable {
    /// The process' id; after its end another's.
    public let pid: pid_t
    private let status = NIOLockedValueBox<Int32?>(nil)

    /// The folder that `swift build` has put this test's neighbours into.
    public static let buildFolder: String = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        #if DEBUG
            return root + "/.build/debug"
        #else
            return root + "/.build/release"
        #endif
    }()

    /// Starts `words`, the first of which is a path, with what it says going to the file `log`.
    public init(_ words: [String], environment: [String: String] = [:], log: String = "/dev/null") throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + settings { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, words.first ?? "", &actions, nil, &arguments, &settings)
        guard code == 0 else {
            throw TestSetupError("\(words.first ?? "") does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    deinit { kill() }

    /// Whether it has not ended yet.
    public var isRunning: Bool {
        status.withLockedValue { status in
            if status != nil { return false }
            var now: Int32 = 0
            guard waitpid(pid, &now, WNOHANG) == pid else { return true }
            status = now
            return false
        }
    }

    /// `kill -9`; returns when it is gone.
    public func kill() {
        guard isRunning else { return }
        signal(SIGKILL)
        waitForEnd()
    }

    /// Sends it any other signal, such as SIGSTOP, SIGCONT, SIGTERM.
    public func signal(_ signal: Int32) {
        if isRunning { _ = Glibc.kill(pid, signal) }
    }

    /// Returns when it has ended, without holding a thread of Swift's.
    public func ended() async {
        while isRunning {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { continuation.resume() }
            }
        }
    }

    /// Waits for a short program to end; whether it did so with 0.
    public func succeeds() -> Bool {
        waitForEnd()
        return status.withLockedValue { $0 == 0 }
    }

    private func waitForEnd() {
        status.withLockedValue { status in
            guard status == nil else { return }
            var now: Int32 = 0
            while waitpid(pid, &now, 0) < 0, errno == EINTR {}
            status = now
        }
    }
}
