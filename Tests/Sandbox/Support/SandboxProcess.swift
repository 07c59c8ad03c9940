import EventLoop
import Foundation
import Glibc
import Logging
import NIOConcurrencyHelpers
import TestSupport
import WebClient

@testable import Sandbox

/// The real executable, to be killed.
final class SandboxProcess: Sendable {
    let sandbox: RunningSandbox
    private let environment: [String: String]
    private let port: Int
    private let process = NIOLockedValueBox<Int32?>(nil)

    init(on test: TestDatabase) throws {
        port = try FreePort.find()
        let smtpPort = try FreePort.find()
        environment = try RunningSandbox.environment(
            test: test,
            port: port,
            smtpPort: smtpPort,
            gateway: nil,
            redis: nil
        )
        sandbox = RunningSandbox(
            url: "http://127.0.0.1:\(port)",
            smtpPort: smtpPort,
            test: test,
            client: WebClient(loop: TestDatabase.loop, logger: Logger(label: "test.sandbox.client"))
        )
    }

    deinit { kill() }

    /// Beside the test's own executable, where the same build puts it.
    private static var executable: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("igny8-sandbox").path
    }

    /// - Returns: when it accepts connections.
    func start() async throws {
        guard FileManager.default.isExecutableFile(atPath: Self.executable) else {
            throw TestSetupError("\(Self.executable) is not there: build the product igny8-sandbox first")
        }
        var pid = pid_t()
        var arguments = [strdup(Self.executable), nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        let code = posix_spawn(&pid, Self.executable, nil, nil, &arguments, &variables)
        guard code == 0 else {
            throw TestSetupError("igny8-sandbox does not start: \(String(cString: strerror(code)))")
        }
        process.withLockedValue { $0 = pid }
        let limit = ContinuousClock.now + .seconds(30)
        while !FreePort.accepts(port) {
            guard .now < limit else { throw TestSetupError("igny8-sandbox did not listen within 30 s") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// `kill -9`; returns when it is gone.
    func kill() {
        let pid = process.withLockedValue { pid in
            defer { pid = nil }
            return pid
        }
        guard let pid else { return }
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
