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
        await Self.removeOrphans()
        port = try FreePort.find()
        directory = "/tmp/igny8-cluster-\(getpid())-\(port)"
        url = "postgresql://postgres@127.0.0.1:\(port)/postgres"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if getuid() == 0 { try await run("/bin/chown", ["postgres", directory]) }
        try await Self.command(
            "initdb",
            ["-D", directory + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        )
    }

    /// Starts the server and waits until it accepts connections.
    public func start() async throws {
        let settings = "-p \(port) -k \(directory) -c listen_addresses=127.0.0.1 -c fsync=off"
        let log = directory + "/log"
        try await Self.command("pg_ctl", ["-D", directory + "/data", "-w", "-s", "-l", log, "-o", settings, "start"])
    }

    /// Stops the server: connections are cut, transactions rolled back.
    public func stop() async throws {
        try await Self.command("pg_ctl", ["-D", directory + "/data", "-m", "fast", "-w", "-s", "stop"])
    }

    /// Ends the server as a power cut would; ``start()`` recovers.
    public func crash() async throws {
        try await Self.command("pg_ctl", ["-D", directory + "/data", "-m", "immediate", "-w", "-s", "stop"])
    }

    /// Ends and removes the clusters of test processes that were killed.
    private static func removeOrphans() async {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] {
            let words = name.split(separator: "-")
            guard name.hasPrefix("igny8-cluster-"), words.count == 4, let owner = pid_t(words[2]) else { continue }
            guard kill(owner, 0) != 0, errno == ESRCH else { continue }
            try? await command("pg_ctl", ["-D", "/tmp/\(name)/data", "-m", "immediate", "-w", "-s", "stop"])
            try? FileManager.default.removeItem(atPath: "/tmp/\(name)")
        }
    }

    private static func command(_ name: String, _ arguments: [String]) async throws {
        let path = try programs() + "/" + name
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
            throw TestSetupError("no PostgreSQL server is installed in \(root)")
        }
        return "\(root)/\(newest)/bin"
    }
}

/// Runs a program to its end, without input or output.
///
/// Not by Foundation's `Process`, which waits for whoever inherited its socket: here, the server that `pg_ctl` leaves.
private func run(_ path: String, _ arguments: [String]) async throws {
    let status = await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
        DispatchQueue.global().async { continuation.resume(returning: spawnAndWait(path, arguments)) }
    }
    guard status == 0 else { throw TestSetupError("\(path) \(arguments) ended with \(status)") }
}

private func spawnAndWait(_ path: String, _ arguments: [String]) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, path, &actions, nil, &words, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
}
