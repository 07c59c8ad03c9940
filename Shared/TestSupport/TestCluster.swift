import Foundation

/// A PostgreSQL cluster of one test's own, to stop, start and kill. Root runs it as the user `postgres`.
public final class TestCluster: Sendable {
    /// A superuser's URL.
    public let url: String
    /// Where it listens.
    public let port: Int

    private let address: String
    private let directory: String
    private let settings: [String]

    /// Runs `body` with a new running cluster and removes it afterwards.
    /// - Parameters:
    ///   - address: where it listens besides loopback, open to everyone who reaches it: for hosts of a test's own network.
    ///   - settings: such as `synchronous_commit=off`.
    public static func withCluster<Value: Sendable>(
        address: String = "127.0.0.1",
        settings: [String] = [],
        _ body: (TestCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await TestCluster(address: address, settings: settings)
        return try await cluster.use {
            try await command(
                "initdb",
                ["-D", cluster.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
            )
            if address != "127.0.0.1" {
                try await run(
                    "/bin/sh",
                    ["-c", "echo 'host all all \(address)/24 trust' >> \(cluster.data)/pg_hba.conf"]
                )
            }
        } body: {
            try await body(cluster)
        }
    }

    /// Runs `body` with a hot standby that follows this cluster through `port`, asynchronously, and removes it afterwards.
    public func withStandby<Value: Sendable>(
        through port: Int,
        _ body: (TestCluster) async throws -> Value
    ) async throws -> Value {
        let standby = try await TestCluster(address: "127.0.0.1", settings: settings)
        return try await standby.use {
            try await Self.command(
                "pg_basebackup",
                ["-h", "127.0.0.1", "-p", "\(port)", "-U", "postgres", "-D", standby.data, "-R", "-c", "fast"]
            )
        } body: {
            try await body(standby)
        }
    }

    private init(address: String, settings: [String]) async throws {
        await Self.removeOrphans()
        port = try FreePort.find()
        directory = "/tmp/igny8-cluster-\(getpid())-\(port)"
        url = "postgresql://postgres@\(address):\(port)/postgres"
        self.address = address
        self.settings = settings
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if getuid() == 0 { try await run("/bin/chown", ["postgres", directory]) }
    }

    private var data: String { directory + "/data" }

    private func use<Value: Sendable>(
        _ create: () async throws -> Void,
        body: () async throws -> Value
    ) async throws -> Value {
        let outcome: Result<Value, any Error>
        do {
            try await create()
            try await start()
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try? await crash()
        try? FileManager.default.removeItem(atPath: directory)
        return try outcome.get()
    }

    /// Starts the server and waits until it accepts connections.
    public func start() async throws {
        let addresses = Set(["127.0.0.1", address]).sorted().joined(separator: ",")
        let options = ["listen_addresses=\(addresses)", "fsync=off"] + settings
        try await Self.command(
            "pg_ctl",
            [
                "-D", data, "-w", "-s", "-l", directory + "/log", "-o",
                "-p \(port) -k \(directory) " + options.map { "-c \($0)" }.joined(separator: " "), "start",
            ]
        )
    }

    /// Stops the server: connections are cut, transactions rolled back.
    public func stop() async throws {
        try await Self.command("pg_ctl", ["-D", data, "-m", "fast", "-w", "-s", "stop"])
    }

    /// Ends the server without a word to anybody; ``start()`` recovers what was written to the log.
    public func crash() async throws {
        try await Self.command("pg_ctl", ["-D", data, "-m", "immediate", "-w", "-s", "stop"])
    }

    /// Makes a standby a server of its own.
    public func promote() async throws {
        try await Self.command("pg_ctl", ["-D", data, "-w", "-s", "promote"])
    }

    /// Holds the process that writes asynchronous commits to the log: from now on only durable ones survive a
    /// ``powerCut()``.
    public func holdAsynchronousCommits() throws {
        for process in try processes() where process.title.contains("walwriter") { kill(process.pid, SIGSTOP) }
    }

    /// Kills every process of the server at once: what was not written to the log is gone.
    public func powerCut() async throws {
        let processes = try processes()
        for process in processes { kill(process.pid, SIGKILL) }
        while processes.contains(where: { $0.isAlive }) { await Task.yield() }
        // Its pid may be a corpse that nobody has collected yet, which PostgreSQL takes for a living server.
        for name in ["data/postmaster.pid", ".s.PGSQL.\(port).lock"] {
            try FileManager.default.removeItem(atPath: directory + "/" + name)
        }
    }

    private func processes() throws -> [ServerProcess] {
        let words = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8).split(separator: "\n")
        guard let postmaster = words.first.flatMap({ pid_t($0) }) else {
            throw TestSetupError("the cluster does not run")
        }
        return ServerProcess.all().filter { $0.pid == postmaster || $0.parent == postmaster }
            .sorted { $0.pid < $1.pid }
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
