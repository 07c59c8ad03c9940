import Foundation

/// A PostgreSQL cluster of one test's own, to stop, start and kill. Root runs it as the user `postgres`.
public final class TestCluster: Sendable {
    /// A superuser's URL.
    public let url: String

    private let directory: String
    private let port: Int

    /// Runs `body` with a new running cluster and removes it afterwards.
    public static func withCluster<Value: Sendable>(
        _ body: (TestCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await TestCluster()
        let outcome: Result<Value, any Error>
        do {
            try await cluster.start()
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        try? await cluster.stop()
        try? FileManager.default.removeItem(atPath: cluster.directory)
        return try outcome.get()
    }

    private init() async throws {
        port = try freePort()
        directory = "/tmp/igny8-cluster-\(getpid())-\(port)"
        url = "postgresql://postgres@127.0.0.1:\(port)/postgres"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if getuid() == 0 { try await run("/bin/chown", ["postgres", directory]) }
        try await command("initdb", ["-D", directory + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"])
    }

    /// Starts the server and waits until it accepts connections.
    public func start() async throws {
        let settings = "-p \(port) -k \(directory) -c listen_addresses=127.0.0.1 -c fsync=off"
        let log = directory + "/log"
        try await command("pg_ctl", ["-D", directory + "/data", "-w", "-s", "-l", log, "-o", settings, "start"])
    }

    /// Stops the server: connections are cut, transactions rolled back.
    public func stop() async throws {
        try await command("pg_ctl", ["-D", directory + "/data", "-m", "fast", "-w", "-s", "stop"])
    }

    /// Ends the server as a power cut would; ``start()`` recovers.
    public func crash() async throws {
        try await command("pg_ctl", ["-D", directory + "/data", "-m", "immediate", "-w", "-s", "stop"])
    }

    private func command(_ name: String, _ arguments: [String]) async throws {
        let path = try Self.programs() + "/" + name
        if getuid() == 0 {
            try await run("/usr/sbin/runuser", ["-u", "postgres", "--", path] + arguments)
        } else {
            try await run(path, arguments)
        }
    }

    /// The folder of the newest PostgreSQL installed, as Debian lays it out.
    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = try FileManager.default.contentsOfDirectory(atPath: root).compactMap { Int($0) }
        guard let newest = versions.max() else {
            throw MissingTestServer(description: "no PostgreSQL server is installed in \(root)")
        }
        return "\(root)/\(newest)/bin"
    }
}

private struct CommandFailed: Error, CustomStringConvertible {
    let description: String
}

private func run(_ path: String, _ arguments: [String]) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do {
            try process.run()
        } catch {
            process.terminationHandler = nil
            continuation.resume(throwing: error)
        }
    }
    guard status == 0 else { throw CommandFailed(description: "\(path) \(arguments) ended with \(status)") }
}

/// A TCP port that was free a moment ago.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
        }
    }
    guard code == 0 else { throw CommandFailed(description: "no free port: \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}
